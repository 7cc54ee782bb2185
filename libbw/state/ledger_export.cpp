#include "state/ledger_export.h"

#include <algorithm>

#include <fmt/format.h>

#include "definition/model.h"

namespace bw {
namespace {

// Names of units and accounts are ids; the purpose is the tool's own word, but goes into a line of its own.
std::string_view one_word(std::string_view purpose) {
  return is_id(purpose) ? purpose : "posting";
}

std::string local_date(std::int64_t recorded, UtcOffset offset) {
  const std::int64_t local = std::clamp<std::int64_t>(recorded + offset.seconds, 0, Timestamp::last);
  return Timestamp{local}.text().substr(0, 10);
}

}  // namespace

std::string AccountingJournal::account_name(const Account& account) const {
  if (!account.is_person()) return account.text();
  // A number that was merged into another still has the key by which it was known.
  const Did& key = people_.name(account.person);
  const Did& name = people_.name(people_.find(key).value_or(account.person));
  return "persons:" + name.text().substr(name.text().rfind(':') + 1);
}

std::string AccountingJournal::declarations(const Posting& posting) {
  std::string text;
  if (units_.emplace(posting.unit).second)
    text += fmt::format("commodity \"{0}\"\n    format 1000.000000000 \"{0}\"\n", posting.unit);
  for (const Leg& leg : posting.legs) {
    const std::string name = account_name(leg.account);
    if (accounts_.insert(name).second) text += fmt::format("account {}\n", name);
  }
  return text.empty() ? text : text + "\n";
}

void AccountingJournal::posted(const Posting& posting) {
  const Cause& cause = posting.cause;
  std::string text = declarations(posting);
  text += fmt::format("{} ({}) {}\n    ; event: {}\n    ; index: {}\n    ; at: {}\n",
                      local_date(cause.recorded, offset_), cause.event.short_text(), one_word(cause.purpose),
                      cause.event.text(), cause.index, cause.at.text());
  for (const Leg& leg : posting.legs) {
    text += fmt::format("    {}  {} \"{}\"\n", account_name(leg.account), leg.amount.text(), posting.unit);
  }
  output_(text + "\n");
}

}  // namespace bw
