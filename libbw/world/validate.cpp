#include "world/validate.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "tools/toolset.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

// Beside what a definition says, under the names that its caller uses.
Validated renamed(LoadedDefinition loaded, const fs::path& folder, const std::string& definition_name) {
  const auto name = [&](const std::string& file) {
    return (folder / (file == definition_file ? definition_name : file)).lexically_normal().generic_string();
  };
  Validated result;
  result.problems = std::move(loaded.problems);
  for (Problem& problem : result.problems) problem.file = name(problem.file);
  for (auto& [file, content] : loaded.files) result.files.emplace(name(file), std::move(content));
  result.checked = std::max<std::size_t>(1, result.files.size());
  return result;
}

Validated validate_folder(const fs::path& folder) {
  return renamed(load_definition(folder_source(folder)), folder, definition_file);
}

Validated validate_tool(const fs::path& root, const fs::path& file) {
  Validated result = validate_folder(root);
  const std::string own = file.lexically_normal().generic_string();
  std::erase_if(result.problems, [&](const Problem& problem) { return problem.file != own; });
  result.checked = 1;
  return result;
}

// A draft under another name.
Validated validate_draft(const fs::path& folder, const std::string& name) {
  const FileSource beside = folder_source(folder);
  FileSource source;
  source.read = [&](const std::string& path) { return beside.read(path == definition_file ? name : path); };
  source.tools = [] { return std::vector<std::string>(); };
  return renamed(load_definition(source), folder, name);
}

}  // namespace

Validated validate_files(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (!fs::exists(status)) {
    throw Error(ErrorCode::cannot, "there is no file or folder " + printable(path.string()));
  }
  if (fs::is_directory(status)) return validate_folder(path);
  const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
  const std::string name = path.filename().string();
  if (name == definition_file) return validate_folder(folder);
  const fs::path root =
      fs::absolute(folder).lexically_normal().filename() == "tools" ? folder / ".." : fs::path();
  if (!root.empty() && path.extension() == ".yaml" && fs::exists(root / definition_file, error)) {
    return validate_tool(root, path);
  }
  return validate_draft(folder, name);
}

}  // namespace bw
