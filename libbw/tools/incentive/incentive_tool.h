#pragma once
// The incentive tool: points from deeds, what they are good for, and how they fade. It judges
//
//     points.given    {"amount","points","to": did}      where these points are transferable
//     fund.donated    {"amount","fund"}                  matched where the rules say so
//     fund.spent      {"amount","fund","to": did}        by who controls it; a vote spends as well (kind
//     "spend") shop.ordered    {"count","item"}                   the price is held until it is handed out
//     shop.handed     {"order"}                          by who hands out
//     shop.returned   {"order"}                          by the buyer or who hands out, before that
//     thanks.given    {"event","to"}                     counted, and a signal
//
// Points live in the ledger of the fold: they come from "issued:<earning rule>" and "issued:<fund>", and end
// in "sink:<shop item>" and "sink:decay". The figures "points:<id>" and "influence" are this tool's.
//
// Where a deed that earned counts no longer its points are taken back; what was spent meanwhile stays owed,
// and is settled from what is earned next.

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "state/lifecycle.h"
#include "state/tool.h"
#include "tools/incentive/earnings.h"
#include "tools/incentive/rules.h"

namespace bw {

const Lifecycle& order_lifecycle();

class IncentiveTool : public Tool {
public:
  struct Order {
    std::string_view state;  // of order_lifecycle()
    PersonNumber buyer = 0;
    std::string item;
    int count = 0;
    std::string points;
    Decimal paid;
    std::int64_t since = 0;
  };
  struct FundState {
    std::map<PersonNumber, Decimal> donors;  // of a crowdfunding that is open
    bool closed = false;                     // a crowdfunding past its due date
    bool reached = false;                    // and whether it had its target
    std::int64_t granted_until = 0;          // the end of the window of the last grant
  };

  std::string_view name() const override { return "incentive"; }
  std::vector<std::string_view> kinds() const override;
  void check_rules(const RulesDraft& draft) const override { check_incentive_rules(draft); }
  void read_form(std::string_view kind, BodyReader& body) const override;
  void read_rules(const Rules& rules) override;
  void adopt(const Rules& rules, const Scene& scene) override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void count(const Counted& claim, const Scene& scene) override;
  bool can_carry(const Behaviour& behaviour, Decimal total) const override;
  void hear(const Occurrence& entry, const Scene& scene) override;
  void pass(const Scene& scene) override;
  std::optional<Decimal> figure(PersonNumber person, std::string_view name,
                                const Scene& scene) const override;
  std::optional<Ruling> consider(const Decision& decision, const Scene& scene) const override;
  std::optional<Ruling> carry_out(const Decision& decision, const Scene& scene) override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  // Nothing where the world has not adopted this tool.
  const std::optional<IncentiveRules>& rules() const { return rules_; }
  const std::map<EventId, Order>& orders() const { return orders_; }
  // How many of an item were ordered and not returned.
  int ordered(std::string_view item) const;
  const FundState& fund(const std::string& id) const;
  Decimal influence(PersonNumber person) const;
  std::uint64_t thanks(PersonNumber person) const;  // received
  // What a person still owes of points that were taken back.
  Decimal debt(PersonNumber person, const std::string& points) const;

private:
  Ruling give(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling donate(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling spend(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling order(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling settle_order(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling count_thanks(const Occurrence& entry, const Json& body, const Scene& scene);
  void earn(const EarningRule& rule, const Counted& claim, const Scene& scene);
  void signal(std::string_view kind, const Occurrence* entry, PersonNumber actor, Decimal times,
              const Scene& scene);
  void grant(const Fund& fund, const Scene& scene);
  void close(const Fund& fund, const Scene& scene);
  void decay(const Points& points, const Scene& scene);
  void note_due(const Scene& scene);

  std::optional<IncentiveRules> rules_;
  Earnings earnings_;
  std::map<EventId, Order> orders_;
  std::map<std::string, FundState, std::less<>> funds_;
  std::map<std::pair<PersonNumber, std::string>, Decimal> debts_;
  std::map<PersonNumber, Decimal> influence_;
  std::map<PersonNumber, std::uint64_t> thanks_;
  std::map<std::string, std::int64_t> decayed_until_;  // by points: the end of the window that is running
  // Of windows that end and crowdfundings that are due; nothing happens before.
  std::int64_t next_due_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace bw
