// What is exported is read by hledger and ledger-cli themselves.

#include "state/ledger_export.h"

#include <set>

#include <fmt/format.h>

#include "base/process.h"
#include "base/test_errors.h"
#include "base/text.h"
#include "state/test_ledgers.h"
#include "stream/test_stream.h"

using namespace bw;
using namespace bw::ledger_test;
using bw::testing::contains;

namespace {

People six_people() {
  People people;
  for (const char letter : {'a', 'b', 'c', 'd', 'e', 'f'}) people.of(stream_test::actor(letter).did());
  return people;
}

// `./run` installs them; who builds in another way may not have them.
bool is_installed(const std::string& program) {
  try {
    return run({.arguments = {program, "--version"},
                .folder = {},
                .environment = {},
                .input = {},
                .on_error_output = {}})
               .status == 0;
  } catch (const Error&) {
    MESSAGE(program, " is not installed: its part of this test is left out");
    return false;
  }
}

std::string output_of(const std::vector<std::string>& arguments, const std::string& input) {
  const Finished done = run({.arguments = arguments,
                             .folder = {},
                             .environment = {{"LC_ALL", "C.UTF-8"}, {"LEDGER_FILE", std::nullopt}},
                             .input = input,
                             .on_error_output = {}});
  INFO(done.error_output);
  CHECK(done.status == 0);
  return done.output;
}

// "account unit amount", in order.
using Lines = std::set<std::string>;

Lines lines_of(const Ledger& ledger, const AccountingJournal& journal) {
  Lines lines;
  for (const std::string_view unit : ledger.units()) {
    for (const auto& [account, amount] : ledger.balances(unit))
      lines.insert(fmt::format("{} {} {}", journal.account_name(account), unit, amount.text()));
  }
  return lines;
}

Lines lines_of_hledger(const std::string& journal) {
  Lines lines;
  const Json report =
      Json::parse(output_of({"hledger", "-f", "-", "balance", "--flat", "-N", "-O", "json"}, journal));
  for (const Json& row : report.at(0)) {
    for (const Json& amount : row.at(3)) {
      const Json& quantity = amount.at("aquantity");
      Decimal value(quantity.at("decimalMantissa").get<std::int64_t>());
      for (int places = quantity.at("decimalPlaces").get<int>(); places > 0; --places)
        value = value / Decimal(10);
      if (!value.is_zero())
        lines.insert(fmt::format("{} {} {}", row.at(0).get<std::string>(),
                                 amount.at("acommodity").get<std::string>(), value.text()));
    }
  }
  return lines;
}

Lines lines_of_ledger_cli(const std::string& journal) {
  Lines lines;
  for (const std::string_view unit : test_units) {
    const std::string rows = output_of({"ledger", "--args-only", "-f", "-", "balance", "--flat", "--no-total",
                                        "--limit", fmt::format("commodity =~ /{}/", unit), "--format",
                                        "%(account) %(quantity(scrub(display_total)))\n"},
                                       journal);
    for (const std::string_view row : split(rows, '\n')) {
      if (row.empty()) continue;
      const std::vector<std::string_view> parts = split(row, ' ');
      const auto value = Decimal::parse_lenient(parts.back());
      REQUIRE_MESSAGE(value, row);
      lines.insert(fmt::format("{} {} {}", parts.front(), unit, value->text()));
    }
  }
  return lines;
}

// Every step an hour later. Without mergers, which `people` know nothing of.
std::string random_journal(int seed, const People& people, Ledger& ledger, Lines& balances) {
  std::string text;
  AccountingJournal journal(people, UtcOffset{8 * 3600}, [&](std::string_view part) { text += part; });
  const auto steps = any_steps()(rc::Random(static_cast<std::uint64_t>(seed)), 300).value();
  std::uint64_t index = 0;
  for (const LedgerStep& step : steps) {
    if (step.act != 3) take_step(ledger, step, cause(++index, &journal));
  }
  balances = lines_of(ledger, journal);
  return text;
}

}  // namespace

TEST_CASE("a posting is written with its date in the world, its event, and its accounts") {
  const People people = six_people();
  std::string text;
  AccountingJournal journal(people, UtcOffset{8 * 3600}, [&](std::string_view part) { text += part; });
  Ledger ledger;
  const std::int64_t evening = Timestamp::parse("2026-11-19T22:30:00Z")->seconds;
  Cause cause{event(7), 17, evening, Timestamp{evening - 3600}, "earned", &journal};
  CHECK_FALSE(ledger.transfer("points", Account::issued(), Account::of(0), amount("12.5"), cause));
  const std::string person = "persons:" + stream_test::actor('a').did().text().substr(8);
  const std::string id = event(7).text();
  CHECK(text == "commodity \"points\"\n    format 1000.000000000 \"points\"\naccount issued\naccount " +
                    person + "\n\n2026-11-20 (" + id.substr(0, 10) + ") earned\n    ; event: " + id +
                    "\n    ; index: 17\n    ; at: 2026-11-19T21:30:00Z\n    issued  -12.5 \"points\"\n    " +
                    person + "  12.5 \"points\"\n\n");
  text.clear();
  cause.purpose = "two\n2026-01-01 lines";
  CHECK_FALSE(ledger.transfer("points", Account::of(0), Account::escrow(event(7)), amount("1"), cause));
  CHECK(text.starts_with("account escrow:" + id + "\n\n2026-11-20 (" + id.substr(0, 10) + ") posting\n"));
}

TEST_CASE("who is one person by the end is one account from the beginning") {
  People people = six_people();
  const Did a = stream_test::actor('a').did();
  Persons persons;
  persons.join(stream_test::actor('b').did(), a);
  people.follow(persons, [](PersonNumber, PersonNumber) {});
  const AccountingJournal journal(people, UtcOffset{}, [](std::string_view) {});
  CHECK(journal.account_name(Account::of(1)) == journal.account_name(Account::of(0)));
  CHECK(journal.account_name(Account::of(0)) == "persons:" + a.text().substr(8));
  CHECK(journal.account_name(Account::of(2)) != journal.account_name(Account::of(0)));
}

TEST_CASE("hledger finds exported ledgers sound, and comes to our balances") {
  if (!is_installed("hledger")) return;
  const People people = six_people();
  for (int seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    Ledger ledger;
    Lines balances;
    const std::string journal = random_journal(seed, people, ledger, balances);
    REQUIRE(balances.size() > 5);
    output_of({"hledger", "-f", "-", "check", "--strict", "ordereddates"}, journal);
    CHECK(lines_of_hledger(journal) == balances);
  }
}

TEST_CASE("hledger refuses an export of which a leg was changed") {
  if (!is_installed("hledger")) return;
  const People people = six_people();
  Ledger ledger;
  Lines balances;
  std::string journal = random_journal(1, people, ledger, balances);
  const std::size_t leg = journal.find("    issued  -");
  REQUIRE(leg != std::string::npos);
  journal.insert(leg + std::string("    issued  -").size(), "1");
  const Finished done = run({.arguments = {"hledger", "-f", "-", "check"},
                             .folder = {},
                             .environment = {},
                             .input = journal,
                             .on_error_output = {}});
  CHECK(done.status != 0);
  CHECK(contains(done.error_output, "could not balance"));
}

TEST_CASE("ledger-cli comes to our balances of exported ledgers") {
  if (!is_installed("ledger")) return;
  const People people = six_people();
  for (int seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    Ledger ledger;
    Lines balances;
    const std::string journal = random_journal(seed, people, ledger, balances);
    CHECK(lines_of_ledger_cli(journal) == balances);
  }
}
