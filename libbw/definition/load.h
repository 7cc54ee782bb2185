#pragma once
// Loading a definition: from the files of a folder or of a Git tree to the typed model, collecting
// everything that is wrong on the way: YAML, schema, meaning (unknown references, cycles among goals,
// units that do not match …), all in one run.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "definition/digest.h"
#include "definition/meaning.h"
#include "definition/model.h"
#include "definition/problem.h"

namespace bw {

inline constexpr const char* definition_file = "betterworld.yaml";
inline constexpr std::size_t max_named_files_bytes = 16u << 20;  // all x-bw-file files together

// Where the files of a definition come from. Paths are relative, with '/', already checked by `load` to
// be free of "..", empty parts and ".git". Both functions may throw Error (a symbolic link, a file that
// cannot be read); `load` turns it into a problem of that file.
struct FileSource {
  // The content of a regular file; nothing where there is none.
  std::function<std::optional<std::string>(const std::string& path)> read;
  // The paths directly below `tools/`, e.g. "tools/points.yaml"; may be empty.
  std::function<std::vector<std::string>()> tools;
};

// The files of a work tree: regular files only, symbolic links refused anywhere below `root`.
FileSource folder_source(const std::filesystem::path& root);
// Files in memory, such as those of a Git tree.
FileSource memory_source(DefinitionFiles files);

struct LoadedDefinition {
  std::optional<Definition> definition;  // there exactly where no problem is an error
  std::vector<Problem> problems;         // sorted by place
  DefinitionFiles files;                 // what could be read of what belongs to it
  Digest digest;                         // over `files`

  bool valid() const { return definition.has_value(); }
};

// A tool is known where there is a schema of its name; what else its rules have to fit, `check_rules` says
// (tools/toolset.h has that of all tools, and a `load_definition` with it).
LoadedDefinition load(const FileSource& source, const CheckRules& check_rules);

// The names of the tools whose rules a definition can hold, sorted.
std::vector<std::string> tools_with_rules();

}  // namespace bw
