#include "state/accounting_journal.h"

#include <algorithm>

#include <fmt/format.h>

namespace bw {
namespace {

// A purpose is the tool's own words and ids of the rules; what means something in a journal is left out all
// the same.
std::string description_of(std::string_view purpose) {
  std::string words(purpose);
  std::replace_if(
      words.begin(), words.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == ';' || c == '|' || c == '\x7f'; }, ' ');
  return words;
}

std::string local_date(std::int64_t recorded, UtcOffset offset) {
  const std::int64_t local = std::clamp<std::int64_t>(recorded + offset.seconds, 0, Timestamp::last);
  return Timestamp{local}.text().substr(0, 10);
}

}  // namespace

std::string AccountingJournal::account_name(const Account& account) const {
  if (account.kind != Account::Kind::person) return account.text();
  // A number that was merged into another still has the key by which it was known.
  const Did& key = people_.name(account.person);
  const Did& name = people_.name(people_.find(key).value_or(account.person));
  return "person:" + name.text().substr(name.text().rfind(':') + 1);
}

std::string AccountingJournal::declarations(const Transfer& transfer) {
  std::string text;
  if (units_.insert(transfer.unit).second)
    text += fmt::format("commodity 1000.000000000 \"{}\"\n", transfer.unit);
  for (const Account& account : {transfer.from, transfer.to}) {
    const std::string name = account_name(account);
    if (accounts_.insert(name).second) text += fmt::format("account {}\n", name);
  }
  return text.empty() ? text : text + "\n";
}

void AccountingJournal::moved(const Transfer& transfer, std::uint64_t index, std::int64_t recorded) {
  output_(declarations(transfer) +
          fmt::format(
              "{} ({}) {}\n    ; event: {}\n    ; index: {}\n    {}  {} \"{}\"\n    {}  -{} \"{}\"\n\n",
              local_date(recorded, offset_), transfer.cause.short_text(), description_of(transfer.purpose),
              transfer.cause.text(), index, account_name(transfer.to), transfer.amount.text(), transfer.unit,
              account_name(transfer.from), transfer.amount.text(), transfer.unit));
}

}  // namespace bw
