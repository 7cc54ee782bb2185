// bw points, bw shop, bw board: points, what they buy, and who has how many.

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "state/accounting_journal.h"
#include "tools/incentive/incentive_tool.h"
#include "world/transfers.h"
#include "world/world_state.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;

const IncentiveTool& incentive_of(const Seen& seen) {
  return seen.fold->tool<IncentiveTool>();
}

const IncentiveRules& incentive_rules(const Seen& seen) {
  const auto& rules = incentive_of(seen).rules();
  if (rules) return *rules;
  throw Error(ErrorCode::invalid, seen.world.name() + " has adopted no rules of incentives",
              "bw tool add incentive writes a commented file to begin with");
}

// The points meant: those named, or the only ones.
std::string points_meant(const IncentiveRules& rules, const std::optional<std::string>& given) {
  if (given) {
    if (rules.points.find(*given) != nullptr) return *given;
    throw Error(ErrorCode::invalid, fmt::format("the rules have no points \"{}\"", printable(*given)),
                did_you_mean(*given, rules.points.ids()));
  }
  if (rules.points.size() == 1) return rules.points[0].id;
  throw Error(ErrorCode::usage, "this world has several kinds of points",
              fmt::format("name one with --points: {}", listed(rules.points.ids())));
}

// A person that is meant, or me; nothing where she is unknown to this world.
std::optional<PersonNumber> person_meant(Session& session, const Seen& seen,
                                         const std::optional<std::string>& given) {
  const Did did = given ? *Did::parse(did_in(*given)) : acting(session).identity.did;
  return seen.fold->people().find(did);
}

// ---- points

struct Whose {
  std::optional<std::string> person;
};

int show_points(Session& session, const Whose& given) {
  const Seen seen = look_ahead(session);
  const IncentiveRules& rules = incentive_rules(seen);
  const auto person = person_meant(session, seen, given.person);
  Json balances = Json::array();
  Table table({{"POINTS"}, {"BALANCE", Align::right}, {"OWED", Align::right}, {"TITLE"}});
  for (const Points& points : rules.points) {
    const Decimal balance = person ? seen.fold->ledger().balance(Account::of(*person), points.id) : Decimal();
    const Decimal debt = person ? incentive_of(seen).debt(*person, points.id) : Decimal();
    balances.push_back({{"points", points.id}, {"balance", balance.text()}, {"owed", debt.text()}});
    table.row({{points.id, Style::name},
               balance.text(),
               debt.is_zero() ? "" : debt.text(),
               points.title.in(session.language())});
  }
  const Decimal influence = person ? incentive_of(seen).influence(*person) : Decimal();
  const std::uint64_t thanks = person ? incentive_of(seen).thanks(*person) : 0;
  if (session.json()) {
    session.print_json({{"balances", balances}, {"influence", influence.text()}, {"thanks", thanks}});
    return 0;
  }
  session.print(table);
  if (thanks > 0) session.print("thanked {} times\n", thanks);
  if (!rules.influence.empty()) session.print("influence {}\n", influence.text());
  return 0;
}

int list_moves(Session& session, const Whose& given) {
  const Seen seen = look(session);
  incentive_rules(seen);
  const auto person = person_meant(session, seen, given.person);
  Json moves = Json::array();
  Table table({{"ENTRY", Align::right}, {"WHEN"}, {"CHANGE", Align::right}, {"POINTS"}, {"FOR"}, {"EVENT"}});
  if (person) {
    for (const MovedAt& each : transfers_of(session.environment, seen.world, *person)) {
      const bool gains = each.transfer.to == Account::of(*person);
      const std::string change = (gains ? "+" : "-") + each.transfer.amount.text();
      moves.push_back({{"index", each.index},
                       {"recorded", each.recorded},
                       {"change", gains ? each.transfer.amount.text() : "-" + each.transfer.amount.text()},
                       {"points", each.transfer.unit},
                       {"purpose", each.transfer.purpose},
                       {"event", each.transfer.cause.text()}});
      table.row({std::to_string(each.index),
                 seen.clock(each.recorded),
                 {change, gains ? Style::good : Style::plain},
                 each.transfer.unit,
                 each.transfer.purpose,
                 {each.transfer.cause.short_text(), Style::name}});
    }
  }
  if (session.json()) {
    session.print_json({{"moves", moves}});
  } else if (table.empty()) {
    session.note("Nothing was earned or spent yet.");
  } else {
    session.page();
    session.print(table);
  }
  return 0;
}

