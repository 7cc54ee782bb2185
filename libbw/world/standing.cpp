#include "world/standing.h"

#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/body_reader.h"
#include "stream/definition_set.h"
#include "stream/log_reader.h"
#include "tools/behaviour/behaviour_tool.h"
#include "tools/toolset.h"
#include "world/claim.h"
#include "world/world_state.h"

namespace bw {
namespace {

// The kind of an event, read off its entry's line: only nonce, version, world and signature follow it, and
// inside a string a quotation mark is escaped.
std::string_view kind_in(std::string_view line) {
  constexpr std::string_view name = R"("kind":")";
  const std::size_t start = line.rfind(name);
  if (start == std::string_view::npos) return {};
  const std::string_view rest = line.substr(start + name.size());
  return rest.substr(0, rest.find('"'));
}

bool asks_others(const VerificationRule& rule) {
  return rule.by != Verifier::self;
}

// Whether the line can claim a behaviour that others confirm; never no where it does.
bool may_ask_others(std::string_view line, const VerificationRules& rules) {
  constexpr std::string_view name = R"("behaviour":")";
  for (std::size_t at = line.find(name); at != std::string_view::npos; at = line.find(name, at)) {
    at += name.size();
    const auto rule = rules.find(line.substr(at, line.find('"', at) - at));
    if (rule != rules.end() && asks_others(rule->second)) return true;
  }
  return false;
}

Entry parse(std::uint64_t index, std::string_view line) {
  auto entry = parse_entry(line);
  if (!entry) throw Error(ErrorCode::invalid, fmt::format("entry {}: {}", index, entry.reason()));
  return *std::move(entry);
}

// The rules of an adopted definition, loaded once each.
RulesOf rules_in(const World& world, const git::Oid& tree) {
  using Loaded = std::map<Digest, std::optional<VerificationRules>>;
  return [&world, tree, loaded = std::make_shared<Loaded>()](const Digest& digest) {
    const auto [place, is_new] = loaded->try_emplace(digest);
    std::optional<VerificationRules>& rules = place->second;
    if (is_new) {
      const auto definition =
          load_definition(memory_source(read_definition_set(world.repository, tree, digest))).definition;
      if (definition) rules.emplace();
      if (definition) {
        for (const Behaviour& behaviour : definition->behaviours)
          rules->emplace(behaviour.id, behaviour.verification);
      }
    }
    return rules ? &*rules : nullptr;
  };
}

// As the state at the checkpoint has it, which is folded once somebody asks.
BodySpeakers speakers_in(const Environment& environment, const World& world) {
  const auto state = [&environment, &world, kept = std::make_shared<std::unique_ptr<Fold>>()]() -> Fold& {
    if (!*kept) *kept = current_state(environment, world);
    return **kept;
  };
  return {.spoke =
              [state](const EventId& claim, const EventId& word, const std::string& body) {
                const ClaimRecord* record = state().tool<BehaviourTool>().record_of(claim);
                if (record == nullptr) return false;
                return std::any_of(record->words.begin(), record->words.end(), [&](const Word& one) {
                  return one.id == word &&
                         std::find(one.bodies.begin(), one.bodies.end(), body) != one.bodies.end();
                });
              },
          .sits =
              [state](const Did& somebody, const std::string& body) {
                const auto person = state().people().find(somebody);
                return person && state().is_in(*person, "body:" + body);
              }};
}

// What one more rule asks for, said once with what others ask for.
void ask(std::vector<Requirement>& missing, const VerificationRule& rule, int people) {
  const auto same = std::find_if(missing.begin(), missing.end(), [&](const Requirement& other) {
    return other.rule.by == rule.by && other.rule.body == rule.body;
  });
  if (same == missing.end()) {
    missing.push_back({rule, people});
  } else {
    same->missing = std::max(same->missing, people);
  }
}

// What the author of a word is, or was when the log took it.
struct Speaker {
  bool steward = false, member = false, device = false;
  std::function<bool(const std::string&)> sits_on;  // a body
};

