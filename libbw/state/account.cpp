#include "state/account.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "definition/model.h"

namespace bw {
namespace {

constexpr std::size_t max_name_bytes = 200;
constexpr std::array<std::string_view, 9> kind_names{"person", "budget", "campaign", "escrow", "pool",
                                                     "stock",  "sink",   "issued",   "outside"};

std::string_view kind_name(AccountKind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}

}  // namespace

bool Account::is_sound() const {
  if (is_person()) return name.empty();
  if (name.empty()) return is_source() && person == 0;
  const std::vector<std::string_view> ids = split(name, ':');
  return person == 0 && name.size() <= max_name_bytes && std::all_of(ids.begin(), ids.end(), is_id);
}

std::string Account::text() const {
  std::string text(kind_name(kind));
  if (is_person()) return text + ":" + std::to_string(person);
  return name.empty() ? text : text + ":" + name;
}

Result<Account> Account::parse(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto* const kind = std::find(kind_names.begin(), kind_names.end(), text.substr(0, colon));
  if (kind == kind_names.end()) return Reason{"no kind of account"};
  Account account{static_cast<AccountKind>(kind - kind_names.begin())};
  const std::string_view rest = text.substr(std::min(colon + 1, text.size()));
  if (account.is_person()) {
    const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), account.person);
    if (end.ec != std::errc{}) return Reason{"no number of a person"};
  } else {
    account.name = rest;
  }
  if (!account.is_sound()) return Reason{"not the name of an account"};
  if (account.text() != text) return Reason{"not in canonical form: write " + account.text()};
  return account;
}

std::string Account::in_words() const {
  if (is_person()) return "this person";
  return "the " + std::string(kind_name(kind)) + (name.empty() ? " account" : " " + name);
}

}  // namespace bw
