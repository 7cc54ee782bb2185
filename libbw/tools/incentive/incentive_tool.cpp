#include "tools/incentive/incentive_tool.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/rounding.h"
#include "definition/values.h"
#include "state/fold.h"
#include "state/measure.h"
#include "state/window.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

constexpr std::uint32_t max_count = 1'000'000;
constexpr const char* decayed = "decay";

constexpr std::array<LifecycleStep, 3> order_steps = {{{"ordered", "handed", "seller", "handed out"},
                                                       {"ordered", "returned", "buyer", "returned"},
                                                       {"ordered", "returned", "seller", "returned"}}};

Decimal amount_in(const Json& body) {
  return *Decimal::parse(body.at("amount").get<std::string>());
}

UtcOffset offset_of(const Scene& scene) {
  return scene.rules.definition ? scene.rules.definition->utc_offset : UtcOffset{};
}

std::int64_t window_end(Window per, std::int64_t recorded, const Scene& scene) {
  return window_of(per, Timestamp{recorded}, offset_of(scene)).end;
}

Decimal share_of(Decimal whole, const Fraction& share, int precision) {
  return rounded_down(whole * Decimal(share.numerator()) / Decimal(share.denominator()), precision);
}

// Fewer digits than the points have.
Ruling precision_problem(const Points& points, Decimal amount) {
  if (fraction_digits(amount) <= points.precision) return std::nullopt;
  return fmt::format("{} is finer than these points are", amount.text());
}

}  // namespace

const Lifecycle& order_lifecycle() {
  static const Lifecycle lifecycle(order_steps);
  return lifecycle;
}

std::vector<std::string_view> IncentiveTool::kinds() const {
  return {"points.given", "fund.donated",  "fund.spent",  "shop.ordered",
          "shop.handed",  "shop.returned", "thanks.given"};
}

void IncentiveTool::read_form(std::string_view kind, BodyReader& body) const {
  if (kind == "thanks.given") {
    body.digest_or_null("event");
    body.did("to");
  }
  if (kind == "points.given" || kind.starts_with("fund.")) {
    if (body.decimal("amount") <= Decimal(0)) body.refuse("the amount is not more than 0");
  }
  if (kind == "points.given") body.text("points");
  if (kind.starts_with("fund.")) body.text("fund");
  if (kind == "points.given" || kind == "fund.spent") body.did("to");
  if (kind == "shop.ordered") {
    body.number("count", 1, max_count);
    body.text("item");
  }
  if (kind == "shop.handed" || kind == "shop.returned") body.event("order");
}

void IncentiveTool::read_rules(const Rules& rules) {
  rules_.reset();
  const yaml::Node* tree = rules.definition ? rules.definition->rules_of("incentive") : nullptr;
  if (tree != nullptr) rules_ = read_incentive_rules(*tree);
}

void IncentiveTool::adopt(const Rules& /*rules*/, const Scene& scene) {
  if (rules_) {
    for (const Fund& fund : rules_->funds) grant(fund, scene);
    for (const Points& points : rules_->points) {
      if (points.decay)
        decayed_until_.try_emplace(points.id, window_end(points.decay->per, scene.recorded, scene));
    }
  }
  note_due(scene);
}

Ruling IncentiveTool::judge(const Occurrence& entry, const Scene& scene) {
  const Json body = entry.body();
  if (entry.kind == "thanks.given") return count_thanks(entry, body, scene);
  if (entry.kind == "shop.handed" || entry.kind == "shop.returned") return settle_order(entry, body, scene);
  if (!rules_) return "this world has adopted no rules of incentives";
  if (entry.kind == "points.given") return give(entry, body, scene);
  if (entry.kind == "fund.donated") return donate(entry, body, scene);
  if (entry.kind == "fund.spent") return spend(entry, body, scene);
  return order(entry, body, scene);
}

