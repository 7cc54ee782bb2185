// bw contribute: offering changes of a definition upstream.

#include "world/contribute.h"

#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"

namespace bw::cli {
namespace {

struct ContributeArguments {
  std::vector<std::string> only;
  std::optional<std::string> topic;
  std::optional<std::string> to;
  std::string message;
  bool dry_run = false;
};

int run_contribute(Session& session, const ContributeArguments& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "contribute");
  const Acting me = acting(session);
  ContributeOptions options;
  options.topic = given.topic;
  options.only = given.only;
  if (given.to) options.to = parse_url(world.repository.remote_url(*given.to).value_or(*given.to));
  options.message = given.message;
  options.dry_run = given.dry_run;
  const Contributed offer = contribute(session.environment, world, *me.signer, options);
  if (offer.commit) session.done(fmt::format("the changes are offered as {}", offer.branch));
  if (session.json()) {
    session.print_json({{"branch", offer.branch},
                        {"to", offer.to},
                        {"commit", offer.commit ? Json(offer.commit->hex()) : Json(nullptr)},
                        {"changes", changes_as_json(offer.changes)}});
    return 0;
  }
  session.write(changes_as_text(offer.changes, session.color()));
  session.print("{} {} as {}\n", offer.commit ? "Offered to" : "Would be offered to", session.shown(offer.to),
                session.styled(Style::name, offer.branch));
  if (offer.commit) {
    session.note(
        "A steward there merges it with: git fetch && bw merge origin/{}, or without \"origin/\" at home.",
        session.shown(offer.branch));
  }
  return 0;
}

// The parts that differ from the definition in force.
std::vector<Candidate> changed_parts(Session& session, const std::string& /*prefix*/) {
  const World world = open_world_of(session);
  std::vector<Candidate> candidates;
  for (const Change& change :
       difference(adopted_definition(world).files, work_tree_definition(world).files)) {
    candidates.push_back({change.path.empty() ? change.file : change.path, change.sentence});
  }
  return candidates;
}

}  // namespace

void declare_contribute(Commands& commands) {
  Command& command =
      commands.add("contribute", Purpose::together, "Offer changes of the definition upstream");
  ContributeArguments& given = command.runs(run_contribute);
  command
      .option("--only", given.only, "PATH",
              "offer only this part, such as goals/aed-coverage; may be given again")
      .offer(changed_parts);
  command.option("--topic", given.topic, "TOPIC",
                 "the last part of the branch's name (default: from what changes)");
  command.option("--to", given.to, "URL",
                 "where to offer it (default: remote upstream, else origin, else the home)");
  command.option("-m,--message", given.message, "MESSAGE", "why (default: what changes, in sentences)");
  command.flag("--dry-run", given.dry_run, "only show what would be offered");
  command.description =
      "Offers what your `main` changes in the definition, as one signed commit on top of theirs, on a branch "
      "`contribute/<you>/<topic>`. What makes a fork its own, its name and stewards, is left out. The offer "
      "is "
      "merged with what they changed meanwhile and validated before anything is pushed. A later offer under "
      "the same topic takes the place of the earlier one.";
  command.examples = {
      {"bw contribute --dry-run", "Shows what would be offered"},
      {"bw contribute --only behaviours/teach-cpr -m 'Teach at schools, too'", "Offers one behaviour"},
      {"bw contribute --to git@example.org:me/ohca.git", "Offers it in a copy of your own"}};
  command.json = {{"branch", "where the offer lies"},
                  {"to", "at which address"},
                  {"commit", "of the offer; null with --dry-run"},
                  {"changes", "for each: kind, file, path, before, after, sentence"}};
  command.exit_codes = {{1, "nothing to offer, a conflict with theirs, or a result that would not be valid"}};
  command.see_also = {"fork", "diff", "merge", "validate"};
}

}  // namespace bw::cli
