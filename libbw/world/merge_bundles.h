#pragma once
// Merging bundles: admitting what others submitted. Every event is admitted, found to be a duplicate,
// or refused with its reason; the sender gets a signed receipt; merging the same bundle twice changes
// nothing.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stream/admission.h"
#include "world/appending.h"
#include "world/inbox.h"

namespace bw {

struct MergedBundle {
  Digest bundle;
  std::optional<Did> sender;  // nothing where the bundle could not be read
  std::vector<Verdict> verdicts;
  std::vector<std::string> warnings;
  std::string problem;  // why the whole bundle was refused; empty otherwise
  std::string from;     // "file", or the shown address of the inbox
};

// Admits bundles given as bytes. Receipts are left in this repository (refs/bw/receipt/…).
std::vector<MergedBundle> merge_bundles(const Environment& environment, World& world, const Signer& signer,
                                        const std::vector<std::string>& bundles);

// Appends a bundle of my own, which needs no receipt. `leave` is asked once home has answered, before
// anything goes there; where it says no, nothing does, and the result is empty.
std::optional<MergedBundle> append_bundle(const Environment& environment, World& world, const Signer& signer,
                                          const std::string& bundle, const std::function<bool()>& leave);

struct MergedInboxes {
  std::vector<MergedBundle> bundles;
  std::size_t left = 0;               // bundles that wait for another run
  bool cosigned = false;              // the stream's cosigned checkpoint was renewed
  std::vector<std::string> warnings;  // inboxes that did not answer, receipts that still cannot be brought
};

// Collects the inboxes of this repository, of the home and of every configured remote, admits what lies
// there unanswered, an append for each inbox, and leaves receipts where the bundles lay. Where a receipt
// did not arrive, the next run brings it. A remote that does not answer is a warning, the home an error. What
// the world's witnesses left is collected too (world/collecting.h).
MergedInboxes merge_inboxes(const Environment& environment, World& world, const Signer& signer,
                            const InboxLimits& limits = {});

// The same for one remote address.
MergedInboxes merge_inbox_of(const Environment& environment, World& world, const Signer& signer,
                             const git::RemoteUrl& url, const InboxLimits& limits = {});

// The adopted definition's admission policy as a rule for `admit`.
AdmissionRule admission_rule(const Environment& environment, const World& world);

}  // namespace bw
