#include "base/error.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "stream/steward_change.h"
#include "world/appending.h"
#include "world/operations.h"
#include "world/record.h"
#include "world/stewardship.h"
#include "world/submit.h"

namespace bw::cli {
namespace {

struct Proposed {
  std::string act;
  std::vector<std::string> values;
  bool home_is_gone = false;
};
struct Approved {
  std::string proposal;
  bool home_is_gone = false;
};

const std::vector<std::string> acts = {
    "add-steward",        "remove-steward", "add-sequencer",  "remove-sequencer", "add-device",
    "remove-device",      "add-witness",    "remove-witness", "set-threshold",    "set-home",
    "set-witness-quorum", "recover-actor",  "settle-person",  "reset-clock",      "name-root"};

// The values of an act, of which it needs so many.
const std::vector<std::string>& values_of(const Proposed& given, std::size_t least, std::size_t most) {
  if (given.values.size() >= least && given.values.size() <= most) return given.values;
  throw Error(ErrorCode::usage, fmt::format("{} takes {}", given.act,
                                            least == 1 && most == 1 ? "one value"
                                            : least == most         ? "two values"
                                                                    : "a person and the keys that live"));
}

std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  declared::assign(number, text);
  return number;
}

// The command line's words as the change that the event carries.
StewardChange change_of(Session& session, const World& world, const Proposed& given) {
  Json json = {{"act", given.act}};
  for (char& c : json["act"].get_ref<std::string&>()) c = c == '-' ? '_' : c;
  if (given.act == "recover-actor") {
    json["did"] = values_of(given, 2, 2)[0];
    json["person"] = given.values[1];
  } else if (given.act == "settle-person") {
    json["person"] = values_of(given, 2, 1 + max_person_keys)[0];
    json["keys"] = std::vector<std::string>(given.values.begin() + 1, given.values.end());
  } else if (given.act == "name-root") {
    const bool here = values_of(given, 1, 2)[0] == "here";
    if (!here) values_of(given, 2, 2);
    if (here && !world.stream.checkpoint) throw Error(ErrorCode::invalid, "this copy has no checkpoint yet");
    json["size"] = here ? world.stream.checkpoint->size : number_of(given.values[0]);
    json["root"] = here ? world.stream.checkpoint->root.hex() : given.values[1];
  } else if (given.act == "reset-clock") {
    const std::int64_t seconds = parse_time(session, world, values_of(given, 1, 1)[0]).seconds;
    if (seconds < 0) throw Error(ErrorCode::usage, "a log's clock does not go back beyond 1970");
    json["recorded"] = static_cast<std::uint64_t>(seconds);
  } else if (given.act == "set-home") {
    const std::string& value = values_of(given, 1, 1)[0];
    json["home"] = value == "none" ? Json(nullptr) : Json(parse_home(value));
  } else if (given.act.starts_with("set-")) {
    json["number"] = number_of(values_of(given, 1, 1)[0]);
  } else {
    json[given.act.ends_with("witness") ? "witness" : "did"] = values_of(given, 1, 1)[0];
  }
  auto change = StewardChange::parse(json);
  if (!change) throw Error(ErrorCode::usage, change.reason());
  return *change;
}

// Brings the stream to the new home, and says what may be lost with the old one.
void leave_lost_home(Session& session, World& world, const Did& me, const StewardChange& change) {
  if (change.act != StewardChange::Act::set_home || !change.home) {
    throw Error(ErrorCode::usage, "--old-home-is-gone goes with a change of the home to an address");
  }
  const auto next = parse_url(*change.home);
  const LostHome lost = replace_home(session.environment, world, me, next);
  session.warn("{} is given up as the world's home: {}", session.shown(lost.home),
               session.shown(lost.reason));
  session.warn(
      "{} now begins with the {} that this copy has seen, up to {}. What others appended at the old home "
      "after "
      "that is not in it, and copies that have seen more refuse the new home: ask the other stewards what "
      "\"bw status\" shows them before anyone appends",
      session.shown(next.shown()), counted(lost.size, "entry", "entries"), lost.head->hex());
}

// Submits the act and says what has become of it.
int conclude(Session& session, World& world, const Signer& signer, const Event& event,
             const EventId& proposal, const std::string& sentence) {
  const Submitted submitted = submit(session.environment, world, signer, {.only = {event.id}});
  session.done(fmt::format("the event {} is recorded and submitted", event.id.short_text()));
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

int propose_steward_change(Session& session, const Proposed& given) {
  World world = open_world_to_arbitrate(session);
  const Operation operation(session.environment, world, "steward propose");
  const Acting me = acting(session);
  const StewardChange change = change_of(session, world, given);
  if (given.home_is_gone) leave_lost_home(session, world, me.signer->did(), change);
  const Event event = propose_change(session.environment, world, *me.signer, change);
  return conclude(session, world, *me.signer, event, event.id, change.sentence());
}

int approve_steward_change(Session& session, const Approved& given) {
  World world = open_world_to_arbitrate(session);
  const Operation operation(session.environment, world, "steward approve");
  const Acting me = acting(session);
  const EventId proposal = resolve_event(session.environment, world, given.proposal);
  const auto& open = world.stream.authority.open_proposals();
  const auto found = open.find(proposal);
  if (found == open.end()) {
    throw Error(ErrorCode::invalid, "no open proposal is named " + given.proposal,
                "see them with: bw steward list");
  }
  const StewardChange change = found->second.change;
  const std::string sentence = change.sentence();
  if (given.home_is_gone) leave_lost_home(session, world, me.signer->did(), change);
  const Event event = approve_change(session.environment, world, *me.signer, proposal);
  return conclude(session, world, *me.signer, event, proposal, sentence);
}

Json dids_json(const std::set<Did>& dids) {
  Json list = Json::array();
  for (const Did& did : dids) list.push_back(did.text());
  return list;
}

// Every person of whom the log knows more than one key.
Json persons_json(const Persons& persons) {
  Json list = Json::array();
  for (const auto& [name, person] : persons.recorded()) {
    if (person.keys.size() == 1 && !person.keys.front().revoked) continue;
    Json keys = Json::array();
    for (const PersonKey& key : person.keys) {
      keys.push_back({{"key", key.did.text()}, {"lives", persons.may_speak(key.did)}});
    }
    list.push_back({{"person", name.text()},
                    {"keys", keys},
                    {"disputed", person.disputed.has_value()},
                    {"recovery", person.recovery.has_value()}});
  }
  return list;
}

// A role, and the keys that act in it.
void list_role(Table& table, const Authority& authority, std::string_view role,
               const std::set<Did>& persons) {
  for (const Did& name : persons) {
    const Person person = authority.persons().of(name);
    const bool alone = person.keys.size() == 1 && authority.persons().may_speak(name);
    table.row({std::string(role), name.text(), person.disputed ? "disputed" : ""});
    if (alone) continue;
    for (const PersonKey& key : person.keys) {
      table.row({"", "  " + key.did.text(),
                 authority.persons().may_speak(key.did) ? "key"
                 : key.revoked                          ? "revoked"
                                                        : "silent"});
    }
  }
}

int list_changes(Session& session) {
  const World world = open_world_to_arbitrate(session);
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
                        {"persons", persons_json(authority.persons())},
                        {"proposals", proposals}});
    return 0;
  }
  Table table({{"ROLE"}, {"WHO"}, {""}});
  list_role(table, authority, "steward", authority.stewards());
  list_role(table, authority, "sequencer", authority.sequencers());
  list_role(table, authority, "device", authority.devices());
  for (const std::string& witness : authority.witnesses()) table.row({"witness", witness, ""});
  session.print(table);
  session.print("{} of {} decide together\n", authority.threshold(),
                counted(authority.stewards().size(), "steward", "stewards"));
  if (!authority.witnesses().empty()) {
    session.print("{} of {} must stand behind the log\n", authority.witness_quorum(),
                  counted(authority.witnesses().size(), "witness", "witnesses"));
  }
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
  listing.runs(list_changes);
  listing.examples = {{"bw steward list", "Who tends this world"}};
  listing.json = {
      {"threshold", "how many decide together"},
      {"stewards", "their DIDs"},
      {"sequencers", "who may append besides"},
      {"devices", "named devices"},
      {"witnesses", "their verifier keys"},
      {"witness_quorum", "how many must cosign"},
      {"home", "where appends go, or null"},
      {"persons", "who has several keys, or ended ones: person, keys (key, lives), disputed, recovery"},
      {"proposals", "open ones: proposal, change, approvals"}};

  Command& proposing = noun.verb("propose", "Propose a change of authority");
  Proposed& proposed = proposing.runs(propose_steward_change);
  proposing.argument(proposed.act, "ACT", "what to change").choose(acts);
  proposing.argument(
      proposed.values, "VALUE",
      "a DID, a number, a witness's key, or an address (set-home none: back to the maker's repository); "
      "recover-actor NEW OLD; settle-person PERSON KEY…; reset-clock now; name-root here");
  constexpr const char* home_is_gone_help =
      "with set-home: the old home is lost for good, so append on what this copy has seen, at the new home";
  proposing.flag("--old-home-is-gone", proposed.home_is_gone, home_is_gone_help);
  proposing.description =
      "With a threshold of one the change is in force at once. Otherwise other stewards approve it within 30 "
      "days.\n\n"
      "Where the home is lost for good (its host is gone, or serves another history), `set-home URL "
      "--old-home-is-gone` continues at URL from what this copy has verified; refused while the old home "
      "still answers with this world's stream. URL is an empty repository, or holds this stream already. "
      "What "
      "others had appended at the old home and this copy has not seen is not in the world's stream any more, "
      "so do it in the copy that has the most. Everyone else then runs `bw pull --from URL`; where more must "
      "approve, they do so after that, with `bw steward approve PROPOSAL --old-home-is-gone`.\n\n"
      "`recover-actor NEW OLD` lets a new key, endorsed by two members, take the place of all keys of "
      "somebody "
      "who lost hers. `settle-person PERSON KEY…` ends a dispute: the keys that are named live, the others "
      "are "
      "revoked for good. `reset-clock now` sets back the log's clock where somebody's ran away, so that "
      "appending is possible again. `name-root here` (or `name-root SIZE ROOT`) says, of two histories that "
      "split, that the one with this copy's checkpoint stands.";
  proposing.examples = {
      {"bw steward propose add-steward did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
       "Makes someone a steward"},
      {"bw steward propose set-threshold 2", "From now on two decide together"},
      {"bw steward propose set-home ssh://git@example.org/ohca.git",
       "Appends go to a shared repository first"},
      {"bw steward propose set-home https://example.org/ohca.git --old-home-is-gone",
       "The old host is gone: go on at another"},
      {"bw steward propose reset-clock now", "Somebody's clock had run away"}};
  proposing.json = {{"event", "the event"},
                    {"proposal", "the proposal"},
                    {"change", "in words"},
                    {"in_force", "whether it is in force now"},
                    {"approvals", "how many approved so far"},
                    {"threshold", "how many must"},
                    {"to", "where it was sent"}};

  Command& approving = noun.verb("approve", "Approve a proposal");
  Approved& approved = approving.runs(approve_steward_change);
  approving.argument(approved.proposal, "PROPOSAL", "the proposal, or the first digits of it");
  approving.flag("--old-home-is-gone", approved.home_is_gone, home_is_gone_help);
  approving.examples = {{"bw steward approve 3fa1b2c4d5", "Adds your approval"}};
  approving.json = proposing.json;
}

}  // namespace bw::cli
