#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "git/git_command.h"
#include "git/transport.h"

namespace bw::git {
namespace {

void check_updates(const std::vector<PushUpdate>& updates) {
  if (updates.empty()) throw Error(ErrorCode::usage, "there is nothing to push");
  for (const PushUpdate& update : updates) {
    if (!is_safe_ref_name(update.ref)) {
      throw Error(ErrorCode::invalid, "\"" + printable(update.ref) + "\" cannot be the name of a ref");
    }
  }
}

std::vector<std::string> push_arguments(const RemoteUrl& url, const std::vector<PushUpdate>& updates,
                                        bool progress) {
  std::vector<std::string> arguments = {"push",
                                        "--porcelain",
                                        "--no-follow-tags",
                                        "--no-recurse-submodules",
                                        "--no-signed",
                                        progress ? "--progress" : "--no-progress"};
  // Servers behind plain HTTP have no --atomic, and one update needs none.
  if (updates.size() > 1) arguments.emplace_back("--atomic");
  for (const PushUpdate& update : updates) {
    // An empty value: the ref must not exist.
    arguments.push_back("--force-with-lease=" + update.ref + ":" +
                        (update.expected ? update.expected->hex() : ""));
  }
  arguments.insert(arguments.end(), {"--", url.text()});
  for (const PushUpdate& update : updates) {
    arguments.push_back((update.source ? update.source->hex() : "") + ":" + update.ref);
  }
  return arguments;
}

// The reasons of the lines "!\t<from>:<to>\t[remote rejected] (<reason>)", those first that name the
// cause rather than that the other updates fell with it.
std::vector<std::string> rejections(std::string_view output) {
  std::vector<std::string> causes;
  std::vector<std::string> consequences;
  for (const std::string_view line : split(output, '\n')) {
    if (!line.starts_with("!\t")) continue;
    const std::string reason = printable(line.substr(line.rfind('\t') + 1));
    const bool follows = reason.find("atomic ") != std::string::npos;
    (follows ? consequences : causes).push_back(reason);
  }
  causes.insert(causes.end(), consequences.begin(), consequences.end());
  return causes;
}

// What a hook printed: the lines "remote: …".
std::string remote_words(std::string_view error_output) {
  std::string words;
  for (const std::string_view line : split(error_output, '\n')) {
    constexpr std::string_view label = "remote: ";
    if (!line.starts_with(label) || words.size() > 2000) continue;
    std::string text = printable(line.substr(label.size()));
    while (text.ends_with(' ')) text.pop_back();  // git pads these lines against progress meters
    if (!text.empty()) words += (words.empty() ? "" : "; ") + text;
  }
  return words;
}

// Hosts that refuse before git's own answer: HTTP 403, and the words of the well-known forges.
bool is_forbidden(std::string_view error_output) {
  static constexpr std::array signs = {
      "returned error: 403", "denied to", "not allowed to push",       "access denied",
      "Access denied",       "read-only", "You do not have permission"};
  return std::any_of(signs.begin(), signs.end(),
                     [&](const char* sign) { return error_output.find(sign) != std::string_view::npos; });
}

bool somebody_was_faster(const RemoteUrl& url, const std::vector<PushUpdate>& updates,
                         const TransportOptions& options) {
  std::vector<std::string> names;
  names.reserve(updates.size());
  for (const PushUpdate& update : updates) names.push_back(update.ref);
  const std::vector<RemoteRef> present = list_remote(url, names, options);
  return std::any_of(updates.begin(), updates.end(), [&](const PushUpdate& update) {
    const auto found = std::find_if(present.begin(), present.end(),
                                    [&](const RemoteRef& ref) { return ref.name == update.ref; });
    const std::optional<Oid> value = found == present.end() ? std::nullopt : std::optional(found->oid);
    return value != update.expected;
  });
}

}  // namespace

PushReport push(const Repository& repository, const RemoteUrl& url, const std::vector<PushUpdate>& updates,
                const TransportOptions& options) {
  require_absolute(url);
  check_updates(updates);
  const Finished finished =
      run_git(&repository, {}, push_arguments(url, updates, static_cast<bool>(options.progress)), options);
  if (finished.status == 0) return {};

  const std::vector<std::string> reasons = rejections(finished.output);
  if (reasons.empty()) {
    const std::string reason = reason_in(finished.error_output);
    if (is_forbidden(finished.error_output)) return {PushResult::refused, reason};
    throw transport_error("push to", url, finished);
  }
  const auto says = [&](std::string_view part) {
    return std::any_of(reasons.begin(), reasons.end(),
                       [&](const std::string& reason) { return reason.find(part) != std::string::npos; });
  };
  if (says("stale info")) return {PushResult::stale, reasons.front()};
  if (finished.error_output.find("No space left") != std::string::npos)
    throw transport_error("push to", url, finished);
  const std::string words = remote_words(finished.error_output);
  std::string message = reasons.front() + (words.empty() ? "" : ": " + words);
  // Between our look and our push the ref may have moved; servers word that in many ways, so the refs
  // themselves are asked.
  const bool stale = somebody_was_faster(url, updates, options);
  return {stale ? PushResult::stale : PushResult::refused, std::move(message)};
}

}  // namespace bw::git
