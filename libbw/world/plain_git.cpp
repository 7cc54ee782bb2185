#include "world/plain_git.h"

#include <array>

#include "stream/commit_author.h"

namespace bw {
namespace {

// Set when bw itself runs in a hook of git; they would lead git to another repository or index.
constexpr std::array foreign_variables = {"GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                          "GIT_COMMON_DIR",
                                          "GIT_CONFIG_COUNT",
                                          "GIT_CONFIG_PARAMETERS",
                                          "GIT_DIR",
                                          "GIT_INDEX_FILE",
                                          "GIT_NAMESPACE",
                                          "GIT_OBJECT_DIRECTORY",
                                          "GIT_PREFIX",
                                          "GIT_WORK_TREE",
                                          "LANGUAGE"};

}  // namespace

Finished run_plain_git(const git::Repository& repository, const std::vector<std::string>& arguments,
                       const std::optional<Did>& me, const std::map<std::string, std::string>& added) {
  Command command;
  command.arguments = {"git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.folder = repository.work_tree().value_or(repository.git_folder());
  for (const char* name : foreign_variables) command.environment[name] = std::nullopt;
  command.environment["GIT_NO_REPLACE_OBJECTS"] = "1";
  command.environment["GIT_EDITOR"] = ":";
  command.environment["GIT_TERMINAL_PROMPT"] = "0";
  command.environment["LC_ALL"] = "C";
  if (me) {
    const git::Person person = appender(*me);
    for (const char* role : {"GIT_AUTHOR_", "GIT_COMMITTER_"}) {
      command.environment[std::string(role) + "NAME"] = person.name;
      command.environment[std::string(role) + "EMAIL"] = person.email;
    }
  }
  for (const auto& [name, value] : added) command.environment[name] = value;
  command.new_session = true;
  return run(command);
}

std::optional<git::Oid> find_commit(const git::Repository& repository, std::string_view revision) {
  if (revision.empty() || revision.find('\0') != std::string_view::npos) return std::nullopt;
  const Finished finished = run_plain_git(repository, {"rev-parse", "--verify", "--quiet", "--end-of-options",
                                                       std::string(revision) + "^{commit}"});
  if (finished.status != 0) return std::nullopt;
  return git::Oid::from_hex(std::string_view(finished.output).substr(0, finished.output.find('\n')));
}

}  // namespace bw
