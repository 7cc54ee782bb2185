#include "definition/load.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "definition/meaning.h"
#include "definition/read.h"
#include "definition/schema.h"
#include "definition/yaml.h"

namespace bw {
namespace {

constexpr std::string_view tools_folder = "tools/";

// A tool that a world may adopt: its name, which is that of its file, and the schema of that file.
struct Tool {
  std::string_view name;
  std::string_view schema;
};
constexpr std::array<Tool, 0> known_tools = {};

class Loading {
public:
  explicit Loading(const FileSource& source) : source_(source) {}

  LoadedDefinition run() {
    load_root();
    load_tools();
    sort_problems(result_.problems);
    result_.digest = definition_digest(result_.files);
    if (root_ && !has_errors(result_.problems)) result_.definition = read_definition(*root_);
    return std::move(result_);
  }

private:
  void error(const std::string& file, Mark at, std::string code, std::string message, std::string hint) {
    result_.problems.push_back(
        {Severity::error, file, at.line, at.column, std::move(code), std::move(message), std::move(hint)});
  }

  std::optional<std::string> read(const std::string& path, const std::string& blamed, Mark at) {
    try {
      return source_.read(path);
    } catch (const Error& failure) {
      error(blamed, at, "unreadable-file", failure.what(),
            failure.hint().empty() ? "make it a regular file that can be read" : failure.hint());
    }
    return std::nullopt;
  }

  bool failed_at(const std::string& file, Mark at) const {
    return std::ranges::any_of(result_.problems, [&](const Problem& p) {
      return p.file == file && p.line == at.line && p.column == at.column;
    });
  }

  void load_root() {
    const auto failures = result_.problems.size();
    auto text = read(definition_file, definition_file, {});
    if (!text) {
      if (result_.problems.size() == failures)
        error(definition_file, {}, "missing-file", "there is no betterworld.yaml here",
              "`bw init` makes a world from a template");
      return;
    }
    yaml::Document document = yaml::parse(*text, definition_file);
    result_.problems = std::move(document.problems);
    if (text->size() <= yaml::max_bytes) result_.files.emplace(definition_file, std::move(*text));
    root_ = std::move(document.root);
    if (!root_) return;
    check(*root_, Schema::named("betterworld.schema.json"), definition_file);
    add_unless_known(check_meaning(*root_, definition_file));
  }

  void check(const yaml::Node& root, const Schema& schema, const std::string& file) {
    std::vector<Problem> found = schema.check(root, file);
    result_.problems.insert(result_.problems.end(), std::make_move_iterator(found.begin()),
                            std::make_move_iterator(found.end()));
    for (const yaml::Node* named : schema.files_named(root)) load_named(*named, file);
  }

  // A value that the schema refuses is not judged a second time.
  void add_unless_known(std::vector<Problem> found) {
    std::set<std::pair<int, int>> known;
    for (const Problem& problem : result_.problems) known.emplace(problem.line, problem.column);
    for (Problem& problem : found)
      if (!known.contains({problem.line, problem.column})) result_.problems.push_back(std::move(problem));
  }

  void load_named(const yaml::Node& node, const std::string& file) {
    const std::string& path = node.text;
    if (!is_safe_path(path)) {
      error(file, node.mark, "unsafe-path",
            fmt::format("\"{}\" is no path inside the repository", printable(path)),
            "write it from the root of the repository, like pages/icon.png");
      return;
    }
    if (result_.files.contains(path) || failed_at(file, node.mark)) return;
    auto content = read(path, file, node.mark);
    if (!content) {
      if (!failed_at(file, node.mark))
        error(file, node.mark, "missing-file", fmt::format("there is no file \"{}\"", printable(path)),
              "add it to the repository, or delete the line");
      return;
    }
    named_bytes_ += content->size();
    if (named_bytes_ > max_named_files_bytes) {
      error(file, node.mark, "file-too-large",
            fmt::format("the files of the definition have more than {} MiB together",
                        max_named_files_bytes >> 20),
            "make them smaller");
      return;
    }
    result_.files.emplace(path, std::move(*content));
  }

  void load_tools() {
    std::vector<std::string> paths;
    try {
      if (source_.tools) paths = source_.tools();
    } catch (const Error& failure) {
      error(std::string(tools_folder), {}, "unreadable-file", failure.what(), failure.hint());
    }
    std::ranges::sort(paths);
    for (const std::string& path : paths)
      if (path.starts_with(tools_folder) && is_safe_path(path)) load_tool(path);
  }

