// bw merge-driver: what plain `git merge` runs for the files of a definition (gitattributes(5), "Defining a
// custom merge driver"); set up in each world's .git/config.

#include "base/text.h"
#include "cli/command.h"
#include "cli/session.h"
#include "world/merge_definition.h"

namespace bw::cli {
namespace {

struct MergeDriverArguments {
  std::filesystem::path base;
  std::filesystem::path ours;
  std::filesystem::path theirs;
  std::optional<std::string> path;
};

int merge_files(Session& session, const MergeDriverArguments& given) {
  const MergedYaml merged = run_merge_driver(given.base, given.ours, given.theirs);
  const std::string file = given.path.value_or(given.ours.string());
  for (const MergeConflict& conflict : merged.conflicts) {
    session.note("{}:{}: {}", session.shown(file), conflict.line, session.shown(conflict.sentence));
  }
  return merged.conflicts.empty() ? 0 : 1;
}

}  // namespace

void declare_merge_driver(Commands& commands) {
  Command& command = commands.add("merge-driver", Purpose::hidden, "Merge one file of a definition for git");
  MergeDriverArguments& given = command.runs(merge_files);
  command.argument(given.base, "BASE", "the common ancestor (%O)");
  command.argument(given.ours, "OURS", "our version, which takes the result (%A)");
  command.argument(given.theirs, "THEIRS", "their version (%B)");
  command.argument(given.path, "PATH", "the name of the file in the repository (%P)");
  command.exit_codes = {{1, "conflicts were left between markers"}};
}

}  // namespace bw::cli
