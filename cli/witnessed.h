#pragma once
// How the commands tell who stands behind a world's log.

#include <optional>
#include <string>

#include "base/strict_json.h"
#include "base/time.h"
#include "world/backing.h"

namespace bw::cli {

// {"by","enough","frozen","limit","quorum","named","size","since"}, or null where the world asks for no
// witnesses.
Json witnessed_json(const std::optional<WitnessedHead>& head);
// "2 of 3 witnesses behind 12 entries, 3 hours ago"
std::string witnessed_text(const WitnessedHead& head, Timestamp now);

// What `witnessed_json` holds, for the documentation of a command.
inline constexpr const char* witnessed_meaning =
    "null, or who stands behind the log: size (entries that were cosigned), by (name and time of each "
    "witness), "
    "named and quorum (witnesses of the world, and how many must), enough, since (by when enough had seen "
    "it), "
    "limit (seconds, or null) and frozen";

}  // namespace bw::cli
