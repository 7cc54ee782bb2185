#pragma once
// For the tests of this folder: the installed git as the judge of what we write, in an environment
// that is the same for everyone.

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "git/libgit2.h"

namespace bw::git {

// No test sees the configuration of whoever runs it, or waits for a disk.
inline const bool test_environment = [] {
  ::setenv("HOME", "/nonexistent", 1);
  ::setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
  ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
  ::unsetenv("XDG_CONFIG_HOME");
  for (const char* who : {"AUTHOR", "COMMITTER"}) {
    ::setenv((std::string("GIT_") + who + "_NAME").c_str(), "Test", 1);
    ::setenv((std::string("GIT_") + who + "_EMAIL").c_str(), "test@bw.invalid", 1);
  }
  ensure_libgit2();
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
  return true;
}();

inline Finished git_in(const std::filesystem::path& folder, std::vector<std::string> arguments,
                       std::string input = {}) {
  Command command;
  command.arguments = {"git"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.folder = folder;
  command.input = std::move(input);
  return run(command);
}

// The first line that git prints; fails the test where git fails.
inline std::string git_says(const std::filesystem::path& folder, std::vector<std::string> arguments,
                            std::string input = {}) {
  const Finished finished = git_in(folder, std::move(arguments), std::move(input));
  INFO(finished.error_output);
  REQUIRE(finished.status == 0);
  return finished.output.substr(0, finished.output.find('\n'));
}

inline Oid oid_of(const std::string& hex) {
  const auto oid = Oid::from_hex(hex);
  REQUIRE(oid);
  return *oid;
}

struct Failure {
  ErrorCode code{};
  std::string what;
  std::string hint;
};
inline Failure failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return {error.code(), error.what(), error.hint()};
  }
  return {};
}

inline CommitDraft draft(const Oid& tree, std::vector<Oid> parents = {}, std::string message = "Say why\n") {
  return {tree,
          std::move(parents),
          {"z6MkTest", "z6MkTest@bw.invalid"},
          Timestamp{1'700'000'000},
          std::move(message)};
}

// A commit that changes one file.
inline Oid add_commit(Repository& repository, const std::vector<Oid>& parents, const std::string& path,
                      const std::string& content) {
  const std::vector<TreeEdit> edits = {{path, repository.write_blob(content)}};
  const std::optional<Oid> base =
      parents.empty() ? std::nullopt : std::optional(repository.read_commit(parents.front()).tree);
  return repository.commit(draft(repository.edit_tree(base, edits), parents), {});
}

// Writes an object that no honest program would write.
inline Oid write_raw(const Repository& repository, const std::string& type, const std::string& bytes) {
  return oid_of(
      git_says(repository.git_folder(), {"hash-object", "--literally", "-w", "-t", type, "--stdin"}, bytes));
}

}  // namespace bw::git
