#pragma once
// Receipts in refs. Whoever may push to a repository can leave anything under a receipt's name, so a
// ref answers nothing: only a receipt that was read does, signed, about the bundle that the name tells,
// by someone who could append when it was given. One that counts is never replaced by another object.

#include <vector>

#include "git/remote_url.h"
#include "stream/receipt.h"
#include "world/settled_refs.h"
#include "world/world.h"

namespace bw {

// What lies at `oid` in `repository` (the world's own, or a quarantine) under the receipt's name `ref`; the
// reason where it is no receipt that counts.
Result<Receipt> read_receipt(const World& world, const git::Repository& repository, std::string_view ref,
                             const git::Oid& oid);

// The same as a yes or no, remembered.
bool is_receipt(const World& world, const git::Repository& repository, std::string_view ref,
                const git::Oid& oid, SettledRefs& settled);

struct MyReceipts {
  std::vector<Receipt> receipts;  // in the order of their times
  std::size_t junk = 0;           // refs under my name that hold no receipt that counts
};
// Those in this repository, to whichever key of mine.
MyReceipts my_receipts(const World& world, const Did& me);

// Takes what lies at another repository for me and counts; returns what is new here.
std::vector<Receipt> fetch_receipts(const Environment& environment, World& world, const git::RemoteUrl& url,
                                    const Did& me);

// Signs a receipt and leaves it here, unless one that counts is here. Returns what is here then.
git::Oid leave_receipt(const Environment& environment, World& world, const Signer& signer, const Did& sender,
                       const Digest& bundle, std::vector<Verdict> verdicts);

// A receipt that is here and shall be at another repository too.
struct OwedReceipt {
  std::string ref;
  git::Oid receipt;
  std::optional<git::Oid> instead_of;  // what lies there under its name and is none
};
// Why each could not be brought there, in their order; empty where it was, or where another steward's
// arrived first.
std::vector<std::string> bring_receipts(const Environment& environment, const World& world,
                                        const git::RemoteUrl& url, const std::vector<OwedReceipt>& owed);

}  // namespace bw
