#pragma once
// Definition sets: the files that a `definition.adopted` event adopts, kept in the stream's tree under
// `definition/<digest>/`. The digest is the SHA-256 of the lines "<sha256 hex>  <path>\n" over the files
// in bytewise path order, as `sha256sum` prints them.

#include <map>
#include <string>

#include "crypto/hash.h"
#include "git/repository.h"

namespace bw {

inline constexpr std::size_t max_definition_files = 1000;
inline constexpr std::size_t max_definition_bytes = 32u << 20;  // all files of a set together

using DefinitionFiles = std::map<std::string, std::string>;  // path → content

Digest definition_digest(const DefinitionFiles& files);

std::string definition_path(const Digest& digest);  // definition/<64 hex>

// Throws Error(invalid) where the set is missing, too large or holds what is no regular file.
DefinitionFiles read_definition_set(const git::Repository& repository, const git::Oid& stream_tree,
                                    const Digest& digest);

// Why the set in the tree is not the one that the digest names; empty where it is.
std::string definition_set_problem(const git::Repository& repository, const git::Oid& stream_tree,
                                   const Digest& digest);

}  // namespace bw
