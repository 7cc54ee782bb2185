#include "tools/behaviour/behaviour_tool.h"

#include <algorithm>

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

constexpr const char* unknown_claim = "the log has no such claim of the same person before it";

Result<Claim> claim_in(const Event& event, const Archive& archive) {
  if (event.kind != "event.revealed") {
    if (auto claim = claim_of(event)) return *std::move(claim);
    return Reason{"its body has another form"};
  }
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
          .device = is_device(scene.authority, event.actor)};
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
      break;
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

std::size_t BehaviourTool::UsageHash::operator()(const Usage& usage) const noexcept {
  // Multiplications by odd constants spread the few bits in which usages differ (Knuth, TAOCP 6.4).
  std::uint64_t hash = usage.person * 0x9E3779B97F4A7C15u;
  hash = (hash ^ static_cast<std::uint64_t>(usage.begins)) * 0xC2B2AE3D27D4EB4Fu;
  hash = (hash ^ (std::uint64_t{usage.behaviour} * 8u + static_cast<std::uint64_t>(usage.per))) *
         0x165667B19E3779F9u;
  return hash ^ (hash >> 29);
}

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
  const auto claim = claim_in(entry.parsed(), archive);
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

BehaviourTool::BehaviourNumber BehaviourTool::number_of(const std::string& behaviour) {
  const auto [place, is_new] = numbers_.try_emplace(behaviour, static_cast<BehaviourNumber>(names_.size()));
  if (is_new) {
    names_.push_back(behaviour);
    totals_.emplace_back();
  }
  return place->second;
}

BehaviourTool::Usage BehaviourTool::usage_of(const Deed& deed, PersonNumber person, Window per,
                                             UtcOffset offset) const {
  const auto number = numbers_.find(deed.behaviour->id);
  const BehaviourNumber behaviour =
      number == numbers_.end() ? static_cast<BehaviourNumber>(names_.size()) : number->second;
  return {person, behaviour, per, window_of(per, deed.at, offset).begin};
}

