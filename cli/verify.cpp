#include "base/error.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/verify_disclosure.h"
#include "cli/verify_proof.h"
#include "cli/witnessed.h"
#include "cli/world_access.h"
#include "world/checkpoint_memory.h"
#include "world/verify_world.h"

namespace bw::cli {
namespace {

struct VerifyArguments {
  std::optional<std::filesystem::path> repository;
  std::optional<std::filesystem::path> since;
  ProofGiven proof;
  DisclosureGiven shown;
};

// The checkpoint of --since, which the verified log must begin with; adds a problem where it does not. What
// the log amounted to then; nothing where its log is another's.
Checkpoint check_since(const std::filesystem::path& file, const git::Repository& repository,
                       WorldVerification& verification) {
  const auto note = Note::parse(read_file(file, Note::max_bytes));
  const auto since = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(Reason{note.reason()});
  if (!since)
    throw Error(ErrorCode::invalid, fmt::format("{} is no checkpoint: {}", file.string(), since.reason()));
  const StreamState& state = verification.stream.state;
  if (!verification.stream.ok() || !state.checkpoint) return *since;  // there are problems already
  const auto problem = [&](std::string what) {
    verification.problems.push_back({"since " + file.string(), std::move(what)});
  };
  if (since->origin != state.checkpoint->origin) {
    problem("it is a checkpoint of another log, " + since->origin);
  } else if (const Relation relation = relation_of(*since, repository, state); relation == Relation::newer) {
    problem(
        fmt::format("it covers {} entries, and the log here only {}: the log was shortened, or this copy is "
                    "old",
                    since->size, state.covered()));
  } else if (relation == Relation::split) {
    problem(fmt::format("the log at size {} did not have the root {}: history was changed", since->size,
                        since->root.hex()));
  }
  return *since;
}

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
          {"ineffective", ineffective},
          {"witnessed", witnessed_json(verification.witnessed)}};
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
  if (const auto& head = verification.witnessed) {
    session.print("  witnesses  {}\n", witnessed_text(*head, session.environment.now()));
    if (head->best) {
      for (const Cosigned::By& by : head->best->behind.by)
        session.print("    {}  {}\n", by.at.text(), session.shown(by.name));
    }
  }
  if (!verification.stream.ineffective.empty()) {
    session.print("  {} of authority without effect (see --json)\n",
                  counted(verification.stream.ineffective.size(), "act", "acts"));
  }
}

int run_verify(Session& session, const VerifyArguments& given) {
  if (given.shown.into && !given.shown.disclosure)
    throw Error(ErrorCode::usage, "--into belongs to --disclosure");
  if (given.shown.disclosure) {
    if (given.repository || given.since || given.proof.proof)
      throw Error(ErrorCode::usage, "--disclosure checks a file; it goes with no REPO, --since or --proof");
    return verify_disclosure(session, given.shown, given.proof);
  }
  if (given.proof.proof) {
    if (given.repository || given.since)
      throw Error(ErrorCode::usage, "--proof checks a file; it goes with no REPO and no --since");
    return verify_proof(session, given.proof);
  }
  if (given.proof.any_trust())
    throw Error(ErrorCode::usage, "--world-id, --log-key and --policy go with --proof or --disclosure");
  const std::filesystem::path folder = given.repository.value_or(session.world_folder());
  WorldVerification verification = verify_world(session.environment, folder);
  std::optional<Checkpoint> since;
  if (given.since) since = check_since(*given.since, *git::Repository::discover(folder), verification);
  if (session.json()) {
    Json object = result_json(verification);
    if (since) object["since"] = {{"size", since->size}, {"root", since->root.hex()}};
    session.print_json(object);
  } else {
    print_result(session, verification);
    if (since && verification.ok()) {
      session.print("  since  {}: {} came, none was changed\n", counted(since->size, "entry", "entries"),
                    counted(verification.stream.state.covered() - since->size, "entry", "entries"));
    }
  }
  return verification.ok() ? 0 : 1;
}

}  // namespace

void declare_verify(Commands& commands) {
  Command& command = commands.add("verify", Purpose::trust, "Check a whole world, from nothing");
  VerifyArguments& given = command.runs(run_verify);
  command.argument(given.repository, "REPO", "a world's repository (default: the one you are in)")
      .offer_folders();
  command.option("--since", given.since, "FILE", "also prove that the log only grew since this checkpoint");
  command.option("--proof", given.proof.proof, "FILE",
                 "check a proof that \"bw prove\" made, instead of a world");
  command.option("--disclosure", given.shown.disclosure, "FILE",
                 "check what \"bw disclose\" wrote, instead of a world");
  command.option("--into", given.shown.into, "DIR", "--disclosure: put the files that it holds there")
      .offer_folders();
  command.option("--world-id", given.proof.world, "ID",
                 "--proof, --disclosure: the world's id, where you have no copy of it");
  command.option("--log-key", given.proof.log_keys, "KEY",
                 "--proof, --disclosure: a key that signs its checkpoints");
  command.option(
      "--policy", given.proof.policy, "FILE",
      "--proof, --disclosure: whom to trust, as a C2SP tlog-policy file: log keys, witnesses and how many");
  command.description =
      "Needs no key and no network, and trusts nothing that was remembered. Checks every commit's signature "
      "against the authority before it, every event's signature and strict form, tables, definition sets, "
      "the "
      "Merkle root of every checkpoint, the times of recording, and published openings against what was "
      "committed to. Names the first bad thing and all others. Where the world asks for witnesses, it tells "
      "which of "
      "them stand behind how much of the log and how long ago they saw it, and warns where that is longer "
      "than the "
      "definition's `freshness` allows: what is here may then be kept from what is new.\n\n"
      "With --proof or --disclosure it checks one file instead: offline, against the world you are in, or "
      "with nothing but a "
      "world's id and log keys that you trust already.";
  command.examples = {
      {"bw verify", "Checks the world you are in"},
      {"bw verify /srv/worlds/ohca.git", "Checks a repository anywhere"},
      {"bw verify --since march.checkpoint", "Proves that nothing from before March was changed"},
      {"bw verify --proof deed.tlog-proof", "Checks a proof against the world you are in"},
      {"bw verify --disclosure deeds.disclosure --into files",
       "Checks what somebody showed, and takes its files"}};
  command.json = {{"ok", "whether everything holds"},
                  {"world", "the world's id, or null"},
                  {"size", "entries under the checkpoint"},
                  {"pending", "entries beyond it"},
                  {"root", "the Merkle root of the checkpoint"},
                  {"head", "the commit that was verified"},
                  {"problems", "for each: where and what"},
                  {"warnings", "what is no fault but worth knowing"},
                  {"ineffective", "acts of authority without effect: event, index, reason"},
                  {"witnessed", witnessed_meaning},
                  {"since", "--since: size and root of that checkpoint"},
                  {"reason", "--proof, --disclosure: why it does not hold"},
                  {"events", "--disclosure: for each: event, id, index, recorded, openings, files, notes"},
                  {"event", "--proof: the event, whole"},
                  {"id", "--proof: its id"},
                  {"index", "--proof: its place in the log"},
                  {"recorded", "--proof: when the log took it"},
                  {"row", "--proof of a row: its number, their count, the row; else null"},
                  {"origin", "--proof: the log's name"},
                  {"witnesses", "--proof: name and time of each witness behind the checkpoint"}};
  command.exit_codes = {{1, "the world, the proof or the disclosure does not verify"}};
  command.see_also = {"prove", "disclose", "checkpoint", "clone", "show", "status"};
}

}  // namespace bw::cli
