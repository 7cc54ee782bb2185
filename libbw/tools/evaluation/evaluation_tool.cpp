#include "tools/evaluation/evaluation_tool.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "definition/values.h"
#include "state/canonical.h"
#include "state/fold.h"
#include "state/measure.h"
#include "state/window.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

using Method = EvaluationCategory::By;

constexpr std::size_t max_shares = 500;

EvaluationCategory read_category(const yaml::Node& node) {
  EvaluationCategory category;
  category.id = node.id();
  category.title = words(node, "title");
  category.by = choice(node, "by", {Method::behaviour, Method::measured, Method::review, Method::allocation},
                       Method::behaviour);
  category.weight = decimal(node, "weight").value_or(category.weight);
  category.difficulty = flag_of(node, "difficulty");
  category.indicator = text_of(node, "indicator");
  category.reviewers = text_of(node, "reviewers");
  category.reviews = whole(node, "reviews", category.reviews);
  category.most = decimal(node, "most").value_or(category.most);
  category.who = text_of(node, "who");
  category.units = whole(node, "units", static_cast<int>(category.units));
  return category;
}

// What each method needs, and what it has no use for.
struct MethodField {
  std::string_view key;
  Method by;
  bool needed;
};
constexpr std::array<MethodField, 7> uses = {{{"difficulty", Method::behaviour, false},
                                              {"indicator", Method::measured, true},
                                              {"reviewers", Method::review, true},
                                              {"reviews", Method::review, false},
                                              {"most", Method::review, false},
                                              {"who", Method::allocation, true},
                                              {"units", Method::allocation, false}}};

}  // namespace

std::string_view name_of(Method by) {
  switch (by) {
    case Method::behaviour:
      return "behaviour";
    case Method::measured:
      return "measured";
    case Method::review:
      return "review";
    case Method::allocation:
      break;
  }
  return "allocation";
}

EvaluationRules read_evaluation_rules(const yaml::Node& rules) {
  return {choice(rules, "period", {Window::week, Window::month, Window::year}, Window::month),
          ById(items(rules, "categories", read_category))};
}

Decimal trimmed_median(std::vector<Decimal> scores) {
  if (scores.empty()) return {};
  std::sort(scores.begin(), scores.end());
  if (scores.size() >= 3) scores = {scores.begin() + 1, scores.end() - 1};
  const std::size_t middle = scores.size() / 2;
  if (scores.size() % 2 == 1) return scores[middle];
  return (scores[middle - 1] + scores[middle]) / Decimal(2);
}

std::vector<std::string_view> EvaluationTool::kinds() const {
  return {"result.submitted", "result.reviewed", "units.allocated"};
}

void EvaluationTool::check_rules(const RulesDraft& draft) const {
  for (const yaml::Node& category : list_of(draft.rules, "categories")) {
    const EvaluationCategory read = read_category(category);
    for (const MethodField& use : uses) {
      const yaml::Node* value = category.find(use.key);
      if (value != nullptr && use.by != read.by)
        draft.complaints.error(*value, "no-use",
                               fmt::format("\"{}\" has no use for \"{}\"", name_of(read.by), use.key),
                               "delete it");
      if (value == nullptr && use.by == read.by && use.needed)
        draft.complaints.error(category, "missing-key",
                               fmt::format("\"{}\" needs \"{}\"", name_of(read.by), use.key), "add it");
    }
    for (const char* key : {"weight", "most"}) {
      const yaml::Node* value = category.find(key);
      if (value && decimal(category, key).value_or(Decimal()) <= Decimal())
        draft.complaints.error(*value, "amount", fmt::format("\"{}\" must be more than 0", key),
                               "write a positive number");
    }
  }
}

void EvaluationTool::read_form(std::string_view kind, BodyReader& body) const {
  if (kind == "result.reviewed") {
    body.event("result");
    if (body.decimal("score").is_negative()) body.refuse("the score is below 0");
    return;
  }
  body.text("category");
  if (kind == "result.submitted") return;
  std::string last;
  for (const Json& share : body.array("shares", max_shares)) {
    BodyReader reader(share);
    const std::string to = reader.did("to").text();
    reader.number("units", 1, 1'000'000);
    if (const std::string problem = reader.problem(); !problem.empty()) body.refuse("a share: " + problem);
    if (to <= last) body.refuse("shares are not sorted by person, each once");
    last = to;
  }
}

