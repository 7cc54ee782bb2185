#pragma once
// A file to which lines are appended can end in the middle of one: a crash came in mid-append. What is torn
// was acknowledged to nobody, and is never guessed at: it is set aside.

#include <filesystem>

namespace bw {

// Whether the last line lacks its LF. No such file: no.
bool is_torn(const std::filesystem::path& file);

// Moves what follows the last LF to the end of `aside`, which has it whole before it leaves `file`; does
// nothing where the file is not torn. The caller holds the file's lock. Error(cannot) where the disk takes no
// more: then the file is as it was.
void set_torn_tail_aside(const std::filesystem::path& file, const std::filesystem::path& aside);

}  // namespace bw
