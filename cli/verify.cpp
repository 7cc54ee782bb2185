#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/verify_world.h"

namespace bw::cli {
namespace {

struct Given {
  std::optional<std::filesystem::path> repository;
};

Json result_json(const WorldVerification& verification) {
  const StreamState& state = verification.stream.state;
  Json problems = Json::array();
  for (const StreamProblem& problem : verification.problems)
    problems.push_back({{"where", problem.where}, {"what", problem.what}});
  Json ineffective = Json::array();
  for (const Ineffective& item : verification.stream.ineffective) {
    ineffective.push_back({{"event", item.id.text()}, {"index", item.index}, {"reason", item.reason}});
  }
  Json warnings = verification.stream.warnings;
  for (const std::string& fault : verification.opening_faults) warnings.push_back(fault);
  return {{"ok", verification.ok()},
          {"world", state.authority.exists() ? Json(state.authority.world().text()) : Json(nullptr)},
          {"size", state.covered()},
          {"pending", state.pending()},
          {"root", state.checkpoint ? Json(state.checkpoint->root.hex()) : Json(nullptr)},
          {"head", state.head ? Json(state.head->hex()) : Json(nullptr)},
          {"problems", problems},
          {"warnings", warnings},
          {"ineffective", ineffective}};
}

void print_result(Session& session, const WorldVerification& verification) {
  const StreamState& state = verification.stream.state;
  for (const StreamProblem& problem : verification.problems) {
    session.print("{}  {}: {}\n", session.styled(Style::bad, "bad"), session.shown(problem.where),
                  session.shown(problem.what));
  }
  for (const std::string& warning : verification.stream.warnings) session.warn("{}", session.shown(warning));
  for (const std::string& fault : verification.opening_faults) session.warn("{}", session.shown(fault));
  if (!verification.ok()) {
    session.print("The world does not verify: {}\n",
                  counted(verification.problems.size(), "problem", "problems"));
    return;
  }
  session.print("{}  {}: {} under the checkpoint{}\n", session.styled(Style::good, "ok"),
                session.styled(Style::name, state.authority.name()),
                counted(state.covered(), "entry", "entries"),
                state.pending() > 0 ? fmt::format(", {} pending", state.pending()) : "");
  session.print("  world  {}\n  root   {}\n", state.authority.world().text(), state.checkpoint->root.hex());
  if (!verification.stream.ineffective.empty()) {
    session.print("  {} of authority without effect (see --json)\n",
                  counted(verification.stream.ineffective.size(), "act", "acts"));
  }
}

int run(Session& session, const Given& given) {
  const WorldVerification verification =
      verify_world(session.environment, given.repository.value_or(session.world_folder()));
  if (session.json()) {
    session.print_json(result_json(verification));
  } else {
    print_result(session, verification);
  }
  return verification.ok() ? 0 : 1;
}

}  // namespace

void declare_verify(Commands& commands) {
  Command& command = commands.add("verify", Purpose::trust, "Check a whole world, from nothing");
  Given& given = command.runs(run);
  command.argument(given.repository, "REPO", "a world's repository (default: the one you are in)")
      .offer_folders();
  command.description =
      "Needs no key and no network, and trusts nothing that was remembered. Checks every commit's signature "
      "against the authority before it, every event's signature and strict form, tables, definition sets, "
      "the "
      "Merkle root of every checkpoint, the times of recording, and published openings against what was "
      "committed to. Names the first bad thing and all others.";
  command.examples = {{"bw verify", "Checks the world you are in"},
                      {"bw verify /srv/worlds/ohca.git", "Checks a repository anywhere"}};
  command.json = {{"ok", "whether everything holds"},
                  {"world", "the world's id, or null"},
                  {"size", "entries under the checkpoint"},
                  {"pending", "entries beyond it"},
                  {"root", "the Merkle root of the checkpoint"},
                  {"head", "the commit that was verified"},
                  {"problems", "for each: where and what"},
                  {"warnings", "what is no fault but worth knowing"},
                  {"ineffective", "acts of authority without effect: event, index, reason"}};
  command.exit_codes = {{1, "the world does not verify"}};
  command.see_also = {"clone", "show", "status"};
}

}  // namespace bw::cli