Ruling IncentiveTool::give(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("points").get<std::string>();
  const Points* points = rules_->points.find(id);
  if (points == nullptr) return fmt::format("the rules have no points \"{}\"", id);
  if (!points->transferable) return "these points are not given from person to person";
  const Decimal amount = amount_in(body);
  if (Ruling problem = precision_problem(*points, amount)) return problem;
  const PersonNumber by = scene.people.of(entry.actor);
  const PersonNumber to = scene.people.of(body.at("to").get<std::string>());
  return scene.fold.transfer({Account::of(by), Account::of(to), amount, id, entry.id(), "given"}, scene);
}

Ruling IncentiveTool::donate(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("fund").get<std::string>();
  const Fund* fund = rules_->funds.find(id);
  if (fund == nullptr) return fmt::format("the rules have no fund \"{}\"", id);
  const Points& points = *rules_->points.find(fund->points);
  const Decimal amount = amount_in(body);
  if (Ruling problem = precision_problem(points, amount)) return problem;
  FundState& state = funds_[id];
  if (state.closed) return "this crowdfunding is over";
  const PersonNumber by = scene.people.of(entry.actor);
  const Account account = Account::fund(id);
  const std::string purpose = "donated to " + id;
  if (Ruling refusal =
          scene.fold.transfer({Account::of(by), account, amount, points.id, entry.id(), purpose}, scene))
    return refusal;
  if (fund->target) state.donors[by] += amount;
  if (fund->matching_fund.empty()) return std::nullopt;
  // As far as it reaches.
  const Account matching = Account::fund(fund->matching_fund);
  const Decimal match = std::min(share_of(amount, fund->matching_share, points.precision),
                                 scene.fold.ledger().balance(matching, points.id));
  if (match > Decimal()) {
    const Ruling matched = scene.fold.transfer(
        {matching, account, match, points.id, entry.id(), "matched a donation to " + id}, scene);
    if (matched) throw Error(ErrorCode::invalid, "a fund cannot give what it has: " + *matched);
  }
  return std::nullopt;
}

Ruling IncentiveTool::spend(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("fund").get<std::string>();
  const Fund* fund = rules_->funds.find(id);
  if (fund == nullptr) return fmt::format("the rules have no fund \"{}\"", id);
  if (fund->controlled_by.empty()) return "only a vote spends from this fund";
  if (!scene.fold.belongs(scene.people.of(entry.actor), fund->controlled_by, scene))
    return fmt::format("only {} may spend from this fund", fund->controlled_by);
  if (fund->target && !(funds_[id].closed && funds_[id].reached))
    return "a crowdfunding is spent once it has reached its target and is over";
  const Decimal amount = amount_in(body);
  if (Ruling problem = precision_problem(*rules_->points.find(fund->points), amount)) return problem;
  const PersonNumber to = scene.people.of(body.at("to").get<std::string>());
  return scene.fold.transfer(
      {Account::fund(id), Account::of(to), amount, fund->points, entry.id(), "spent from " + id}, scene);
}

int IncentiveTool::ordered(std::string_view item) const {
  int count = 0;
  for (const auto& [id, order] : orders_)
    if (order.item == item && order.state != "returned") count += order.count;
  return count;
}

Ruling IncentiveTool::order(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("item").get<std::string>();
  const ShopItem* item = rules_->shop.find(id);
  if (item == nullptr) return fmt::format("the shop has no \"{}\"", id);
  const PersonNumber buyer = scene.people.of(entry.actor);
  if (!item->gate.empty() && !scene.fold.belongs(buyer, item->gate, scene))
    return fmt::format("only {} can order that", item->gate);
  const int count = body.at("count").get<int>();
  if (item->stock && ordered(id) + count > *item->stock)
    return fmt::format("{} of {} are left", std::max(0, *item->stock - ordered(id)), *item->stock);
  if (item->per_person) {
    int had = 0;
    for (const auto& [other, order] : orders_)
      if (order.item == id && order.buyer == buyer && order.state != "returned") had += order.count;
    if (had + count > *item->per_person)
      return fmt::format("one person can have {}, and this one has ordered {}", *item->per_person, had);
  }
  const Decimal price = item->price * Decimal(count);
  if (Ruling refusal = scene.fold.transfer({Account::of(buyer), Account::escrow(entry.id().text()), price,
                                            item->points, entry.id(), "ordered " + id},
                                           scene))
    return refusal;
  orders_.emplace(entry.id(),
                  Order{order_lifecycle().begins(), buyer, id, count, item->points, price, entry.recorded});
  return std::nullopt;
}