struct AccountsFile {
  std::optional<fs::path> file;
};

int export_points(Session& session, const AccountsFile& given) {
  const Seen seen = look(session);
  incentive_rules(seen);
  if (session.json() && !given.file)
    throw Error(ErrorCode::usage, "--json says what was written to a FILE; name one",
                "without --json the accounts themselves go to standard output");
  std::string text;
  std::size_t transfers = 0;
  AccountingJournal journal(seen.fold->people(), seen.definition().utc_offset, [&](std::string_view part) {
    ++transfers;
    if (given.file) {
      text += part;
    } else {
      session.write(part);
    }
  });
  fold_world(session.environment, seen.world, seen.world.stream.covered(), &journal);
  if (!given.file) return 0;
  write_file(*given.file, text);
  session.done(given.file->string() + " is written");
  if (session.json()) {
    session.print_json({{"file", given.file->string()}, {"transfers", transfers}, {"bytes", text.size()}});
  } else {
    session.print("{}\n", session.shown(given.file->string()));
  }
  return 0;
}

struct Gift {
  std::string person, amount;
  std::optional<std::string> points;
};

int give_points(Session& session, const Gift& given) {
  const std::string points = points_meant(incentive_rules(look(session)), given.points);
  return record_and_tell(
      session, "points.given",
      {{"amount", amount_in(given.amount)}, {"points", points}, {"to", did_in(given.person)}});
}

int list_funds(Session& session) {
  const Seen seen = look_ahead(session);
  Json list = Json::array();
  Table table(
      {{"FUND"}, {"HAS", Align::right}, {"TARGET"}, {"", Align::right}, {"POINTS"}, {"DUE"}, {"TITLE"}});
  for (const Fund& fund : incentive_rules(seen).funds) {
    const Decimal has = seen.fold->ledger().balance(Account::fund(fund.id), fund.points);
    const auto& state = incentive_of(seen).fund(fund.id);
    const double share =
        fund.target ? std::min(1.0, std::stod(has.text()) / std::stod(fund.target->text())) : 0;
    list.push_back({{"id", fund.id},
                    {"balance", has.text()},
                    {"points", fund.points},
                    {"target", fund.target ? Json(fund.target->text()) : Json(nullptr)},
                    {"due", fund.due ? Json(fund.due->text()) : Json(nullptr)},
                    {"closed", state.closed},
                    {"reached", state.reached}});
    table.row({{fund.id, Style::name},
               has.text(),
               fund.target ? bar(share, bar_columns) : "",
               fund.target ? fund.target->text() : "",
               fund.points,
               fund.due
                   ? fund.due->text() + (state.closed ? state.reached ? ", reached" : ", given back" : "")
                   : "",
               fund.title.in(session.language())});
  }
  if (session.json()) {
    session.print_json({{"funds", list}});
  } else if (table.empty()) {
    session.note("This world has no funds.");
  } else {
    session.print(table);
  }
  return 0;
}

struct Donation {
  std::string fund, amount;
};

int donate_points(Session& session, const Donation& given) {
  return record_and_tell(session, "fund.donated",
                         {{"amount", amount_in(given.amount)}, {"fund", given.fund}});
}

struct Spending {
  std::string fund, amount, person;
};

