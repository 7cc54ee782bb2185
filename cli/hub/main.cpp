// bw-hub: the commands that need the Hub's index. A program of its own, since a database is more than
// most runs of bw should load; `bw hub` and `bw search` become it.

#include "cli/program.h"

namespace bw::cli {

void declare_hub(Commands& commands);
void declare_search(Commands& commands);

namespace {

void declare(Commands& commands) {
  declare_search(commands);
  declare_hub(commands);
}

}  // namespace
}  // namespace bw::cli

int main(int argc, char** argv) {
  return bw::cli::run_program({"bw-hub", bw::cli::declare}, argc, argv);
}
