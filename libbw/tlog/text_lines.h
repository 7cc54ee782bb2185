#pragma once
// The lines of which the text formats of transparency logs are made: checkpoints, proofs, requests to
// witnesses. Each value has one text that is accepted.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "tlog/merkle.h"

namespace bw {

// Takes the next line off `rest`, without its LF; nothing where no LF is left.
std::optional<std::string_view> take_line(std::string_view& rest);

// A number in decimal, without sign or leading zeros.
std::optional<TreeSize> parse_plain_number(std::string_view text);

// Takes lines with a hash in base64 each, at most 63, one for each level of the largest tree, and the empty
// line that ends them.
Result<std::vector<Digest>> take_hashes(std::string_view& rest);
std::string hash_lines(const std::vector<Digest>& hashes);  // without the empty line

}  // namespace bw
