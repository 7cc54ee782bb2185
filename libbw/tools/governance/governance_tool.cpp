#include "tools/governance/governance_tool.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "state/fold.h"
#include "state/lifecycle.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

using Stage = Proposal::Stage;

// Every open proposal is looked at whenever one of them is due.
constexpr std::ptrdiff_t max_open = 1000;
constexpr std::ptrdiff_t max_open_of_one = 20;

std::string when(std::int64_t recorded) {
  return Timestamp{recorded}.text();
}

Ruling cast(Ballot& ballot, const Occurrence& entry, const Json& body, PersonNumber voter,
            const Scene& scene) {
  BodyReader reader(body);
  if (entry.kind == "vote.cast") return ballot.vote(voter, reader.any("choice"), entry.recorded);
  if (entry.kind == "vote.delegated")
    return ballot.delegate(voter, scene.people.of(reader.did("to")), entry.recorded);
  if (entry.kind == "vote.committed")
    return ballot.commit(voter, reader.digest("commitment"), entry.recorded);
  const auto salt = from_base64url(reader.text("salt"));
  return ballot.reveal(voter, entry.actor, reader.any("choice"), salt.value_or(""), entry.recorded);
}

}  // namespace

std::vector<std::string_view> GovernanceTool::kinds() const {
  return {"proposal.opened", "proposal.withdrawn", "vote.cast",
          "vote.delegated",  "vote.committed",     "vote.revealed"};
}

void GovernanceTool::read_form(std::string_view kind, BodyReader& body) const {
  if (kind == "proposal.opened") {
    body.word("kind", {"text", "definition", "spend", "admission", "expulsion", "election"});
    body.text("procedure");
    body.any("subject");
    return;
  }
  body.event("proposal");
  if (kind == "vote.cast" || kind == "vote.revealed") body.any("choice");
  if (kind == "vote.delegated") body.did("to");
  if (kind == "vote.committed") body.digest("commitment");
  if (kind == "vote.revealed") body.text("salt");
}

void GovernanceTool::read_rules(const Rules& rules) {
  rules_.reset();
  const yaml::Node* tree = rules.definition ? rules.definition->rules_of("governance") : nullptr;
  if (tree != nullptr) rules_ = read_governance_rules(*tree);
}

Ruling GovernanceTool::object_to(const Occurrence& entry, const Scene& scene) const {
  if (entry.kind != "definition.adopted" || !rules_ || !rules_->binding.contains("definition"))
    return std::nullopt;
  const auto digest = Digest::from_hex(entry.body().value("definition", ""));
  const auto passed = passed_definitions_.find(digest.value_or(Digest{}));
  if (passed == passed_definitions_.end())
    return "here a definition needs a vote, and no proposal for this one has passed";
  if (scene.recorded > passed->second.until)
    return fmt::format("the proposal for this definition had to be carried out until {}",
                       when(passed->second.until));
  return std::nullopt;
}

void GovernanceTool::adopt(const Rules& rules, const Scene& /*scene*/) {
  passed_definitions_.erase(rules.digest);
}

Ruling GovernanceTool::judge(const Occurrence& entry, const Scene& scene) {
  if (entry.kind == "proposal.opened") return open(entry, scene);
  const Json body = entry.body();
  const auto id = EventId::parse(body.value("proposal", ""));
  const auto place = id ? places_.find(*id) : places_.end();
  if (place == places_.end()) return "the log has no such proposal before it";
  Proposal& proposal = proposals_[place->second];
  const PersonNumber person = scene.people.of(entry.actor);
  if (entry.kind == "proposal.withdrawn") return withdraw(proposal, person);
  if (proposal.stage == Stage::withdrawn) return "the proposal was withdrawn";
  if (proposal.stage == Stage::discussion)
    return fmt::format("voting begins at {}", when(proposal.rules.opens));
  if (!proposal.ballot) return fmt::format("the vote ended at {}", when(proposal.rules.ends()));
  return cast(*proposal.ballot, entry, body, person, scene);
}

Ruling GovernanceTool::open(const Occurrence& entry, const Scene& scene) {
  if (!rules_) return "this world has adopted no rules of governance";
  const Json body = entry.body();
  const std::string kind = body.at("kind").get<std::string>();
  const Procedure* procedure = rules_->procedures.find(body.at("procedure").get<std::string>());
  if (procedure == nullptr) return "the rules have no such procedure";
  if (!procedure->decides_on(kind))
    return fmt::format("the procedure \"{}\" does not decide on \"{}\"", procedure->id, kind);
  const PersonNumber person = scene.people.of(entry.actor);
  if (!scene.fold.belongs(person, procedure->proposers, scene))
    return fmt::format("only {} may propose that", procedure->proposers);
  Proposal proposal;
  proposal.subject = body.at("subject");
  if (Ruling problem = subject_problem(kind, proposal.subject, !procedure->ballot.is_decision()))
    return problem;
  if (kind != "text" && kind != "definition") {
    if (Ruling problem = scene.fold.consider({entry.id(), kind, proposal.subject, procedure->who, {}}, scene))
      return problem;
  }
  const auto open = std::count_if(proposals_.begin(), proposals_.end(),
                                  [](const Proposal& each) { return each.is_open(); });
  const auto mine = std::count_if(proposals_.begin(), proposals_.end(), [&](const Proposal& each) {
    return each.is_open() && each.proposer == person;
  });
  if (open >= max_open) return "too many proposals are open";
  if (mine >= max_open_of_one) return "this person has too many open proposals";
  proposal.id = entry.id();
  proposal.index = entry.index;
  proposal.recorded = entry.recorded;
  proposal.proposer = person;
  proposal.procedure = procedure->id;
  proposal.kind = kind;
  proposal.who = procedure->who;
  proposal.weights = procedure->weights;
  proposal.rules = procedure->ballot;
  proposal.rules.opens = entry.recorded + procedure->discussion.seconds;
  proposal.rules.closes = proposal.rules.opens + procedure->voting.seconds;
  if (procedure->reveal) proposal.rules.reveal_until = proposal.rules.closes + procedure->reveal->seconds;
  set_options(proposal.rules, kind, proposal.subject);
  try {
    require_sound(proposal.rules);
  } catch (const Error& unsound) {
    return unsound.what();
  }
  if (proposal.rules.opens == entry.recorded) begin_voting(proposal, scene);
  places_.emplace(proposal.id, proposals_.size());
  proposals_.push_back(std::move(proposal));
  note_due();
  return std::nullopt;
}

