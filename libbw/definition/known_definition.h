#pragma once
// Known definitions: a definition that was loaded once and found valid is read again, by its digest, without
// parsing YAML or asking a schema: in a fiftieth of the time, since every `bw log` needs it. What is kept is
// the trees of its files, in a folder of the user's own; it only saves time, and is made anew where
// it is missing, damaged, or of a version of this program that judged definitions otherwise.

#include <filesystem>
#include <optional>

#include "definition/load.h"

namespace bw {

// The digest of all schemas: what was judged by others is not taken up.
std::string schemas_digest();

std::optional<Definition> read_known_definition(const std::filesystem::path& folder, const Digest& digest);

// Keeps one that is valid. Where the folder cannot be written, nothing is kept.
void keep_known_definition(const std::filesystem::path& folder, const LoadedDefinition& loaded);

}  // namespace bw
