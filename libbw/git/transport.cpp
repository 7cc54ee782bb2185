#include "git/transport.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "git/git_command.h"

namespace bw::git {
namespace {

// `[+]source[:destination]`, each a safe ref name but for one `*` where both or neither have it.
bool is_safe_refspec(std::string_view refspec) {
  if (refspec.starts_with('+')) refspec.remove_prefix(1);
  const auto stars = [](std::string_view side) { return std::count(side.begin(), side.end(), '*'); };
  const std::vector<std::string_view> sides = split(refspec, ':');
  return sides.size() <= 2 && std::all_of(sides.begin(), sides.end(), [&](std::string_view side) {
           std::string name(side);
           std::replace(name.begin(), name.end(), '*', 'x');
           return is_safe_ref_name(name) && stars(side) <= 1 && stars(side) == stars(sides.front());
         });
}

std::string_view source_of(std::string_view refspec) {
  if (refspec.starts_with('+')) refspec.remove_prefix(1);
  return refspec.substr(0, refspec.find(':'));
}

// The ref that git's message says the remote lacks.
std::string missing_ref(const std::string& error_output) {
  constexpr std::string_view message = "fatal: couldn't find remote ref ";
  const std::size_t at = error_output.find(message);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + message.size();
  return error_output.substr(begin, error_output.find('\n', begin) - begin);
}

// `--verbose` names every ref that was found, also those that had not moved:
// " = [up to date]  main -> origin/main".
bool names_a_ref(std::string_view error_output) {
  const std::vector<std::string_view> lines = split(error_output, '\n');
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    return line.starts_with(' ') && line.find(" -> ") != std::string_view::npos;
  });
}

std::string rejected_ref(std::string_view error_output) {
  for (const std::string_view line : split(error_output, '\n')) {
    if (line.starts_with(" ! ")) return printable(line.substr(3));
  }
  return {};
}

bool matches(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

bool fetch(const Repository& repository, const RemoteUrl& url, const std::vector<std::string>& refspecs,
           const TransportOptions& options) {
  require_absolute(url);
  for (const std::string& refspec : refspecs) {
    if (!is_safe_refspec(refspec)) {
      throw Error(ErrorCode::usage,
                  "\"" + printable(refspec) + "\" cannot be fetched: it is no safe refspec");
    }
  }
  std::vector<std::string> wanted = refspecs;
  while (!wanted.empty()) {
    // --show-forced-updates: without it (users may set that) git does not look whether a ref only moves
    // forward.
    std::vector<std::string> arguments = {"fetch",
                                          "--verbose",
                                          "--atomic",
                                          "--no-tags",
                                          "--no-prune",
                                          "--no-recurse-submodules",
                                          "--no-auto-maintenance",
                                          "--no-write-fetch-head",
                                          "--show-forced-updates",
                                          "--no-update-head-ok"};
    arguments.emplace_back(options.progress ? "--progress" : "--no-progress");
    arguments.insert(arguments.end(), {"--", url.text()});
    arguments.insert(arguments.end(), wanted.begin(), wanted.end());
    const Finished finished = run_git(&repository, {"core.hooksPath=/dev/null"}, arguments, options);
    if (finished.status == 0) return names_a_ref(finished.error_output);
    if (const std::string ref = rejected_ref(finished.error_output); !ref.empty()) {
      throw Error(ErrorCode::refused,
                  "the history at " + url.shown() + " was rewritten, so it was not fetched: " + ref,
                  "compare the two histories before you take the other one");
    }
    // git stops at the first ref that it misses, before anything was transferred.
    const std::string missing = missing_ref(finished.error_output);
    if (std::erase_if(wanted, [&](const std::string& refspec) { return source_of(refspec) == missing; }) ==
        0) {
      throw transport_error("fetch from", url, finished);
    }
  }
  return false;
}

std::vector<RemoteRef> list_remote(const RemoteUrl& url, const std::vector<std::string>& patterns,
                                   const TransportOptions& options) {
  require_absolute(url);
  std::vector<std::string> arguments = {"ls-remote", "--refs", "--quiet", "--", url.text()};
  arguments.insert(arguments.end(), patterns.begin(), patterns.end());
  const Finished finished = run_git(nullptr, {}, arguments, options);
  if (finished.status != 0) throw transport_error("read", url, finished);
  std::vector<RemoteRef> result;
  for (const std::string_view line : split(finished.output, '\n')) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    const std::optional<Oid> oid = Oid::from_hex(line.substr(0, tab));
    const std::string_view name = line.substr(tab + 1);
    // git matches patterns at any slash, "refs/heads/main" in "refs/x/refs/heads/main" too.
    const bool wanted =
        patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                        [&](const std::string& pattern) { return matches(name, pattern); });
    if (oid && wanted && is_safe_ref_name(name)) result.push_back({std::string(name), *oid});
  }
  return result;
}

void add_remote(Repository& repository, std::string_view name, const RemoteUrl& url) {
  const std::string checked(name);
  const bool acceptable = !name.empty() && !name.starts_with('-') &&
                          name.find('/') == std::string_view::npos &&
                          is_safe_ref_name("refs/remotes/" + checked + "/main");
  if (!acceptable)
    throw Error(ErrorCode::invalid, "\"" + printable(name) + "\" cannot be the name of a remote");
  const std::optional<std::string> present = repository.remote_url(name);
  if (present && *present != url.text()) {
    throw Error(ErrorCode::refused, "the remote " + checked + " exists already",
                "choose another name, or change it with `git remote set-url`");
  }
  repository.set_config("remote." + checked + ".url", url.text());
  repository.set_config("remote." + checked + ".fetch", "+refs/heads/*:refs/remotes/" + checked + "/*");
  repository.set_config("remote." + checked + ".tagOpt", "--no-tags");
}

}  // namespace bw::git
