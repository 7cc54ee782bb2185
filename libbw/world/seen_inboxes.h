#pragma once
// Inboxes of other repositories: how many bundles lay there unanswered when they were last asked. What was
// seen is kept in `.git/bw/inboxes.json`, so that `bw status` can tell of it without a network; it may be
// deleted.

#include <string>
#include <vector>

#include "world/world.h"

namespace bw {

struct SeenInbox {
  std::string address;  // as shown, without secrets
  std::size_t bundles = 0;
};

// Asks home and all configured remotes, of which only the names of refs are read, and keeps what they said;
// one that does not answer is left out.
void look_into_inboxes(const Environment& environment, const World& world);
// What was kept; only addresses where something waits.
std::vector<SeenInbox> seen_inboxes(const World& world);
// They were all collected.
void forget_inboxes(const World& world);

}  // namespace bw
