#pragma once
// The digest that names a definition: SHA-256 of the lines `<sha256 hex>␠␠<path>\n` over its files in
// bytewise path order, which is what `sha256sum` prints for them.

#include <map>
#include <string>

#include "crypto/hash.h"

namespace bw {

// Path (relative, with '/') → content of every file that belongs to a definition.
using DefinitionFiles = std::map<std::string, std::string>;

Digest definition_digest(const DefinitionFiles& files);

}  // namespace bw