void EvaluationTool::read_rules(const Rules& rules) {
  rules_.reset();
  const yaml::Node* tree = rules.definition ? rules.definition->rules_of("evaluation") : nullptr;
  if (tree != nullptr) rules_ = read_evaluation_rules(*tree);
}

std::int64_t EvaluationTool::period_of(std::int64_t at, const Scene& scene) const {
  return window_of(rules_->period, {at}, scene.rules.definition->utc_offset).begin;
}

Ruling EvaluationTool::judge(const Occurrence& entry, const Scene& scene) {
  if (!rules_) return "this world has adopted no rules of evaluation";
  const Json body = entry.body();
  if (entry.kind == "result.reviewed") return review(entry, body, scene);
  return entry.kind == "result.submitted" ? submit(entry, body, scene) : allocate(entry, body, scene);
}

Ruling EvaluationTool::submit(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("category").get<std::string>();
  const EvaluationCategory* category = rules_->categories.find(id);
  if (category == nullptr || category->by != Method::review)
    return fmt::format("the rules have no category \"{}\" whose results are reviewed", id);
  results_.emplace(
      entry.id(),
      SubmittedResult{scene.people.of(entry.actor), id, period_of(entry.recorded, scene), {}, std::nullopt});
  return std::nullopt;
}

Ruling EvaluationTool::review(const Occurrence& entry, const Json& body, const Scene& scene) {
  const auto found = results_.find(EventId::parse(body.at("result").get<std::string>()).value());
  if (found == results_.end()) return "the log has no such result before it";
  SubmittedResult& result = found->second;
  const EvaluationCategory* category = rules_->categories.find(result.category);
  if (category == nullptr || category->by != Method::review)
    return "results of that category are reviewed no more";
  const PersonNumber by = scene.people.of(entry.actor);
  if (!scene.fold.belongs(by, category->reviewers, scene))
    return fmt::format("only {} review such results", category->reviewers);
  if (by == result.author) return "nobody reviews her own result";
  if (result.outcome) return "the result has all the reviews that it needs";
  const Decimal score = read_decimal(body.at("score"));
  if (score > category->most) return fmt::format("the highest score is {}", category->most.text());
  if (!result.scores.emplace(by, score).second) return "this reviewer has reviewed it already";
  if (static_cast<int>(result.scores.size()) < category->reviews) return std::nullopt;
  std::vector<Decimal> scores;
  for (const auto& [reviewer, each] : result.scores) scores.push_back(each);
  result.outcome = trimmed_median(std::move(scores));
  add(result.period, result.author, result.category, *result.outcome * category->weight);
  return std::nullopt;
}

Ruling EvaluationTool::allocate(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("category").get<std::string>();
  const EvaluationCategory* category = rules_->categories.find(id);
  if (category == nullptr || category->by != Method::allocation)
    return fmt::format("the rules have no category \"{}\" in which units are divided", id);
  const PersonNumber by = scene.people.of(entry.actor);
  if (!scene.fold.belongs(by, category->who, scene))
    return fmt::format("only {} divide units", category->who);
  std::map<PersonNumber, std::int64_t> shares;
  std::int64_t sum = 0;
  for (const Json& share : body.at("shares")) {
    const PersonNumber to = scene.people.of(share.at("to").get<std::string>());
    if (to == by) return "nobody gives units to herself";
    if (!scene.fold.belongs(to, category->who, scene))
      return fmt::format("units are divided among {}", category->who);
    shares[to] += share.at("units").get<std::int64_t>();
    sum += share.at("units").get<std::int64_t>();
  }
  if (sum > category->units)
    return fmt::format("{} units are divided, and each has {}", sum, category->units);
  const std::int64_t period = period_of(entry.recorded, scene);
  allocations_[{id, period, by}] = std::move(shares);
  // It closes although nothing else may happen in it.
  add(period, by, id, Decimal());
  ends_.try_emplace(period,
                    window_of(rules_->period, {entry.recorded}, scene.rules.definition->utc_offset).end +
                        scene.rules.definition->grace.seconds);
  return std::nullopt;
}

