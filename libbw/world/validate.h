#pragma once
// Checking definitions that lie anywhere: a world's work tree, a folder with a betterworld.yaml in it, a
// single file under any name. Neither a repository nor a stream is needed.

#include <filesystem>
#include <vector>

#include "definition/digest.h"
#include "definition/problem.h"

namespace bw {

struct Validated {
  std::vector<Problem> problems;  // their files named as a caller in the present folder would name them
  DefinitionFiles files;          // by the same names
  std::size_t checked = 0;        // files
};

// A folder means the definition in it, with its tools. So does its betterworld.yaml. A file below `tools/`
// beside a betterworld.yaml is checked as a part of that definition, and only its own problems count. Any
// other file is checked as if it were a betterworld.yaml. Symbolic links are not followed: they are a
// problem, as is everything that cannot be read. Error(cannot) where `path` does not exist.
Validated validate_files(const std::filesystem::path& path);

}  // namespace bw