// Why a supporting word of theirs does not help with any of these rules; empty where it does.
std::string why_no_help(const std::vector<VerificationRule>& rules, const Speaker& speaker) {
  std::string why;
  for (const VerificationRule& rule : rules) {
    switch (rule.by) {
      case Verifier::self:
        return "";
      case Verifier::peers:
        if (speaker.member && !speaker.device) return "";
        why = speaker.device ? "a device is nobody's peer" : "had not joined then";
        break;
      case Verifier::steward:
        if (speaker.steward) return "";
        why = "was no steward then";
        break;
      case Verifier::device:
        if (speaker.device) return "";
        why = "is no device that the stewards named by then";
        break;
      case Verifier::body:
        if (speaker.sits_on(*rule.body)) return "";
        why = fmt::format("did not sit on the body {} then", *rule.body);
        break;
    }
  }
  return why;
}

}  // namespace

Did person_of(const Authority& authority, const Did& key) {
  return authority.persons().name_of(key);
}

std::string_view text_of(Standing::State state) {
  switch (state) {
    case Standing::State::own_word:
      return "own_word";
    case Standing::State::verified:
      return "verified";
    case Standing::State::waiting:
      return "waiting";
    case Standing::State::retracted:
      return "retracted";
    case Standing::State::unruled:
      break;
  }
  return "unruled";
}

std::string Requirement::sentence() const {
  switch (rule.by) {
    case Verifier::self:
      return "nobody else";
    case Verifier::peers:
      return fmt::format("{} more {}", missing, missing == 1 ? "member" : "members");
    case Verifier::steward:
      return "a steward";
    case Verifier::device:
      return "a device that the stewards named";
    case Verifier::body:
      break;
  }
  return fmt::format("somebody on the body {}", rule.body.value_or(""));
}

std::vector<Did> Standing::supporters() const {
  std::vector<Did> who;
  for (const Attestation& word : attestations) {
    if (word.supports && word.without_effect.empty()) who.push_back(word.by);
  }
  return who;
}

std::vector<Did> Standing::disputers() const {
  std::vector<Did> who;
  for (const Attestation& word : attestations) {
    if (!word.supports && word.without_effect.empty()) who.push_back(word.by);
  }
  return who;
}

std::string Standing::sentence() const {
  std::string text;
  switch (state) {
    case State::own_word:
      text = "on its author's word";
      break;
    case State::verified:
      text = "verified";
      break;
    case State::waiting: {
      std::vector<std::string> whom;
      for (const Requirement& requirement : missing) whom.push_back(requirement.sentence());
      text = fmt::format("waits for {}", fmt::join(whom, " and "));
      break;
    }
    case State::retracted:
      text = "retracted";
      break;
    case State::unruled:
      text = "no rule: no definition in force then knew the behaviour";
      break;
  }
  const std::size_t disputes = disputers().size();
  return disputes == 0 ? text : fmt::format("{}; disputed by {}", text, disputes);
}

void Standings::take(std::string_view line) {
  const std::uint64_t index = size_++;
  const std::string_view kind = kind_in(line);
  if (kind == "behaviour.logged" || kind == "behaviour.tabled") {
    const VerificationRules* rules = rules_.empty() ? nullptr : rules_.back().second;
    if (rules != nullptr && may_ask_others(line, *rules)) hear_claim(parse(index, line).event, index);
  } else if (kind.starts_with("event.")) {
    hear_word(parse(index, line).event, index);
  } else if (Authority::interprets(kind)) {
    const Entry entry = parse(index, line);
    const bool ineffective = authority_.apply(entry.event, index, entry.recorded).has_value();
    if (!ineffective && kind == "definition.adopted")
      rules_.emplace_back(index + 1, rules_of_(authority_.adopted()->digest));
  }
}

void Standings::hear_claim(const Event& event, std::uint64_t index) {
  if (!authority_.persons().may_speak(event.actor)) return;
  ruled_.push_back({event.id, event.actor, index, behaviours_of(event),
                    authority_.devices().contains(person_of(authority_, event.actor))});
}

