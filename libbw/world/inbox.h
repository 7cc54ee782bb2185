#pragma once
// Inboxes: where bundles of people who may not append lie until someone answers them, in this repository
// and in others. Anyone may be able to push there, so a name is believed only after the bytes were
// read, one flood must not hold up the others, and what is no bundle is read once.
//
// A run takes at most so many bundles and bytes, going round the senders (members first), one bundle of
// each at a time; the rest waits for the next run, which passes over what was answered or was none.

#include <optional>
#include <string>
#include <vector>

#include "git/remote_url.h"
#include "stream/bundle.h"
#include "world/receipts.h"

namespace bw {

struct InboxLimits {
  std::size_t bundles = 1'000;               // in one run, of one inbox
  std::size_t bytes = 2 * max_bundle_bytes;  // no more are read once there are so many
};

struct InboxRef {
  std::string name;  // its ref, in the one form
  Did sender;        // as the name tells
  git::Oid oid;
  std::optional<git::Oid> receipt;  // what lies under the name of its receipt there
};

struct Inbox {
  std::optional<git::RemoteUrl> url;  // nothing: this repository
  std::vector<InboxRef> refs;         // in the order in which they are taken
};

// Where inboxes may be besides this repository: the home's address and those of all remotes, each once.
std::vector<git::RemoteUrl> inbox_addresses(const World& world);

Inbox inbox_here(const World& world);
Inbox inbox_at(const Environment& environment, const World& world, const git::RemoteUrl& url);

// The bytes of a bundle, and where they lay: nowhere where they were given.
struct InboxBundle {
  std::optional<InboxRef> ref = {};
  std::string bytes = {};
  std::string fault = {};  // why it is no bundle as a whole; empty where it may be one
};

struct Collected {
  std::vector<InboxBundle> bundles;
  std::vector<OwedReceipt> owed;  // answered here, while the answer has not arrived there
  std::size_t left = 0;           // that wait for another run
};
Collected collect(const Environment& environment, const World& world, const Inbox& inbox,
                  const InboxLimits& limits, SettledRefs& settled);

// How many bundles of this repository's inbox nobody has answered, and nobody found to be none.
std::size_t unanswered_bundles(const World& world);

}  // namespace bw
