#include "cli/id_keys.h"

#include "base/error.h"
#include "cli/paper.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/my_keys.h"
#include "world/operations.h"
#include "world/rotation.h"
#include "world/submit.h"

namespace bw::cli {
namespace {

struct Key {
  std::string key;
};
struct Endorsed {
  std::string key;
  std::string person;
};
struct Recovered {
  std::optional<std::filesystem::path> file;
  std::optional<std::string> name;
  bool replace = false;
};
struct Announced {
  std::optional<std::filesystem::path> replaces;
};

Did parse_did(const std::string& text) {
  const auto did = Did::parse(text);
  if (!did) throw Error(ErrorCode::usage, did.reason(), "`bw id show` shows the did:key of this machine");
  return *did;
}

bool is_in_log(const World& world, const Event& event) {
  return world.stream.ids.find(event.id).has_value();
}

// Submits the event and says what has become of it, in the words of its verb.
int conclude(Session& session, World& world, const Signer& signer, const Event& event,
             const std::string& sentence, const std::string& next) {
  const Submitted submitted = submit(session.environment, world, signer, {.only = {event.id}});
  session.done(fmt::format("the event {} is recorded and submitted", event.id.short_text()));
  if (session.json()) {
    session.print_json(
        {{"event", event.id.text()}, {"in_log", is_in_log(world, event)}, {"to", submitted.to}});
    return 0;
  }
  if (is_in_log(world, event)) {
    session.print("{}\n", sentence);
  } else {
    session.print("Sent to {}: {}\n", session.shown(submitted.to), sentence);
  }
  if (!next.empty()) session.note("{}", next);
  return 0;
}

int link_device(Session& session, const Key& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "id link");
  const Acting me = acting(session);
  const Did key = parse_did(given.key);
  const Event event = link_key(session.environment, world, *me.signer, key);
  const bool answers = world.stream.authority.persons()
                           .link_word(key, me.identity.did, session.environment.now().seconds)
                           .has_value();
  return conclude(
      session, world, *me.signer, event,
      answers ? "Linked: " + key.text() + " and this key are one person's"
              : "Named " + key.text() + " as a key of yours",
      answers ? "" : "In force once that key says the same: bw id link " + me.identity.did.text());
}

int revoke_my_key(Session& session, const Key& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "id revoke");
  const Acting me = acting(session);
  const Did key = parse_did(given.key);
  const Event event = revoke_key(session.environment, world, *me.signer, key);
  return conclude(session, world, *me.signer, event, "Revoked " + key.text(),
                  "What it said before stays; what it says from now on counts for nothing.");
}

int dispute_key(Session& session) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "id dispute");
  const Acting me = acting(session);
  const Event event = dispute_revocation(session.environment, world, *me.signer);
  return conclude(session, world, *me.signer, event, "Disputed the revocation of " + me.identity.did.text(),
                  "All keys of this person are silent until the stewards settle it: "
                  "bw steward propose settle-person");
}

int endorse_person(Session& session, const Endorsed& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "id endorse");
  const Acting me = acting(session);
  const Did key = parse_did(given.key);
  const Did person = parse_did(given.person);
  const Event event = endorse_key(session.environment, world, *me.signer, key, person);
  return conclude(
      session, world, *me.signer, event,
      fmt::format("Endorsed {} as the key of {}", key.text(), person.text()),
      fmt::format("With two endorsements a steward proposes: bw steward propose recover-actor {} {}",
                  key.text(), person.text()));
}

int announce_keys(Session& session, const Announced& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "id announce");
  const Acting me = acting(session);
  std::optional<PaperKey> before;
  if (given.replaces) before = read_paper(session, given.replaces);
  const auto event =
      announce_recovery(session.environment, world, *me.signer, before ? &before->personal_seed : nullptr);
  if (event) {
    return conclude(session, world, *me.signer, *event, "Announced the recovery key of your paper backup",
                    "Whoever has the paper can take your place: `bw id backup` prints it.");
  }
  if (session.json()) {
    session.print_json({{"event", nullptr}, {"in_log", true}, {"to", ""}});
  } else {
    session.print("The world knows the recovery key of your paper backup already\n");
  }
  return 0;
}

