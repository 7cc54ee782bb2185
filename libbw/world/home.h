#pragma once
// The home of a world: the one copy of the stream that appends go to first; every other copy mirrors
// it. The authority names its URL; null means the repository in which the world was made, marked by
// `bw.home=here` in its configuration and bound to the place where it lies, so that a copy of the whole
// folder does not take itself for the home as well.

#include <optional>

#include "base/files.h"
#include "git/remote_url.h"
#include "git/transport.h"
#include "world/world.h"

namespace bw {

struct Home {
  enum class Kind {
    here,       // this repository
    remote,     // `url`
    elsewhere,  // the repository where the world was made, which this is not
  };
  Kind kind = Kind::elsewhere;
  std::optional<git::RemoteUrl> url;
};

Home home_of(const World& world);

// Says that this repository is the home of its world, at the place where it lies now. Until it moves to
// another disk or machine, or is copied: then the copy is not.
void make_home_here(git::Repository& repository);
// Where the folder lay that was marked as the home, if this is another one: a copy of it.
std::optional<std::string> marked_as_home_elsewhere(const git::Repository& repository);
// Error(refused) where the repository was marked as the home at another place. One whose mark names no
// place is bound to this one.
void require_home_here(git::Repository& repository);

// A steward or sequencer says that the home of a world without address is here now. Error(refused) where
// `me` may not append, or where the home has an address.
void claim_home(const Environment& environment, World& world, const Did& me);

// Where a bundle for this world can be pushed from here: the home, else the remote "origin".
std::optional<git::RemoteUrl> inbox_of(const World& world);

git::TransportOptions transport_options(const Environment& environment);

// Held while the stream of this repository moves, by appends and pulls: what one of them has seen stays
// true until it is done. Another machine is met at the compare-and-swap.
class StreamLock {
public:
  explicit StreamLock(const World& world);

private:
  FileLock lock_;
};

// What another copy holds, fetched to refs/bw/<space>/ and not verified. What an earlier fetch left
// there is gone: it says nothing about this copy.
struct CopyElsewhere {
  std::optional<git::Oid> stream;
  std::optional<git::Oid> details;
};
CopyElsewhere fetch_copy(const Environment& environment, World& world, const git::RemoteUrl& url,
                         const std::string& space);

// How another copy's stream stands to this one, before anything was taken from it.
enum class CopyStanding { none, behind, level, ahead };
// Verifies what that copy has beyond this one, and moves the stream here. Error(refused) naming both
// heads where it does not continue what was verified here, Error(invalid) where it does not verify.
CopyStanding catch_up_with(const Environment& environment, World& world, const std::optional<git::Oid>& head);

}  // namespace bw
