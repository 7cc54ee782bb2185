// bw checkpoint: what a world's log signed, and what this machine saw of it.

#include "base/error.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "stream/checkpoint_rules.h"
#include "stream/log_reader.h"
#include "tlog/proof.h"
#include "world/checkpoint_archive.h"
#include "world/checkpoint_memory.h"
#include "world/proof.h"

namespace bw::cli {
namespace {

int show_checkpoint(Session& session) {
  const World world = open_world_of(session);
  const auto note =
      world.stream.head
          ? read_checkpoint_note(world.repository, world.repository.read_commit(*world.stream.head).tree)
          : std::nullopt;
  if (!note || !world.stream.checkpoint) throw Error(ErrorCode::invalid, "this world has no checkpoint yet");
  if (session.json()) {
    session.print_json({{"origin", world.stream.checkpoint->origin},
                        {"size", world.stream.checkpoint->size},
                        {"root", world.stream.checkpoint->root.hex()},
                        {"pending", world.stream.pending()},
                        {"note", note->bytes()}});
  } else {
    session.write(note->bytes());
  }
  return 0;
}

struct Comparison {
  std::filesystem::path file;
};

constexpr std::string_view text_of(Relation relation) {
  switch (relation) {
    case Relation::same:
      return "same";
    case Relation::older:
      return "older";
    case Relation::newer:
      return "newer";
    case Relation::split:
      break;
  }
  return "split";
}

std::string explained(Relation relation, const Checkpoint& other, const World& world) {
  const TreeSize here = world.stream.covered();
  switch (relation) {
    case Relation::same:
      return fmt::format("the same: size {}, and the same root", other.size);
    case Relation::older:
      return fmt::format("older: the log grew from its {} entries to the {} here, changing none", other.size,
                         here);
    case Relation::newer:
      return fmt::format("newer: it covers {} entries, this copy {}; fetch them with \"bw pull\" to compare",
                         other.size, here);
    case Relation::split:
      break;
  }
  return fmt::format(
      "of another history: at size {} its root is {}, and the log here does not begin with that", other.size,
      other.root.hex());
}

int compare_checkpoint(Session& session, const Comparison& given) {
  const World world = open_world_of(session);
  const auto note = Note::parse(read_file(given.file, Note::max_bytes));
  const auto other = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(Reason{note.reason()});
  if (!other)
    throw Error(ErrorCode::invalid,
                fmt::format("{} is no checkpoint: {}", given.file.string(), other.reason()));
  if (other->origin != log_origin(world.id())) {
    throw Error(ErrorCode::invalid, fmt::format("{} is a checkpoint of {}, not of this world",
                                                given.file.string(), other->origin));
  }
  bool is_signed = false;
  for (const LogKey& key : world.stream.authority.log_keys()) is_signed |= note->verified_by(key.verifier);
  const Relation relation = relation_of(*other, world.repository, world.stream);
  if (session.json()) {
    session.print_json(
        {{"relation", text_of(relation)},
         {"signed", is_signed},
         {"size", other->size},
         {"root", other->root.hex()},
         {"here", {{"size", world.stream.covered()}, {"root", world.stream.checkpoint->root.hex()}}}});
  } else {
    session.print("{}\n", explained(relation, *other, world));
  }
  if (!is_signed) session.warn("no log key that this world announced signed that checkpoint");
  if (relation == Relation::split && is_signed) {
    session.warn("a log key signed two histories: keep {} and show it to the stewards and the witnesses",
                 session.shown(given.file.string()));
  }
  return relation == Relation::split ? 1 : 0;
}

int list_checkpoints(Session& session) {
  const World world = open_world_of(session);
  const std::vector<SeenCheckpoint> seen = seen_checkpoints(session.environment, world.id());
  if (session.json()) {
    Json all = Json::array();
    for (const SeenCheckpoint& each : seen) {
      all.push_back({{"size", each.checkpoint.size},
                     {"root", each.checkpoint.root.hex()},
                     {"seen", each.seen.text()},
                     {"note", each.note}});
    }
    session.print_json({{"checkpoints", all}});
    return 0;
  }
  Table table({{"size"}, {"root"}, {"seen first"}});
  for (const SeenCheckpoint& each : seen)
    table.row({std::to_string(each.checkpoint.size), each.checkpoint.root.hex(), each.seen.text()});
  session.page();
  session.print(table);
  return 0;
}

struct Archiving {
  std::filesystem::path folder;
};

int archive_checkpoint(Session& session, const Archiving& given) {
  const World world = open_world_of(session);
  const Archived archived = archive_checkpoints(session.environment, world, given.folder);
  session.done(counted(archived.written, "checkpoint is", "checkpoints are") + " archived");
  if (session.json()) {
    session.print_json(
        {{"written", archived.written}, {"agreeing", archived.agreeing}, {"beyond", archived.beyond}});
  } else {
    session.print("{} added; the log here begins with the {} that {} there\n",
                  counted(archived.written, "checkpoint", "checkpoints"), archived.agreeing,
                  archived.agreeing == 1 ? "was" : "were");
  }
  if (archived.beyond > 0) {
    session.warn("{} there {} more entries than this copy: it is old, or was rolled back",
                 counted(archived.beyond, "checkpoint", "checkpoints"),
                 archived.beyond == 1 ? "covers" : "cover");
  }
  return 0;
}

int list_log_keys(Session& session) {
  const World world = open_world_of(session);
  const Authority& authority = world.stream.authority;
  if (session.json()) {
    Json all = Json::array();
    for (const LogKey& key : authority.log_keys()) {
      all.push_back({{"key", key.verifier.vkey()},
                     {"owner", key.owner.text()},
                     {"live", !key.until && authority.may_append(key.owner)},
                     {"from", key.from},
                     {"until", key.until ? Json(*key.until) : Json(nullptr)}});
    }
    session.print_json(
        {{"origin", log_origin(world.id())}, {"keys", all}, {"witnesses", authority.witnesses()}});
    return 0;
  }
  for (const NoteVerifier& key : live_log_keys(authority)) session.print("{}\n", key.vkey());
  return 0;
}

}  // namespace

void declare_checkpoint(Commands& commands) {
  Command& command =
      commands.add("checkpoint", Purpose::trust, "Print, compare and archive what the log signed");
  command.description =
      "A checkpoint is the log's signed promise: so many entries, under this Merkle root. Two people who "
      "hold the "
      "same checkpoint hold the same history. This machine remembers each that it saw, from whatever copy; a "
      "copy "
      "that contradicts one of them is not opened, and both are kept as evidence.";

  Command& shown = command.verb("show", "Print the signed checkpoint");
  shown.runs(show_checkpoint);
  shown.description = "Prints the world's checkpoint as a C2SP signed note, to keep or to send to someone.";
  shown.examples = {{"bw checkpoint show > today.checkpoint", "Keeps it in a file"}};
  shown.json = {{"origin", "the log's name, bw/<world id>"},
                {"size", "entries that it covers"},
                {"root", "their Merkle root"},
                {"pending", "entries beyond it"},
                {"note", "the signed note"}};

  Command& compared = command.verb("compare", "Compare someone's checkpoint with this copy");
  Comparison& given = compared.runs(compare_checkpoint);
  compared.argument(given.file, "FILE", "a checkpoint, as \"bw checkpoint show\" prints it");
  compared.description =
      "Says whether a checkpoint from elsewhere is the same, older (the log here only grew since), newer, or "
      "of "
      "another history. The last means that somebody was shown something else: exit code 1.";
  compared.examples = {{"bw checkpoint compare bens.checkpoint", "Do we hold the same history?"}};
  compared.json = {{"relation", "same, older, newer or split"},
                   {"signed", "whether a log key of this world signed it"},
                   {"size", "its size"},
                   {"root", "its root"},
                   {"here", "size and root of this copy's checkpoint"}};
  compared.exit_codes = {{1, "it is of another history"}};

  Command& listed = command.verb("list", "List the checkpoints that this machine saw");
  listed.runs(list_checkpoints);
  listed.description = "Lists every checkpoint of the world that this machine saw, from whatever copy.";
  listed.examples = {{"bw checkpoint list", "Sizes, roots and when each was seen first"}};
  listed.json = {{"checkpoints", "for each: size, root, seen, note"}};

  Command& archived = command.verb("archive", "Keep what the log signed in a folder, and compare");
  Archiving& archiving = archived.runs(archive_checkpoint);
  archived.argument(archiving.folder, "FOLDER", "where they are kept; made where it is missing")
      .offer_folders();
  archived.description =
      "Compares every checkpoint in the folder with the log here, then adds each that this machine saw and "
      "the one "
      "that the world's witnesses cosigned, a file each, changing none. Kept elsewhere (another disk, a "
      "repository of "
      "your own), it proves what the log once said, also where this machine is gone.";
  archived.examples = {
      {"bw checkpoint archive /media/stick/ohca", "Adds what is new, and compares with the rest"}};
  archived.json = {{"written", "files that were added"},
                   {"agreeing", "files that were there, and that the log here begins with"},
                   {"beyond", "files of more entries than this copy has"}};
  archived.exit_codes = {{1, "a checkpoint there is of another history, or none"},
                         {4, "a checkpoint there is of another log"}};

  Command& all_keys = command.verb("keys", "Print the log's keys");
  all_keys.runs(list_log_keys);
  all_keys.description =
      "Prints the keys that sign checkpoints, one a line: what somebody without a copy needs to check a "
      "proof.";
  all_keys.examples = {{"bw checkpoint keys", "For \"bw verify --proof … --log-key\""}};
  all_keys.json = {
      {"origin", "the log's name, bw/<world id>"},
      {"keys",
       "for each: key, owner, live (whether it signs checkpoints now), from and until (indices in the log)"},
      {"witnesses", "keys of the witnesses that the world names"}};
  command.see_also = {"prove", "verify", "tiles"};
}

}  // namespace bw::cli
