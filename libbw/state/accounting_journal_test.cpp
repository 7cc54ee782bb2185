// hledger reads what is written here in tests/cli/tools.bats.

#include "state/accounting_journal.h"

#include <doctest/doctest.h>

#include "stream/test_stream.h"

using namespace bw;

namespace {

EventId any_event() {
  return *EventId::parse(std::string(63, '0') + "7");
}

}  // namespace

TEST_CASE("a transfer is written with its day in the world, its event, and its accounts") {
  People people;
  const Did ada = stream_test::actor('a').did();
  people.of(ada);
  std::string text;
  AccountingJournal journal(people, UtcOffset{8 * 3600}, [&](std::string_view part) { text += part; });
  const std::int64_t evening = Timestamp::parse("2026-11-19T22:30:00Z")->seconds;
  journal.moved({Account::issued("map"), Account::of(0), *Decimal::parse("12.5"), "heart", any_event(),
                 "earned by map"},
                17, evening);
  const std::string person = "person:" + ada.text().substr(8);
  const std::string id = any_event().text();
  CHECK(text == "commodity 1000.000000000 \"heart\"\naccount issued:map\naccount " + person +
                    "\n\n2026-11-20 (" + id.substr(0, any_event().short_text().size()) +
                    ") earned by map\n    ; event: " + id + "\n    ; index: 17\n    " + person +
                    "  12.5 \"heart\"\n    issued:map  -12.5 \"heart\"\n\n");
  text.clear();
  journal.moved(
      {Account::of(0), Account::escrow(id), Decimal(1), "heart", any_event(), "two\n2026-01-01 lines; more"},
      18, evening);
  CHECK(text.starts_with("account escrow:" + id + "\n\n2026-11-20 ("));
  CHECK(text.find(") two 2026-01-01 lines  more\n") != std::string::npos);
}

TEST_CASE("who is one person by the end is one account from the beginning") {
  People people;
  const Did ada = stream_test::actor('a').did();
  for (const char letter : {'a', 'b', 'c'}) people.of(stream_test::actor(letter).did());
  Persons persons;
  persons.join(stream_test::actor('b').did(), ada);
  people.follow(persons, [](PersonNumber, PersonNumber) {});
  const AccountingJournal journal(people, UtcOffset{}, [](std::string_view) {});
  CHECK(journal.account_name(Account::of(1)) == journal.account_name(Account::of(0)));
  CHECK(journal.account_name(Account::of(0)) == "person:" + ada.text().substr(8));
  CHECK(journal.account_name(Account::of(2)) != journal.account_name(Account::of(0)));
}
