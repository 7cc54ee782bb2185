#pragma once
// What comes on standard input where a command is given `-` for a file.

#include <cstddef>
#include <string>

namespace bw::cli {

// All of it. Error(invalid) where it is more than `most` bytes; `what` names it: "the bundle".
std::string read_standard_input(std::size_t most, const std::string& what);

}  // namespace bw::cli
