// bw witness: being a witness of logs, and collecting what a world's witnesses said.

#include <algorithm>
#include <iostream>

#include "base/error.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/witnessed.h"
#include "cli/world_access.h"
#include "world/collecting.h"
#include "world/cosignatures.h"
#include "world/home.h"
#include "world/identity.h"
#include "world/inbox.h"
#include "world/operations.h"
#include "world/witnessing.h"

namespace bw::cli {
namespace {

std::string read_input(const std::string& file, std::size_t most) {
  if (file != "-") return read_file(file, most);
  std::string bytes;
  char buffer[65536];
  while (std::cin.read(buffer, sizeof buffer) || std::cin.gcount() > 0) {
    bytes.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
    if (bytes.size() > most) throw Error(ErrorCode::invalid, "what is on standard input is too large");
  }
  return bytes;
}

struct Naming {
  std::optional<std::string> name;
};

int init_witness(Session& session, const Naming& given) {
  const Witness witness = make_witness(session.environment, given.name);
  session.done("this machine is a witness");
  const std::string key = witness.verifier().vkey();
  if (session.json()) {
    session.print_json({{"name", witness.verifier().name}, {"key", key}});
  } else {
    session.print("{}\n", key);
    session.note("A world's stewards name it with:\n  bw steward propose add-witness '{}'", key);
  }
  return 0;
}

int show_witness(Session& session) {
  const Witness witness = require_witness(session.environment);
  Json logs = Json::array();
  Table table({{"cosigned"}, {"size"}, {"log"}});
  for (const Note& note : witness.latest_of_all()) {
    const Checkpoint checkpoint = *Checkpoint::parse(note.text);
    const auto at = cosigned_at(note, witness.verifier());
    logs.push_back({{"origin", checkpoint.origin},
                    {"size", checkpoint.size},
                    {"root", checkpoint.root.hex()},
                    {"at", at ? Json(at->text()) : Json(nullptr)},
                    {"note", note.bytes()}});
    table.row({at ? at->text() : "", std::to_string(checkpoint.size), checkpoint.origin});
  }
  if (session.json()) {
    session.print_json(
        {{"name", witness.verifier().name}, {"key", witness.verifier().vkey()}, {"logs", logs}});
    return 0;
  }
  session.print("{}\n", session.shown(witness.verifier().vkey()));
  if (!logs.empty()) session.print(table);
  return 0;
}

// ── cosign ────────────────────────────────────────────────────────────────────────────────────────

struct Cosigning {
  std::vector<std::string> worlds;
  std::optional<std::string> request;
  std::vector<std::string> log_keys;
  bool print = false;
};

// The world that is meant, and where the word is brought. Only the world one is in is looked at where it
// lies: what a folder of somebody else says it has verified before is not the witness's own finding.
struct Meant {
  std::optional<FileLock> held;
  World world;
  std::optional<git::RemoteUrl> to;
};
Meant find_world(Session& session, const Witness& witness, const std::optional<std::string>& text) {
  if (!text) {
    World world = open_world_of(session);
    auto to = inbox_of(world);
    return {std::nullopt, std::move(world), std::move(to)};
  }
  const git::RemoteUrl url = parse_url(*text);
  Mirror mirror = mirror_of(session.environment, witness, url);
  const Home home = home_of(mirror.world);
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(*text, error);
  return {std::move(mirror.held), std::move(mirror.world), is_folder && home.url ? *home.url : url};
}

Json cosigned_json(const World& world, const CosignedWorld& cosigned,
                   const std::optional<git::RemoteUrl>& to) {
  const Checkpoint checkpoint = *Checkpoint::parse(cosigned.note.text);
  return {{"world", world.id().text()},    {"size", checkpoint.size},
          {"root", checkpoint.root.hex()}, {"also", cosigned.also},
          {"named", cosigned.named},       {"to", to ? Json(to->shown()) : Json(nullptr)},
          {"note", cosigned.note.bytes()}};
}

Json cosign_one(Session& session, const Witness& witness, const std::optional<std::string>& text,
                bool print) {
  Meant meant = find_world(session, witness, text);
  if (print) meant.to.reset();
  const CosignedWorld cosigned = cosign_world(session.environment, witness, meant.world, meant.to);
  const Checkpoint checkpoint = *Checkpoint::parse(cosigned.note.text);
  session.done(
      fmt::format("{} of {} are cosigned", counted(checkpoint.size, "entry", "entries"), meant.world.name()));
  for (const std::string& warning : cosigned.warnings) session.warn("{}", session.shown(warning));
  if (!cosigned.named)
    session.warn("{} does not name this witness, so that its word counts for nobody there yet",
                 session.shown(meant.world.name()));
  if (!session.json()) {
    if (print) {
      session.write(cosigned.note.bytes());
    } else {
      session.print("{}  {}: {}, {}\n", session.styled(Style::good, "cosigned"),
                    session.shown(meant.world.name()), counted(checkpoint.size, "entry", "entries"),
                    session.shown(meant.to ? "left at " + meant.to->shown() : "left in this repository"));
    }
  }
  return cosigned_json(meant.world, cosigned, meant.to);
}

// Each world for itself: one that forks does not keep the others from being seen.
int cosign_worlds(Session& session, const Witness& witness, const std::vector<std::string>& worlds,
                  bool print) {
  if (print && worlds.size() > 1)
    throw Error(ErrorCode::usage, "--print prints one cosigned checkpoint; name one world");
  Json cosigned = Json::array();
  Json refused = Json::array();
  int status = 0;
  if (worlds.empty()) cosigned.push_back(cosign_one(session, witness, std::nullopt, print));
  for (const std::string& text : worlds) {
    try {
      cosigned.push_back(cosign_one(session, witness, text, print));
    } catch (const Error& error) {
      if (worlds.size() == 1) throw;
      refused.push_back({{"world", text}, {"reason", error.what()}, {"hint", error.hint()}});
      session.warn("{}: {}; {}", session.shown(text), session.shown(error.what()),
                   session.shown(error.hint()));
      status = std::max(status, static_cast<int>(error.code()));
    }
  }
  if (session.json()) session.print_json({{"cosigned", cosigned}, {"refused", refused}});
  return status;
}

// Answers as C2SP's add-checkpoint does: what goes to standard output is the body.
int answer_request(Session& session, const Witness& witness, const Cosigning& given) {
  const std::string request = read_input(*given.request, WitnessRequest::max_bytes + 1);
  for (const std::string& vkey : given.log_keys) {
    const auto key = NoteVerifier::parse(vkey);
    if (!key) throw Error(ErrorCode::usage, fmt::format("{}: {}", vkey, key.reason()));
    witness.trust(*key);
  }
  const Witness::Reply reply = witness.answer(request, session.environment.now());
  const bool cosigned = reply.answer == WitnessAnswer::cosigned;
  if (cosigned) session.done("the checkpoint is cosigned");
  if (session.json()) {
    session.print_json({{"status", static_cast<int>(reply.answer)},
                        {"reason", reply.reason.empty() ? Json(nullptr) : Json(reply.reason)},
                        {"body", reply.body},
                        {"evidence", reply.evidence ? Json(reply.evidence->string()) : Json(nullptr)}});
    return cosigned ? 0 : 4;
  }
  session.write(reply.body);
  if (cosigned) return 0;
  session.warn("not cosigned ({}): {}", static_cast<int>(reply.answer), session.shown(reply.reason));
  if (reply.answer == WitnessAnswer::unknown_log)
    session.note("Where you know the log's key, name it once: bw witness cosign --request … --log-key KEY");
  if (reply.evidence)
    session.warn("both checkpoints are kept in {}", session.shown(reply.evidence->string()));
  return 4;
}

int cosign_witness(Session& session, const Cosigning& given) {
  const Witness witness = require_witness(session.environment);
  if (!given.request) {
    if (!given.log_keys.empty()) throw Error(ErrorCode::usage, "--log-key goes with --request");
    return cosign_worlds(session, witness, given.worlds, given.print);
  }
  if (!given.worlds.empty() || given.print)
    throw Error(ErrorCode::usage, "--request answers a request; it goes with no WORLD and no --print");
  return answer_request(session, witness, given);
}

// ── collect, request ──────────────────────────────────────────────────────────────────────────────

struct Collecting {
  std::vector<std::string> files;
};

int collect_witness(Session& session, const Collecting& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "witness collect");
  if (world.stream.authority.witnesses().empty()) {
    throw Error(
        ErrorCode::refused, world.name() + " names no witnesses",
        "its stewards name them with \"bw steward propose add-witness KEY\" and \"set-witness-quorum N\"");
  }
  std::vector<std::string> taken;
  for (const std::string& file : given.files) {
    for (std::string& name : take_cosignatures(session.environment, world, read_input(file, Note::max_bytes)))
      taken.push_back(std::move(name));
  }
  // Who may not append only sees who stands behind the head.
  std::unique_ptr<Signer> signer;
  const auto identity = find_identity(session.environment);
  if (identity && world.stream.authority.may_append(identity->did))
    signer = open_signer(session.environment, *identity);
  const CollectedCosignatures collected = collect_cosignatures(session.environment, world, signer.get());
  if (collected.appended) session.done("the stream's cosigned checkpoint is renewed");
  for (const std::string& warning : collected.warnings) session.warn("{}", session.shown(warning));
  const Timestamp now = session.environment.now();
  const auto head = witnessed_head(world.repository, world.stream, now);
  if (session.json()) {
    session.print_json(
        {{"appended", collected.appended}, {"taken", taken}, {"witnessed", witnessed_json(head)}});
    return 0;
  }
  if (!head) {
    session.print("{} names {}, and asks for none\n", session.shown(world.name()),
                  counted(world.stream.authority.witnesses().size(), "witness", "witnesses"));
    return 0;
  }
  session.print("{}\n", witnessed_text(*head, now));
  if (collected.appended) session.print("Their cosignatures are in the stream\n");
  if (!head->warning.empty()) session.warn("{}", session.shown(head->warning));
  return 0;
}

struct Asking {
  std::uint64_t old_size = 0;
};

int request(Session& session, const Asking& given) {
  const World world = open_world_of(session);
  const WitnessRequest made = request_for(world, given.old_size);
  if (session.json()) {
    session.print_json({{"old", made.old_size}, {"size", world.stream.covered()}, {"request", made.text()}});
  } else {
    session.write(made.text());
  }
  return 0;
}

void declare_cosign(Command& noun) {
  Command& command = noun.verb("cosign", "Say that a log continues what you saw of it");
  Cosigning& given = command.runs(cosign_witness);
  command.argument(given.worlds, "WORLD", "a world's folder or address (default: the world you are in)")
      .completes = Completes::folders;
  command.flag("--print", given.print,
               "print the cosigned checkpoint instead of leaving it at the world's home");
  command.option("--request", given.request, "FILE",
                 "answer a C2SP tlog-witness add-checkpoint request (- for standard input)");
  command.option("--log-key", given.log_keys, "KEY", "--request: trust this key of a log from now on");
  command.description =
      "Verifies the stream, whole, and that its checkpoint continues what this machine's witness cosigned "
      "before; "
      "stores that, and only then signs. A log that was rolled back or shows another history is refused, and "
      "both "
      "signed checkpoints are kept as evidence. What other witnesses of the world cosigned already is "
      "cosigned on the "
      "way, so that witnesses who come at different times meet at the same checkpoints. An address is "
      "followed "
      "through a copy of the witness's own.\n\n"
      "With --request it answers a log that it sees nothing else of (a journal, or any log with C2SP "
      "checkpoints), by "
      "the consistency proof in the request. Standard output gets the body of the answer: signature lines, "
      "or, where "
      "the old size is not what this witness cosigned last, that size. Whoever serves HTTP carries both, "
      "with the "
      "status that --json tells. The keys of worlds that it cosigned are known; those of other logs are "
      "named with "
      "--log-key.";
  command.examples = {
      {"bw witness cosign", "The world you are in"},
      {"bw witness cosign https://example.org/ohca.git ~/worlds/heart", "Several, as from cron"},
      {"bw witness cosign --print > for-the-steward.note", "Where you may not push to its home"},
      {"bw witness cosign --request - < request", "Answers one request"}};
  command.json = {{"cosigned",
                   "for each world: world, size, root, also (sizes of earlier checkpoints that were cosigned "
                   "on the way), named (whether the world names this witness), to, note"},
                  {"refused", "where several were named, for each that was not: world, reason, hint"},
                  {"status", "--request: 200, 400, 403, 404, 409 or 422, as C2SP tlog-witness counts"},
                  {"reason", "--request: why it was not cosigned, or null"},
                  {"body", "--request: the body of the answer"},
                  {"evidence", "--request: where two contradicting checkpoints are kept, or null"}};
  command.exit_codes = {
      {4,
       "the log does not continue what was cosigned before, or the request is not answered with a "
       "cosignature"}};
  command.see_also = {"verify", "checkpoint", "steward"};
}

}  // namespace

