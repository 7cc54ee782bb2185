#pragma once
// The evaluation tool: contribution per person and period, in each category by the method that the world
// picked:
//
//   behaviour    deeds that count, of behaviours of that category
//   measured     how far somebody's deeds moved an indicator
//   review       results that k reviewers scored: the median, of three or more without the lowest and the
//   highest allocation   units that members divided among each other
//
// It judges
//
//     result.submitted  {"category"}                        what it is stands beside it, as details
//     result.reviewed   {"result","score"}
//     units.allocated   {"category","shares":[{"to","units"}]}   of the running period; the last of a member
//     counts
//
// A period closes when the world's grace after its end is over: what comes later does not change it, and is
// flagged. The figures "contribution" and "contribution:<category>" are this tool's, over all periods.

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "definition/meaning.h"
#include "state/tool.h"

namespace bw {

struct EvaluationCategory {
  enum class By { behaviour, measured, review, allocation };
  std::string id;
  Text title;
  By by = By::behaviour;
  Decimal weight{1};
  bool difficulty = false;
  std::string indicator;
  std::string reviewers;
  int reviews = 3;
  Decimal most{100};
  std::string who;
  std::int64_t units = 100;
};
std::string_view name_of(EvaluationCategory::By by);

struct EvaluationRules {
  Window period = Window::month;
  ById<EvaluationCategory> categories;
};
EvaluationRules read_evaluation_rules(const yaml::Node& rules);

// The median; of three or more without one lowest and one highest. Of two in the middle their mean, which
// nine digits round. Zero where there are none.
Decimal trimmed_median(std::vector<Decimal> scores);

class EvaluationTool : public Tool {
public:
  struct SubmittedResult {
    PersonNumber author = 0;
    std::string category;
    std::int64_t period = 0;  // in which it was submitted
    std::map<PersonNumber, Decimal> scores;
    std::optional<Decimal> outcome;  // once it has enough scores
  };
  // By category.
  using Contribution = std::map<std::string, Decimal, std::less<>>;

  std::string_view name() const override { return "evaluation"; }
  std::vector<std::string_view> kinds() const override;
  void check_rules(const RulesDraft& draft) const override;
  void read_form(std::string_view kind, BodyReader& body) const override;
  void read_rules(const Rules& rules) override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void count(const Counted& claim, const Scene& scene) override;
  bool can_carry(const Behaviour& behaviour, Decimal total) const override;
  void pass(const Scene& scene) override;
  std::optional<Decimal> figure(PersonNumber person, std::string_view name,
                                const Scene& scene) const override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  // Nothing where the world has not adopted this tool.
  const std::optional<EvaluationRules>& rules() const { return rules_; }
  const std::map<EventId, SubmittedResult>& results() const { return results_; }
  // Periods by the second in which they begin, and in each the persons; of the running ones units that were
  // divided are not in it yet.
  const std::map<std::int64_t, std::map<PersonNumber, Contribution>>& periods() const { return periods_; }
  bool is_closed(std::int64_t period) const { return closed_before_ > period; }
  Decimal contribution(PersonNumber person, std::string_view category = "") const;
  // How many changes came too late for their period.
  std::uint64_t late() const { return late_; }

private:
  struct Allocation {
    std::string category;
    std::int64_t period = 0;
    PersonNumber by = 0;
    friend auto operator<=>(const Allocation&, const Allocation&) = default;
  };
  Ruling submit(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling review(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling allocate(const Occurrence& entry, const Json& body, const Scene& scene);
  void add(std::int64_t period, PersonNumber person, const std::string& category, Decimal amount);
  std::int64_t period_of(std::int64_t at, const Scene& scene) const;

  std::optional<EvaluationRules> rules_;
  std::map<EventId, SubmittedResult> results_;
  std::map<Allocation, std::map<PersonNumber, std::int64_t>> allocations_;  // of periods that are not closed
  std::map<std::int64_t, std::map<PersonNumber, Contribution>> periods_;
  std::map<std::int64_t, std::int64_t> ends_;  // when the periods that are not closed will be
  std::int64_t closed_before_ = std::numeric_limits<std::int64_t>::min();
  std::uint64_t late_ = 0;
};

}  // namespace bw
