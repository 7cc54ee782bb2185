// bw journal checkpoint, prove, verify, witness: my journal as a log of its own.

#include "world/journal_proofs.h"

#include "base/error.h"
#include "base/files.h"
#include "cli/journal.h"
#include "cli/standard_input.h"
#include "tlog/policy.h"
#include "world/record.h"
#include "world/sentence.h"

namespace bw::cli {
namespace {

// The one event of the journal whose id begins so.
EventId resolve_in_journal(Session& session, const WorldId& world, const std::string& prefix) {
  std::optional<EventId> found;
  for (const JournalEntry& entry : open_journal(session.environment, world).read()) {
    if (prefix.size() < min_id_prefix || !entry.event.id.text().starts_with(prefix)) continue;
    if (found) throw Error(ErrorCode::invalid, "several events begin with " + prefix, "give more digits");
    found = entry.event.id;
  }
  if (!found) {
    throw Error(ErrorCode::invalid, "your journal has no event " + prefix,
                "\"bw journal list\" shows them; at least 4 digits name one");
  }
  return *found;
}

std::vector<NoteVerifier> parse_witnesses(const std::vector<std::string>& vkeys) {
  std::vector<NoteVerifier> witnesses;
  for (const std::string& vkey : vkeys) {
    const auto key = NoteVerifier::parse(vkey, NoteKeyType::cosignature);
    if (!key) throw Error(ErrorCode::usage, "\"" + vkey + "\" is not the key of a witness: " + key.reason());
    witnesses.push_back(*key);
  }
  return witnesses;
}

struct Signing {
  std::optional<std::string> world_id;
  bool new_log = false;
  bool list = false;
  bool key = false;
};

Json note_json(const JournalNote& note) {
  return {{"origin", note.checkpoint.origin},
          {"size", note.checkpoint.size},
          {"root", note.checkpoint.root.hex()},
          {"key", note.key.vkey()},
          {"cosignatures", note.note.signatures.size() - 1},
          {"note", note.note.bytes()}};
}

int list_checkpoints(Session& session, const WorldId& world) {
  const std::vector<JournalNote> notes = journal_notes(session.environment, world);
  if (session.json()) {
    Json all = Json::array();
    for (const JournalNote& note : notes) all.push_back(note_json(note));
    session.print_json({{"checkpoints", all}});
    return 0;
  }
  Table table({{"SIZE", Align::right}, {"ROOT"}, {"COSIGNED", Align::right}, {"LOG"}});
  for (const JournalNote& note : notes) {
    table.row({std::to_string(note.checkpoint.size), note.checkpoint.root.hex(),
               std::to_string(note.note.signatures.size() - 1), note.checkpoint.origin});
  }
  session.page();
  session.print(table);
  return 0;
}

int show_journal_checkpoint(Session& session, const Signing& given) {
  const WorldId world = journal_place(session, given.world_id).id;
  if (given.list) return list_checkpoints(session, world);
  if (given.new_log) begin_new_journal_log(session.environment, world);
  const JournalNote note = checkpoint_journal(session.environment, world);
  if (session.json()) {
    session.print_json(note_json(note));
  } else if (given.key) {
    session.print("{}\n", note.key.vkey());
  } else {
    session.write(note.note.bytes());
  }
  return 0;
}

struct Proving {
  std::string event;
  std::optional<std::filesystem::path> output;
  std::optional<std::string> world_id;
};

int prove_journal(Session& session, const Proving& given) {
  const WorldId world = journal_place(session, given.world_id).id;
  const EventId event = resolve_in_journal(session, world, given.event);
  const TlogProof proof = prove_in_journal(session.environment, world, event);
  const auto covered = Checkpoint::parse(proof.checkpoint.text);
  if (!covered) throw Error(ErrorCode::invalid, covered.reason());
  if (given.output) write_file(*given.output, proof.text());
  if (session.json()) {
    Json object = {
        {"event", event.text()},       {"index", proof.index},
        {"origin", covered->origin},   {"size", covered->size},
        {"root", covered->root.hex()}, {"file", given.output ? Json(given.output->string()) : Json(nullptr)}};
    if (!given.output) object["proof"] = proof.text();
    session.print_json(object);
  } else if (given.output) {
    session.print("{}  event {} of {}\n", session.shown(given.output->string()), proof.index, covered->size);
    session.note(
        "Whoever has your journal's key (bw journal checkpoint --key) checks it with:\n"
        "  bw journal verify {} --log-key KEY",
        session.shown(given.output->string()));
  } else {
    session.write(proof.text());
  }
  return 0;
}

struct Verifying {
  std::filesystem::path file;
  std::vector<std::string> log_keys;
  std::optional<std::filesystem::path> policy;
};

int verify_proof_file(Session& session, const Verifying& given) {
  const auto proof = TlogProof::parse(read_file(given.file, TlogProof::max_bytes));
  if (!proof)
    throw Error(ErrorCode::invalid, fmt::format("{} is no proof: {}", given.file.string(), proof.reason()));
  return verify_journal_proof(session, given.file.string(), *proof, given.log_keys, given.policy);
}

struct Witnessing {
  std::optional<std::filesystem::path> output;
  std::optional<std::filesystem::path> take;
  std::vector<std::string> witnesses;
  std::optional<std::uint64_t> old_size;
  std::optional<std::string> world_id;
};

int take(Session& session, const Witnessing& given, const JournalPlace& place) {
  if (given.output || given.old_size)
    throw Error(ErrorCode::usage, "--take goes with neither --output nor --old");
  std::vector<NoteVerifier> witnesses = parse_witnesses(given.witnesses);
  if (place.world) {
    for (const std::string& vkey : place.world->stream.authority.witnesses()) {
      if (auto key = NoteVerifier::parse(vkey, NoteKeyType::cosignature)) witnesses.push_back(*key);
    }
  }
  const std::string answer = *given.take == "-" ? read_standard_input(Note::max_bytes, "the answer")
                                                : read_file(*given.take, Note::max_bytes);
  const JournalNote note = keep_cosignatures(session.environment, place.id, answer, witnesses);
  session.done("the cosignatures are kept");
  if (session.json()) {
    session.print_json(note_json(note));
    return 0;
  }
  for (const Cosigned::By& by : cosigned(note.note, WitnessRule::at_least(0, witnesses)).by) {
    session.print("{} cosigned {} at {}\n", session.shown(by.name),
                  counted(note.checkpoint.size, "event", "events"), by.at.text());
  }
  return 0;
}

int witness_journal(Session& session, const Witnessing& given) {
  const JournalPlace place = journal_place(session, given.world_id);
  if (given.take) return take(session, given, place);
  const std::vector<NoteVerifier> witnesses = parse_witnesses(given.witnesses);
  if (witnesses.size() > 1)
    throw Error(ErrorCode::usage, "a request goes to one witness; name one --witness, or none");
  const WitnessRequest request =
      ask_witness(session.environment, place.id,
                  witnesses.empty() ? std::nullopt : std::optional(witnesses.front()), given.old_size);
  if (given.output) write_file(*given.output, request.text());
  const auto asked = Checkpoint::parse(request.checkpoint.text);
  if (session.json()) {
    Json object = {{"origin", asked->origin},
                   {"old", request.old_size},
                   {"size", asked->size},
                   {"file", given.output ? Json(given.output->string()) : Json(nullptr)}};
    if (!given.output) object["request"] = request.text();
    session.print_json(object);
  } else if (given.output) {
    session.print("{}\n", session.shown(given.output->string()));
    session.note(
        "Send it to a witness; what comes back you keep with:\n"
        "  bw journal witness --take ANSWER --witness KEY");
  } else {
    session.write(request.text());
  }
  return 0;
}

void declare_checkpoint_verb(Command& journal) {
  Command& verb = journal.verb("checkpoint", "Sign a checkpoint over your journal");
  Signing& given = verb.runs(show_journal_checkpoint);
  verb.flag("--list", given.list, "list the checkpoints that are kept, instead of signing one");
  verb.flag("--key", given.key, "print the key that signs them, which others need to check proofs");
  verb.flag("--new-log", given.new_log,
            "begin a log under another name, where the journal does not continue what was signed");
  declare_world_id(verb, given.world_id);
  verb.description =
      "Your journal is a transparency log: a checkpoint promises so many events, in this order, under this "
      "Merkle "
      "root. It is signed by a key that this machine made for this journal, never over anything that does "
      "not "
      "continue what it signed before. What you take back with `bw undo` stays in it.";
  verb.examples = {{"bw journal checkpoint", "Prints it as a C2SP signed note"},
                   {"bw journal checkpoint --key", "For \"bw journal verify … --log-key\""},
                   {"bw journal checkpoint --list", "What was signed and witnessed so far"}};
  verb.json = {{"origin", "the log's name, bw/journal/<world id>/<short id>/<tag>"},
               {"size", "events that it covers"},
               {"root", "their Merkle root"},
               {"key", "the key that signed it"},
               {"cosignatures", "how many witnesses' signatures it carries"},
               {"note", "the signed note"},
               {"checkpoints", "--list: for each, the members above"}};
  verb.exit_codes = {{4, "the journal does not continue what this machine signed of it"}};
}

void declare_prove_verb(Command& journal) {
  Command& verb = journal.verb("prove", "Prove that an event stands in your journal");
  Proving& given = verb.runs(prove_journal);
  verb.argument(given.event, "EVENT", "the event, or the first digits of its id");
  verb.option("-o,--output", given.output, "FILE", "write the proof there (usually NAME.tlog-proof)");
  declare_world_id(verb, given.world_id);
  verb.description =
      "Writes a C2SP `tlog-proof` of an event that you wrote down, whether the world took it or not, with "
      "the "
      "checkpoint that says most about when: the one with the most witnesses, then the earliest. It shows "
      "the "
      "event, not its openings.";
  verb.examples = {{"bw journal prove 3f2a91 -o mine.tlog-proof", "A file to hand on"}};
  verb.json = {{"event", "the event's id"},
               {"index", "its place in the journal"},
               {"origin", "the name of the journal's log"},
               {"size", "events under the checkpoint"},
               {"root", "its Merkle root"},
               {"file", "where the proof was written, or null"},
               {"proof", "the proof itself, without --output"}};
}

void declare_verify_verb(Command& journal) {
  Command& verb = journal.verb("verify", "Check a proof of an event in somebody's journal");
  Verifying& given = verb.runs(verify_proof_file);
  verb.argument(given.file, "FILE", "a proof, as \"bw journal prove\" writes it");
  verb.option("--log-key", given.log_keys, "KEY", "a key of that journal's log");
  verb.option("--policy", given.policy, "FILE",
              "whom to trust, as a C2SP tlog-policy file: log keys, witnesses and how many");
  verb.description =
      "Needs neither the journal nor a copy of the world: only the journal's key, which its owner gives you. "
      "It "
      "proves that she signed the event, and that it stood in her journal when the witnesses cosigned. "
      "Without a "
      "key it checks proofs of your own journals.";
  verb.examples = {{"bw journal verify mine.tlog-proof --log-key KEY", "Checks it against her key"},
                   {"bw journal verify mine.tlog-proof --policy friends.policy", "And asks for witnesses"}};
  verb.json = {{"ok", "whether it holds"},
               {"reason", "why it does not"},
               {"event", "the event, whole"},
               {"id", "its id"},
               {"index", "its place in the journal"},
               {"origin", "the name of the journal's log"},
               {"size", "events under the checkpoint"},
               {"root", "its Merkle root"},
               {"witnesses", "name and time of each witness behind the checkpoint"}};
  verb.exit_codes = {{1, "the proof does not hold"}};
}

void declare_witness_verb(Command& journal) {
  Command& verb = journal.verb("witness", "Ask a witness to cosign your journal's checkpoint");
  Witnessing& given = verb.runs(witness_journal);
  verb.option("-o,--output", given.output, "FILE", "write the request there (default: standard output)");
  verb.option("--witness", given.witnesses, "KEY",
              "the witness's key: its last cosignature is what the request continues; with --take, whose "
              "cosignatures to keep");
  verb.option("--old", given.old_size, "N", "the size that this witness cosigned last, where she says so");
  verb.option("--take", given.take, "FILE",
              "keep the cosignatures that a witness answered with (- to read "
              "them)");
  declare_world_id(verb, given.world_id);
  verb.description =
      "Signs a checkpoint and writes a C2SP `add-checkpoint` request with the proof that the journal only "
      "grew. "
      "A witness who cosigns it bears out, from that time on, that the events stood there, without seeing "
      "one of "
      "them: she learns whose journal of which world it is, how many events it has, and when. With --take "
      "her "
      "answer is checked and kept; beside the witnesses that you name, those of the world count.";
  verb.examples = {{"bw journal witness -o request", "Then send the file to a witness"},
                   {"bw journal witness --take answer --witness KEY", "Keeps what came back"}};
  verb.json = {{"origin", "the name of the journal's log"},
               {"old", "the size that the request continues"},
               {"size", "events under the checkpoint"},
               {"file", "where the request was written, or null"},
               {"request", "the request itself, without --output"},
               {"root", "--take: the Merkle root of the checkpoint that was cosigned"},
               {"key", "--take: the key that signed it"},
               {"cosignatures", "--take: how many witnesses' signatures it carries now"},
               {"note", "--take: the note with them"}};
  verb.exit_codes = {{1, "--take: nothing in the answer is a cosignature by a witness that you named"}};
}

}  // namespace

int verify_journal_proof(Session& session, const std::string& name, const TlogProof& proof,
                         const std::vector<std::string>& log_keys,
                         const std::optional<std::filesystem::path>& policy_file) {
  std::optional<std::string> policy_text;
  if (policy_file) policy_text = read_file(*policy_file, TlogPolicy::max_bytes);
  const ProofPolicy policy = journal_policy(session.environment, proof, log_keys, policy_text);
  const Result<CheckedJournalProof> checked = check_journal_proof(proof, policy);
  if (!checked) {
    if (session.json()) {
      session.print_json({{"ok", false}, {"reason", checked.reason()}});
    } else {
      session.print("{}  {}: {}\n", session.styled(Style::bad, "bad"), session.shown(name),
                    session.shown(checked.reason()));
    }
    return 1;
  }
  const Event& event = checked->event;
  if (session.json()) {
    Json witnesses = Json::array();
    for (const Cosigned::By& by : checked->cosigned.by)
      witnesses.push_back({{"name", by.name}, {"at", by.at.text()}});
    session.print_json({{"ok", true},
                        {"event", Json::parse(event.line)},
                        {"id", event.id.text()},
                        {"index", checked->index},
                        {"origin", checked->checkpoint.origin},
                        {"size", checked->checkpoint.size},
                        {"root", checked->checkpoint.root.hex()},
                        {"witnesses", witnesses}});
    return 0;
  }
  session.print("{}  event {} of {} in a journal: {}\n", session.styled(Style::good, "ok"), checked->index,
                checked->checkpoint.size, session.shown(sentence_of(event)));
  session.print("  event     {}\n  actor     {}\n  at        {} (as the actor says)\n  log       {}\n",
                event.id.text(), event.actor.text(), event.at.text(),
                session.shown(checked->checkpoint.origin));
  for (const Cosigned::By& by : checked->cosigned.by)
    session.print("  witness   {} at {}\n", session.shown(by.name), by.at.text());
  return 0;
}

void declare_journal_proofs(Command& journal) {
  declare_checkpoint_verb(journal);
  declare_prove_verb(journal);
  declare_verify_verb(journal);
  declare_witness_verb(journal);
}

}  // namespace bw::cli