  void load_tool(const std::string& path) {
    const std::string name = path.substr(tools_folder.size());
    if (name.ends_with(".yml")) {
      error(path, {}, "unknown-tool", "files of tools end in .yaml", "rename it");
      return;
    }
    if (!name.ends_with(".yaml")) return;  // a README, perhaps
    const auto failures = result_.problems.size();
    auto text = read(path, path, {});
    if (!text) {
      if (result_.problems.size() == failures)
        error(path, {}, "missing-file", "the file cannot be found any more", "");
      return;
    }
    yaml::Document document = yaml::parse(*text, path);
    for (Problem& problem : document.problems) result_.problems.push_back(std::move(problem));
    if (text->size() <= yaml::max_bytes) result_.files.emplace(path, std::move(*text));
    const std::string tool = name.substr(0, name.rfind('.'));
    const auto* known = std::ranges::find(known_tools, std::string_view(tool), &Tool::name);
    if (known == known_tools.end()) {
      std::vector<std::string> names;
      names.reserve(std::size(known_tools));
      for (const Tool& candidate : known_tools) names.emplace_back(candidate.name);
      error(path, {}, "unknown-tool", fmt::format("no tool is called \"{}\"", printable(tool)),
            names.empty() ? "this version of bw knows no tools yet"
                          : fmt::format("known tools: {}", fmt::join(names, ", ")));
    } else if (document.root) {
      check(*document.root, Schema::named(known->schema), path);
    }
  }

  static bool is_safe_path(std::string_view path) {
    if (path.empty() || path.size() > 512 || !is_utf8(path) || printable(path) != path) return false;
    return std::ranges::all_of(split(path, '/'), [](std::string_view part) {
      const std::string folded = casefold(part);  // ".GIT" is ".git" on some machines
      return !part.empty() && part != "." && part != ".." && folded != ".git" &&
             part.find('\\') == std::string_view::npos;
    });
  }

  const FileSource& source_;
  std::optional<yaml::Node> root_;
  std::size_t named_bytes_ = 0;
  LoadedDefinition result_;
};

}  // namespace

LoadedDefinition load(const FileSource& source) {
  return Loading(source).run();
}

FileSource memory_source(DefinitionFiles files) {
  const auto shared = std::make_shared<const DefinitionFiles>(std::move(files));
  FileSource source;
  source.read = [shared](const std::string& path) -> std::optional<std::string> {
    const auto found = shared->find(path);
    return found == shared->end() ? std::nullopt : std::optional(found->second);
  };
  source.tools = [shared] {
    std::vector<std::string> paths;
    for (const auto& [path, content] : *shared)
      if (path.starts_with(tools_folder) && path.find('/', tools_folder.size()) == std::string::npos)
        paths.push_back(path);
    return paths;
  };
  return source;
}

FileSource folder_source(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  FileSource source;
  source.read = [root](const std::string& path) -> std::optional<std::string> {
    fs::path at = root;
    const auto parts = split(path, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
      at /= parts[i];
      std::error_code failure;
      const fs::file_status status = fs::symlink_status(at, failure);
      if (status.type() == fs::file_type::not_found) return std::nullopt;
      if (fs::is_symlink(status)) {
        throw Error(ErrorCode::invalid, fmt::format("\"{}\" is a symbolic link", path),
                    "a definition consists of regular files; put the file itself there");
      }
      const bool last = i + 1 == parts.size();
      if (last ? !fs::is_regular_file(status) : !fs::is_directory(status)) {
        throw Error(ErrorCode::invalid,
                    fmt::format("\"{}\" is no regular file", last ? path : std::string(parts[i])));
      }
    }
    return read_file(at, max_named_files_bytes, Links::refuse);
  };
  source.tools = [root] {
    std::vector<std::string> paths;
    std::error_code failure;
    if (fs::is_symlink(fs::symlink_status(root / "tools", failure))) {
      throw Error(ErrorCode::invalid, "\"tools\" is a symbolic link", "make it a folder");
    }
    for (fs::directory_iterator entry(root / "tools", failure), end; !failure && entry != end;
         entry.increment(failure))
      paths.push_back(std::string(tools_folder) + entry->path().filename().string());
    return paths;
  };
  return source;
}

}  // namespace bw