Ruling GovernanceTool::withdraw(Proposal& proposal, PersonNumber person) {
  if (proposal.proposer != person) return "only who opened a proposal withdraws it";
  if (proposal.stage != Stage::discussion) return "a proposal is withdrawn before voting begins";
  proposal.stage = Stage::withdrawn;
  note_due();
  return std::nullopt;
}

void GovernanceTool::pass(const Scene& scene) {
  while (next_due_ <= scene.recorded) {
    // Of those that are due at once the one that was opened first.
    const auto first =
        std::min_element(proposals_.begin(), proposals_.end(), [](const auto& a, const auto& b) {
          return (a.is_open() ? a.due() : never) < (b.is_open() ? b.due() : never);
        });
    if (first == proposals_.end() || !first->is_open() || first->due() > scene.recorded) break;
    if (first->stage == Stage::discussion) {
      begin_voting(*first, scene);
    } else if (first->stage == Stage::voting && first->rules.is_secret()) {
      first->size_at_close = scene.index;
      first->stage = Stage::revealing;
    } else {
      if (!first->rules.is_secret()) first->size_at_close = scene.index;
      decide(*first, scene);
    }
    note_due();
  }
}

void GovernanceTool::begin_voting(Proposal& proposal, const Scene& scene) const {
  Electorate electorate{{}, scene.index};
  for (const PersonNumber person : scene.fold.group(proposal.who, scene)) {
    const Decimal weight =
        proposal.weights.empty() ? Decimal(1) : scene.fold.figure(person, proposal.weights, scene);
    electorate.weights.emplace(person, weight.is_negative() ? Decimal() : weight);
  }
  proposal.ballot.emplace(proposal.id.text(), proposal.rules, std::move(electorate));
  proposal.stage = Stage::voting;
}

void GovernanceTool::decide(Proposal& proposal, const Scene& scene) {
  std::optional<Digest> seed;
  if (proposal.rules.ties == TieRule::lot) seed = scene.archive.root(proposal.size_at_close);
  const Tally count = tally(*proposal.ballot, proposal.rules.ends(), seed);
  proposal.ballot.reset();
  Json counts = count.json();
  counts.erase("ballot");
  counts.erase("rules");
  counts.erase("delegates");
  proposal.result = {count.outcome, std::move(counts), count.winners, ""};
  proposal.stage = count.outcome == Outcome::passed ? Stage::passed : Stage::failed;
  if (proposal.stage == Stage::failed || proposal.kind == "text") return;
  if (proposal.kind == "definition") {
    const auto digest = Digest::from_hex(proposal.subject.at("definition").get<std::string>());
    if (rules_)
      passed_definitions_.insert_or_assign(
          *digest, Passed{proposal.id, proposal.rules.ends() + rules_->carry_out_within.seconds});
    return;
  }
  // It can change who may vote on others, and what this tool knows of: nothing of the proposal is used after.
  const Decision decision{proposal.id, proposal.kind, proposal.subject, proposal.who,
                          proposal.result->winners};
  proposal.result->not_carried_out = scene.fold.carry_out(decision, scene).value_or("");
}

void GovernanceTool::note_due() {
  next_due_ = never;
  for (const Proposal& each : proposals_) {
    if (each.is_open()) next_due_ = std::min(next_due_, each.due());
  }
}

void GovernanceTool::merge(PersonNumber from, PersonNumber into) {
  for (Proposal& each : proposals_) {
    if (each.proposer == from) each.proposer = into;
    if (each.ballot) each.ballot->merge(from, into);
  }
}

const Proposal* GovernanceTool::find(const EventId& id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &proposals_[place->second];
}

Json GovernanceTool::json() const {
  Json proposals = Json::array();
  for (const Proposal& each : proposals_) proposals.push_back(each.json());
  Json passed = Json::object();
  for (const auto& [digest, one] : passed_definitions_)
    passed[digest.hex()] = {{"proposal", one.proposal.text()}, {"until", one.until}};
  return {{"passed_definitions", std::move(passed)}, {"proposals", std::move(proposals)}};
}

void GovernanceTool::restore(const Json& json, const Archive& /*archive*/) {
  for (const Json& each : json.at("proposals")) {
    proposals_.push_back(Proposal::from_json(each));
    places_.emplace(proposals_.back().id, proposals_.size() - 1);
  }
  for (const auto& [digest, one] : json.at("passed_definitions").items()) {
    passed_definitions_.emplace(Digest::from_hex(digest).value(),
                                Passed{EventId::parse(one.at("proposal").get<std::string>()).value(),
                                       one.at("until").get<std::int64_t>()});
  }
  note_due();
}

}  // namespace bw
