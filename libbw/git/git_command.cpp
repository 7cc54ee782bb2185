#include "git/git_command.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>

#include "base/error.h"
#include "base/text.h"

namespace bw::git {
namespace {

constexpr std::size_t max_line = 1000;

// What `git rev-parse --local-env-vars` names, and what else would lead git elsewhere: set when bw
// itself runs in a hook of git, or by someone hostile.
constexpr std::array foreign_variables = {"GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                          "GIT_CEILING_DIRECTORIES",
                                          "GIT_COMMON_DIR",
                                          "GIT_CONFIG",
                                          "GIT_CONFIG_COUNT",
                                          "GIT_CONFIG_PARAMETERS",
                                          "GIT_DIR",
                                          "GIT_GRAFT_FILE",
                                          "GIT_IMPLICIT_WORK_TREE",
                                          "GIT_INDEX_FILE",
                                          "GIT_INTERNAL_SUPER_PREFIX",
                                          "GIT_LITERAL_PATHSPECS",
                                          "GIT_NAMESPACE",
                                          "GIT_OBJECT_DIRECTORY",
                                          "GIT_PREFIX",
                                          "GIT_PROTOCOL",
                                          "GIT_QUARANTINE_PATH",
                                          "GIT_REPLACE_REF_BASE",
                                          "GIT_SHALLOW_FILE",
                                          "GIT_WORK_TREE",
                                          "LANGUAGE"};

// Each can be set by a user for all repositories; none may decide what happens to a world.
constexpr std::array settings_for_all = {
    "protocol.ext.allow=never", "transfer.fsckObjects=true", "fetch.fsckObjects=true",
    // What a few fetched objects are unpacked to, and the refs, are synced
    // to disk before we say that they are here.
    "core.fsync=all", "gc.auto=0", "maintenance.auto=false", "submodule.recurse=false",
    "fetch.recurseSubmodules=false", "push.recurseSubmodules=no", "fetch.prune=false",
    "fetch.pruneTags=false", "fetch.output=full", "fetch.writeCommitGraph=false", "push.followTags=false",
    "push.gpgSign=false", "push.useForceIfIncludes=false", "core.fsmonitor=false", "color.ui=false"};

// Cuts a stream of text into lines; git ends those of progress meters with CR.
class Lines {
public:
  explicit Lines(Progress see) : see_(std::move(see)) {}
  void operator()(std::string_view part) {
    for (const char c : part) {
      if (c != '\n' && c != '\r') {
        if (line_.size() < max_line) line_ += c;
        continue;
      }
      if (!line_.empty()) see_(printable(line_));
      line_.clear();
    }
  }

private:
  Progress see_;
  std::string line_;
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What users can do about the failures that they meet most.
std::string hint_for(std::string_view said, const RemoteUrl& url) {
  struct Advice {
    std::string_view sign;
    std::string_view hint;
  };
  static constexpr std::array advice = {
      Advice{"Could not resolve host", "check the address and the network connection"},
      Advice{"Permission denied (publickey", "add your key to ssh-agent and to your account at the host"},
      Advice{"Host key verification failed", "connect once with ssh and compare the host's key"},
      Advice{"terminal prompts disabled", "set up a credential helper (git help credentials) or use SSH"},
      Advice{"could not read Username", "set up a credential helper (git help credentials) or use SSH"},
      Advice{"Authentication failed", "check user name and password, or the token, of that host"},
      Advice{"dubious ownership", "if you trust it: git config --global --add safe.directory '<path>'"},
      Advice{"No space left", "free some disk space, then try again"},
      Advice{"does not appear to be a git repository", "check the address; the repository may have moved"},
      Advice{"does not exist", "check the address; the repository may have moved"},
      Advice{"not found", "check the address; the repository may have moved"},
      Advice{"Connection refused", "the host does not answer: try again later"},
      Advice{"Failed to connect", "the host does not answer: try again later"},
      Advice{"unable to connect", "the host does not answer: try again later"},
      Advice{"timed out", "the host does not answer: try again later"}};
  for (const auto& [sign, hint] : advice) {
    if (contains(said, sign)) return std::string(hint);
  }
  return url.is_local() ? "check that the folder holds a Git repository"
                        : "check the address and the connection";
}

}  // namespace

Command git_command(const Repository* repository, const std::vector<std::string>& settings,
                    const std::vector<std::string>& arguments, const TransportOptions& options) {
  Command command;
  command.arguments = {"git"};
  for (const char* setting : settings_for_all)
    command.arguments.insert(command.arguments.end(), {"-c", setting});
  for (const std::string& setting : settings)
    command.arguments.insert(command.arguments.end(), {"-c", setting});
  if (repository != nullptr) command.arguments.push_back("--git-dir=" + repository->git_folder().string());
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  // Never where a repository that nobody named could be found.
  command.folder = repository != nullptr ? repository->git_folder() : std::filesystem::path("/");

  for (const char* name : foreign_variables) command.environment[name] = std::nullopt;
  command.environment["GIT_ALLOW_PROTOCOL"] = "file:git:http:https:ssh";
  command.environment["GIT_NO_REPLACE_OBJECTS"] = "1";
  command.environment["LC_ALL"] = "C";  // its messages are read below
  if (!options.may_prompt) command.environment["GIT_TERMINAL_PROMPT"] = "0";
  command.new_session = !options.may_prompt;
  command.patience = options.patience;
  if (options.progress) command.on_error_output = Lines(options.progress);
  return command;
}

Finished run_git(const Repository* repository, const std::vector<std::string>& settings,
                 const std::vector<std::string>& arguments, const TransportOptions& options) {
  return run(git_command(repository, settings, arguments, options));
}

void require_absolute(const RemoteUrl& url) {
  if (!url.is_local() || url.text().starts_with("file://") || url.text().starts_with('/')) return;
  throw Error(ErrorCode::usage, "the path " + url.shown() + " is relative, and git runs in another folder");
}

std::string reason_in(std::string_view error_output) {
  static constexpr std::array advice = {"Please make sure", "and the repository exists",
                                        "fatal: Could not read from", "fatal: the remote end hung up",
                                        "hint:"};
  std::string reason;
  for (std::string_view line : split(error_output, '\n')) {
    line = line.substr(line.rfind('\r') + 1);  // behind a progress meter
    const bool is_advice =
        std::any_of(advice.begin(), advice.end(), [&](const char* start) { return line.starts_with(start); });
    if (line.empty() || (is_advice && !reason.empty())) continue;
    reason = printable(line.substr(0, max_line));
  }
  for (const std::string_view label : {"fatal: ", "error: "}) {
    if (reason.starts_with(label)) reason.erase(0, label.size());
  }
  return reason;
}

Error transport_error(const std::string& action, const RemoteUrl& url, const Finished& finished) {
  std::string reason = reason_in(finished.error_output);
  if (reason.empty() && finished.status == 128 + SIGPIPE) reason = "the connection broke off";
  if (reason.empty()) reason = "git ended with status " + std::to_string(finished.status) + " and no message";
  if (const std::size_t at = reason.find(url.text()); at != std::string::npos) {
    reason.replace(at, url.text().size(), url.shown());  // it may hold a password
  }
  const std::string what = "cannot " + action + " " + url.shown() + ": " + reason;
  if (contains(finished.error_output, "fsck error") || contains(finished.error_output, "index-pack failed")) {
    return {ErrorCode::invalid, what,
            "nothing of it was kept; ask whoever keeps that repository to run `git fsck`"};
  }
  return {ErrorCode::cannot, what, hint_for(finished.error_output, url)};
}

}  // namespace bw::git
