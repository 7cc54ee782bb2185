#include "tools/incentive/rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "definition/values.h"

namespace bw {
namespace {

using yaml::Node;

Window window(const Node& node) {
  return choice(node, "per", {Window::day, Window::week, Window::month, Window::year, Window::ever},
                Window::ever);
}

Fraction share(const Node& node) {
  const auto parsed = Fraction::parse(text_of(node, "share"));
  return parsed ? *parsed : Fraction();
}

std::optional<int> count(const Node& node, std::string_view key) {
  return node.find(key) == nullptr ? std::nullopt : std::optional(whole(node, key, 0));
}

std::optional<PerWindow> per_window(const Node& node, std::string_view key) {
  const Node* value = node.find(key);
  if (value == nullptr) return std::nullopt;
  return PerWindow{window(*value), decimal(*value, "amount").value_or(Decimal{})};
}

Points read_points(const Node& node) {
  Points points{std::string(node.id()), words(node, "title"), whole(node, "precision", 0),
                flag_of(node, "transferable"), std::nullopt};
  if (const Node* decay = node.find("decay")) points.decay = Points::Decay{share(*decay), window(*decay)};
  return points;
}

EarningRule read_earning(const Node& node) {
  return {std::string(node.id()),
          std::string(text_of(node, "points")),
          std::string(text_of(node, "behaviour")),
          decimal(node, "rate").value_or(Decimal{}),
          per_window(node, "cap"),
          per_window(node, "budget")};
}

Fund read_fund(const Node& node) {
  Fund fund;
  fund.id = node.id();
  fund.title = words(node, "title");
  fund.points = text_of(node, "points");
  fund.grant = per_window(node, "grant");
  fund.controlled_by = text_of(node, "controlled_by");
  fund.target = decimal(node, "target");
  fund.due = date(node, "due");
  if (const Node* matched = node.find("matched_by")) {
    fund.matching_fund = text_of(*matched, "fund");
    fund.matching_share = share(*matched);
  }
  return fund;
}

ShopItem read_item(const Node& node) {
  return {std::string(node.id()),
          words(node, "title"),
          std::string(text_of(node, "points")),
          decimal(node, "price").value_or(Decimal{}),
          count(node, "stock"),
          count(node, "per_person"),
          std::string(text_of(node, "gate")),
          std::string(text_of(node, "handed_out_by"))};
}

Signal read_signal(const Node& node) {
  Signal signal;
  signal.kind = text_of(node, "kind");
  signal.verdict = optional_text(node, "verdict");
  const std::string_view of = text_of(node, "of");
  signal.of = of == "actor" ? Signal::Of::actor : of == "author" ? Signal::Of::author : Signal::Of::person;
  signal.weight = decimal(node, "weight").value_or(Decimal{});
  return signal;
}

class Check {
public:
  explicit Check(const RulesDraft& draft)
      : rules_(read_incentive_rules(draft.rules)), draft_(draft), complaints_(draft.complaints) {}

  void run() {
    for (const Node& points : list_of(draft_.rules, "points")) check_decay(points);
    for (const Node& rule : list_of(draft_.rules, "earning")) {
      amount(rule, "rate", 9);
      for (const char* key : {"cap", "budget"}) check_window(rule, key);
    }
    for (const Node& fund : list_of(draft_.rules, "funds")) check_fund(fund);
    for (const Node& item : list_of(draft_.rules, "shop")) amount(item, "price", precision(item));
    for (const Node& signal : list_of(draft_.rules, "influence")) {
      const Node* weight = signal.find("weight");
      if (const auto value = decimal(signal, "weight"); value && value->is_zero())
        complaints_.error(*weight, "amount", "a signal of no weight says nothing",
                          "give it one, or delete it");
    }
  }

private:
  int precision(const Node& node) const {
    const Points* points = rules_.points.find(text_of(node, "points"));
    return points == nullptr ? 9 : points->precision;
  }
  void amount(const Node& node, std::string_view key, int digits) {
    const Node* at = node.find(key);
    if (at == nullptr) return;
    const auto value = decimal_of(*at);
    if (!value || *value <= Decimal(0)) {
      complaints_.error(*at, "amount", fmt::format("\"{}\" must be more than 0", key),
                        "write a positive number");
    } else if (fraction_digits(*value) > digits) {
      complaints_.error(*at, "precision", fmt::format("{} is finer than these points are", value->text()),
                        "round it, or give the points more `precision`");
    }
  }
  void check_window(const Node& node, std::string_view key) {
    if (const Node* value = node.find(key)) amount(*value, "amount", precision(node));
  }
  void check_share(const Node& node) {
    const Node* at = node.find("share");
    const auto parsed = Fraction::parse(at->text);
    if (!parsed) {
      complaints_.error(*at, "share", fmt::format("\"{}\" is {}", at->text, parsed.reason()),
                        "write it in lowest terms, such as \"1/10\"");
    } else if (parsed->numerator() == 0) {
      complaints_.error(*at, "share", "a share of nothing does nothing", "delete it");
    }
  }
  void check_decay(const Node& points) {
    if (const Node* decay = points.find("decay")) check_share(*decay);
  }
  void check_fund(const Node& fund) {
    check_window(fund, "grant");
    amount(fund, "target", precision(fund));
    const Node* matched = fund.find("matched_by");
    if (matched == nullptr) return;
    check_share(*matched);
    const Fund* other = rules_.funds.find(text_of(*matched, "fund"));
    const Node& at = *matched->find("fund");
    if (other == nullptr) return;
    if (other->id == fund.id())
      complaints_.error(at, "matching", "a fund does not match itself", "name another");
    if (other->points != text_of(fund, "points"))
      complaints_.error(at, "matching", fmt::format("\"{}\" holds other points", other->id),
                        "name a fund of the same points");
  }

  IncentiveRules rules_;
  const RulesDraft& draft_;
  Complaints& complaints_;
};

}  // namespace

IncentiveRules read_incentive_rules(const Node& rules) {
  return {ById(items(rules, "points", read_points)), ById(items(rules, "earning", read_earning)),
          ById(items(rules, "funds", read_fund)), ById(items(rules, "shop", read_item)),
          items(rules, "influence", read_signal)};
}

void check_incentive_rules(const RulesDraft& draft) {
  Check(draft).run();
}

}  // namespace bw