int spend_from_fund(Session& session, const Spending& given) {
  return record_and_tell(
      session, "fund.spent",
      {{"amount", amount_in(given.amount)}, {"fund", given.fund}, {"to", did_in(given.person)}});
}

// ---- shop

int list_goods(Session& session) {
  const Seen seen = look_ahead(session);
  Json items = Json::array();
  Table table({{"ITEM"}, {"PRICE", Align::right}, {"LEFT", Align::right}, {"FOR"}, {"TITLE"}});
  for (const ShopItem& item : incentive_rules(seen).shop) {
    const int left = item.stock ? *item.stock - incentive_of(seen).ordered(item.id) : 0;
    items.push_back({{"id", item.id},
                     {"price", item.price.text()},
                     {"points", item.points},
                     {"left", item.stock ? Json(left) : Json(nullptr)},
                     {"gate", item.gate}});
    table.row({{item.id, Style::name},
               item.price.text() + " " + item.points,
               item.stock ? std::to_string(left) : "",
               item.gate,
               item.title.in(session.language())});
  }
  if (session.json()) {
    session.print_json({{"items", items}});
  } else if (table.empty()) {
    session.note("The shop has nothing.");
  } else {
    session.print(table);
  }
  return 0;
}

struct Order {
  std::string item;
  std::optional<std::uint64_t> count;
};

int order_goods(Session& session, const Order& given) {
  return record_and_tell(session, "shop.ordered", {{"count", given.count.value_or(1)}, {"item", given.item}});
}

int list_orders(Session& session) {
  const Seen seen = look_ahead(session);
  Json list = Json::array();
  Table table({{"ORDER"}, {"STATE"}, {"ITEM"}, {"COUNT", Align::right}, {"BY"}, {"SINCE"}});
  for (const auto& [id, each] : incentive_of(seen).orders()) {
    list.push_back({{"id", id.text()},
                    {"state", each.state},
                    {"item", each.item},
                    {"count", each.count},
                    {"paid", each.paid.text()},
                    {"points", each.points},
                    {"buyer", seen.fold->people().name(each.buyer).text()},
                    {"since", each.since}});
    table.row({{id.short_text(), Style::name},
               std::string(each.state),
               each.item,
               std::to_string(each.count),
               seen.name(each.buyer),
               seen.clock(each.since)});
  }
  if (session.json()) {
    session.print_json({{"orders", list}});
  } else if (table.empty()) {
    session.note("Nothing was ordered.");
  } else {
    session.print(table);
  }
  return 0;
}

std::vector<Candidate> order_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> candidates;
  for (const auto& [id, each] : incentive_of(seen).orders())
    candidates.push_back({id.short_text(), each.item});
  return candidates;
}

// ---- board

struct Ranking {
  std::string figure;
  std::optional<std::uint64_t> limit;
};

int show_board(Session& session, const Ranking& given) {
  constexpr std::uint64_t usual = 20;
  const Seen seen = look_ahead(session);
  const bool known = given.figure == "contribution" || given.figure.starts_with("contribution:") ||
                     given.figure == "influence" || given.figure.starts_with("points:");
  if (!known) {
    throw Error(ErrorCode::usage, fmt::format("there is no figure \"{}\"", printable(given.figure)),
                "there are: contribution, contribution:CATEGORY, influence, points:ID");
  }
  struct Place {
    Decimal figure;
    PersonNumber person;
  };
  std::vector<Place> places;
  for (PersonNumber person = 0; person < seen.fold->people().size(); ++person) {
    const Decimal figure = seen.fold->figure_of(person, given.figure);
    if (!figure.is_zero()) places.push_back({figure, person});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return a.figure != b.figure ? a.figure > b.figure : a.person < b.person;
  });
  places.resize(std::min<std::size_t>(places.size(), given.limit.value_or(usual)));
  Json list = Json::array();
  Table table({{"", Align::right}, {"PERSON"}, {""}, {"FIGURE", Align::right}});
  const double most = places.empty() ? 0 : std::stod(places.front().figure.text());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double share = most > 0 ? std::max(0.0, std::stod(places[i].figure.text()) / most) : 0;
    list.push_back(
        {{"person", seen.fold->people().name(places[i].person).text()}, {"figure", places[i].figure.text()}});
    table.row({std::to_string(i + 1),
               {seen.name(places[i].person), Style::name},
               bar(share, bar_columns),
               places[i].figure.text()});
  }
  if (session.json()) {
    session.print_json({{"figure", given.figure}, {"places", list}});
  } else if (table.empty()) {
    session.note("Nobody has any yet.");
  } else {
    session.print(table);
  }
  return 0;
}

