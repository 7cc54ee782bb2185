#pragma once
// Merging bundles: admitting what others submitted. Every event is admitted, found to be a duplicate,
// or refused with its reason; the sender gets a signed receipt; merging the same bundle twice changes
// nothing.

#include <string>
#include <vector>

#include "stream/admission.h"
#include "world/appending.h"

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

// Collects the inboxes of this repository, of the home and of every configured remote, admits what lies
// there unanswered in one append, and leaves receipts where the bundles lay.
std::vector<MergedBundle> merge_inboxes(const Environment& environment, World& world, const Signer& signer);

// The same for one remote address.
std::vector<MergedBundle> merge_inbox_of(const Environment& environment, World& world, const Signer& signer,
                                         const git::RemoteUrl& url);

// The adopted definition's admission policy as a rule for `admit`.
AdmissionRule admission_rule(const World& world);

// The refs in this repository's inbox that have no receipt yet.
std::vector<std::string> unanswered_bundles(const World& world);

// Receipts for me: fetched ones and local ones, verified, from those who were stewards.
std::vector<Receipt> my_receipts(const World& world, const Did& me);

}  // namespace bw
