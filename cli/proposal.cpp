// bw propose, bw vote, bw proposal: how a world decides.

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "definition/difference.h"
#include "tools/governance/governance_tool.h"
#include "world/correction.h"
#include "world/voting.h"

namespace bw::cli {
namespace {

const GovernanceTool& governance_of(const Seen& seen) {
  return seen.fold->tool<GovernanceTool>();
}

const Procedure& require_procedure(const Seen& seen, const std::string& id) {
  const auto& rules = governance_of(seen).rules();
  if (!rules) {
    throw Error(ErrorCode::invalid, seen.world.name() + " has adopted no rules of governance",
                "bw tool add governance writes a commented file to begin with");
  }
  if (const Procedure* procedure = rules->procedures.find(id)) return *procedure;
  throw Error(ErrorCode::invalid, fmt::format("the rules have no procedure \"{}\"", printable(id)),
              did_you_mean(id, rules->procedures.ids()));
}

// ---- propose

struct Motion {
  std::string procedure;
  std::optional<std::string> kind, note, body, account, amount, unit, person;
  std::optional<std::uint64_t> seats;
  std::vector<std::string> options, candidates;
};

std::string required(const std::optional<std::string>& given, const char* option) {
  if (given) return *given;
  throw Error(ErrorCode::usage, fmt::format("such a proposal needs {}", option), "see bw propose --help");
}

Json sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

Json subject_of(const Seen& seen, const Motion& given, const std::string& kind, bool elects) {
  if (kind == "text") return elects ? Json{{"options", sorted(given.options)}} : Json(nullptr);
  if (kind == "definition") {
    const LoadedDefinition loaded = work_tree_definition(seen.world);
    if (!loaded.valid()) {
      throw Error(ErrorCode::invalid, "the definition in the work tree is not valid",
                  "bw validate says what is wrong with it");
    }
    if (seen.fold->rules().digest == loaded.digest) {
      throw Error(ErrorCode::invalid, "the definition in the work tree is in force already",
                  "change it there first, then propose what it has become");
    }
    return {{"definition", loaded.digest.hex()}};
  }
  if (kind == "spend") {
    return {{"account", required(given.account, "--account")},
            {"amount", required(given.amount, "--amount")},
            {"to", did_in(required(given.person, "--person"))},
            {"unit", required(given.unit, "--unit")}};
  }
  if (kind == "election") {
    std::vector<std::string> candidates;
    for (const std::string& each : given.candidates) candidates.push_back(did_in(each));
    return {{"body", required(given.body, "--body")},
            {"candidates", sorted(std::move(candidates))},
            {"seats", given.seats.value_or(1)}};
  }
  return {{"person", did_in(required(given.person, "--person"))}};
}

int open_proposal(Session& session, const Motion& given) {
  const Seen seen = look_ahead(session);
  const Procedure& procedure = require_procedure(seen, given.procedure);
  const std::string kind = given.kind.value_or(procedure.decides.front());
  const Json subject = subject_of(seen, given, kind, !procedure.ballot.is_decision());
  std::vector<JournalOpening> words;
  if (given.note)
    words.push_back({note_opening(*given.note, session.environment.random), Visibility::public_});
  return record_and_tell(session, "proposal.opened",
                         {{"kind", kind}, {"procedure", procedure.id}, {"subject", subject}},
                         std::move(words));
}

// ---- vote

struct Voting {
  std::string proposal;
  std::vector<std::string> choice;
  std::optional<std::string> delegate;
  bool reveal = false;
};

int vote_on_proposal(Session& session, const Voting& given) {
  if ((given.reveal ? 1 : 0) + (given.delegate ? 1 : 0) + (given.choice.empty() ? 0 : 1) != 1) {
    throw Error(ErrorCode::usage, "a vote is a choice, or --delegate, or --reveal",
                "bw proposal show tells what can be chosen");
  }
  World world = open_world_of(session);
  const Acting me = acting(session);
  const EventId id = resolve_event(session.environment, world, given.proposal);
  if (given.delegate) {
    return record_and_tell(session, "vote.delegated",
                           {{"proposal", id.text()}, {"to", did_in(*given.delegate)}});
  }
  const Event event = given.reveal ? record_revealed_vote(session.environment, world, *me.signer, id)
                                   : record_vote(session.environment, world, *me.signer, id, given.choice);
  std::vector<std::string> notes;
  if (event.kind == "vote.committed")
    notes.emplace_back(
        "this ballot is secret: reveal your choice after the close with bw vote --reveal, or "
        "it counts nowhere");
  return tell_recorded(session, world, *me.signer, {event, std::move(notes)});
}

// ---- proposal

std::string step_of(const Seen& seen, const Proposal& proposal) {
  switch (proposal.stage) {
    case Proposal::Stage::discussion:
      return "voting begins " + seen.clock(proposal.rules.opens);
    case Proposal::Stage::voting:
      return "until " + seen.clock(proposal.rules.closes);
    case Proposal::Stage::revealing:
      return "reveal until " + seen.clock(proposal.rules.ends());
    case Proposal::Stage::passed:
    case Proposal::Stage::failed:
    case Proposal::Stage::withdrawn:
      break;
  }
  return "";
}

// Counted as if an open ballot ended now; of a secret one nothing until it has.
std::optional<Json> counts_of(const Proposal& proposal, std::int64_t now) {
  if (proposal.result) return proposal.result->counts;
  if (!proposal.ballot || proposal.rules.is_secret()) return std::nullopt;
  Json counts = tally(*proposal.ballot, std::min(now, proposal.rules.ends() - 1)).json();
  for (const char* member : {"ballot", "rules", "delegates"}) counts.erase(member);
  return counts;
}

Json proposal_json(const Seen& seen, const Proposal& proposal, std::int64_t now) {
  const auto counts = counts_of(proposal, now);
  return {{"id", proposal.id.text()},
          {"index", proposal.index},
          {"recorded", proposal.recorded},
          {"proposer", seen.fold->people().name(proposal.proposer).text()},
          {"procedure", proposal.procedure},
          {"kind", proposal.kind},
          {"subject", proposal.subject},
          {"stage", text_of(proposal.stage)},
          {"rules", proposal.rules.json()},
          {"counts", counts.value_or(nullptr)},
          {"winners", proposal.result ? Json(proposal.result->winners) : Json::array()},
          {"not_carried_out", proposal.result ? proposal.result->not_carried_out : ""}};
}

std::string short_subject(const Proposal& proposal) {
  if (proposal.kind == "definition")
    return "definition " + proposal.subject.at("definition").get<std::string>().substr(0, 10);
  if (proposal.kind == "spend") {
    return fmt::format("{} {} from {}", proposal.subject.at("amount").get<std::string>(),
                       proposal.subject.at("unit").get<std::string>(),
                       proposal.subject.at("account").get<std::string>());
  }
  if (proposal.kind == "election")
    return fmt::format("seats of {}", proposal.subject.at("body").get<std::string>());
  if (proposal.kind == "text") return "";
  return Did::parse(proposal.subject.at("person").get<std::string>())->short_id();
}

struct ProposalFilter {
  bool open = false;
};

int list_proposals(Session& session, const ProposalFilter& given) {
  const Seen seen = look_ahead(session);
  const std::int64_t now = session.environment.now().seconds;
  Json proposals = Json::array();
  Table table({{"PROPOSAL"}, {"STAGE"}, {"KIND"}, {"SUBJECT"}, {"BY"}, {"NEXT"}});
  for (const Proposal& proposal : governance_of(seen).proposals()) {
    if (given.open && !proposal.is_open()) continue;
    proposals.push_back(proposal_json(seen, proposal, now));
    const bool passed = proposal.stage == Proposal::Stage::passed;
    table.row({{proposal.id.short_text(), Style::name},
               {std::string(text_of(proposal.stage)), passed ? Style::good : Style::plain},
               proposal.kind,
               short_subject(proposal),
               seen.name(proposal.proposer),
               step_of(seen, proposal)});
  }
  if (session.json()) {
    session.print_json({{"proposals", proposals}, {"size", seen.fold->size()}});
  } else if (table.empty()) {
    session.note("{}", given.open ? "No proposal is open." : "Nothing was proposed yet.");
  } else {
    session.print(table);
  }
  return 0;
}

struct NamedProposal {
  std::string proposal;
};

const Proposal& require_proposal(Session& session, const Seen& seen, const std::string& prefix) {
  const EventId id = resolve_event(session.environment, seen.world, prefix);
  if (const Proposal* proposal = governance_of(seen).find(id)) return *proposal;
  throw Error(ErrorCode::invalid, fmt::format("event {} is no proposal", id.short_text()),
              "bw proposal list shows them");
}

void print_counts(Session& session, const Json& counts) {
  const auto took_part = counts.at("turnout").at("took_part").at("people").get<std::uint64_t>();
  const auto electorate = counts.at("turnout").at("electorate").at("people").get<std::uint64_t>();
  double most = 0;
  for (const Json& each : counts.at("counts"))
    most = std::max(most, std::stod(each.at("count").get<std::string>()));
  Table table({{"CHOICE"}, {""}, {"COUNT", Align::right}});
  for (const Json& each : counts.at("counts")) {
    const std::string count = each.at("count").get<std::string>();
    table.row({{each.at("option").get<std::string>(), Style::name},
               most > 0 ? bar(std::stod(count) / most, bar_columns) : "",
               count});
  }
  session.print(table);
  session.print("{} of {} took part{}\n", took_part, electorate,
                counts.at("quorum_reached").get<bool>() ? "" : ", fewer than the quorum");
}

// What a definition would change, where this copy has it on main.
void print_change(Session& session, const Seen& seen, const Proposal& proposal) {
  if (proposal.kind != "definition" || !seen.world.repository.work_tree()) return;
  const LoadedDefinition here = work_tree_definition(seen.world);
  if (here.digest.hex() != proposal.subject.at("definition").get<std::string>()) {
    session.note("The proposed definition is not the one in the work tree here.");
    return;
  }
  session.write(
      changes_as_text(difference(adopted_definition(seen.world).files, here.files), session.color()));
}

int show_proposal(Session& session, const NamedProposal& given) {
  const Seen seen = look_ahead(session);
  const Proposal& proposal = require_proposal(session, seen, given.proposal);
  const std::int64_t now = session.environment.now().seconds;
  const std::string words = note_beside(session.environment, seen.world, proposal.id);
  if (session.json()) {
    Json json = proposal_json(seen, proposal, now);
    json["words"] = words;
    session.print_json(json);
    return 0;
  }
  session.print("{}  {}  {}\n", session.styled(Style::heading, proposal.id.short_text()),
                text_of(proposal.stage), session.shown(short_subject(proposal)));
  if (!words.empty()) session.print("{}", wrapped(session.shown(words), session.width(), 0));
  session.print("proposed by {} on {}, by the procedure {} ({})\n", seen.name(proposal.proposer),
                seen.clock(proposal.recorded), proposal.procedure, text_of(proposal.rules.method));
  if (const std::string next = step_of(seen, proposal); !next.empty()) session.print("{}\n", next);
  if (!proposal.rules.options.empty())
    session.print("options: {}\n", session.shown(fmt::format("{}", fmt::join(proposal.rules.options, ", "))));
  print_change(session, seen, proposal);
  if (const auto counts = counts_of(proposal, now)) print_counts(session, *counts);
  if (proposal.rules.is_secret() && proposal.is_open())
    session.print("the ballot is secret: nothing is counted before {}\n", seen.clock(proposal.rules.ends()));
  if (proposal.result && !proposal.result->winners.empty())
    session.print("elected: {}\n", fmt::join(proposal.result->winners, ", "));
  if (proposal.result && !proposal.result->not_carried_out.empty())
    session.print("not carried out: {}\n", session.shown(proposal.result->not_carried_out));
  return 0;
}

std::vector<Candidate> proposal_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> candidates;
  for (const Proposal& proposal : governance_of(seen).proposals())
    candidates.push_back({proposal.id.short_text(), std::string(text_of(proposal.stage))});
  return candidates;
}

std::vector<Candidate> procedure_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> candidates;
  if (!governance_of(seen).rules()) return candidates;
  for (const Procedure& procedure : governance_of(seen).rules()->procedures)
    candidates.push_back({procedure.id, procedure.title.in(session.language())});
  return candidates;
}

