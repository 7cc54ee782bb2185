#pragma once
// Contributing: offering changes of the definition upstream, as a signed branch
// `contribute/<me>/<topic>` with one commit on top of upstream's `main`. What makes a fork its own (name,
// stewards) is left out, and `only` narrows the offer to parts of it.

#include <optional>
#include <string>
#include <vector>

#include "definition/difference.h"
#include "git/remote_url.h"
#include "world/world.h"

namespace bw {

struct ContributeOptions {
  std::optional<std::string> topic;  // nothing: made from what changes
  std::vector<std::string> only;     // "goals/aed-coverage", "behaviours"; empty: everything
  std::optional<git::RemoteUrl> to;  // nothing: remote "upstream", else "origin", else the home
  std::string message;               // of the commit; empty: the sentences of the changes
  bool dry_run = false;
};

struct Contributed {
  std::string branch;
  std::string to;  // shown address
  std::vector<Change> changes;
  std::optional<git::Oid> commit;
};

// Errors: invalid (nothing to offer; the result would not be valid; a conflict, named), refused (no
// permission there: the hint says how to offer it from one's own fork), cannot.
Contributed contribute(const Environment& environment, World& world, const Signer& signer,
                       const ContributeOptions& options);

}  // namespace bw