void declare_points_verbs(Command& noun) {
  Command& showing = noun.verb("show", "Show what somebody has");
  Whose& whose = showing.runs(show_points);
  showing.argument(whose.person, "ACTOR", "whose (default: yours)");
  showing.description =
      "With what waits in your journal, and as of now. Points that were taken back after they "
      "were spent stay owed, and are settled from what is earned next.";
  showing.examples = {{"bw points show", "What I have"}};
  showing.json = {{"balances", "for each kind: points, balance, owed"},
                  {"influence", "the score of signals"},
                  {"thanks", "how often others thanked"}};
  showing.see_also = {"board", "state"};

  Command& telling = noun.verb("history", "Show what somebody earned and spent, and for what");
  Whose& of = telling.runs(list_moves);
  telling.argument(of.person, "ACTOR", "whose (default: yours)");
  telling.description = "From the log alone: each line names the event that caused it.";
  telling.examples = {{"bw points history", "Where my points came from"}};
  telling.json = {{"moves", "for each: index, recorded, change, points, purpose, event"}};
  telling.see_also = {"explain", "show"};

  Command& exporting = noun.verb("export", "Write all that moved as an accounting journal");
  AccountsFile& exported = exporting.runs(export_points);
  exporting.argument(exported.file, "FILE", "where to (default: standard output)");
  exporting.description =
      "hledger and ledger-cli read it: every transfer in double entry, with the event that caused it. Those "
      "who have points are named by their keys.";
  exporting.examples = {{"bw points export points.journal", "For hledger -f points.journal balance"}};
  exporting.json = {{"file", "what was written"}, {"transfers", "how many"}, {"bytes", "how long it is"}};
  exporting.see_also = {"explain"};

  Command& giving = noun.verb("give", "Give points to somebody");
  Gift& gift = giving.runs(give_points);
  giving.argument(gift.person, "ACTOR", "to whom");
  giving.argument(gift.amount, "AMOUNT", "how many");
  giving.option("--points", gift.points, "ID", "which points, where there are several kinds");
  giving.description = "Only where the definition makes them transferable, and never for money.";
  giving.examples = {{"bw points give z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK 5", "Five points"}};
  giving.json = recorded_members();
  giving.exit_codes = {{4, "these points are not given, or you have fewer"}};
  giving.see_also = {"thank", "submit"};
}