void EvaluationTool::count(const Counted& claim, const Scene& scene) {
  if (!rules_ || claim.history) return;
  for (const EvaluationCategory& category : rules_->categories) {
    Decimal amount;
    if (category.by == Method::behaviour && claim.behaviour->category == category.id) {
      amount = claim.quantity * category.weight;
      if (category.difficulty) amount = amount * Decimal(claim.behaviour->difficulty.value_or(1));
    }
    if (category.by == Method::measured) {
      for (const bw::Contribution& share : claim.behaviour->contributes)
        if (share.indicator == category.indicator) amount += claim.quantity * share.factor * category.weight;
    }
    if (amount.is_zero()) continue;
    const std::int64_t period = period_of(claim.at.seconds, scene);
    add(period, claim.person, category.id, amount);
    if (!is_closed(period))
      ends_.try_emplace(period, window_of(rules_->period, claim.at, scene.rules.definition->utc_offset).end +
                                    scene.rules.definition->grace.seconds);
  }
}

bool EvaluationTool::can_carry(const Behaviour& behaviour, Decimal total) const {
  if (!rules_) return true;
  const Decimal difficulty(behaviour.difficulty.value_or(1));
  return std::all_of(rules_->categories.begin(), rules_->categories.end(), [&](const auto& category) {
    if (category.by == Method::behaviour)
      return behaviour.category != category.id || (is_within_measure(total, category.weight) &&
                                                   is_within_measure(total * category.weight, difficulty));
    if (category.by != Method::measured) return true;
    return std::all_of(behaviour.contributes.begin(), behaviour.contributes.end(), [&](const auto& share) {
      return share.indicator != category.indicator ||
             (is_within_measure(total, share.factor) &&
              is_within_measure(total * share.factor, category.weight));
    });
  });
}

void EvaluationTool::add(std::int64_t period, PersonNumber person, const std::string& category,
                         Decimal amount) {
  if (is_closed(period)) {
    ++late_;
    return;
  }
  if (amount.is_zero()) return;
  Contribution& contribution = periods_[period][person];
  Decimal& sum = contribution[category];
  sum += amount;
  if (sum.is_zero()) contribution.erase(category);
  if (contribution.empty()) periods_[period].erase(person);
  if (periods_[period].empty()) periods_.erase(period);
}

void EvaluationTool::pass(const Scene& scene) {
  while (!ends_.empty() && ends_.begin()->second <= scene.recorded) {
    const std::int64_t period = ends_.begin()->first;
    for (auto each = allocations_.begin(); each != allocations_.end();) {
      if (each->first.period != period) {
        ++each;
        continue;
      }
      const EvaluationCategory* category = rules_ ? rules_->categories.find(each->first.category) : nullptr;
      const Decimal weight = category == nullptr ? Decimal(1) : category->weight;
      for (const auto& [to, units] : each->second)
        add(period, to, each->first.category, Decimal(units) * weight);
      each = allocations_.erase(each);
    }
    ends_.erase(ends_.begin());
    closed_before_ = std::max(closed_before_, period + 1);
  }
}

Decimal EvaluationTool::contribution(PersonNumber person, std::string_view category) const {
  Decimal sum;
  for (const auto& [period, persons] : periods_) {
    const auto found = persons.find(person);
    if (found == persons.end()) continue;
    for (const auto& [id, amount] : found->second)
      if (category.empty() || id == category) sum += amount;
  }
  return sum;
}

std::optional<Decimal> EvaluationTool::figure(PersonNumber person, std::string_view name,
                                              const Scene& /*scene*/) const {
  if (name == "contribution") return contribution(person);
  if (name.starts_with("contribution:")) return contribution(person, name.substr(13));
  return std::nullopt;
}

