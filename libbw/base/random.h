#pragma once
// The source of randomness; a parameter wherever something random becomes part of a format, so that
// test vectors can be made.

#include <functional>
#include <string>

namespace bw {

// Returns that many random bytes.
using Random = std::function<std::string(std::size_t)>;

// The operating system's generator, through libsodium.
std::string system_random(std::size_t bytes);

}  // namespace bw
