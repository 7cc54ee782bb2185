// bw gc: pack a repository.

#include "base/error.h"
#include "cli/command.h"
#include "cli/session.h"
#include "git/maintenance.h"

namespace bw::cli {
namespace {

struct GcArguments {
  std::optional<std::filesystem::path> folder;
};

Json sizes_json(const git::ObjectSizes& sizes) {
  return {{"loose", sizes.loose}, {"packs", sizes.packs}, {"bytes", sizes.bytes}};
}

int run_gc(Session& session, const GcArguments& given) {
  const std::filesystem::path folder = given.folder.value_or(session.world_folder());
  const auto repository = git::Repository::discover(folder);
  if (!repository) {
    throw Error(ErrorCode::invalid, folder.string() + " is not inside a Git repository",
                "go into a world, or name one with -C or --world");
  }
  const git::ObjectSizes before = git::object_sizes(*repository);
  git::pack_all(*repository);
  const git::ObjectSizes after = git::object_sizes(*repository);
  session.done(fmt::format("{} is packed", repository->git_folder().string()));
  if (session.json()) {
    session.print_json({{"before", sizes_json(before)}, {"after", sizes_json(after)}});
    return 0;
  }
  constexpr std::uint64_t kilobyte = 1000;
  session.print("Packed {}: {} kB before, {} kB now\n", session.shown(repository->git_folder().string()),
                before.bytes / kilobyte, after.bytes / kilobyte);
  return 0;
}

}  // namespace

void declare_gc(Commands& commands) {
  Command& command = commands.add("gc", Purpose::more, "Pack a world's repository");
  GcArguments& given = command.runs(run_gc);
  command.argument(given.folder, "DIR", "the world (default: the one you are in)").offer_folders();
  command.description =
      "Packs objects and refs as tightly as Git does, and drops objects that no ref and no reflog has "
      "reached for "
      "two weeks; nothing that a stream, an inbox, a receipt or an append at this moment needs is among "
      "them.\n\n"
      "It is rarely needed: after an append or a pull that leaves many loose objects, bw packs them in the "
      "background. `git config gc.auto 0` switches that off.";
  command.examples = {{"bw gc", "Packs the world you are in"},
                      {"bw gc --world ohca --json", "Sizes before and after, for a program"}};
  command.json = {{"before", "loose objects, packs, and bytes on disk"}, {"after", "the same, now"}};
  command.see_also = {"doctor"};
}

}  // namespace bw::cli
