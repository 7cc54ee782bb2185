#include "cli/standard_input.h"

#include <iostream>

#include <fmt/format.h>

#include "base/error.h"

namespace bw::cli {

std::string read_standard_input(std::size_t most, const std::string& what) {
  std::string bytes;
  char buffer[65536];
  while (std::cin.read(buffer, sizeof buffer) || std::cin.gcount() > 0) {
    bytes.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
    if (bytes.size() > most)
      throw Error(ErrorCode::invalid, fmt::format("{} is larger than {} bytes", what, most));
  }
  return bytes;
}

}  // namespace bw::cli
