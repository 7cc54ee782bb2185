#pragma once
// The rules of incentives, tools/incentive.yaml: points and how they are earned, funds, the shop, and the
// signals of influence.

#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "definition/date.h"
#include "definition/meaning.h"
#include "definition/model.h"
#include "state/fraction.h"

namespace bw {

struct Points {
  std::string id;
  Text title;
  int precision = 0;
  bool transferable = false;
  struct Decay {
    Fraction share;
    Window per = Window::month;
  };
  std::optional<Decay> decay;
};

struct PerWindow {
  Window per = Window::ever;
  Decimal amount;
};

struct EarningRule {
  std::string id;
  std::string points;
  std::string behaviour;
  Decimal rate;
  std::optional<PerWindow> cap;     // of one person
  std::optional<PerWindow> budget;  // of everyone
};

struct Fund {
  std::string id;
  Text title;
  std::string points;
  std::optional<PerWindow> grant;
  std::string controlled_by;  // a group; empty: only a vote spends
  // Of a crowdfunding: both or neither.
  std::optional<Decimal> target;
  std::optional<Date> due;
  // Of matching: the fund that adds a share of each donation.
  std::string matching_fund;
  Fraction matching_share;
};

struct ShopItem {
  std::string id;
  Text title;
  std::string points;
  Decimal price;
  std::optional<int> stock;
  std::optional<int> per_person;
  std::string gate;  // a group; empty: everyone
  std::string handed_out_by;
};

struct Signal {
  enum class Of { actor, person, author };
  std::string kind;
  std::optional<std::string> verdict;
  Of of = Of::person;
  Decimal weight;
};

struct IncentiveRules {
  ById<Points> points;
  ById<EarningRule> earning;
  ById<Fund> funds;
  ById<ShopItem> shop;
  std::vector<Signal> influence;
};

IncentiveRules read_incentive_rules(const yaml::Node& rules);
// Amounts that are something, and no finer than their points; funds that match in their own points, not
// themselves.
void check_incentive_rules(const RulesDraft& draft);

}  // namespace bw