void declare_funds(Command& noun) {
  Command& listing = noun.verb("funds", "Show the funds of the world");
  listing.runs(list_funds);
  listing.description =
      "A crowdfunding that has not reached its target when it is due gives everything back.";
  listing.examples = {{"bw points funds", "All funds, with bars"}};
  listing.json = {{"funds", "for each: id, balance, points, target, due, closed, reached"}};
  listing.see_also = {"propose"};

  Command& donating = noun.verb("donate", "Donate points to a fund");
  Donation& donation = donating.runs(donate_points);
  donating.argument(donation.fund, "FUND", "the fund");
  donating.argument(donation.amount, "AMOUNT", "how many");
  donating.description = "Another fund may add to it, as the rules say.";
  donating.examples = {{"bw points donate bench 20", "For the bench"}};
  donating.json = recorded_members();
  donating.exit_codes = {{4, "the fund is closed, or you have fewer"}};
  donating.see_also = {"submit"};

  Command& spending = noun.verb("spend", "Spend from a fund");
  Spending& spent = spending.runs(spend_from_fund);
  spending.argument(spent.fund, "FUND", "the fund");
  spending.argument(spent.amount, "AMOUNT", "how many");
  spending.argument(spent.person, "ACTOR", "to whom");
  spending.description = "Only those who control the fund; otherwise a vote does (`bw propose`).";
  spending.examples = {
      {"bw points spend kitty 5 z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "From the kitty"}};
  spending.json = recorded_members();
  spending.exit_codes = {{4, "you do not control the fund, or it has fewer"}};
  spending.see_also = {"propose", "submit"};
}

void declare_shop(Commands& commands) {
  Command& noun = commands.add("shop", Purpose::together, "See and order what points buy");
  noun.description = "The price is held until the goods are handed out, or the order is returned.";

  Command& listing = noun.verb("list", "List what the shop has");
  listing.runs(list_goods);
  listing.description = "What is left counts orders that were not returned.";
  listing.examples = {{"bw shop list", "The shop"}};
  listing.json = {{"items", "for each: id, price, points, left (null without end), gate"}};
  listing.see_also = {"points"};

  Command& ordering = noun.verb("order", "Order something");
  Order& wanted = ordering.runs(order_goods);
  ordering.argument(wanted.item, "ITEM", "what");
  ordering.argument(wanted.count, "COUNT", "how many (default: 1)");
  ordering.description = "It is paid at once, and returned whole.";
  ordering.examples = {{"bw shop order mug", "A mug"}};
  ordering.json = recorded_members();
  ordering.exit_codes = {{4, "it is sold out, not for you, or you have too few points"}};
  ordering.see_also = {"submit"};

  Command& listing_orders = noun.verb("orders", "List the orders");
  listing_orders.runs(list_orders);
  listing_orders.description = "Of everyone.";
  listing_orders.examples = {{"bw shop orders", "What is to be handed out"}};
  listing_orders.json = {{"orders", "for each: id, state, item, count, paid, points, buyer, since"}};
  listing_orders.see_also = {"points"};

  declare_about_event(noun,
                      {"hand-out", "Confirm that an order was picked up", "shop.handed", "order", "ORDER",
                       "the order", "you do not hand that out, or it was settled already"},
                      order_candidates)
      .description = "Only those whom the rules name.";
  declare_about_event(noun,
                      {"return", "Return an order before it is picked up", "shop.returned", "order", "ORDER",
                       "the order", "it is not yours, or was settled already"},
                      order_candidates)
      .description = "The price goes back to who ordered.";
}

}  // namespace

void declare_points(Commands& commands) {
  Command& noun = commands.add("points", Purpose::together, "See, give, donate and spend points");
  noun.description =
      "Points come from deeds, by the rules in tools/incentive.yaml. They live in a double-entry ledger that "
      "follows "
      "from the log; nothing is ever created but by those rules.";
  declare_points_verbs(noun);
  declare_funds(noun);
  declare_shop(commands);

  Command& ranking = commands.add("board", Purpose::together, "See who has contributed most, by a figure");
  Ranking& ranked = ranking.runs(show_board);
  ranking.argument(ranked.figure, "FIGURE", "contribution, contribution:CATEGORY, influence, or points:ID");
  ranking.option("--limit", ranked.limit, "N", "at most so many (default: 20)");
  ranking.description = "Each figure is one that the rules define, and `bw explain` tells how it came about.";
  ranking.examples = {{"bw board points:thanks", "Who has most"}};
  ranking.json = {{"figure", "by which"}, {"places", "for each: person, figure; the greatest first"}};
  ranking.see_also = {"points", "evaluate", "explain"};
}

}  // namespace bw::cli