// An order stands by the price that was paid, also when the item is no longer sold; then stewards hand it
// out.
Ruling IncentiveTool::settle_order(const Occurrence& entry, const Json& body, const Scene& scene) {
  const auto found = orders_.find(EventId::parse(body.at("order").get<std::string>()).value());
  if (found == orders_.end()) return "the log has no such order before it";
  Order& order = found->second;
  const PersonNumber by = scene.people.of(entry.actor);
  const ShopItem* item = rules_ ? rules_->shop.find(order.item) : nullptr;
  std::set<std::string_view> roles;
  if (by == order.buyer) roles.insert("buyer");
  if (scene.fold.belongs(by, item == nullptr ? "stewards" : item->handed_out_by, scene))
    roles.insert("seller");
  const auto next = order_lifecycle().after(order.state, entry.kind.substr(entry.kind.find('.') + 1), roles);
  if (!next) return next.reason();
  const bool back = *next == "returned";
  if (Ruling refusal = scene.fold.transfer(
          {Account::escrow(found->first.text()), back ? Account::of(order.buyer) : Account::sink(order.item),
           order.paid, order.points, entry.id(), (back ? "returned " : "handed out ") + order.item},
          scene))
    return refusal;
  order.state = *next;
  order.since = entry.recorded;
  return std::nullopt;
}

Ruling IncentiveTool::count_thanks(const Occurrence& entry, const Json& body, const Scene& scene) {
  const PersonNumber by = scene.people.of(entry.actor);
  const PersonNumber to = scene.people.of(body.at("to").get<std::string>());
  if (by == to) return "nobody thanks herself";
  ++thanks_[to];
  return std::nullopt;
}

void IncentiveTool::count(const Counted& claim, const Scene& scene) {
  if (!rules_ || claim.history) return;
  for (const EarningRule& rule : rules_->earning)
    if (rule.behaviour == claim.behaviour->id) earn(rule, claim, scene);
  signal("deed.counted", nullptr, claim.person, Decimal(claim.quantity.is_negative() ? -1 : 1), scene);
}

bool IncentiveTool::can_carry(const Behaviour& behaviour, Decimal total) const {
  return !rules_ || std::all_of(rules_->earning.begin(), rules_->earning.end(), [&](const EarningRule& rule) {
    return rule.behaviour != behaviour.id || is_within_measure(total, rule.rate);
  });
}

void IncentiveTool::earn(const EarningRule& rule, const Counted& claim, const Scene& scene) {
  const Points& points = *rules_->points.find(rule.points);
  const Decimal owed = rounded_down(claim.quantity * rule.rate, points.precision);
  Decimal change = earnings_.change(rule, claim.person, owed, claim.at, offset_of(scene));
  const Account source = Account::issued(rule.id);
  const Account account = Account::of(claim.person);
  const auto move = [&](const Account& from, const Account& to, Decimal amount, const char* purpose) {
    if (amount <= Decimal()) return;
    const Ruling refusal = scene.fold.transfer(
        {from, to, amount, points.id, claim.claim, fmt::format("{} {}", purpose, rule.behaviour)}, scene);
    if (refusal) throw Error(ErrorCode::invalid, "earned points cannot be moved: " + *refusal);
  };
  Decimal& debt = debts_[{claim.person, points.id}];
  if (change > Decimal()) {
    const Decimal settled = std::min(change, debt);
    debt = debt - settled;
    move(source, account, change - settled, "earned by");
  } else if (change.is_negative()) {
    const Decimal owes = Decimal() - change;
    const Decimal there = std::min(owes, scene.fold.ledger().balance(account, points.id));
    move(account, source, there, "taken back for");
    debt += owes - there;
  }
  if (debt.is_zero()) debts_.erase({claim.person, points.id});
}

