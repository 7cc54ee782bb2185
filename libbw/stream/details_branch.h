#pragma once
// Branch `details`: the openings that their owners made public, beside the stream and without any
// authority. An orphan that may be rewritten, since what is withdrawn is erased from it. The opening of
// one detail lies at `<2 hex>/<event id>/<field>.json`.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "git/repository.h"
#include "stream/bundle.h"
#include "stream/details.h"

namespace bw {

std::string opening_path(const EventId& event, std::string_view field);

// The commit that follows `head` with these openings added; `head` itself where nothing is new.
std::optional<git::Oid> add_openings(git::Repository& repository, const std::optional<git::Oid>& head,
                                     const std::vector<BundledOpening>& openings, Timestamp now,
                                     const Signer& signer);

// The openings of one event that the branch holds and that match the event's commitments.
std::vector<Opening> read_openings(const git::Repository& repository, const git::Oid& details_head,
                                   const Event& event);

// Everything on the branch checked against the events: what matches no commitment is named. A hole
// (a commitment without opening) is no fault.
std::vector<std::string> check_openings(const git::Repository& repository, const git::Oid& details_head,
                                        const git::Oid& stream_tree, const class EventIndex& ids);

}  // namespace bw
