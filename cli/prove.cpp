// bw prove: a proof of one event, or of one row of a table, that can be handed on.

#include <charconv>

#include "base/error.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/proof.h"
#include "world/record.h"

namespace bw::cli {
namespace {

struct ProveArguments {
  std::string what;
  std::optional<std::filesystem::path> output;
};

// "ID" or "ID:ROW".
ProofOf parse_what(Session& session, const World& world, const std::string& text) {
  const std::size_t colon = text.find(':');
  ProofOf what{resolve_event(session.environment, world, text.substr(0, colon)), std::nullopt};
  if (colon == std::string::npos) return what;
  std::uint64_t row = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, row);
  if (error != std::errc{} || stopped != end || row == 0) {
    throw Error(ErrorCode::usage, "the row in \"" + text + "\" is not a number from 1 on",
                "the 17th row of a table is written ID:17");
  }
  what.row = row;
  return what;
}

int run_prove(Session& session, const ProveArguments& given) {
  const World world = open_world_of(session);
  const ProofOf what = parse_what(session, world, given.what);
  const TlogProof proof = prove(session.environment, world, what);
  const Checkpoint checkpoint = *Checkpoint::parse(proof.checkpoint.text);
  const Cosigned behind = cosigned(proof.checkpoint, proof_policy(world).witnesses);
  if (given.output) write_file(*given.output, proof.text());
  if (session.json()) {
    Json object = {{"event", what.event.text()},
                   {"row", what.row ? Json(*what.row) : Json(nullptr)},
                   {"index", proof.index},
                   {"size", checkpoint.size},
                   {"root", checkpoint.root.hex()},
                   {"witnesses", behind.by.size()},
                   {"file", given.output ? Json(given.output->string()) : Json(nullptr)}};
    if (!given.output) object["proof"] = proof.text();
    session.print_json(object);
  } else if (given.output) {
    session.print("{}  entry {} of {}\n", session.shown(given.output->string()), proof.index,
                  checkpoint.size);
    session.note("Anyone checks it with:\n  bw verify --proof {} --world-id {} --log-key KEY",
                 session.shown(given.output->string()), world.id().text());
  } else {
    session.write(proof.text());
  }
  if (!behind.enough) {
    session.warn(
        "no proof that the world's own copies accept yet: it asks for {} witnesses, and {} behind this "
        "checkpoint; once they have cosigned more, prove it again",
        world.stream.authority.witness_quorum(),
        behind.by.empty() ? "none stands" : fmt::format("only {} stand", behind.by.size()));
  }
  return 0;
}

}  // namespace

void declare_prove(Commands& commands) {
  Command& command = commands.add("prove", Purpose::trust, "Prove one event to someone who has no copy");
  ProveArguments& given = command.runs(run_prove);
  command
      .argument(given.what, "EVENT[:ROW]",
                "the event, or the first digits of its id; with :ROW a row of its table")
      .offer(event_candidates);
  command.option("-o,--output", given.output, "FILE", "write the proof there (usually NAME.tlog-proof)");
  command.description =
      "Writes a proof in the form of C2SP `tlog-proof`: the entry itself, where it stands, the hashes that "
      "lead "
      "from it to the checkpoint's root, and the signed checkpoint with its witnesses. Whoever trusts the "
      "log's "
      "key checks it offline, with \"bw verify --proof\" or with any other program that knows the format. It "
      "is the "
      "last checkpoint behind which the world's witnesses stand, where that covers the event, otherwise the "
      "last one.\n\n"
      "Of a table, `EVENT:17` proves the 17th row without showing the others; a row of a private table can "
      "be "
      "proved by whoever has it in the journal.";
  command.examples = {{"bw prove 3f2a91 -o deed.tlog-proof", "A file to hand on"},
                      {"bw prove 3f2a91:17", "One row of a table, to standard output"}};
  command.json = {{"event", "the event's id"},
                  {"row", "the row, or null"},
                  {"index", "the entry's place in the log"},
                  {"size", "entries under the checkpoint"},
                  {"root", "its Merkle root"},
                  {"witnesses", "how many of the world's witnesses stand behind it"},
                  {"file", "where the proof was written, or null"},
                  {"proof", "the proof itself, without --output"}};
  command.exit_codes = {{4, "no checkpoint covers the event yet, or the rows are not yours to show"}};
  command.see_also = {"verify", "checkpoint", "show"};
}

}  // namespace bw::cli