void IncentiveTool::hear(const Occurrence& entry, const Scene& scene) {
  if (rules_ && !rules_->influence.empty())
    signal(entry.kind, &entry, scene.people.of(entry.actor), Decimal(1), scene);
}

void IncentiveTool::signal(std::string_view kind, const Occurrence* entry, PersonNumber actor, Decimal times,
                           const Scene& scene) {
  for (const Signal& signal : rules_->influence) {
    if (signal.kind != kind) continue;
    const Json body = entry == nullptr ? Json::object() : entry->body();
    if (signal.verdict && body.value("verdict", "") != *signal.verdict) continue;
    std::optional<PersonNumber> whose;
    if (signal.of == Signal::Of::actor) whose = actor;
    if (signal.of == Signal::Of::person) {
      for (const char* member : {"to", "person"}) {
        const auto did = Did::parse(body.value(member, ""));
        if (did) whose = scene.people.of(*did);
      }
    }
    if (signal.of == Signal::Of::author) {
      const auto id = EventId::parse(body.value("event", ""));
      const auto about = id ? scene.archive.entry(*id) : std::nullopt;
      if (about) whose = scene.people.of(about->actor);
    }
    // Nobody raises her own score by what she says of herself.
    if (!whose || (signal.of != Signal::Of::actor && *whose == actor)) continue;
    Decimal& score = influence_[*whose];
    score += signal.weight * times;
    if (score.is_zero()) influence_.erase(*whose);
  }
}

void IncentiveTool::pass(const Scene& scene) {
  if (next_due_ > scene.recorded || !rules_) return;
  for (const Fund& fund : rules_->funds) {
    close(fund, scene);
    grant(fund, scene);
  }
  for (const Points& points : rules_->points)
    if (points.decay) decay(points, scene);
  note_due(scene);
}

void IncentiveTool::grant(const Fund& fund, const Scene& scene) {
  FundState& state = funds_[fund.id];
  if (!fund.grant || state.closed || state.granted_until > scene.recorded) return;
  const Ruling refusal =
      scene.fold.transfer({Account::issued(fund.id), Account::fund(fund.id), fund.grant->amount, fund.points,
                           scene.rules.adoption, "granted to " + fund.id},
                          scene);
  if (refusal) throw Error(ErrorCode::invalid, "a grant cannot be made: " + *refusal);
  // Windows in which nothing was recorded are not made up for.
  state.granted_until = window_end(fund.grant->per, scene.recorded, scene);
}

void IncentiveTool::close(const Fund& fund, const Scene& scene) {
  FundState& state = funds_[fund.id];
  if (!fund.target || state.closed || fund.due->ends(offset_of(scene)).seconds > scene.recorded) return;
  state.closed = true;
  state.reached = scene.fold.ledger().balance(Account::fund(fund.id), fund.points) >= *fund.target;
  if (!state.reached) {
    const auto back = [&](const Account& to, Decimal amount) {
      if (amount <= Decimal()) return;
      const Ruling refusal = scene.fold.transfer(
          {Account::fund(fund.id), to, amount, fund.points, scene.rules.adoption, "given back by " + fund.id},
          scene);
      if (refusal) throw Error(ErrorCode::invalid, "a donation cannot be given back: " + *refusal);
    };
    for (const auto& [person, amount] : state.donors) back(Account::of(person), amount);
    // What matched it goes back where it came from, and what the rules granted too.
    const Decimal rest = scene.fold.ledger().balance(Account::fund(fund.id), fund.points);
    back(fund.matching_fund.empty() ? Account::issued(fund.id) : Account::fund(fund.matching_fund), rest);
  }
  state.donors.clear();
}

void IncentiveTool::decay(const Points& points, const Scene& scene) {
  std::int64_t& until = decayed_until_[points.id];
  while (until <= scene.recorded) {
    for (const Ledger::Line& line : scene.fold.ledger().lines()) {
      if (line.unit != points.id || line.account.kind != Account::Kind::person) continue;
      const Decimal loss = share_of(line.balance, points.decay->share, points.precision);
      if (loss <= Decimal()) continue;
      const Ruling refusal = scene.fold.transfer(
          {line.account, Account::sink(decayed), loss, points.id, scene.rules.adoption, "decayed"}, scene);
      if (refusal) throw Error(ErrorCode::invalid, "a balance cannot decay: " + *refusal);
    }
    until = window_end(points.decay->per, until, scene);
  }
}