constexpr const char* proposal_members =
    "id, index, recorded, proposer, procedure, kind, subject, stage, rules, counts, winners, not_carried_out";

void declare_propose(Commands& commands) {
  Command& command = commands.add("propose", Purpose::together, "Put something to the vote");
  Motion& given = command.runs(open_proposal);
  command
      .argument(given.procedure, "PROCEDURE", "by which it is decided; `bw tool show governance` lists them")
      .offer(procedure_candidates);
  command.option("--kind", given.kind, "KIND", "what is proposed (default: what the procedure decides first)")
      .choose({"text", "definition", "spend", "admission", "expulsion", "election"});
  command.option("--note", given.note, "TEXT", "what you propose and why, in words for everyone");
  command.option("--option", given.options, "ID", "of a text with several answers: one of them");
  command.option("--person", given.person, "ACTOR", "of an admission, an expulsion or a spend: whom");
  command.option("--body", given.body, "ID", "of an election: the body whose seats are filled");
  command.option("--candidate", given.candidates, "ACTOR", "of an election: who stands");
  command.option("--seats", given.seats, "N", "of an election: how many are filled (default: 1)");
  command.option("--account", given.account, "ID", "of a spend: from which account");
  command.option("--amount", given.amount, "N", "of a spend: how much");
  command.option("--unit", given.unit, "UNIT", "of a spend: of what");
  command.description =
      "A proposal is discussed, voted on and decided by the procedure that it names, with the electorate of "
      "the "
      "moment at which voting begins. What passes is carried out by itself.\n\n"
      "A definition is proposed as it stands in the work tree; voters see with `bw proposal show` what it "
      "changes.";
  command.examples = {
      {"bw propose text --note \"We meet on the first Monday of each month.\"", "A text, yes or no"},
      {"bw propose definition --note \"Five AEDs instead of three\"", "The definition in the work tree"}};
  command.json = recorded_members();
  command.exit_codes = {{4, "the rules do not let you propose that"}};
  command.see_also = {"vote", "proposal", "submit"};
}