int recover_my_key(Session& session, const Recovered& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "id recover");
  const PaperKey paper = read_paper(session, given.file);
  std::string usual;
  if (const auto known = find_identity(session.environment)) usual = known->name;
  succeed_identity(session.environment, paper, given.name.value_or(usual), session.new_passphrase(),
                   given.replace);
  const Acting me = acting(session);
  session.done("you are " + me.identity.did.text() + " on this machine");
  const Event event = recover_person(session.environment, world, *me.signer, paper);
  return conclude(session, world, *me.signer, event,
                  me.identity.did.text() + " takes the place of all keys of " + paper.actor.text(),
                  "In each other world that you have a part in: bw id recover, with the same paper.");
}

Json rotated_json(const Rotation& rotation) {
  Json worlds = Json::array();
  for (const RotatedWorld& rotated : rotation.worlds) {
    worlds.push_back({{"folder", rotated.known.folder.string()},
                      {"in_force", rotated.in_force},
                      {"name", rotated.known.name},
                      {"problem", rotated.problem},
                      {"world", rotated.known.id.text()}});
  }
  return {{"before", rotation.before.did.text()}, {"now", rotation.now.did.text()}, {"worlds", worlds}};
}

int rotate_my_key(Session& session) {
  require_identity(session.environment);
  const Rotation rotation = rotate_key(session.environment, session.new_passphrase());
  session.done("you are " + rotation.now.did.text() + " on this machine");
  const bool all = std::all_of(rotation.worlds.begin(), rotation.worlds.end(),
                               [](const RotatedWorld& rotated) { return rotated.problem.empty(); });
  if (session.json()) {
    session.print_json(rotated_json(rotation));
    return all ? 0 : 1;
  }
  session.print("{} takes the place of {}\n", rotation.now.did.text(), rotation.before.did.text());
  for (const RotatedWorld& rotated : rotation.worlds) {
    const std::string name = session.shown(rotated.known.name);
    if (!rotated.problem.empty()) {
      session.warn("{}: {}", name, session.shown(rotated.problem));
    } else {
      session.print("  {}  {}\n", name,
                    rotated.in_force ? "in force" : "sent; in force once a steward admits it");
    }
  }
  if (!all) session.note("The old key is kept aside; `bw submit` in those worlds sends what waits there.");
  session.note("A paper backup of the old key holds that key: print a new one with `bw id backup`.");
  return all ? 0 : 1;
}

std::vector<Member> event_members() {
  return {{"event", "the event"}, {"in_log", "whether the log has it"}, {"to", "where it was sent"}};
}

void declare_link(Command& id) {
  Command& command = id.verb("link", "Join the key of another device to your person");
  Key& given = command.runs(link_device);
  command.argument(given.key, "KEY", "the did:key of the other device");
  command.description =
      "Each side names the other, and from the second word on both keys are one person's in this world: "
      "roles "
      "and membership are those of the person, and both together are one vote. One of them must be new here: "
      "a "
      "key without a role and without other keys, which then joins the other.";
  command.examples = {{"bw id link did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
                       "On the laptop, naming the phone; then on the phone, naming the laptop"}};
  command.json = event_members();
}

void declare_revoke(Command& id) {
  Command& command = id.verb("revoke", "End a key of yours: a lost phone, an old laptop");
  Key& given = command.runs(revoke_my_key);
  command.argument(given.key, "KEY", "the key that ends");
  command.description =
      "From that entry of the log on, whatever the key says is refused, or counts for nothing; what it said "
      "before stays. The key may dispute it within 30 days; then all your keys are silent until the stewards "
      "settle who you are. Where too few other stewards are left to do that, a key ends only itself and keys "
      "that joined after it.";
  command.examples = {{"bw id revoke did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
                       "Ends a phone that was lost"}};
  command.json = event_members();
}