void IncentiveTool::note_due(const Scene& scene) {
  next_due_ = never;
  if (!rules_) return;
  for (const Fund& fund : rules_->funds) {
    const FundState& state = funds_[fund.id];
    if (state.closed) continue;
    if (fund.grant) next_due_ = std::min(next_due_, state.granted_until);
    if (fund.due) next_due_ = std::min(next_due_, fund.due->ends(offset_of(scene)).seconds);
  }
  for (const Points& points : rules_->points)
    if (points.decay) next_due_ = std::min(next_due_, decayed_until_[points.id]);
}

std::optional<Decimal> IncentiveTool::figure(PersonNumber person, std::string_view name,
                                             const Scene& scene) const {
  if (name == "influence") return influence(person);
  if (!name.starts_with("points:")) return std::nullopt;
  return scene.fold.ledger().balance(Account::of(person), name.substr(7));
}

std::optional<Ruling> IncentiveTool::consider(const Decision& decision, const Scene& scene) const {
  // Whether somebody may hold what a fund has for a matter of another tool.
  if (decision.kind == "hold" && rules_) {
    const std::string id = decision.subject.at("account").get<std::string>();
    const Fund* fund = rules_->funds.find(id);
    if (fund == nullptr) return Ruling(fmt::format("the rules have no fund \"{}\"", id));
    const auto by = decision.subject.at("by").get<PersonNumber>();
    if (fund->controlled_by.empty() || fund->target || !scene.fold.belongs(by, fund->controlled_by, scene))
      return Ruling("this person may not spend from that fund");
    return Ruling();
  }
  if (decision.kind != "spend" || !rules_) return std::nullopt;
  const std::string id = decision.subject.at("account").get<std::string>();
  const Fund* fund = rules_->funds.find(id);
  if (fund == nullptr) return Ruling(fmt::format("the rules have no fund \"{}\"", id));
  if (fund->points != decision.subject.at("unit").get<std::string>())
    return Ruling(fmt::format("that fund holds {}", fund->points));
  const Decimal amount = amount_in(decision.subject);
  if (Ruling problem = precision_problem(*rules_->points.find(fund->points), amount)) return problem;
  const Decimal there = scene.fold.ledger().balance(Account::fund(id), fund->points);
  if (there < amount) return Ruling(fmt::format("that fund has {}", there.text()));
  return Ruling();
}

std::optional<Ruling> IncentiveTool::carry_out(const Decision& decision, const Scene& scene) {
  auto considered = consider(decision, scene);
  if (!considered || *considered) return considered;
  const std::string id = decision.subject.at("account").get<std::string>();
  const PersonNumber to = scene.people.of(decision.subject.at("to").get<std::string>());
  return scene.fold.transfer(
      {Account::fund(id), Account::of(to), amount_in(decision.subject),
       decision.subject.at("unit").get<std::string>(), decision.proposal, "spent by vote from " + id},
      scene);
}

const IncentiveTool::FundState& IncentiveTool::fund(const std::string& id) const {
  static const FundState none;
  const auto found = funds_.find(id);
  return found == funds_.end() ? none : found->second;
}

Decimal IncentiveTool::influence(PersonNumber person) const {
  const auto found = influence_.find(person);
  return found == influence_.end() ? Decimal() : found->second;
}

std::uint64_t IncentiveTool::thanks(PersonNumber person) const {
  const auto found = thanks_.find(person);
  return found == thanks_.end() ? 0 : found->second;
}

Decimal IncentiveTool::debt(PersonNumber person, const std::string& points) const {
  const auto found = debts_.find({person, points});
  return found == debts_.end() ? Decimal() : found->second;
}