void Standings::hear_word(const Event& event, std::uint64_t index) {
  if (!authority_.persons().may_speak(event.actor)) return;
  const Json body = event.body();
  BodyReader reader(body);
  if (event.kind == "event.attested") {
    const EventId about{reader.digest("event")};
    const std::string verdict = reader.text("verdict");
    const bool known = verdict == "supports" || verdict == "disputes";
    if (known && reader.problem().empty()) hear(event, index, about, verdict == "supports");
  } else if (event.kind == "event.confirmed") {
    if (!authority_.is_steward(event.actor)) return;
    for (const Json& id : reader.array("events", max_event_bytes)) {
      const auto about = id.is_string() ? EventId::parse(id.get<std::string>()) : std::nullopt;
      if (about) hear(event, index, *about, true);
    }
  } else if (const auto target = target_of(event)) {
    if (event.kind == "event.retracted") {
      retractions_[*target].push_back({event.actor, index});
    } else if (std::vector<std::string> behaviours = behaviours_of(event); !behaviours.empty()) {
      corrections_[*target].push_back({event.id, event.actor, index, std::move(behaviours),
                                       authority_.devices().contains(person_of(authority_, event.actor))});
    }
  }
}

void Standings::hear(const Event& event, std::uint64_t index, const EventId& about, bool supports) {
  words_[about].push_back({{.id = event.id,
                            .version = about,
                            .by = event.actor,
                            .supports = supports,
                            .confirmation = event.kind == "event.confirmed",
                            .at = event.at,
                            .index = index,
                            .without_effect = {}},
                           authority_.is_steward(event.actor),
                           authority_.members().contains(event.actor),
                           authority_.devices().contains(person_of(authority_, event.actor))});
}

const VerificationRule* Standings::rule_of(const std::string& behaviour, std::uint64_t index) const {
  const auto after = std::upper_bound(rules_.begin(), rules_.end(), index,
                                      [](std::uint64_t i, const auto& rules) { return i < rules.first; });
  if (after == rules_.begin() || std::prev(after)->second == nullptr) return nullptr;
  const VerificationRules& rules = *std::prev(after)->second;
  const auto rule = rules.find(behaviour);
  return rule == rules.end() ? nullptr : &rule->second;
}

bool Standings::is_retracted(const EventId& id, const Did& by, std::uint64_t index) const {
  const auto found = retractions_.find(id);
  if (found == retractions_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Retraction& retraction) {
    return retraction.index > index && person_of(authority_, retraction.by) == person_of(authority_, by);
  });
}

// What was said before it was corrected goes to `earlier`.
Standings::Version Standings::version_in_force(const Version& claim, std::vector<Version>& earlier) const {
  Version version = claim;
  const auto found = corrections_.find(claim.id);
  if (found == corrections_.end()) return version;
  for (const Version& correction : found->second) {
    const bool same = person_of(authority_, correction.by) == person_of(authority_, claim.by);
    if (!same || correction.index < claim.index) continue;
    earlier.push_back(std::exchange(version, correction));
  }
  return version;
}

// All that was said about one version, with what is worth nothing marked so.
std::vector<Standings::Word> Standings::words_about(const Version& version, const Did& author) const {
  const auto found = words_.find(version.id);
  if (found == words_.end()) return {};
  std::vector<Word> words = found->second;
  std::set<Did> spoken;
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    Attestation& said = word->attestation;
    const Did person = person_of(authority_, said.by);
    if (person == author) {
      said.without_effect = "about oneself";
    } else if (!spoken.insert(person).second) {
      said.without_effect = "replaced by a later word";
    } else if (is_retracted(said.id, said.by, said.index)) {
      said.without_effect = "retracted";
    }
  }
  return words;
}

