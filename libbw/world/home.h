#pragma once
// The home of a world: the one copy of the stream that appends go to first; every other copy mirrors
// it. The authority names its URL; null means the repository in which the world was made (marked by
// `bw.home=here` in its configuration).

#include <optional>

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

// Where a bundle for this world can be pushed from here: the home, else the remote "origin".
std::optional<git::RemoteUrl> inbox_of(const World& world);

git::TransportOptions transport_options(const Environment& environment);

}  // namespace bw
