#include "definition/load.h"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "definition/read.h"
#include "definition/schema.h"
#include "definition/yaml.h"

namespace bw {
namespace {

constexpr std::string_view tools_folder = "tools/";

constexpr std::string_view schema_ending = ".schema.json";
constexpr std::string_view definition_schema = "betterworld.schema.json";

class Loading {
public:
  Loading(const FileSource& source, const CheckRules& check_rules)
      : source_(source), check_rules_(check_rules) {}

  LoadedDefinition run() {
    load_root();
    load_tools();
    check_meanings();
    sort_problems(result_.problems);
    result_.digest = definition_digest(result_.files);
    if (trees_.contains(definition_file) && !has_errors(result_.problems))
      result_.definition = read_definition(std::move(trees_));
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
    keep(definition_file, std::move(document), Schema::named(definition_schema));
  }

  void keep(const std::string& path, yaml::Document document, const Schema& schema) {
    if (!document.root) return;
    const yaml::Node& root = trees_.emplace(path, *std::move(document.root)).first->second;
    check(root, schema, path);
  }

  // When all files are there, for they refer to each other.
  void check_meanings() {
    for (const auto& each : trees_) {
      const std::string& path = each.first;
      const yaml::Node& tree = each.second;
      if (path == definition_file) {
        add_unless_known(check_meaning(tree, path));
        add_unless_known(check_references(Schema::named(definition_schema), trees_, path));
        continue;
      }
      const std::string tool = tool_of(path);
      add_unless_known(check_rules_meaning(Schema::named(tool + std::string(schema_ending)), trees_, path));
      const bool has_its_shape = std::ranges::none_of(
          result_.problems, [&](const Problem& problem) { return problem.file == path; });
      if (!check_rules_ || !has_its_shape) continue;
      Complaints complaints(path);
      check_rules_(tool, {tree, trees_, complaints});
      add_unless_known(std::move(complaints.problems));
    }
  }

  static std::string tool_of(const std::string& path) {
    return path.substr(tools_folder.size(), path.rfind('.') - tools_folder.size());
  }

  void check(const yaml::Node& root, const Schema& schema, const std::string& file) {
    std::vector<Problem> found = schema.check(root, file);
    result_.problems.insert(result_.problems.end(), std::make_move_iterator(found.begin()),
                            std::make_move_iterator(found.end()));
    for (const yaml::Node* named : schema.files_named(root)) load_named(*named, file);
  }

  // A value that the schema refuses is not judged a second time.
  void add_unless_known(std::vector<Problem> found) {
    std::set<std::tuple<std::string, int, int>> known;
    for (const Problem& problem : result_.problems) known.emplace(problem.file, problem.line, problem.column);
    for (Problem& problem : found) {
      if (!known.contains({problem.file, problem.line, problem.column}))
        result_.problems.push_back(std::move(problem));
    }
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
    const std::string tool = tool_of(path);
    const std::vector<std::string> known = tools_with_rules();
    if (std::ranges::find(known, tool) == known.end()) {
      std::string hint = did_you_mean(tool.substr(0, 100), known);
      if (hint.empty()) hint = fmt::format("known tools: {}", fmt::join(known, ", "));
      error(path, {}, "unknown-tool", fmt::format("no tool is called \"{}\"", printable(tool)),
            std::move(hint));
    } else {
      keep(path, std::move(document), Schema::named(tool + std::string(schema_ending)));
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
  const CheckRules& check_rules_;
  Trees trees_;  // of the files that could be read
  std::size_t named_bytes_ = 0;
  LoadedDefinition result_;
};

}  // namespace

LoadedDefinition load(const FileSource& source, const CheckRules& check_rules) {
  return Loading(source, check_rules).run();
}

std::vector<std::string> tools_with_rules() {
  std::vector<std::string> names;
  for (const embedded::File& file : embedded::schemas()) {
    if (file.path.ends_with(schema_ending) && file.path != definition_schema)
      names.emplace_back(file.path.substr(0, file.path.size() - schema_ending.size()));
  }
  return names;
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