std::string BehaviourTool::limit_problem(PersonNumber person, const Deeds& deeds, UtcOffset offset) const {
  std::map<Usage, Decimal> more;  // what these deeds use up themselves
  for (const Deed& deed : deeds) {
    for (const Limit& limit : deed.behaviour->limits) {
      const Usage usage = usage_of(deed, person, limit.per, offset);
      const auto used = used_.find(usage);
      Decimal& here = more[usage];
      here += deed.quantity;
      const Decimal before = used == used_.end() ? Decimal() : used->second;
      if (before + here > limit.quantity) {
        return fmt::format("{} is limited to {} {} per {}, of which {} are used up", deed.behaviour->id,
                           limit.quantity.text(), deed.behaviour->unit, name_of(limit.per), before.text());
      }
    }
  }
  return "";
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
    Total& total = totals_[number_of(deed.behaviour->id)];
    total.quantity += quantity;
    counts ? ++total.claims : --total.claims;
    for (const Limit& limit : deed.behaviour->limits) {
      const auto used = used_.try_emplace(usage_of(deed, record.author, limit.per, offset)).first;
      used->second += quantity;
      if (used->second.is_zero()) used_.erase(used);
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
    if (claim.quantity.is_negative()) {
      composites_.remove(composite, claim.person, claim.behaviour->id, claim.at);
      continue;
    }
    const auto done = composites_.add(composite, claim.person, claim.behaviour->id, claim.at);
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

Ruling BehaviourTool::settle(ClaimRecord& record, const Deeds& deeds, const Scene& scene) {
  // Where it has no deeds it claimed what cannot be claimed.
  if (record.state == State::retracted || record.state == State::concealed || deeds.empty())
    return std::nullopt;
  const bool counted = record.state == State::counts;
  const bool waits = !missing_words(record, deeds).empty() || (record.history && !record.confirmed);
  std::string problem;
  if (!waits && !counted)
    problem = limit_problem(record.author, deeds, rules_at(record.rules).definition->utc_offset);
  const bool counts = !waits && problem.empty();
  record.state = counts ? State::counts : waits ? State::waiting : State::refused;
  record.why = problem;
  if (counts != counted) post(record, deeds, counts, scene);
  return problem.empty() ? Ruling() : Ruling(problem);
}

// ── Claims ────────────────────────────────────────────────────────────────────────────────────────

ClaimRecord BehaviourTool::record_for(const Occurrence& entry, const Scene& scene) const {
  const EventId id = entry.id();
  const auto key = Did::parse(entry.actor);
  return {.claim = id,
          .index = entry.index,
          .author = scene.people.of(entry.actor),
          .table = entry.kind == "behaviour.tabled",
          .state = State::waiting,
          .why = {},
          .version = id,
          .rules = scene.rules.from,
          .by_device = !scene.authority.devices().empty() && key && is_device(scene.authority, *key),
          .history = false,
          .confirmed = false,
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
  if (entry.at.seconds > entry.recorded + max_clock_lead)
    return keep_refused("its time lies after it was recorded");
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
  const auto deeds = deeds_of(entry, scene.rules, claim->at, scene.archive);
  if (!deeds) return deeds.reason();
  if (Ruling problem = gate_problem(record->author, *deeds, scene)) return problem;

  ClaimRecord corrected = *record;
  corrected.version = event.id;
  corrected.rules = scene.rules.from;
  corrected.by_device = is_device(scene.authority, event.actor);
  corrected.confirmed = false;
  corrected.words.clear();
  corrected.state = State::waiting;
  const Deeds before = record->state == State::counts ? deeds_of(*record, scene.archive) : Deeds();
  if (!before.empty()) post(*record, before, false, scene);
  if (Ruling problem = settle(corrected, *deeds, scene)) {
    // What it said before stands.
    if (!before.empty()) post(*record, before, true, scene);
    return problem;
  }
  *record = std::move(corrected);
  corrections_.emplace(event.id, *target);
  return std::nullopt;
}

Ruling BehaviourTool::judge_retraction(const Occurrence& entry, const Scene& scene) {
  const auto target = target_of(entry.parsed());
  if (!target) return "its body has another form";
  const PersonNumber author = scene.people.of(entry.actor);
  if (const auto word = words_.find(*target); word != words_.end()) {
    ClaimRecord& record = records_.at(word->second);
    const auto said = std::find_if(record.words.begin(), record.words.end(),
                                   [&](const Word& one) { return one.id == *target; });
    if (said == record.words.end()) return "it was replaced by a later word";
    if (said->by != author) return "it is somebody else's";
    record.words.erase(said);
    words_.erase(word);
    settle(record, deeds_of(record, scene.archive), scene);
    return std::nullopt;
  }
  ClaimRecord* record = claim_for(*target, author, scene);
  if (record == nullptr) return unknown_claim;
  if (record->state == State::retracted) return "it was taken back before";
  if (record->state == State::counts) post(*record, deeds_of(*record, scene.archive), false, scene);
  record->state = State::retracted;
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
  const auto deeds = deeds_of(entry, scene.rules, at, scene.archive);
  if (!deeds) return deeds.reason();
  if (Ruling problem = gate_problem(record.author, *deeds, scene)) return problem;
  ClaimRecord revealed = record;
  revealed.version = event.id;
  revealed.rules = scene.rules.from;
  revealed.state = State::waiting;
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
  const Word word = word_of(event, verdict == "supports", scene);
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
  const bool any = std::any_of(deeds.begin(), deeds.end(), [&](const Deed& deed) {
    return deed.behaviour->verification.by == Verifier::self || helps(deed.behaviour->verification, word);
  });
  if (word.supports && !any) return "the behaviour asks for the word of others than this person";
  std::erase_if(record->words, [&](const Word& earlier) { return earlier.by == word.by; });
  record->words.push_back(word);
  words_.emplace(word.id, record->claim);
  settle(*record, deeds, scene);
  return std::nullopt;
}

Ruling BehaviourTool::judge_confirmation(const Occurrence& entry, const Scene& scene) {
  const Event event = entry.parsed();
  if (!scene.authority.is_steward(event.actor)) return "only a steward confirms";
  const Json body = event.body();
  BodyReader reader(body);
  const Word word = word_of(event, true, scene);
  for (const Json& text : reader.array("events", max_event_bytes)) {
    const auto id = text.is_string() ? EventId::parse(text.get<std::string>()) : std::nullopt;
    ClaimRecord* record = id ? record_about(*id) : nullptr;
    if (record == nullptr || record->version != *id) continue;
    record->confirmed = true;
    if (record->author != word.by) {
      std::erase_if(record->words, [&](const Word& earlier) { return earlier.by == word.by; });
      record->words.push_back(word);
    }
    settle(*record, deeds_of(*record, scene.archive), scene);
  }
  return reader.problem().empty() ? Ruling() : Ruling("its body has another form");
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
  std::vector<std::pair<Usage, Decimal>> moved;
  for (const auto& [usage, quantity] : used_) {
    if (usage.person == from) moved.emplace_back(usage, quantity);
  }
  for (auto& [usage, quantity] : moved) {
    used_.erase(usage);
    usage.person = into;
    used_[usage] += quantity;
  }
  for (auto& [id, record] : records_) {
    if (record.author == from) record.author = into;
    for (Word& word : record.words) {
      if (word.by == from) word.by = into;
    }
  }
  composites_.merge(from, into);
}

Json BehaviourTool::json() const {
  std::vector<std::pair<Usage, Decimal>> usages(used_.begin(), used_.end());
  std::sort(usages.begin(), usages.end());
  Json used = Json::array();
  for (const auto& [usage, quantity] : usages)
    used.push_back({usage.person, usage.behaviour, name_of(usage.per), usage.begins, quantity.text()});
  Json totals = Json::array();
  for (std::size_t i = 0; i < names_.size(); ++i)
    totals.push_back(
        {{"behaviour", names_[i]}, {"claims", totals_[i].claims}, {"quantity", totals_[i].quantity.text()}});
  Json records = Json::array();
  for (const auto& [id, record] : records_) records.push_back(record.json());
  Json corrections = Json::object();
  for (const auto& [correction, claim] : corrections_) corrections[correction.text()] = claim.text();
  Json words = Json::object();
  for (const auto& [word, claim] : words_) words[word.text()] = claim.text();
  Json rules = Json::array();
  for (const Rules& one : rules_) rules.push_back(one.json());
  return {{"claims", records},
          {"composites", composites_.json()},
          {"corrections", corrections},
          {"rules", rules},
          {"totals", totals},
          {"used", used},
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
    const BehaviourNumber number = number_of(one.at("behaviour").get<std::string>());
    totals_[number] = {decimal(one.at("quantity")), one.at("claims").get<std::uint64_t>()};
  }
  for (const Json& one : json.at("used")) {
    Window per = Window::ever;
    for (const Window window : {Window::day, Window::week, Window::month, Window::year}) {
      if (name_of(window) == one.at(2).get<std::string>()) per = window;
    }
    const Usage usage{one.at(0).get<PersonNumber>(), one.at(1).get<BehaviourNumber>(), per,
                      one.at(3).get<std::int64_t>()};
    used_.emplace(usage, decimal(one.at(4)));
  }
  for (const Json& one : json.at("claims")) {
    ClaimRecord record = ClaimRecord::from_json(one);
    records_.emplace(record.claim, std::move(record));
  }
  const auto ids = [](const Json& pairs, std::map<EventId, EventId>& into) {
    for (const auto& [from, to] : pairs.items())
      into.emplace(EventId::parse(from).value(), EventId::parse(to.get<std::string>()).value());
  };
  ids(json.at("corrections"), corrections_);
  ids(json.at("words"), words_);
}

}  // namespace bw