void declare_vote(Commands& commands) {
  Command& command = commands.add("vote", Purpose::together, "Vote on a proposal");
  Voting& given = command.runs(vote_on_proposal);
  command.argument(given.proposal, "PROPOSAL", "the proposal").offer(proposal_candidates);
  command.argument(given.choice, "CHOICE", "yes, no or abstain; or options, as the method asks for them");
  command.option("--delegate", given.delegate, "ACTOR", "let this person vote for you");
  command.flag("--reveal", given.reveal, "reveal what you chose in a secret ballot, after its close");
  command.description =
      "Where a ballot elects, the choice is: by approval, the options you approve of; by ranking, options "
      "from "
      "best to worst, those of one rank joined by commas; by quadratic votes, option=votes, n votes on one "
      "option costing n² of your credits.\n\n"
      "In a secret ballot only a commitment leaves your journal. Nobody knows your choice until you reveal "
      "it, "
      "after the close and within the time for that; what is not revealed takes part and counts nowhere.";
  command.examples = {{"bw vote 3f2a91 yes", "A decision"},
                      {"bw vote 3f2a91 garden,library bridge", "A ranking: two tied at the top"},
                      {"bw vote 3f2a91 --reveal", "After the close of a secret ballot"}};
  command.json = recorded_members();
  command.exit_codes = {{4, "you may not vote there, or not now"}};
  command.see_also = {"propose", "proposal", "submit"};
}

}  // namespace