void declare_dispute(Command& id) {
  Command& command = id.verb("dispute", "Say that your key was revoked by a thief");
  command.runs(dispute_key);
  command.description =
      "The one thing that a revoked key may still say, within 30 days. Nothing is decided by who was faster: "
      "all keys of the person are silent until k other stewards name those that live "
      "(`bw steward propose settle-person`).";
  command.examples = {{"bw id dispute", "Disputes the revocation of this machine's key"}};
  command.json = event_members();
}

void declare_rotate(Command& id) {
  Command& command = id.verb("rotate", "Replace this machine's key by a new one");
  command.runs(rotate_my_key);
  command.description =
      "Makes a new key with your name and your other keys, and lets it take the place of the old one in "
      "every "
      "world that this machine knows and that knows you: your roles and what you logged stay yours. What "
      "waits "
      "in the journals is sent first. The old key is kept aside.";
  command.examples = {{"bw id rotate", "Takes a new key everywhere"}};
  command.json = {
      {"before", "the old key"},
      {"now", "the new key"},
      {"worlds", "for each: name, world, folder, in_force, and problem where it was not reached"}};
  command.exit_codes = {{1, "a world could not be reached yet"}};
}

void declare_recover(Command& id) {
  Command& command = id.verb("recover", "Take your place in a world again with the paper key");
  Recovered& given = command.runs(recover_my_key);
  command.argument(given.file, "FILE",
                   "a file with the code (the page that was saved will do), or - to read it");
  command.option("--name", given.name, "NAME", "the name that others see");
  command.flag("--replace", given.replace, "replace the identity of this machine, which is kept aside");
  command.description =
      "For a key that was lost or stolen: makes a new one on this machine, which takes the place of all your "
      "earlier keys in this world, by the recovery key on the paper. The world must know that recovery key "
      "beforehand (`bw join` and `bw id announce` tell it). It stands above every other key of yours, and "
      "ends "
      "a dispute. To go on with the key itself, use `bw id restore`.";
  command.examples = {{"bw id recover paper.svg", "Recovers your standing in the world you are in"},
                      {"bw id recover", "Asks for the seven lines"}};
  command.json = event_members();
}

void declare_endorse(Command& id) {
  Command& command = id.verb("endorse", "Say that you know somebody's new key");
  Endorsed& given = command.runs(endorse_person);
  command.argument(given.key, "KEY", "her new key");
  command.argument(given.person, "PERSON", "a key by which the world knows her");
  command.description =
      "For somebody who lost all her keys and her paper: with two endorsements by members, k stewards let "
      "her "
      "new key take the place of the old ones. Ask her face to face: whoever has that key will be her.";
  command.examples = {
      {"bw id endorse did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK "
       "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH",
       "Says that the first key is the person who had the second"}};
  command.json = event_members();
}

void declare_announce(Command& id) {
  Command& command = id.verb("announce", "Tell a world the recovery key of your paper backup");
  Announced& given = command.runs(announce_keys);
  command.option("--replaces", given.replaces, "FILE",
                 "the paper key with the recovery key that it replaces");
  command.description =
      "`bw join` does it; who made a world, or joined it with an earlier version, does it once with this. A "
      "recovery key is replaced only with the consent of the one before, so that a thief of your signing key "
      "cannot take the way back from you.";
  command.examples = {{"bw id announce", "Lets the paper recover your standing in the world you are in"}};
  command.json = event_members();
}

}  // namespace

void declare_key_verbs(Command& id) {
  declare_link(id);
  declare_revoke(id);
  declare_dispute(id);
  declare_rotate(id);
  declare_recover(id);
  declare_endorse(id);
  declare_announce(id);
}

}  // namespace bw::cli