void IncentiveTool::merge(PersonNumber from, PersonNumber into) {
  earnings_.merge(from, into);
  for (auto& [id, order] : orders_)
    if (order.buyer == from) order.buyer = into;
  for (auto& [id, fund] : funds_) {
    if (const auto gift = fund.donors.extract(from)) fund.donors[into] += gift.mapped();
  }
  std::map<std::pair<PersonNumber, std::string>, Decimal> debts;
  for (const auto& [who, debt] : debts_) debts[{who.first == from ? into : who.first, who.second}] += debt;
  debts_ = std::move(debts);
  if (const auto score = influence_.extract(from)) {
    Decimal& sum = influence_[into];
    sum += score.mapped();
    if (sum.is_zero()) influence_.erase(into);
  }
  if (const auto thanks = thanks_.extract(from)) thanks_[into] += thanks.mapped();
}

Json IncentiveTool::json() const {
  Json orders = Json::object();
  for (const auto& [id, one] : orders_) {
    orders[id.text()] = {{"buyer", one.buyer},      {"count", one.count},   {"item", one.item},
                         {"paid", one.paid.text()}, {"points", one.points}, {"since", one.since},
                         {"state", one.state}};
  }
  Json funds = Json::object();
  for (const auto& [id, one] : funds_) {
    Json donors = Json::array();
    for (const auto& [person, amount] : one.donors) donors.push_back({person, amount.text()});
    funds[id] = {{"closed", one.closed},
                 {"donors", std::move(donors)},
                 {"granted_until", one.granted_until},
                 {"reached", one.reached}};
  }
  Json debts = Json::array(), influence = Json::array(), thanks = Json::array();
  for (const auto& [who, debt] : debts_) debts.push_back({who.first, who.second, debt.text()});
  for (const auto& [person, score] : influence_) influence.push_back({person, score.text()});
  for (const auto& [person, count] : thanks_) thanks.push_back({person, count});
  return {{"debts", std::move(debts)},   {"decayed_until", decayed_until_},   {"earnings", earnings_.json()},
          {"funds", std::move(funds)},   {"influence", std::move(influence)}, {"next_due", next_due_},
          {"orders", std::move(orders)}, {"thanks", std::move(thanks)}};
}

void IncentiveTool::restore(const Json& json, const Archive& /*archive*/) {
  const auto amount = [](const Json& text) { return *Decimal::parse(text.get<std::string>()); };
  earnings_.restore(json.at("earnings"));
  decayed_until_ = json.at("decayed_until").get<std::map<std::string, std::int64_t>>();
  next_due_ = json.at("next_due").get<std::int64_t>();
  for (const auto& [id, one] : json.at("orders").items()) {
    const auto state = order_lifecycle().find(one.at("state").get<std::string>());
    if (!state) throw Error(ErrorCode::invalid, "the written state has an unknown state of an order");
    orders_.emplace(EventId::parse(id).value(),
                    Order{*state, one.at("buyer").get<PersonNumber>(), one.at("item").get<std::string>(),
                          one.at("count").get<int>(), one.at("points").get<std::string>(),
                          amount(one.at("paid")), one.at("since").get<std::int64_t>()});
  }
  for (const auto& [id, one] : json.at("funds").items()) {
    FundState& fund = funds_[id];
    for (const Json& gift : one.at("donors"))
      fund.donors.emplace(gift.at(0).get<PersonNumber>(), amount(gift.at(1)));
    fund.closed = one.at("closed").get<bool>();
    fund.reached = one.at("reached").get<bool>();
    fund.granted_until = one.at("granted_until").get<std::int64_t>();
  }
  for (const Json& one : json.at("debts"))
    debts_.emplace(std::pair{one.at(0).get<PersonNumber>(), one.at(1).get<std::string>()}, amount(one.at(2)));
  for (const Json& one : json.at("influence"))
    influence_.emplace(one.at(0).get<PersonNumber>(), amount(one.at(1)));
  for (const Json& one : json.at("thanks"))
    thanks_.emplace(one.at(0).get<PersonNumber>(), one.at(1).get<std::uint64_t>());
}

}  // namespace bw