Standing Standings::judge(const Version& claim) const {
  const Did author = person_of(authority_, claim.by);
  std::vector<Version> earlier;
  const Version version = version_in_force(claim, earlier);
  Standing standing{
      .state = Standing::State::unruled, .version = version.id, .missing = {}, .attestations = {}};
  for (const Version& before : earlier) {
    for (Word& word : words_about(before, author)) {
      if (word.attestation.without_effect.empty())
        word.attestation.without_effect = "about what it said before it was corrected";
      standing.attestations.push_back(std::move(word.attestation));
    }
  }

  std::vector<VerificationRule> rules;
  bool known = true;
  for (const std::string& behaviour : version.behaviours) {
    const VerificationRule* rule = rule_of(behaviour, version.index);
    known = known && rule != nullptr;
    if (rule != nullptr && asks_others(*rule)) rules.push_back(*rule);
  }
  const auto spoke = [&](const EventId& word, const std::string& body) {
    return bodies_.spoke && bodies_.spoke(claim.id, word, body);
  };
  int stewards = 0, peers = 0, devices = version.by_device ? 1 : 0;
  std::set<std::string> bodies;
  for (Word& word : words_about(version, author)) {
    Attestation& said = word.attestation;
    if (said.without_effect.empty() && said.supports && !rules.empty())
      said.without_effect =
          why_no_help(rules, {word.steward, word.member, word.device,
                              [&](const std::string& body) { return spoke(said.id, body); }});
    if (said.without_effect.empty() && said.supports) {
      stewards += word.steward ? 1 : 0;
      peers += word.member && !word.device ? 1 : 0;
      devices += word.device ? 1 : 0;
      for (const VerificationRule& rule : rules) {
        if (rule.by == Verifier::body && spoke(said.id, *rule.body)) bodies.insert(*rule.body);
      }
    }
    standing.attestations.push_back(std::move(said));
  }
  std::sort(standing.attestations.begin(), standing.attestations.end(),
            [](const Attestation& a, const Attestation& b) { return a.index < b.index; });

  for (const VerificationRule& rule : rules) {
    const int have = rule.by == Verifier::peers     ? peers
                     : rule.by == Verifier::steward ? stewards
                     : rule.by == Verifier::device  ? devices
                     : rule.by == Verifier::body    ? static_cast<int>(bodies.count(*rule.body))
                                                    : 0;
    const int needed = rule.by == Verifier::peers ? rule.count : 1;
    if (have < needed) ask(standing.missing, rule, needed - have);
  }
  standing.state = is_retracted(claim.id, claim.by, claim.index) ? Standing::State::retracted
                   : !known || version.behaviours.empty()        ? Standing::State::unruled
                   : rules.empty()                               ? Standing::State::own_word
                   : standing.missing.empty()                    ? Standing::State::verified
                                                                 : Standing::State::waiting;
  if (standing.state != Standing::State::waiting) standing.missing.clear();
  return standing;
}

std::optional<Standing> Standings::of(const Event& event, std::uint64_t index) const {
  if (!is_claim_kind(event.kind) || index >= size_) return std::nullopt;
  const auto ruled =
      std::lower_bound(ruled_.begin(), ruled_.end(), index,
                       [](const Version& version, std::uint64_t i) { return version.index < i; });
  if (ruled != ruled_.end() && ruled->index == index) return judge(*ruled);
  return judge({event.id, event.actor, index, behaviours_of(event), false});
}

std::vector<Standings::Waiting> Standings::waiting() const {
  std::vector<Waiting> waiting;
  for (const Version& claim : ruled_) {
    Standing standing = judge(claim);
    if (standing.state == Standing::State::waiting)
      waiting.push_back({claim.id, claim.index, claim.by, std::move(standing)});
  }
  return waiting;
}

bool Standings::awaits(const Waiting& item, const Did& somebody) const {
  const Did person = person_of(authority_, somebody);
  if (person == person_of(authority_, item.author)) return false;
  for (const Attestation& word : item.standing.attestations) {
    const bool counts = word.version == item.standing.version && word.without_effect.empty();
    if (counts && person_of(authority_, word.by) == person) return false;
  }
  const Speaker speaker{
      authority_.is_steward(somebody), authority_.members().contains(somebody),
      authority_.devices().contains(person_of(authority_, somebody)),
      [&](const std::string& body) { return bodies_.sits && bodies_.sits(somebody, body); }};
  return std::any_of(
      item.standing.missing.begin(), item.standing.missing.end(),
      [&](const Requirement& requirement) { return why_no_help({requirement.rule}, speaker).empty(); });
}

Standings read_standings(const Environment& environment, const World& world) {
  const git::Oid tree = stream_tree(world);
  Standings standings(rules_in(world, tree), speakers_in(environment, world));
  read_entries(world.repository, tree, 0, world.stream.covered(), [&](std::uint64_t, std::string_view line) {
    standings.take(line);
    return true;
  });
  return standings;
}

std::vector<Standings::Waiting> waiting_for(const Environment& environment, const World& world,
                                            const Did& me) {
  const Standings standings = read_standings(environment, world);
  std::vector<Standings::Waiting> waiting = standings.waiting();
  std::erase_if(waiting, [&](const Standings::Waiting& item) { return !standings.awaits(item, me); });
  return waiting;
}

}  // namespace bw