void EvaluationTool::merge(PersonNumber from, PersonNumber into) {
  for (auto& [id, result] : results_) {
    if (result.author == from) result.author = into;
    if (const auto score = result.scores.extract(from)) result.scores.emplace(into, score.mapped());
  }
  std::map<Allocation, std::map<PersonNumber, std::int64_t>> allocations;
  for (auto& [allocation, shares] : allocations_) {
    Allocation owner = allocation;
    if (owner.by == from) owner.by = into;
    if (const auto share = shares.extract(from)) shares[into] += share.mapped();
    shares.erase(owner.by);
    allocations.emplace(owner, std::move(shares));
  }
  allocations_ = std::move(allocations);
  for (auto& [period, persons] : periods_) {
    const auto joined = persons.extract(from);
    if (!joined) continue;
    for (const auto& [category, amount] : joined.mapped()) persons[into][category] += amount;
  }
}

Json EvaluationTool::json() const {
  Json allocations = Json::array();
  for (const auto& [one, shares] : allocations_) {
    Json list = Json::array();
    for (const auto& [to, units] : shares) list.push_back({to, units});
    allocations.push_back({one.category, one.period, one.by, std::move(list)});
  }
  Json periods = Json::array();
  for (const auto& [period, persons] : periods_) {
    Json list = Json::array();
    for (const auto& [person, contribution] : persons) {
      Json amounts = Json::object();
      for (const auto& [category, amount] : contribution) amounts[category] = amount.text();
      list.push_back({person, std::move(amounts)});
    }
    periods.push_back({period, std::move(list)});
  }
  Json results = Json::object();
  for (const auto& [id, one] : results_) {
    Json scores = Json::array();
    for (const auto& [by, score] : one.scores) scores.push_back({by, score.text()});
    results[id.text()] = {{"author", one.author},
                          {"category", one.category},
                          {"outcome", one.outcome ? Json(one.outcome->text()) : Json(nullptr)},
                          {"period", one.period},
                          {"scores", std::move(scores)}};
  }
  Json ends = Json::array();
  for (const auto& [period, end] : ends_) ends.push_back({period, end});
  const bool any = closed_before_ != std::numeric_limits<std::int64_t>::min();
  return {{"allocations", std::move(allocations)},
          {"closed_before", any ? Json(closed_before_) : Json(nullptr)},
          {"ends", std::move(ends)},
          {"late", late_},
          {"periods", std::move(periods)},
          {"results", std::move(results)}};
}

void EvaluationTool::restore(const Json& json, const Archive& /*archive*/) {
  for (const Json& one : json.at("allocations")) {
    auto& shares = allocations_[{one.at(0).get<std::string>(), one.at(1).get<std::int64_t>(),
                                 one.at(2).get<PersonNumber>()}];
    for (const Json& share : one.at(3))
      shares.emplace(share.at(0).get<PersonNumber>(), share.at(1).get<std::int64_t>());
  }
  if (!json.at("closed_before").is_null()) closed_before_ = json.at("closed_before").get<std::int64_t>();
  for (const Json& one : json.at("ends"))
    ends_.emplace(one.at(0).get<std::int64_t>(), one.at(1).get<std::int64_t>());
  late_ = json.at("late").get<std::uint64_t>();
  for (const Json& period : json.at("periods")) {
    auto& persons = periods_[period.at(0).get<std::int64_t>()];
    for (const Json& person : period.at(1)) {
      Contribution& contribution = persons[person.at(0).get<PersonNumber>()];
      for (const auto& [category, amount] : person.at(1).items())
        contribution.emplace(category, read_decimal(amount));
    }
  }
  for (const auto& [id, one] : json.at("results").items()) {
    SubmittedResult result{one.at("author").get<PersonNumber>(),
                           one.at("category").get<std::string>(),
                           one.at("period").get<std::int64_t>(),
                           {},
                           std::nullopt};
    for (const Json& score : one.at("scores"))
      result.scores.emplace(score.at(0).get<PersonNumber>(), read_decimal(score.at(1)));
    if (!one.at("outcome").is_null()) result.outcome = read_decimal(one.at("outcome"));
    results_.emplace(EventId::parse(id).value(), std::move(result));
  }
}

}  // namespace bw
