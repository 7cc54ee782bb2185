#include "base/error.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "stream/steward_change.h"
#include "world/appending.h"
#include "world/record.h"
#include "world/stewardship.h"
#include "world/submit.h"

namespace bw::cli {
namespace {

struct Proposed {
  std::string act;
  std::string value;
};
struct Approved {
  std::string proposal;
};

const std::vector<std::string> acts = {"add-steward",      "remove-steward",    "add-sequencer",
                                       "remove-sequencer", "add-device",        "remove-device",
                                       "add-witness",      "remove-witness",    "set-threshold",
                                       "set-home",         "set-witness-quorum"};

// The command line's words as the change that the event carries.
StewardChange change_of(const Proposed& given) {
  Json json = {{"act", given.act}};
  for (char& c : json["act"].get_ref<std::string&>()) c = c == '-' ? '_' : c;
  if (given.act == "set-home") {
    json["home"] = given.value == "none" ? Json(nullptr) : Json(parse_home(given.value));
  } else if (given.act.starts_with("set-")) {
    std::uint64_t number = 0;
    declared::assign(number, given.value);
    json["number"] = number;
  } else {
    json[given.act.ends_with("witness") ? "witness" : "did"] = given.value;
  }
  auto change = StewardChange::parse(json);
  if (!change) throw Error(ErrorCode::usage, change.reason());
  return *change;
}

// Submits the act and says what has become of it.
int conclude(Session& session, World& world, const Signer& signer, const Event& event,
             const EventId& proposal, const std::string& sentence) {
  const Submitted submitted = submit(session.environment, world, signer, {.only = {event.id}});
  const bool in_log = world.stream.ids.find(event.id).has_value();
  const auto& open = world.stream.authority.open_proposals();
  const auto found = open.find(proposal);
  const bool in_force = in_log && found == open.end();
  // A home that was just named gets the stream at once, so that nobody finds it empty.
  if (in_force && home_of(world).kind == Home::Kind::remote) settle_home(session.environment, world);
  const std::size_t approvals = found == open.end() ? 0 : found->second.approvals.size();
  if (session.json()) {
    session.print_json({{"event", event.id.text()},
                        {"proposal", proposal.text()},
                        {"change", sentence},
                        {"in_force", in_force},
                        {"approvals", approvals},
                        {"threshold", world.stream.authority.threshold()},
                        {"to", submitted.to}});
  } else if (in_force) {
    session.print("In force: {}\n", session.shown(sentence));
  } else if (in_log) {
    session.print("Proposal {}: {} ({} of {} approvals)\n", proposal.short_text(), session.shown(sentence),
                  approvals, world.stream.authority.threshold());
    session.note("Another steward approves it with: bw steward approve {}", proposal.short_text());
  } else {
    session.print("Sent to {}: {}\n", session.shown(submitted.to), session.shown(sentence));
  }
  return 0;
}

int propose(Session& session, const Proposed& given) {
  World world = open_world_of(session);
  const Acting me = acting(session);
  const StewardChange change = change_of(given);
  const Event event = propose_change(session.environment, world, *me.signer, change);
  return conclude(session, world, *me.signer, event, event.id, change.sentence());
}

int approve(Session& session, const Approved& given) {
  World world = open_world_of(session);
  const Acting me = acting(session);
  const EventId proposal = resolve_event(session.environment, world, given.proposal);
  const auto& open = world.stream.authority.open_proposals();
  const auto found = open.find(proposal);
  if (found == open.end()) {
    throw Error(ErrorCode::invalid, "no open proposal is named " + given.proposal,
                "see them with: bw steward list");
  }
  const std::string sentence = found->second.change.sentence();
  const Event event = approve_change(session.environment, world, *me.signer, proposal);
  return conclude(session, world, *me.signer, event, proposal, sentence);
}

Json dids_json(const std::set<Did>& dids) {
  Json list = Json::array();
  for (const Did& did : dids) list.push_back(did.text());
  return list;
}

int list(Session& session) {
  const World world = open_world_of(session);
  const Authority& authority = world.stream.authority;
  Json proposals = Json::array();
  for (const auto& [id, proposal] : authority.open_proposals()) {
    proposals.push_back({{"proposal", id.text()},
                         {"change", proposal.change.sentence()},
                         {"approvals", dids_json(proposal.approvals)}});
  }
  if (session.json()) {
    session.print_json({{"threshold", authority.threshold()},
                        {"stewards", dids_json(authority.stewards())},
                        {"sequencers", dids_json(authority.sequencers())},
                        {"devices", dids_json(authority.devices())},
                        {"witnesses", authority.witnesses()},
                        {"witness_quorum", authority.witness_quorum()},
                        {"home", authority.home() ? Json(*authority.home()) : Json(nullptr)},
                        {"proposals", proposals}});
    return 0;
  }
  Table table({{"ROLE"}, {"WHO"}});
  for (const Did& did : authority.stewards()) table.row({"steward", did.text()});
  for (const Did& did : authority.sequencers()) table.row({"sequencer", did.text()});
  for (const Did& did : authority.devices()) table.row({"device", did.text()});
  for (const std::string& witness : authority.witnesses()) table.row({"witness", witness});
  session.print(table);
  session.print("{} of {} decide together\n", authority.threshold(),
                counted(authority.stewards().size(), "steward", "stewards"));
  for (const auto& [id, proposal] : authority.open_proposals()) {
    session.print("open {}: {} ({} of {})\n", id.short_text(), session.shown(proposal.change.sentence()),
                  proposal.approvals.size(), authority.threshold());
  }
  return 0;
}

}  // namespace

void declare_steward(Commands& commands) {
  Command& noun = commands.add("steward", Purpose::trust, "Who may append, and changing that together");
  noun.description =
      "Stewards tend a world's stream. What changes their number, the home, sequencers, devices or witnesses "
      "is "
      "proposed by one and in force once as many as the threshold says have approved; the proposer's "
      "approval "
      "counts.";
  noun.see_also = {"adopt", "merge", "verify"};

  Command& listing = noun.verb("list", "Stewards, other roles and open proposals");
  listing.runs(list);
  listing.examples = {{"bw steward list", "Who tends this world"}};
  listing.json = {
      {"threshold", "how many decide together"}, {"stewards", "their DIDs"},
      {"sequencers", "who may append besides"},  {"devices", "named devices"},
      {"witnesses", "their verifier keys"},      {"witness_quorum", "how many must cosign"},
      {"home", "where appends go, or null"},     {"proposals", "open ones: proposal, change, approvals"}};

  Command& proposing = noun.verb("propose", "Propose a change of authority");
  Proposed& proposed = proposing.runs(propose);
  proposing.argument(proposed.act, "ACT", "what to change").choose(acts);
  proposing.argument(
      proposed.value, "VALUE",
      "a DID, a number, a witness's key, or an address (set-home none: back to the maker's repository)");
  proposing.description =
      "With a threshold of one the change is in force at once. Otherwise other stewards approve it within 30 "
      "days.";
  proposing.examples = {
      {"bw steward propose add-steward did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
       "Makes someone a steward"},
      {"bw steward propose set-threshold 2", "From now on two decide together"},
      {"bw steward propose set-home ssh://git@example.org/ohca.git",
       "Appends go to a shared repository first"}};
  proposing.json = {{"event", "the event"},
                    {"proposal", "the proposal"},
                    {"change", "in words"},
                    {"in_force", "whether it is in force now"},
                    {"approvals", "how many approved so far"},
                    {"threshold", "how many must"},
                    {"to", "where it was sent"}};

  Command& approving = noun.verb("approve", "Approve a proposal");
  Approved& approved = approving.runs(approve);
  approving.argument(approved.proposal, "PROPOSAL", "the proposal, or the first digits of it");
  approving.examples = {{"bw steward approve 3fa1b2c4d5", "Adds your approval"}};
  approving.json = proposing.json;
}

}  // namespace bw::cli
