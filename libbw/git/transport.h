#pragma once
// Fetch and push by the installed `git`, so that SSH configuration, credential helpers, proxies and
// protocol v2 work as its user knows them. (To clone is to create, add_remote and fetch.) Every call:
// no shell, `--` before addresses, allowed protocols named, remote helpers, tags and submodules off,
// objects checked on arrival, no hooks of the repository run by fetches, no prompts unless allowed, no
// variable of a surrounding git (GIT_DIR …) passed on. What a remote says is made printable.
//
// Failures are Error(cannot) with the line in which git says why, and a hint; Error(invalid) where the
// other side sent objects that are not valid. A path must be absolute (RemoteUrl::absolute).

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "git/remote_url.h"
#include "git/repository.h"

namespace bw::git {

// Progress lines as git prints them.
using Progress = std::function<void(std::string_view line)>;

struct TransportOptions {
  Progress progress;        // may be empty
  bool may_prompt = false;  // there is a terminal on which git and ssh may ask for a password
  std::chrono::seconds patience{600};
};

// Fetches refspecs such as "+refs/heads/*:refs/remotes/origin/*", all refs or none. A refspec whose ref
// the remote lacks is passed over; returns false where it has none of them. Without a leading `+` a ref
// only moves forward: Error(refused) where the remote's history was rewritten.
bool fetch(const Repository& repository, const RemoteUrl& url, const std::vector<std::string>& refspecs,
           const TransportOptions& options = {});

struct RemoteRef {
  std::string name;
  Oid oid;
};
// The remote's refs that are named by `patterns` (full names; a `*` at the end stands for anything).
// Refs whose names are not safe are left out.
std::vector<RemoteRef> list_remote(const RemoteUrl& url, const std::vector<std::string>& patterns,
                                   const TransportOptions& options = {});

struct PushUpdate {
  std::optional<Oid> source;  // nothing deletes
  std::string ref;            // full name at the remote
  // The value the remote's ref must have (nothing: must not exist): compare-and-swap by
  // --force-with-lease.
  std::optional<Oid> expected;
};
enum class PushResult {
  done,
  stale,    // a ref had another value than expected: someone was faster
  refused,  // a hook, a permission or a rule at the remote
};
struct PushReport {
  PushResult result = PushResult::done;
  std::string message;  // why not, as the remote said it
};
// All updates or none. An update that the remote has already is done. Error(cannot) leaves open whether
// the remote took it: fetch, and look.
PushReport push(const Repository& repository, const RemoteUrl& url, const std::vector<PushUpdate>& updates,
                const TransportOptions& options = {});

// Adds a remote to the configuration with the refspecs of a world: branches to
// refs/remotes/<name>/, and nothing else. Error(invalid) where `name` cannot be one, Error(refused)
// where it names another address already.
void add_remote(Repository& repository, std::string_view name, const RemoteUrl& url);

}  // namespace bw::git
