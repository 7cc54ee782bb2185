#include "tools/achievement/achievement_tool.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "definition/values.h"
#include "state/fold.h"
#include "state/window.h"
#include "stream/body_reader.h"
#include "tools/goal/goal_tool.h"

namespace bw {
namespace {

using Way = Badge::By;

constexpr std::size_t max_proofs = 10'000;

Badge read_badge(const yaml::Node& node) {
  Badge badge;
  badge.id = node.id();
  badge.title = words(node, "title");
  badge.description = words(node, "description");
  badge.criteria = words(node, "criteria");
  badge.by =
      choice(node, "by", {Way::award, Way::deeds, Way::streak, Way::milestone, Way::attendance, Way::exam},
             Way::award);
  badge.awarded_by = text_of(node, "awarded_by");
  badge.behaviour = text_of(node, "behaviour");
  badge.quantity = decimal(node, "quantity").value_or(Decimal{});
  badge.per = choice(node, "per", {Window::day, Window::week, Window::month, Window::year}, Window::week);
  badge.windows = whole(node, "windows", 0);
  badge.milestone = text_of(node, "milestone");
  badge.expires = duration(node, "expires");
  return badge;
}

// What each way needs, and which others it can stand with.
struct WayField {
  std::string_view key;
  std::vector<Way> by;
};
const std::vector<WayField>& needs() {
  static const std::vector<WayField> all = {{"awarded_by", {Way::award, Way::attendance}},
                                            {"behaviour", {Way::deeds, Way::streak}},
                                            {"quantity", {Way::deeds}},
                                            {"per", {Way::streak}},
                                            {"windows", {Way::streak}},
                                            {"milestone", {Way::milestone}}};
  return all;
}

void collect(const Condition& condition, std::set<std::string>& indicators) {
  if (condition.kind == Condition::Kind::at_least) indicators.insert(condition.indicator);
  for (const Condition& part : condition.parts) collect(part, indicators);
}

// Whether so many windows stand in a row, and the last of them is this one or a later one.
bool has_run(const std::set<std::int64_t>& windows, const Badge& badge, UtcOffset offset) {
  int run = 0;
  std::optional<std::int64_t> next;
  for (const std::int64_t begin : windows) {
    run = next == begin ? run + 1 : 1;
    if (run >= badge.windows) return true;
    next = window_of(badge.per, Timestamp{begin}, offset).end;
  }
  return false;
}

Sha256& part(Sha256& hash, std::string_view bytes) {
  return hash.add(big_endian_64(bytes.size())).add(bytes);
}

}  // namespace

std::string_view name_of(Way by) {
  switch (by) {
    case Way::award:
      return "award";
    case Way::deeds:
      return "deeds";
    case Way::streak:
      return "streak";
    case Way::milestone:
      return "milestone";
    case Way::attendance:
      return "attendance";
    case Way::exam:
      break;
  }
  return "exam";
}

Digest occasion_commitment(std::string_view code) {
  Sha256 hash;
  part(hash, "bw.occasion.v1");
  return part(hash, code).finish();
}

Digest attendance_proof(std::string_view code, std::string_view did) {
  Sha256 hash;
  part(hash, "bw.attended.v1");
  part(hash, code);
  return part(hash, did).finish();
}

std::vector<std::string_view> AchievementTool::kinds() const {
  return {"badge.awarded", "badge.revoked", "occasion.opened", "occasion.attended", "occasion.closed"};
}

void AchievementTool::check_rules(const RulesDraft& draft) const {
  for (const yaml::Node& badge : list_of(draft.rules, "badges")) {
    const Way by = read_badge(badge).by;
    for (const WayField& use : needs()) {
      const yaml::Node* value = badge.find(use.key);
      const bool needed = std::find(use.by.begin(), use.by.end(), by) != use.by.end();
      if (needed && value == nullptr)
        draft.complaints.error(badge, "missing-key", fmt::format("\"{}\" needs \"{}\"", name_of(by), use.key),
                               "add it");
      // Any badge can say who revokes it.
      if (!needed && value != nullptr && use.key != "awarded_by")
        draft.complaints.error(
            *value, "no-use", fmt::format("\"{}\" has no use for \"{}\"", name_of(by), use.key), "delete it");
    }
    if (const yaml::Node* value = badge.find("quantity");
        value && decimal(badge, "quantity").value_or(Decimal()) <= Decimal())
      draft.complaints.error(*value, "amount", "\"quantity\" must be more than 0", "write a positive number");
    if (const yaml::Node* value = badge.find("expires");
        value && duration(badge, "expires").value_or(Duration{}).seconds == 0)
      draft.complaints.error(*value, "no-time", "the badge would expire at once", "give some time");
  }
}

void AchievementTool::read_form(std::string_view kind, BodyReader& body) const {
  if (kind.starts_with("badge.")) {
    body.text("badge");
    body.did("person");
  } else if (kind == "occasion.opened") {
    body.text("badge");
    body.digest("code");
    body.size("until");
  } else {
    body.event("occasion");
    if (kind == "occasion.attended") body.digest("proof");
    if (kind == "occasion.closed" && body.text("code").size() > max_occasion_code_bytes)
      body.refuse("the code is too long");
  }
}

void AchievementTool::read_rules(const Rules& rules) {
  badges_.reset();
  const yaml::Node* tree = rules.definition ? rules.definition->rules_of("achievement") : nullptr;
  if (tree != nullptr) badges_ = ById(items(*tree, "badges", read_badge));
}

void AchievementTool::adopt(const Rules& /*rules*/, const Scene& scene) {
  if (badges_) award_milestones(scene);
}

Ruling AchievementTool::judge(const Occurrence& entry, const Scene& scene) {
  const Json body = entry.body();
  if (entry.kind == "occasion.attended" || entry.kind == "occasion.closed")
    return judge_occasion(entry, body, scene);
  if (!badges_) return "this world has adopted no badges";
  return judge_award(entry, body, scene);
}

Ruling AchievementTool::judge_award(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("badge").get<std::string>();
  const Badge* badge = badges_->find(id);
  if (badge == nullptr) return fmt::format("the rules have no badge \"{}\"", id);
  const PersonNumber by = scene.people.of(entry.actor);
  if (badge->awarded_by.empty()) return "nobody awards or revokes that badge";
  if (!scene.fold.belongs(by, badge->awarded_by, scene))
    return fmt::format("only {} may do that with this badge", badge->awarded_by);
  if (entry.kind == "occasion.opened") {
    if (badge->by != Way::attendance) return "that badge is not for attendance";
    const auto until = body.at("until").get<std::int64_t>();
    if (until <= entry.recorded) return "the occasion would be over already";
    occasions_.emplace(
        entry.id(),
        Occasion{id, by, Digest::from_hex(body.at("code").get<std::string>()).value(), until, false, {}});
    return std::nullopt;
  }
  const PersonNumber whom = scene.people.of(body.at("person").get<std::string>());
  if (entry.kind == "badge.revoked")
    return held_.erase({id, whom}) == 1 ? Ruling() : Ruling("that person does not hold it");
  if (badge->by != Way::award) return fmt::format("that badge comes by {}", name_of(badge->by));
  if (whom == by) return "nobody awards herself";
  if (find(id, whom, entry.recorded) != nullptr) return "that person holds it already";
  award(id, whom, entry.id(), scene);
  return std::nullopt;
}

Ruling AchievementTool::judge_occasion(const Occurrence& entry, const Json& body, const Scene& scene) {
  const auto found = occasions_.find(EventId::parse(body.at("occasion").get<std::string>()).value());
  if (found == occasions_.end()) return "the log has no such occasion before it";
  Occasion& occasion = found->second;
  if (occasion.closed) return "the occasion is closed";
  if (entry.kind == "occasion.closed")
    return close(occasion, entry, body.at("code").get<std::string>(), scene);
  if (entry.recorded >= occasion.until)
    return fmt::format("the occasion was over at {}", Timestamp{occasion.until}.text());
  if (occasion.proofs.size() >= max_proofs) return "the occasion has all the people that it can have";
  const bool fresh =
      occasion.proofs
          .emplace(std::string(entry.actor), Digest::from_hex(body.at("proof").get<std::string>()).value())
          .second;
  return fresh ? Ruling() : Ruling("this key has said so already");
}

Ruling AchievementTool::close(Occasion& occasion, const Occurrence& entry, const std::string& code,
                              const Scene& scene) {
  if (scene.people.of(entry.actor) != occasion.by) return "only who opened an occasion closes it";
  if (occasion_commitment(code) != occasion.code) return "that is not the code of the occasion";
  occasion.closed = true;
  for (const auto& [did, proof] : occasion.proofs) {
    const PersonNumber person = scene.people.of(did);
    if (proof == attendance_proof(code, did) && find(occasion.badge, person, entry.recorded) == nullptr)
      award(occasion.badge, person, entry.id(), scene);
  }
  occasion.proofs.clear();
  return std::nullopt;
}

void AchievementTool::award(const std::string& badge, PersonNumber person, const EventId& cause,
                            const Scene& scene) {
  Held held{scene.recorded, scene.index, cause, std::nullopt};
  const Badge* rules = badges_ ? badges_->find(badge) : nullptr;
  if (rules != nullptr && rules->expires) held.until = scene.recorded + rules->expires->seconds;
  held_.insert_or_assign({badge, person}, held);
}

void AchievementTool::count(const Counted& claim, const Scene& scene) {
  if (!badges_) return;
  for (const Badge& badge : *badges_) {
    const std::pair<std::string, PersonNumber> place{badge.id, claim.person};
    if (badge.by == Way::milestone && !milestones_done_.contains(badge.id)) {
      const auto indicators = indicators_of(badge, scene);
      const bool feeds =
          std::any_of(claim.behaviour->contributes.begin(), claim.behaviour->contributes.end(),
                      [&](const Contribution& share) { return indicators.contains(share.indicator); });
      if (feeds && !claim.quantity.is_negative()) contributors_[badge.id].insert(claim.person);
    }
    if (badge.behaviour != claim.behaviour->id || claim.history) continue;
    const bool holds = find(badge.id, claim.person, scene.recorded) != nullptr;
    if (badge.by == Way::deeds) {
      Decimal& sum = sums_[place];
      sum += claim.quantity;
      if (!holds && sum >= badge.quantity) award(badge.id, claim.person, claim.claim, scene);
    }
    if (badge.by == Way::streak && !claim.quantity.is_negative() && !holds) {
      const UtcOffset offset = scene.rules.definition->utc_offset;
      auto& windows = streaks_[place];
      windows.insert(window_of(badge.per, claim.at, offset).begin);
      if (has_run(windows, badge, offset)) {
        award(badge.id, claim.person, claim.claim, scene);
        streaks_.erase(place);
      } else {
        // What is kept for a person stays within what a run can need.
        while (windows.size() > static_cast<std::size_t>(badge.windows) * 2) windows.erase(windows.begin());
      }
    }
  }
}

// Milestones are reached when the entry is done with; the goal tool hears of it first.
void AchievementTool::hear(const Occurrence& /*entry*/, const Scene& scene) {
  if (badges_) award_milestones(scene);
}

std::set<std::string> AchievementTool::indicators_of(const Badge& badge, const Scene& scene) const {
  std::set<std::string> indicators;
  const Milestone* milestone =
      scene.rules.definition ? scene.rules.definition->milestones.find(badge.milestone) : nullptr;
  if (milestone == nullptr) return {};
  collect(milestone->when, indicators);
  const auto fed = with_inputs(*scene.rules.definition, {indicators.begin(), indicators.end()});
  return {fed.begin(), fed.end()};
}

void AchievementTool::award_milestones(const Scene& scene) {
  for (const Badge& badge : *badges_) {
    if (badge.by != Way::milestone || milestones_done_.contains(badge.id)) continue;
    const auto* goals = scene.fold.find_tool<GoalTool>();
    const auto* reached = goals == nullptr ? nullptr : goals->reached(badge.milestone);
    if (reached == nullptr) continue;
    milestones_done_.insert(badge.id);
    for (const PersonNumber person : contributors_[badge.id]) award(badge.id, person, reached->claim, scene);
    contributors_.erase(badge.id);
  }
}

const AchievementTool::Held* AchievementTool::find(std::string_view badge, PersonNumber person,
                                                   std::int64_t at) const {
  const auto found = held_.find({std::string(badge), person});
  if (found == held_.end() || (found->second.until && *found->second.until <= at)) return nullptr;
  return &found->second;
}

std::optional<std::vector<PersonNumber>> AchievementTool::group(std::string_view name,
                                                                const Scene& scene) const {
  if (!name.starts_with("badge:")) return std::nullopt;
  std::vector<PersonNumber> persons;
  const std::string badge(name.substr(6));
  for (auto each = held_.lower_bound({badge, 0}); each != held_.end() && each->first.first == badge; ++each) {
    if (find(badge, each->first.second, scene.recorded) != nullptr) persons.push_back(each->first.second);
  }
  return persons;
}

std::optional<bool> AchievementTool::belongs(PersonNumber person, std::string_view group,
                                             const Scene& scene) const {
  if (!group.starts_with("badge:")) return std::nullopt;
  return find(group.substr(6), person, scene.recorded) != nullptr;
}

void AchievementTool::merge(PersonNumber from, PersonNumber into) {
  std::map<std::pair<std::string, PersonNumber>, Held> held;
  for (const auto& [place, one] : held_) {
    const auto [kept, fresh] =
        held.emplace(std::pair{place.first, place.second == from ? into : place.second}, one);
    // Of two the one that is held longer.
    if (!fresh && kept->second.until && (!one.until || *one.until > *kept->second.until)) kept->second = one;
  }
  held_ = std::move(held);
  std::map<std::pair<std::string, PersonNumber>, Decimal> sums;
  for (const auto& [place, sum] : sums_)
    sums[{place.first, place.second == from ? into : place.second}] += sum;
  sums_ = std::move(sums);
  std::map<std::pair<std::string, PersonNumber>, std::set<std::int64_t>> streaks;
  for (auto& [place, windows] : streaks_)
    streaks[{place.first, place.second == from ? into : place.second}].merge(windows);
  streaks_ = std::move(streaks);
  for (auto& [badge, persons] : contributors_)
    if (persons.erase(from) == 1) persons.insert(into);
  for (auto& [id, occasion] : occasions_)
    if (occasion.by == from) occasion.by = into;
}

Json AchievementTool::json() const {
  Json held = Json::array(), sums = Json::array(), streaks = Json::array();
  for (const auto& [place, one] : held_) {
    held.push_back({{"badge", place.first},
                    {"cause", one.cause.text()},
                    {"index", one.index},
                    {"person", place.second},
                    {"since", one.since},
                    {"until", one.until ? Json(*one.until) : Json(nullptr)}});
  }
  for (const auto& [place, sum] : sums_) sums.push_back({place.first, place.second, sum.text()});
  for (const auto& [place, windows] : streaks_) streaks.push_back({place.first, place.second, windows});
  Json occasions = Json::object(), contributors = Json::object();
  for (const auto& [id, one] : occasions_) {
    Json proofs = Json::object();
    for (const auto& [did, proof] : one.proofs) proofs[did] = proof.hex();
    occasions[id.text()] = {{"badge", one.badge},          {"by", one.by},
                            {"closed", one.closed},        {"code", one.code.hex()},
                            {"proofs", std::move(proofs)}, {"until", one.until}};
  }
  for (const auto& [badge, persons] : contributors_) contributors[badge] = persons;
  return {{"contributors", std::move(contributors)}, {"held", std::move(held)},
          {"milestones_done", milestones_done_},     {"occasions", std::move(occasions)},
          {"streaks", std::move(streaks)},           {"sums", std::move(sums)}};
}

void AchievementTool::restore(const Json& json, const Archive& /*archive*/) {
  const auto place = [](const Json& one) {
    return std::pair{one.at(0).get<std::string>(), one.at(1).get<PersonNumber>()};
  };
  for (const auto& [badge, persons] : json.at("contributors").items())
    contributors_.emplace(badge, persons.get<std::set<PersonNumber>>());
  for (const Json& one : json.at("held")) {
    Held held{one.at("since").get<std::int64_t>(), one.at("index").get<std::uint64_t>(),
              EventId::parse(one.at("cause").get<std::string>()).value(), std::nullopt};
    if (!one.at("until").is_null()) held.until = one.at("until").get<std::int64_t>();
    held_.emplace(std::pair{one.at("badge").get<std::string>(), one.at("person").get<PersonNumber>()}, held);
  }
  milestones_done_ = json.at("milestones_done").get<std::set<std::string>>();
  for (const auto& [id, one] : json.at("occasions").items()) {
    Occasion occasion{one.at("badge").get<std::string>(),
                      one.at("by").get<PersonNumber>(),
                      Digest::from_hex(one.at("code").get<std::string>()).value(),
                      one.at("until").get<std::int64_t>(),
                      one.at("closed").get<bool>(),
                      {}};
    for (const auto& [did, proof] : one.at("proofs").items())
      occasion.proofs.emplace(did, Digest::from_hex(proof.get<std::string>()).value());
    occasions_.emplace(EventId::parse(id).value(), std::move(occasion));
  }
  for (const Json& one : json.at("streaks"))
    streaks_.emplace(place(one), one.at(2).get<std::set<std::int64_t>>());
  for (const Json& one : json.at("sums"))
    sums_.emplace(place(one), *Decimal::parse(one.at(2).get<std::string>()));
}

}  // namespace bw
