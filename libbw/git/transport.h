#pragma once
// Fetch, push and clone by the installed `git`, so that SSH configuration, credential helpers, proxies
// and protocol v2 work as its user knows them. Every call: no shell, `--` before addresses, allowed
// protocols named, remote helpers and submodules off, objects checked on arrival, hooks of the
// repository not run by fetches, prompts only on a terminal. Failures are Error(cannot) with the last
// line that git said, and a hint.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "git/remote_url.h"
#include "git/repository.h"

namespace bw::git {

// Progress lines as git prints them; may be empty.
using Progress = std::function<void(std::string_view line)>;

// Fetches refspecs such as "+refs/heads/*:refs/remotes/origin/*". Returns false where the remote has
// none of the named refs.
bool fetch(const Repository& repository, const RemoteUrl& url, const std::vector<std::string>& refspecs,
           const Progress& progress = {});

struct RemoteRef {
  std::string name;
  Oid oid;
};
// Refs whose names are not safe are left out.
std::vector<RemoteRef> list_remote(const RemoteUrl& url, const std::vector<std::string>& patterns);

struct PushUpdate {
  std::optional<Oid> source;  // nothing deletes
  std::string ref;            // full name at the remote
  // The value the remote's ref must have (nothing: must not exist): compare-and-swap by
  // --force-with-lease.
  std::optional<Oid> expected;
};
enum class PushResult { done, stale, refused };  // stale: another was faster; refused: hook or permission
struct PushReport {
  PushResult result = PushResult::done;
  std::string message;  // what the remote said
};
// All updates or none (--atomic).
PushReport push(const Repository& repository, const RemoteUrl& url, const std::vector<PushUpdate>& updates,
                const Progress& progress = {});

// Adds a remote to the configuration with the refspecs of a world: branches to
// refs/remotes/<name>/, and nothing else.
void add_remote(Repository& repository, std::string_view name, const RemoteUrl& url);

}  // namespace bw::git
