#include "world/adopt.h"

#include "base/error.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"

namespace bw::cli {
namespace {

struct AdoptArguments {
  std::optional<std::string> commit;
};

std::optional<git::Oid> commit_of(const World& world, const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  if (const auto oid = git::Oid::from_hex(*text)) return oid;
  if (const auto oid = world.repository.ref("refs/heads/" + *text)) return oid;
  throw Error(ErrorCode::usage,
              "\"" + *text + "\" is neither a commit of 40 hexadecimal digits nor a branch");
}

int run_adopt(Session& session, const AdoptArguments& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "adopt");
  const Acting me = acting(session);
  if (!given.commit && world.repository.work_tree() &&
      world.repository.has_uncommitted_changes(definition_file)) {
    session.warn(
        "betterworld.yaml has changes that are not committed; what is adopted is the last commit of main");
  }
  const Adopted adopted = adopt(session.environment, world, *me.signer, commit_of(world, given.commit));
  if (!adopted.unchanged) session.done(fmt::format("the definition is adopted at entry {}", adopted.index));
  if (session.json()) {
    Json signers = Json::array();
    for (const Did& did : adopted.signers) signers.push_back(did.text());
    session.print_json({{"definition", adopted.digest.hex()},
                        {"commit", adopted.commit.hex()},
                        {"unchanged", adopted.unchanged},
                        {"index", adopted.unchanged ? Json(nullptr) : Json(adopted.index)},
                        {"signers", signers}});
    return 0;
  }
  if (adopted.unchanged) {
    session.print("The definition of {} is in force already\n", adopted.commit.hex().substr(0, 12));
    return 0;
  }
  session.print("Adopted definition {} of commit {} at entry {}\n", adopted.digest.hex().substr(0, 10),
                adopted.commit.hex().substr(0, 12), adopted.index);
  session.print("It rules from entry {} on; its commits are signed by {}\n", adopted.index + 1,
                counted(adopted.signers.size(), "actor", "actors"));
  return 0;
}

}  // namespace

void declare_adopt(Commands& commands) {
  Command& command = commands.add("adopt", Purpose::together, "Put main's definition in force");
  AdoptArguments& given = command.runs(run_adopt);
  command.argument(given.commit, "COMMIT", "a commit or branch (default: the head of main)");
  command.description =
      "Commits on `main` have no authority of their own. Adopting writes the definition's files into the "
      "stream "
      "with a signed event; they rule from the next entry on. Only a steward can, and only a definition that "
      "is valid, from commits that are all signed.";
  command.examples = {{"bw adopt", "Puts the definition at the head of main in force"},
                      {"bw diff && bw adopt", "Looks at what changes in meaning first"}};
  command.json = {{"definition", "digest of the definition"},
                  {"commit", "the commit of main"},
                  {"unchanged", "whether it was in force already"},
                  {"index", "the entry that adopts it, or null"},
                  {"signers", "who signed the commits it brings in"}};
  command.see_also = {"validate", "diff", "contribute", "merge"};
}

}  // namespace bw::cli
