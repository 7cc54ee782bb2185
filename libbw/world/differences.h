#pragma once
// The definitions that `bw diff` compares, by the names people give them.

#include <string>
#include <string_view>

#include "definition/digest.h"
#include "world/world.h"

namespace bw {

// `adopted`; the digest (or at least 8 digits of it) of a definition that the stream holds; or whatever git
// knows as a commit: `main`, `upstream/main`, `1a2b3c4d`, `main~2`. Files come as they are, valid or not.
// Errors: invalid (there is no such definition), usage (the digits fit several digests).
DefinitionFiles definition_named(const World& world, std::string_view name);

}  // namespace bw
