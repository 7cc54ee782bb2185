#pragma once
// Quarantine: what strangers left at another repository is brought into a repository of its own, in a
// temporary folder that goes with it, and read there. So nothing of theirs lies in the world's own, neither
// junk nor bundles that were admitted long ago and hold what was withdrawn since.

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "git/remote_url.h"
#include "git/repository.h"
#include "world/environment.h"

namespace bw {

class Quarantine {
public:
  // Nothing is made before something is fetched. `environment` must outlive it.
  Quarantine(const Environment& environment, git::RemoteUrl from)
      : environment_(environment), from_(std::move(from)) {}

  // What lies under these names there, a few at a time. What vanished, or is nothing that git would take,
  // stays away. Error(cannot) where the other side does not answer.
  void fetch(const std::vector<std::string>& refs);
  bool has(const git::Oid& oid) const { return repository_ && repository_->has_object(oid); }
  // Only where something was fetched.
  const git::Repository& repository() const { return *repository_; }
  // Lets what was found good into the world's repository, by the names under which it was fetched.
  void release(const git::Repository& into, const std::vector<std::string>& refs) const;

private:
  const Environment& environment_;
  git::RemoteUrl from_;
  std::optional<TemporaryFolder> folder_;
  std::optional<git::Repository> repository_;
};

// How many refs one call of git names.
inline constexpr std::size_t refs_per_command = 200;

}  // namespace bw
