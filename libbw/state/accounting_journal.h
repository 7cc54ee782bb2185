#pragma once
// What moved in a ledger as a plain-text accounting journal, which hledger and ledger-cli read, check and
// report on (https://hledger.org/hledger.html#journal-format):
//
//     commodity 1000.000000000 "heart"
//     account issued:first-aed
//     account person:z6Mk…
//
//     2026-11-20 (3f9a0c12de) earned by map-aed
//         ; event: 3f9a0c12de…
//         ; index: 17
//         person:z6Mk…         12.5 "heart"
//         issued:first-aed    -12.5 "heart"
//
// The date is that on which it was recorded, in the world's UTC offset; the code is the beginning of the
// event's id. Units and accounts are declared before they are used, so that strict checks hold.

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "state/people.h"
#include "state/tool.h"

namespace bw {

// Hears what moves while a log is folded, and writes it. Who is one person by the end of the log is one
// account from the beginning: `people` are those of the fold that has ended, where another one is listened
// to.
class AccountingJournal : public Listener {
public:
  using Output = std::function<void(std::string_view)>;

  // `people` outlives it, and what `output` refers to, which gets one text for each transfer.
  AccountingJournal(const People& people, UtcOffset offset, Output output)
      : people_(people), offset_(offset), output_(std::move(output)) {}

  void judged(const Occurrence& /*entry*/, const Ruling& /*verdict*/) override {}
  void changed(const FigureChange& /*posting*/) override {}
  void moved(const Transfer& transfer, std::uint64_t index, std::int64_t recorded) override;

  // "person:z6Mk…", "escrow:3f9a…".
  std::string account_name(const Account& account) const;

private:
  std::string declarations(const Transfer& transfer);

  const People& people_;
  UtcOffset offset_;
  Output output_;
  std::set<std::string, std::less<>> units_;
  std::set<std::string, std::less<>> accounts_;
};

}  // namespace bw
