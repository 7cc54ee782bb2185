// bw tiles: the log as static files.

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/tiled_copy.h"

namespace bw::cli {
namespace {

struct TilesArguments {
  std::filesystem::path folder;
};

int run_tiles(Session& session, const TilesArguments& given) {
  const World world = open_world_of(session);
  const TiledCopy copy = write_tiled_copy(session.environment, world, given.folder);
  if (session.json()) {
    session.print_json({{"folder", given.folder.string()},
                        {"size", copy.size},
                        {"root", world.stream.checkpoint->root.hex()},
                        {"written", copy.written}});
    return 0;
  }
  session.print("{}: {} as tiles, {} written\n", session.shown(given.folder.string()),
                counted(copy.size, "entry", "entries"), counted(copy.written, "file", "files"));
  return 0;
}

}  // namespace

void declare_tiles(Commands& commands) {
  Command& command = commands.add("tiles", Purpose::trust, "Write the log as static files for a web server");
  TilesArguments& given = command.runs(run_tiles);
  command.argument(given.folder, "DIR", "a new folder, or one that this command made before").offer_folders();
  command.description =
      "Writes the log up to its checkpoint in the layout of C2SP `tlog-tiles`: `checkpoint`, "
      "`tile/<level>/…` "
      "with the hashes, `tile/entries/…` with the entries. Any web server can serve that folder, and any "
      "client "
      "of transparency logs can read it. Run it again after \"bw pull\": full tiles never change, so only "
      "what "
      "is new is written. The folder holds what the log holds, no openings of details.";
  command.examples = {{"bw tiles public/log", "Writes the log below public/log"}};
  command.json = {{"folder", "where it was written"},
                  {"size", "entries"},
                  {"root", "the Merkle root of the checkpoint"},
                  {"written", "files made or replaced"}};
  command.see_also = {"checkpoint", "prove", "verify"};
}

}  // namespace bw::cli
