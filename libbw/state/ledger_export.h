#pragma once
// The postings of a ledger as a plain-text accounting journal that hledger and ledger-cli read, check and
// report on (https://hledger.org/hledger.html#journal-format, https://ledger-cli.org/doc/ledger3.html):
//
//     commodity "points"
//         format 1000.000000000 "points"
//     account issued
//     account persons:z6Mk…
//
//     2026-11-20 (3f9a0c12de) earned
//         ; event: 3f9a0c12de…
//         ; index: 17
//         ; at: 2026-11-19T22:00:00Z
//         persons:z6Mk…        12.5 "points"
//         issued              -12.5 "points"
//
// The date is that on which the posting was recorded, in the world's UTC offset, and never falls; the code is
// the beginning of the event's id. Units and accounts are declared before they are used, so that strict
// checks hold.

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "state/ledger.h"
#include "state/people.h"

namespace bw {

// Hears the postings of a fold, and writes them. Who is one person by the end of the log is one account
// from the beginning: `people` are those of a fold that has ended, while another one is listened to.
class AccountingJournal : public Listener {
public:
  using Output = std::function<void(std::string_view)>;

  // `people` and what `output` refers to outlive it.
  AccountingJournal(const People& people, UtcOffset offset, Output output)
      : people_(people), offset_(offset), output_(std::move(output)) {}

  void judged(const Occurrence& /*entry*/, const Ruling& /*verdict*/) override {}
  void changed(const FigureChange& /*posting*/) override {}
  void posted(const Posting& posting) override;

  // "persons:z6Mk…", "escrow:3f9a…".
  std::string account_name(const Account& account) const;

private:
  std::string declarations(const Posting& posting);

  const People& people_;
  UtcOffset offset_;
  Output output_;
  std::set<std::string, std::less<>> units_;
  std::set<std::string, std::less<>> accounts_;
};

}  // namespace bw
