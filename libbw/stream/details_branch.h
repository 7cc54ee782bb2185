#pragma once
// Branch `details`: the openings that their owners made public or sealed, beside the stream and without any
// authority. An orphan that may be rewritten, since what is withdrawn is erased from it. The opening of
// one detail lies at `<2 hex>/<event id>/<field>.json`, a sealed one at `<field>.sealed`.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "git/repository.h"
#include "stream/bundle.h"
#include "stream/details.h"

namespace bw {

std::string opening_path(const EventId& event, std::string_view field);
std::string sealed_path(const EventId& event, std::string_view field);

// The commit that follows `head` with these openings added; `head` itself where nothing is new. Where a
// sealed one lies already it stays: sealed again it would only look different.
std::optional<git::Oid> add_openings(git::Repository& repository, const std::optional<git::Oid>& head,
                                     const std::vector<BundledOpening>& openings,
                                     const std::vector<BundledSealed>& sealed, Timestamp now,
                                     const Signer& signer);

// The openings of one event that the branch holds and that match the event's commitments.
std::vector<Opening> read_openings(const git::Repository& repository, const git::Oid& details_head,
                                   const Event& event);

// The sealed ones that it holds in form. Whether they match shows only who opens them.
std::vector<SealedOpening> read_sealed(const git::Repository& repository, const git::Oid& details_head,
                                       const Event& event);

// Everything on the branch checked against the events: what matches no commitment is named. A hole
// (a commitment without opening) is no fault. Of sealed ones, that they are of a field that the event
// commits to, and their form. What was withdrawn and is still there is named.
std::vector<std::string> check_openings(const git::Repository& repository, const git::Oid& details_head,
                                        const git::Oid& stream_tree, const struct StreamState& state);

// The commit that takes the place of `head`, without the files at these paths: an orphan, so that nothing
// leads to what was there before, and unsigned and without a time of its own, so that whoever erases the same
// makes the same commit.
git::Oid erase_openings(git::Repository& repository, const git::Oid& head,
                        const std::vector<std::string>& paths);

}  // namespace bw
