#pragma once
// Files of lines that only grow, as the journal keeps them. A line without its LF is a torn append: readers
// leave it out, and the next append moves it to a file of its own. It is never guessed at.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace bw {

inline constexpr std::size_t max_line_file_bytes = std::size_t{4} << 30;

// The lines, without a tail that lacks its LF. None where there is no such file.
std::vector<std::string> complete_lines(const std::filesystem::path& path);

// Appends lines, each with its LF, and syncs. A torn tail goes to the end of `torn` first. The caller holds a
// lock.
void append_lines(const std::filesystem::path& path, const std::filesystem::path& torn,
                  const std::string& lines);

}  // namespace bw