void declare_witness(Commands& commands) {
  Command& command =
      commands.add("witness", Purpose::trust, "Stand behind what logs say, and collect who does");
  command.description =
      "A witness is a key of a machine that is not the log's. It cosigns a checkpoint once it has found that "
      "the log "
      "only grew since the one it cosigned before, so that a log cannot show different people different "
      "histories "
      "without its witnesses saying so, and a head that is kept from what is new gives itself away by its "
      "age. A "
      "world's stewards name its witnesses and how many must stand behind it (`bw steward propose "
      "add-witness`, "
      "`set-witness-quorum`). Keys and cosignatures are those of C2SP `tlog-cosignature`.";

  Command& making = command.verb("init", "Make this machine a witness");
  Naming& naming = making.runs(init_witness);
  making.option("--name", naming.name, "NAME",
                "what it is called, such as witness.example.org/w1 (default: a random name)");
  making.description =
      "Makes the key, kept for this user alone, and prints its public text. The name tells witnesses apart; "
      "it is "
      "neither looked up nor connected to.";
  making.examples = {{"bw witness init --name witness.example.org/w1", "A key under your own name"}};
  making.json = {{"name", "its name"}, {"key", "its key, for whoever names it"}};
  making.exit_codes = {{4, "this machine is a witness already"}};

  Command& shown = command.verb("show", "Show this witness's key, and what it cosigned last");
  shown.runs(show_witness);
  shown.examples = {{"bw witness show", "The key, and a line for each log"}};
  shown.json = {{"name", "its name"},
                {"key", "its key"},
                {"logs", "for each log: origin, size, root, at, note (as it was cosigned last)"}};

  declare_cosign(command);

  Command& collecting = command.verb("collect", "Collect what a world's witnesses said");
  Collecting& collected = collecting.runs(collect_witness);
  collecting
      .argument(collected.files, "FILE",
                "a cosigned checkpoint, or signature lines for the present one (- for "
                "standard input)")
      .completes = Completes::files;
  collecting.description =
      "Takes cosignatures from this repository, its home and its remotes, and from files. Only those count "
      "that a "
      "witness of the world made, of a checkpoint of its stream. Where enough stand behind more than the "
      "stream says, "
      "or saw it more lately, a steward or sequencer puts them into the stream; for everyone else it shows "
      "who stands "
      "behind the head. `bw merge --inbox` does the same.";
  collecting.examples = {{"bw witness collect", "From home and remotes"},
                         {"bw witness collect from-ben.note", "What came by mail"}};
  collecting.json = {{"appended", "whether they were put into the stream"},
                     {"taken", "names of the witnesses whose cosignatures the files held"},
                     {"witnessed", witnessed_meaning}};

  Command& asking = command.verb("request", "Write what asks another program's witness");
  Asking& asked = asking.runs(request);
  asking.option("--old", asked.old_size, "SIZE",
                "how many entries that witness cosigned before (default: none)");
  asking.description =
      "Writes the body of a C2SP tlog-witness add-checkpoint request for the world's checkpoint. A witness "
      "that "
      "answers with a number cosigned that many entries before: ask again with --old. Its signature lines "
      "are taken "
      "by `bw witness collect -`.";
  asking.examples = {{"bw witness request | curl --data-binary @- https://witness.example/add-checkpoint",
                      "Asks a witness on the web"}};
  asking.json = {{"old", "the old size"}, {"size", "entries under the checkpoint"}, {"request", "the body"}};
  command.see_also = {"verify", "checkpoint", "steward", "merge"};
}

}  // namespace bw::cli
