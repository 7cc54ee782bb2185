#include "tools/behaviour/behaviour_tool.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "definition/claim_rules.h"
#include "state/fold.h"
#include "stream/body_reader.h"
#include "stream/claim.h"
#include "stream/stream_state.h"
#include "stream/table.h"

namespace bw {
namespace {

using State = ClaimRecord::State;

constexpr PersonNumber nobody = std::numeric_limits<PersonNumber>::max();
constexpr const char* ahead_of_time = "its time lies after it was recorded";
constexpr const char* kept_unit = "{} has figures in {}: what is counted in {} needs another id";
constexpr const char* unknown_claim = "the log has no such claim of the same person before it";

Result<Claim> claim_in(const Occurrence& entry, const Archive& archive) {
  if (entry.kind != "event.revealed") {
    if (auto claim = claim_of(entry.kind, entry.body_text)) return *std::move(claim);
    return Reason{"its body has another form"};
  }
  const Event event = entry.parsed();
  const auto target = target_of(event);
  const auto concealed = target ? archive.entry(*target) : std::nullopt;
  auto claim = concealed ? claim_revealed(event, concealed->parsed()) : std::nullopt;
  if (!claim) return Reason{"it does not open what the event committed to"};
  return *std::move(claim);
}

bool is_device(const Authority& authority, const Did& key) {
  return authority.devices().contains(authority.persons().name_of(key));
}

// A steward, a member, a device: what the actor is now.
Word word_of(const Event& event, bool supports, const Scene& scene) {
  return {.id = event.id,
          .by = scene.people.of(event.actor),
          .supports = supports,
          .steward = scene.authority.is_steward(event.actor),
          .member = scene.authority.members().contains(event.actor),
          .device = is_device(scene.authority, event.actor),
          .bodies = {}};
}

bool helps(const VerificationRule& rule, const Word& word) {
  switch (rule.by) {
    case Verifier::self:
      return true;
    case Verifier::peers:
      return word.member && !word.device;
    case Verifier::steward:
      return word.steward;
    case Verifier::device:
      return word.device;
    case Verifier::body:
      return std::find(word.bodies.begin(), word.bodies.end(), *rule.body) != word.bodies.end();
  }
  return false;
}

// How many more must vouch by that rule.
int missing_by(const VerificationRule& rule, const ClaimRecord& record) {
  if (rule.by == Verifier::self || (rule.by == Verifier::device && record.by_device)) return 0;
  const auto have = std::count_if(record.words.begin(), record.words.end(), [&](const Word& word) {
    return word.supports && word.by != record.author && helps(rule, word);
  });
  const int needed = rule.by == Verifier::peers ? rule.count : 1;
  return std::max(0, needed - static_cast<int>(have));
}

}  // namespace

std::vector<std::string_view> BehaviourTool::kinds() const {
  return {"behaviour.logged", "behaviour.tabled", "event.corrected", "event.retracted",
          "event.revealed",   "event.attested",   "event.confirmed"};
}

Ruling BehaviourTool::judge(const Occurrence& entry, const Scene& scene) {
  if (entry.kind.starts_with("behaviour.")) return judge_claim(entry, scene);
  if (entry.kind == "event.corrected") return judge_correction(entry, scene);
  if (entry.kind == "event.retracted") return judge_retraction(entry, scene);
  if (entry.kind == "event.revealed") return judge_reveal(entry, scene);
  if (entry.kind == "event.attested") return judge_word(entry, scene);
  return judge_confirmation(entry, scene);
}

void BehaviourTool::adopt(const Rules& rules, const Scene& /*scene*/) {
  rules_.push_back(rules);
}

Ruling BehaviourTool::object_to(const Occurrence& entry, const Scene& scene) const {
  if (entry.kind != "definition.adopted") return std::nullopt;
  const auto digest = Digest::from_hex(entry.body().value("definition", ""));
  const auto next = digest ? scene.archive.definition(*digest) : nullptr;
  return next ? changed_unit(*next, scene.archive) : std::nullopt;
}

// Whether deeds of it count, or can still come to count by the rules under which they were claimed.
bool BehaviourTool::has_figures(std::string_view behaviour, const Archive& archive) const {
  if (total(behaviour).claims != 0) return true;
  std::vector<const ClaimRecord*> open;
  for (const auto& [id, record] : records_) {
    if (record.state == State::waiting || record.state == State::over_limit) open.push_back(&record);
  }
  // In the order in which the archive reads them.
  std::sort(open.begin(), open.end(),
            [](const ClaimRecord* a, const ClaimRecord* b) { return a->index < b->index; });
  return std::any_of(open.begin(), open.end(), [&](const ClaimRecord* record) {
    const Deeds deeds = deeds_of(*record, archive);
    return std::any_of(deeds.begin(), deeds.end(),
                       [&](const Deed& deed) { return deed.behaviour->id == behaviour; });
  });
}

// Sixty minutes that were counted are not sixty hours: what has figures keeps its unit.
Ruling BehaviourTool::changed_unit(const Definition& next, const Archive& archive) const {
  const auto unit_before = [&](const auto& list, const std::string& id) -> std::optional<std::string> {
    for (auto rules = rules_.rbegin(); rules != rules_.rend(); ++rules) {
      const auto* item = rules->definition ? ((*rules->definition).*list).find(id) : nullptr;
      if (item != nullptr) return item->unit;
    }
    return std::nullopt;
  };
  for (const Behaviour& behaviour : next.behaviours) {
    const auto before = unit_before(&Definition::behaviours, behaviour.id);
    if (before && *before != behaviour.unit && has_figures(behaviour.id, archive))
      return fmt::format(kept_unit, behaviour.id, *before, behaviour.unit);
  }
  for (const Indicator& indicator : next.indicators) {
    const auto before = unit_before(&Definition::indicators, indicator.id);
    if (!before || *before == indicator.unit) continue;
    for (const Rules& rules : rules_) {
      if (!rules.definition) continue;
      for (const Behaviour& behaviour : rules.definition->behaviours) {
        const bool feeds =
            std::any_of(behaviour.contributes.begin(), behaviour.contributes.end(),
                        [&](const Contribution& part) { return part.indicator == indicator.id; });
        if (feeds && has_figures(behaviour.id, archive))
          return fmt::format(kept_unit, indicator.id, *before, indicator.unit);
      }
    }
  }
  return std::nullopt;
}

// ── What a claim claims ───────────────────────────────────────────────────────────────────────────

const Rules& BehaviourTool::rules_at(std::uint64_t from) const {
  static const Rules none;
  const auto found =
      std::find_if(rules_.begin(), rules_.end(), [&](const Rules& rules) { return rules.from == from; });
  return found == rules_.end() ? none : *found;
}

Result<BehaviourTool::Deeds> BehaviourTool::deeds_of(const Occurrence& entry, const Rules& rules,
                                                     Timestamp at, const Archive& archive) const {
  if (!rules.definition) return Reason{"no definition ruled that this version can read"};
  if (entry.kind == "behaviour.tabled") return rows_of(entry, rules, archive);
  const auto claim = claim_in(entry, archive);
  if (!claim) return Reason{claim.reason()};
  const Behaviour* behaviour = rules.definition->behaviours.find(claim->behaviour);
  if (behaviour == nullptr)
    return Reason{fmt::format("the definition has no behaviour \"{}\"", claim->behaviour)};
  std::string problem = unit_problem(*behaviour, claim->unit);
  if (problem.empty()) problem = quantity_problem(*rules.definition, *behaviour, claim->quantity);
  if (!problem.empty()) return Reason{std::move(problem)};
  return Deeds{{behaviour, claim->quantity, at}};
}

// Rows that are private are claimed by their totals, as if done when the table was made.
Result<BehaviourTool::Deeds> BehaviourTool::rows_of(const Occurrence& entry, const Rules& rules,
                                                    const Archive& archive) const {
  const Json body = entry.body();
  Deeds deeds;
  const auto add = [&](const std::string& id, const std::string& unit, const Decimal& quantity,
                       Timestamp at) -> std::string {
    if (at.seconds > entry.recorded + max_clock_lead) return ahead_of_time;
    const Behaviour* behaviour = rules.definition->behaviours.find(id);
    if (behaviour == nullptr) return fmt::format("the definition has no behaviour \"{}\"", id);
    deeds.push_back({behaviour, quantity, at});
    return unit_problem(*behaviour, unit);
  };
  const auto root = Digest::from_hex(body.value("root", ""));
  const std::string rows = root && body.value("rows", "") == "public" ? archive.rows(*root) : std::string();
  if (rows.empty()) {
    for (const Json& total : body.at("totals")) {
      const auto quantity = Decimal::parse(total.at("quantity").get<std::string>());
      const std::string problem =
          add(total.at("behaviour").get<std::string>(), total.at("unit").get<std::string>(),
              quantity ? *quantity : Decimal(), entry.at);
      if (!quantity || *quantity <= Decimal()) return Reason{"a total is not greater than zero"};
      if (!problem.empty()) return Reason{problem};
    }
    return deeds;
  }
  std::size_t number = 0;
  for (const std::string_view line : split(rows, '\n')) {
    if (line.empty()) continue;
    ++number;
    const auto row = Row::parse(line);
    std::string problem = row ? add(row->behaviour, row->unit, row->quantity, row->at) : row.reason();
    if (problem.empty())
      problem = quantity_problem(*rules.definition, *deeds.back().behaviour, row->quantity);
    if (!problem.empty()) return Reason{fmt::format("row {}: {}", number, problem)};
  }
  return deeds;
}

BehaviourTool::Deeds BehaviourTool::deeds_of(const ClaimRecord& record, const Archive& archive) const {
  const auto claim = archive.entry(record.claim);
  if (!claim) return {};
  const Timestamp at = claim->at;
  // The archive's answer is valid until it is asked again.
  const auto version = archive.entry(record.version);
  const auto deeds = version ? deeds_of(*version, rules_at(record.rules), at, archive) : Reason{"gone"};
  return deeds ? *deeds : Deeds();
}

// ── What counts ───────────────────────────────────────────────────────────────────────────────────

SubjectNumber BehaviourTool::number_of(const std::string& behaviour) {
  const auto [place, is_new] = numbers_.try_emplace(behaviour, static_cast<SubjectNumber>(names_.size()));
  if (is_new) {
    names_.push_back(behaviour);
    totals_.emplace_back();
  }
  return place->second;
}

BehaviourTool::Uses BehaviourTool::uses_of(const Deeds& deeds, UtcOffset offset) {
  Uses uses;
  for (const Deed& deed : deeds) {
    for (const Limit& limit : deed.behaviour->limits)
      uses[{deed.behaviour->id, limit.per, window_of(limit.per, deed.at, offset).begin}] += deed.quantity;
  }
  return uses;
}

std::string BehaviourTool::limit_problem(const ClaimRecord& record, const Deeds& deeds,
                                         const Uses& replaced) const {
  const UtcOffset offset = rules_at(record.rules).definition->utc_offset;
  const Uses uses = uses_of(deeds, offset);
  for (const Deed& deed : deeds) {
    const auto number = numbers_.find(deed.behaviour->id);
    for (const Limit& limit : deed.behaviour->limits) {
      const std::int64_t begins = window_of(limit.per, deed.at, offset).begin;
      const Uses::key_type window{deed.behaviour->id, limit.per, begins};
      Decimal before;
      if (number != numbers_.end()) before = used_.sum({record.author, number->second, limit.per, begins});
      if (const auto freed = replaced.find(window); freed != replaced.end()) before = before - freed->second;
      if (before + uses.at(window) <= limit.quantity) continue;
      return fmt::format("{} is limited to {} {} per {}, of which {} are used up", deed.behaviour->id,
                         limit.quantity.text(), deed.behaviour->unit, name_of(limit.per), before.text());
    }
  }
  return "";
}

// So that no sum can ever leave the range of decimals, which would end the fold for everyone.
Ruling BehaviourTool::size_problem(const Deeds& deeds, const Scene& scene) const {
  std::map<const Behaviour*, Decimal> more;
  for (const Deed& deed : deeds) {
    Decimal& sum = more[deed.behaviour];
    if (is_within_measure(deed.quantity, Decimal(1))) sum += deed.quantity;
    const bool fits = is_within_measure(deed.quantity, Decimal(1)) &&
                      scene.fold.can_carry(*deed.behaviour, total(deed.behaviour->id).quantity + sum);
    if (!fits) return fmt::format("{} would amount to more than a world can count", deed.behaviour->id);
  }
  return std::nullopt;
}

std::string BehaviourTool::missing_words(const ClaimRecord& record, const Deeds& deeds) const {
  const Behaviour* last = nullptr;
  for (const Deed& deed : deeds) {
    if (deed.behaviour == last) continue;
    last = deed.behaviour;
    if (missing_by(last->verification, record) > 0) return std::string(name_of(last->verification.by));
  }
  return "";
}

void BehaviourTool::post(const ClaimRecord& record, const Deeds& deeds, bool counts, const Scene& scene) {
  const UtcOffset offset = rules_at(record.rules).definition->utc_offset;
  for (const Deed& deed : deeds) {
    const Decimal quantity = counts ? deed.quantity : Decimal() - deed.quantity;
    const SubjectNumber number = number_of(deed.behaviour->id);
    Total& total = totals_[number];
    total.quantity += quantity;
    counts ? ++total.claims : --total.claims;
    for (const Limit& limit : deed.behaviour->limits) {
      used_.add(measure_key(record.author, number, limit.per, deed.at, offset), quantity);
    }
    scene.fold.count({.person = record.author,
                      .behaviour = deed.behaviour,
                      .quantity = quantity,
                      .at = deed.at,
                      .claim = record.claim,
                      .history = record.history,
                      .rules = record.rules},
                     scene);
  }
}

Ruling BehaviourTool::gate_problem(PersonNumber person, const Deeds& deeds, const Scene& scene) const {
  for (const Deed& deed : deeds) {
    if (deed.behaviour->gate && !scene.fold.belongs(person, *deed.behaviour->gate, scene))
      return fmt::format("{} counts only of {}", deed.behaviour->id, *deed.behaviour->gate);
  }
  return std::nullopt;
}

void BehaviourTool::count(const Counted& claim, const Scene& scene) {
  if (claim.behaviour->composite || claim.history || !scene.rules.definition) return;
  for (const Behaviour& composite : scene.rules.definition->behaviours) {
    if (!composite.composite) continue;
    const auto& parts = composite.composite->parts;
    if (std::find(parts.begin(), parts.end(), claim.behaviour->id) == parts.end()) continue;
    const Composites::Deed deed{claim.behaviour->id, claim.at, claim.claim};
    if (claim.quantity.is_negative()) {
      composites_.remove(composite, claim.person, deed);
      continue;
    }
    const auto done = composites_.add(composite, claim.person, deed);
    if (!done) continue;
    Total& total = totals_[number_of(composite.id)];
    total.quantity += Decimal(1);
    ++total.claims;
    scene.fold.count({.person = claim.person,
                      .behaviour = &composite,
                      .quantity = Decimal(1),
                      .at = *done,
                      .claim = claim.claim,
                      .history = false,
                      .rules = scene.rules.from},
                     scene);
  }
}

void BehaviourTool::decide(ClaimRecord& record, const Deeds& deeds, const Uses& replaced,
                           const Scene& scene) const {
  record.why.clear();
  if (!missing_words(record, deeds).empty() || (record.history && !record.is_confirmed())) {
    record.state = State::waiting;
    return;
  }
  if (record.state == State::counts) return;
  const Ruling too_much = size_problem(deeds, scene);
  record.why = too_much ? *too_much : limit_problem(record, deeds, replaced);
  record.state = record.why.empty() ? State::counts : State::over_limit;
}

Ruling BehaviourTool::settle(ClaimRecord& record, const Deeds& deeds, const Scene& scene) {
  const bool is_open = record.state == State::waiting || record.state == State::over_limit;
  const bool counted = record.state == State::counts;
  // Where it has no deeds it claimed what cannot be claimed.
  if ((!is_open && !counted) || deeds.empty()) return std::nullopt;
  decide(record, deeds, {}, scene);
  const bool counts = record.state == State::counts;
  if (counts != counted) post(record, deeds, counts, scene);
  return record.state == State::over_limit ? Ruling(record.why) : Ruling();
}

// ── Claims ────────────────────────────────────────────────────────────────────────────────────────

ClaimRecord BehaviourTool::record_for(const Occurrence& entry, const Scene& scene) const {
  const EventId id = entry.id();
  // Most worlds have no devices, and reading a key takes its time.
  const auto key =
      scene.authority.devices().empty() ? Result<Did>(Reason{"not asked"}) : Did::parse(entry.actor);
  return {.claim = id,
          .index = entry.index,
          .author = scene.people.of(entry.actor),
          .table = entry.kind == "behaviour.tabled",
          .state = State::waiting,
          .why = {},
          .version = id,
          .rules = scene.rules.from,
          .by_device = key && is_device(scene.authority, *key),
          .history = false,
          .words = {}};
}

Ruling BehaviourTool::judge_claim(const Occurrence& entry, const Scene& scene) {
  ClaimRecord record = record_for(entry, scene);
  if (entry.body_text == "{}") {
    if (!is_concealed(entry.parsed())) return "it claims nothing";
    record.state = State::concealed;
    records_.emplace(record.claim, std::move(record));
    return std::nullopt;
  }
  const auto keep_refused = [&](const std::string& why) {
    record.state = State::refused;
    record.why = why;
    records_.emplace(record.claim, std::move(record));
    return Ruling(why);
  };
  if (entry.at.seconds > entry.recorded + max_clock_lead) return keep_refused(ahead_of_time);
  const auto deeds = deeds_of(entry, scene.rules, entry.at, scene.archive);
  if (!deeds) return keep_refused(deeds.reason());
  if (const Ruling problem = gate_problem(record.author, *deeds, scene)) return keep_refused(*problem);
  const std::int64_t oldest = entry.recorded - scene.rules.definition->grace.seconds;
  record.history =
      std::any_of(deeds->begin(), deeds->end(), [&](const Deed& deed) { return deed.at.seconds < oldest; });
  Ruling verdict = settle(record, *deeds, scene);
  if (record.state != State::counts || record.table) records_.emplace(record.claim, std::move(record));
  return verdict;
}

ClaimRecord* BehaviourTool::claim_for(const EventId& claim, PersonNumber author, const Scene& scene) {
  auto found = records_.find(claim);
  if (found == records_.end()) {
    const auto entry = scene.archive.entry(claim);
    if (!entry || entry->index >= scene.index || !is_claim_kind(entry->kind)) return nullptr;
    if (scene.people.of(entry->actor) != author) return nullptr;
    if (!scene.authority.persons().could_speak(*Did::parse(entry->actor), entry->index)) return nullptr;
    ClaimRecord record = record_for(*entry, scene);
    record.state = State::counts;
    const auto ruling = std::find_if(rules_.rbegin(), rules_.rend(),
                                     [&](const Rules& rules) { return rules.from <= record.index; });
    if (ruling == rules_.rend()) return nullptr;
    record.rules = ruling->from;
    found = records_.emplace(claim, std::move(record)).first;
  }
  return found->second.author == author ? &found->second : nullptr;
}

Ruling BehaviourTool::judge_correction(const Occurrence& entry, const Scene& scene) {
  const Event event = entry.parsed();
  const auto target = target_of(event);
  if (!target) return "its body has another form";
  ClaimRecord* record = claim_for(*target, scene.people.of(entry.actor), scene);
  if (record == nullptr) return unknown_claim;
  if (record->table) return "a table is not corrected, but taken back and made anew";
  if (record->state == State::retracted) return "the claim was taken back";
  if (record->state == State::concealed) return "the claim is concealed; reveal it first";
  const auto claim = scene.archive.entry(*target);
  const Timestamp at = claim->at;
  if (at.seconds > claim->recorded + max_clock_lead) return ahead_of_time;
  const auto deeds = deeds_of(entry, scene.rules, at, scene.archive);
  if (!deeds) return deeds.reason();
  if (Ruling problem = gate_problem(record->author, *deeds, scene)) return problem;

  ClaimRecord corrected = *record;
  corrected.version = event.id;
  corrected.rules = scene.rules.from;
  corrected.by_device = is_device(scene.authority, event.actor);
  corrected.words.clear();
  corrected.state = State::waiting;
  const Deeds before = record->state == State::counts ? deeds_of(*record, scene.archive) : Deeds();
  Uses replaced;
  if (!before.empty()) replaced = uses_of(before, rules_at(record->rules).definition->utc_offset);
  decide(corrected, *deeds, replaced, scene);
  // What it said before stands.
  if (corrected.state == State::over_limit) return corrected.why;
  if (!before.empty()) post(*record, before, false, scene);
  if (corrected.state == State::counts) post(corrected, *deeds, true, scene);
  *record = std::move(corrected);
  corrections_.emplace(event.id, *target);
  return std::nullopt;
}

Ruling BehaviourTool::judge_retraction(const Occurrence& entry, const Scene& scene) {
  const auto target = target_of(entry.parsed());
  if (!target) return "its body has another form";
  const PersonNumber author = scene.people.of(entry.actor);
  if (words_.contains(*target)) return judge_unsaying(*target, author, scene);
  ClaimRecord* record = claim_for(*target, author, scene);
  if (record == nullptr) return unknown_claim;
  if (record->state == State::retracted) return "it was taken back before";
  if (record->state == State::counts) post(*record, deeds_of(*record, scene.archive), false, scene);
  record->state = State::retracted;
  return std::nullopt;
}

// A word is about one claim, a steward's confirmation about several.
Ruling BehaviourTool::judge_unsaying(const EventId& word, PersonNumber by, const Scene& scene) {
  const auto is_it = [&](const Word& one) { return one.id == word; };
  bool stands = false;
  for (const EventId& claim : words_.at(word)) {
    ClaimRecord& record = records_.at(claim);
    const auto said = std::find_if(record.words.begin(), record.words.end(), is_it);
    if (said == record.words.end()) continue;
    if (said->by != by) return "it is somebody else's";
    stands = true;
    record.words.erase(said);
    settle(record, deeds_of(record, scene.archive), scene);
  }
  if (!stands) return "it was replaced by a later word";
  words_.erase(word);
  return std::nullopt;
}

Ruling BehaviourTool::judge_reveal(const Occurrence& entry, const Scene& scene) {
  const Event event = entry.parsed();
  const auto target = target_of(event);
  if (!target) return "its body has another form";
  const auto found = records_.find(*target);
  if (found == records_.end() || found->second.author != scene.people.of(entry.actor))
    return "the log has no concealed claim of the same person before it";
  ClaimRecord& record = found->second;
  if (record.state != State::concealed) return "it is no secret any more";
  const auto concealed = scene.archive.entry(*target);
  const Timestamp at = concealed->at;
  const std::int64_t recorded = concealed->recorded;
  if (at.seconds > recorded + max_clock_lead) return ahead_of_time;
  const auto deeds = deeds_of(entry, scene.rules, at, scene.archive);
  if (!deeds) return deeds.reason();
  if (Ruling problem = gate_problem(record.author, *deeds, scene)) return problem;
  ClaimRecord revealed = record;
  revealed.version = event.id;
  revealed.rules = scene.rules.from;
  revealed.state = State::waiting;
  // Nobody who said something before knew what it claims.
  revealed.words.clear();
  revealed.history = at.seconds < recorded - scene.rules.definition->grace.seconds;
  if (Ruling problem = settle(revealed, *deeds, scene)) return problem;
  record = std::move(revealed);
  corrections_.emplace(event.id, *target);
  return std::nullopt;
}

// ── What others say ───────────────────────────────────────────────────────────────────────────────

ClaimRecord* BehaviourTool::record_about(const EventId& version) {
  const auto correction = corrections_.find(version);
  const auto record = records_.find(correction == corrections_.end() ? version : correction->second);
  return record == records_.end() ? nullptr : &record->second;
}

Ruling BehaviourTool::judge_word(const Occurrence& entry, const Scene& scene) {
  const Event event = entry.parsed();
  const Json body = event.body();
  BodyReader reader(body);
  const EventId about{reader.digest("event")};
  const std::string verdict = reader.text("verdict");
  if (!reader.problem().empty() || (verdict != "supports" && verdict != "disputes"))
    return "its body has another form";
  Word word = word_of(event, verdict == "supports", scene);
  ClaimRecord* record = record_about(about);
  if (record == nullptr) {
    // Nobody had to be asked about it: a word is told with the claim, and changes nothing.
    const auto claim = scene.archive.entry(about);
    if (!claim || claim->index >= scene.index || !is_claim_kind(claim->kind))
      return "the log has no such claim before it";
    return scene.people.of(claim->actor) == word.by ? Ruling("about oneself") : Ruling();
  }
  if (record->author == word.by) return "about oneself";
  if (record->version != about && record->claim != about) return "about what it said before it was corrected";
  if (record->version != about && record->state != State::concealed && corrections_.contains(record->version))
    return "about what it said before it was corrected";
  const Deeds deeds = deeds_of(*record, scene.archive);
  word.bodies = bodies_asked(deeds, word.by, scene);
  const bool any = std::any_of(deeds.begin(), deeds.end(), [&](const Deed& deed) {
    return deed.behaviour->verification.by == Verifier::self || helps(deed.behaviour->verification, word);
  });
  if (word.supports && !any) return "the behaviour asks for the word of others than this person";
  add_word(*record, word);
  settle(*record, deeds, scene);
  return std::nullopt;
}

std::vector<std::string> BehaviourTool::bodies_asked(const Deeds& deeds, PersonNumber person,
                                                     const Scene& scene) {
  std::set<std::string> bodies;
  for (const Deed& deed : deeds) {
    const VerificationRule& rule = deed.behaviour->verification;
    if (rule.by == Verifier::body && scene.fold.belongs(person, "body:" + *rule.body, scene))
      bodies.insert(*rule.body);
  }
  return {bodies.begin(), bodies.end()};
}

// The last word of a person is the one that counts; one that supports leaves it confirmed.
void BehaviourTool::add_word(ClaimRecord& record, Word word) {
  std::erase_if(record.words, [&](const Word& earlier) {
    if (earlier.by != word.by) return false;
    word.confirms = word.supports && (word.confirms || earlier.confirms);
    return true;
  });
  words_[word.id].insert(record.claim);
  record.words.push_back(word);
}

Ruling BehaviourTool::judge_confirmation(const Occurrence& entry, const Scene& scene) {
  const Event event = entry.parsed();
  if (!scene.authority.is_steward(event.actor)) return "only a steward confirms";
  const Json body = event.body();
  BodyReader reader(body);
  const Json& events = reader.array("events", max_event_bytes);
  if (!reader.problem().empty()) return "its body has another form";
  Word word = word_of(event, true, scene);
  word.confirms = true;
  for (const Json& text : events) {
    const auto id = text.is_string() ? EventId::parse(text.get<std::string>()) : std::nullopt;
    ClaimRecord* record = id ? record_about(*id) : nullptr;
    // Of what is concealed nobody knows what there is to confirm.
    if (record == nullptr || record->version != *id || record->state == State::concealed) continue;
    const Deeds deeds = deeds_of(*record, scene.archive);
    word.bodies = bodies_asked(deeds, word.by, scene);
    add_word(*record, word);
    settle(*record, deeds, scene);
  }
  return std::nullopt;
}

// ── What is kept ──────────────────────────────────────────────────────────────────────────────────

BehaviourTool::Total BehaviourTool::total(std::string_view behaviour) const {
  const auto number = numbers_.find(behaviour);
  return number == numbers_.end() ? Total() : totals_[number->second];
}

const ClaimRecord* BehaviourTool::record_of(const EventId& claim) const {
  const auto record = records_.find(claim);
  return record == records_.end() ? nullptr : &record->second;
}

std::size_t BehaviourTool::waiting() const {
  return static_cast<std::size_t>(std::count_if(records_.begin(), records_.end(), [](const auto& record) {
    return record.second.state == State::waiting;
  }));
}

void BehaviourTool::merge(PersonNumber from, PersonNumber into) {
  used_.merge(from, into);
  for (auto& [id, record] : records_) {
    if (record.author == from) record.author = into;
    // Two words of what is one person now: the later one is hers.
    bool has_spoken = false;
    for (auto word = record.words.rbegin(); word != record.words.rend(); ++word) {
      if (word->by == from) word->by = into;
      if (word->by == into && std::exchange(has_spoken, true)) word->by = nobody;
    }
    std::erase_if(record.words, [](const Word& word) { return word.by == nobody; });
  }
  composites_.merge(from, into);
}

Json BehaviourTool::json() const {
  Json totals = Json::array();
  for (std::size_t i = 0; i < names_.size(); ++i)
    totals.push_back(
        {{"behaviour", names_[i]}, {"claims", totals_[i].claims}, {"quantity", totals_[i].quantity.text()}});
  Json records = Json::array();
  for (const auto& [id, record] : records_) records.push_back(record.json());
  Json corrections = Json::object();
  for (const auto& [correction, claim] : corrections_) corrections[correction.text()] = claim.text();
  Json words = Json::object();
  for (const auto& [word, claims] : words_) {
    for (const EventId& claim : claims) words[word.text()].push_back(claim.text());
  }
  Json rules = Json::array();
  for (const Rules& one : rules_) rules.push_back(one.json());
  return {{"claims", records},
          {"composites", composites_.json()},
          {"corrections", corrections},
          {"rules", rules},
          {"totals", totals},
          {"used", used_.json()},
          {"words", words}};
}

void BehaviourTool::restore(const Json& json, const Archive& archive) {
  const auto decimal = [](const Json& text) {
    const auto value = Decimal::parse(text.get<std::string>());
    if (!value) throw Error(ErrorCode::invalid, "a quantity of the written state: " + value.reason());
    return *value;
  };
  composites_.restore(json.at("composites"));
  for (const Json& one : json.at("rules")) rules_.push_back(Rules::from_json(one, archive));
  for (const Json& one : json.at("totals")) {
    const SubjectNumber number = number_of(one.at("behaviour").get<std::string>());
    totals_[number] = {decimal(one.at("quantity")), one.at("claims").get<std::uint64_t>()};
  }
  used_ = Measure::from_json(json.at("used"));
  for (const Json& one : json.at("claims")) {
    ClaimRecord record = ClaimRecord::from_json(one);
    records_.emplace(record.claim, std::move(record));
  }
  const auto id = [](const std::string& text) { return EventId::parse(text).value(); };
  for (const auto& [correction, claim] : json.at("corrections").items())
    corrections_.emplace(id(correction), id(claim.get<std::string>()));
  for (const auto& [word, claims] : json.at("words").items()) {
    for (const Json& claim : claims) words_[id(word)].insert(id(claim.get<std::string>()));
  }
}

}  // namespace bw