void declare_proposal(Commands& commands) {
  declare_propose(commands);
  declare_vote(commands);

  Command& noun =
      commands.add("proposal", Purpose::together, "See what is put to the vote, and what came of it");
  noun.description =
      "Anyone can recount a vote from the log alone; only of a secret ballot nothing is counted before it "
      "ends.";

  Command& listing = noun.verb("list", "List the proposals");
  ProposalFilter& which = listing.runs(list_proposals);
  listing.flag("--open", which.open, "only those that are not decided");
  listing.description = "With what waits in your journal, and as of now.";
  listing.examples = {{"bw proposal list --open", "What is to be decided"}};
  listing.json = {{"proposals", std::string("for each: ") + proposal_members},
                  {"size", "how many entries were folded"}};
  listing.see_also = {"propose", "vote"};

  Command& showing = noun.verb("show", "Show one proposal with its count");
  NamedProposal& shown = showing.runs(show_proposal);
  showing.argument(shown.proposal, "PROPOSAL", "the proposal").offer(proposal_candidates);
  showing.description = "An open ballot is counted as if it ended now.";
  showing.examples = {{"bw proposal show 3f2a91", "One proposal"}};
  showing.json = {{"id", "its event"},
                  {"index", "of the entry that opened it"},
                  {"recorded", "when it was opened"},
                  {"proposer", "by whom"},
                  {"procedure", "by which it is decided"},
                  {"kind", "text, definition, spend, admission, expulsion or election"},
                  {"subject", "what is proposed"},
                  {"stage", "discussion, voting, revealing, passed, failed or withdrawn"},
                  {"rules", "of the ballot: method, quorum, times"},
                  {"counts", "turnout, counts, quorum_reached, outcome; null where nothing is counted yet"},
                  {"winners", "who was elected"},
                  {"not_carried_out", "why what passed could not be carried out"},
                  {"words", "what its proposer says"}};
  showing.see_also = {"vote", "explain"};

  declare_about_event(noun,
                      {"withdraw", "Withdraw a proposal of yours before voting begins", "proposal.withdrawn",
                       "proposal", "PROPOSAL", "the proposal", "it is not yours, or voting has begun"},
                      proposal_candidates)
      .description = "It stays in the log as withdrawn.";
}

}  // namespace bw::cli
