// bw sync: send and fetch what is due in every world, and the timer that does it.

#include "world/sync.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/program.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/sync_timer.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;

struct SyncArguments {
  std::vector<std::string> worlds;
  bool install = false, uninstall = false, cron = false;
  std::optional<std::string> every;
};

std::string_view word_of(const std::optional<ErrorCode>& failed) {
  if (!failed) return "done";
  return *failed == ErrorCode::cannot ? "cannot" : *failed == ErrorCode::refused ? "refused" : "invalid";
}

Json json_of(const SyncedWorld& synced) {
  Json refused = Json::array();
  for (const Verdict& verdict : synced.refused)
    refused.push_back({{"event", verdict.event.text()}, {"reason", verdict.reason}});
  return {{"name", synced.world.name},
          {"id", synced.world.id.text()},
          {"folder", synced.world.folder.string()},
          {"sync", text_of(synced.world.sync)},
          {"result", synced.due ? word_of(synced.failed) : "manual"},
          {"sent", synced.sent},
          {"to", synced.to},
          {"waiting", synced.waiting},
          {"entries", synced.entries},
          {"refused", refused},
          {"remarks", synced.remarks},
          {"problem", synced.failed ? Json(synced.problem) : Json(nullptr)},
          {"sentence", synced.sentence()}};
}

void tell(Session& session, const SyncedWorld& synced) {
  if (!synced.due) return;
  session.print("{}: {}\n", session.styled(Style::name, synced.world.name), session.shown(synced.sentence()));
  for (const std::string& remark : synced.remarks) session.print("  {}\n", session.shown(remark));
  // A home that does not answer is nothing to be warned of: the next run tries again.
  if (!synced.failed || synced.failed == ErrorCode::cannot) return;
  session.warn("{}: {}", session.shown(synced.world.name), session.shown(synced.problem));
  if (!synced.hint.empty()) session.note("hint: {}", session.shown(synced.hint));
}

// What somebody must look at first: a world that does not verify, then what was refused, then who did not
// answer.
int exit_code(const std::vector<SyncedWorld>& worlds) {
  for (const ErrorCode code : {ErrorCode::invalid, ErrorCode::usage, ErrorCode::refused, ErrorCode::cannot}) {
    const bool any = std::any_of(worlds.begin(), worlds.end(),
                                 [&](const SyncedWorld& synced) { return synced.failed == code; });
    if (any) return code == ErrorCode::usage ? static_cast<int>(ErrorCode::invalid) : static_cast<int>(code);
  }
  return 0;
}

int sync_all(Session& session, const SyncArguments& given) {
  std::vector<KnownWorld> worlds;
  for (const std::string& name : given.worlds) worlds.push_back(find_world(session.environment, name));
  if (given.worlds.empty()) worlds = known_worlds(session.environment);
  // Nobody may be there to be asked, and nobody is.
  Environment environment = session.environment;
  environment.may_prompt = false;
  environment.ask_passphrase = [](const fs::path&) { return environment_variable("BW_PASSPHRASE"); };
  const auto synced = sync_worlds(environment, worlds, [&](const SyncedWorld& world) {
    if (!session.json()) tell(session, world);
  });
  for (const SyncedWorld& world : synced) {
    if (world.sent > 0) session.done(fmt::format("in {} {}", world.world.name, world.sentence()));
  }
  const bool any_due = std::any_of(synced.begin(), synced.end(), [](const auto& world) { return world.due; });
  if (session.json()) {
    Json list = Json::array();
    for (const SyncedWorld& world : synced) list.push_back(json_of(world));
    session.print_json({{"worlds", list}});
  } else if (!any_due) {
    session.note(
        "No world here wishes to be synced: bw world sync periodic, in the world's folder, says so.");
  }
  return exit_code(synced);
}

// Below the user's own configuration, where systemd looks for units.
fs::path unit_folder() {
  const auto set = environment_variable("XDG_CONFIG_HOME");
  if (set && fs::path(*set).is_absolute()) return fs::path(*set) / "systemd/user";
  const auto home = environment_variable("HOME");
  if (home && fs::path(*home).is_absolute()) return fs::path(*home) / ".config/systemd/user";
  throw Error(ErrorCode::cannot, "there is no place for your units: HOME is not set");
}

SyncTimer timer_of(Session& session, const SyncArguments& given) {
  SyncTimer timer;
  std::error_code error;
  timer.program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw Error(ErrorCode::cannot, "cannot find out where bw lies: " + error.message());
  if (given.every) {
    const auto every = Duration::parse(*given.every);
    if (!every)
      throw Error(ErrorCode::usage,
                  fmt::format("--every {}: {}", session.shown(*given.every), every.reason()),
                  "write it like 30m, 1h or 1d");
    timer.every = *every;
  }
  for (const char* name :
       {"BW_HOME", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}) {
    if (auto value = environment_variable(name)) timer.environment.emplace(name, *value);
  }
  // A run of systemd or cron starts in another folder.
  if (auto home = timer.environment.find("BW_HOME"); home != timer.environment.end())
    home->second = fs::absolute(home->second).string();
  return timer;
}

void tell_about_agent(Session& session, const SyncTimer& timer) {
  const auto socket = timer.environment.find("SSH_AUTH_SOCK");
  if (socket == timer.environment.end()) {
    session.note(
        "No ssh-agent is known here. Where your key has a passphrase, start one whose socket stays the same, "
        "give "
        "it the key with ssh-add, and install the timer again.");
  } else if (socket->second.starts_with("/tmp/")) {
    session.warn(
        "the timer uses the ssh-agent at {}, which ends with this session; one with a socket of its own "
        "place stays "
        "(systemctl --user enable --now ssh-agent)",
        session.shown(socket->second));
  }
}

int install(Session& session, const SyncArguments& given) {
  const SyncTimer timer = timer_of(session, given);
  const InstalledTimer installed = install_sync_timer(unit_folder(), timer, find_program("systemctl"));
  session.done("the timer is installed");
  if (session.json()) {
    session.print_json({{"service", installed.service.string()},
                        {"timer", installed.timer.string()},
                        {"every", timer.every.seconds},
                        {"enabled", installed.enabled}});
  } else {
    session.print("Wrote {}\nWrote {}\n", session.shown(installed.service.string()),
                  session.shown(installed.timer.string()));
    if (installed.enabled) session.print("bw sync runs every {} seconds from now on\n", timer.every.seconds);
  }
  if (!installed.enabled) {
    session.note(
        "There is no systemctl here. Where systemd runs: systemctl --user enable --now bw-sync.timer; with "
        "cron: bw "
        "sync --cron");
  }
  tell_about_agent(session, timer);
  return 0;
}

int uninstall(Session& session) {
  const bool removed = uninstall_sync_timer(unit_folder(), find_program("systemctl"));
  if (removed) session.done("the timer is removed");
  if (session.json()) {
    session.print_json({{"removed", removed}});
  } else {
    session.print("{}\n", removed ? "The timer is removed; what waits stays in your journals"
                                  : "No timer of bw sync is installed");
  }
  return 0;
}

int run_sync(Session& session, const SyncArguments& given) {
  const int asked = int{given.install} + int{given.uninstall} + int{given.cron};
  if (asked > 1) throw Error(ErrorCode::usage, "only one of --install, --uninstall and --cron at a time");
  if (asked > 0 && !given.worlds.empty()) {
    throw Error(ErrorCode::usage, "the timer serves every world; each has a wish of its own",
                "say it with: bw world sync WISH");
  }
  if (given.every && !given.install && !given.cron)
    throw Error(ErrorCode::usage, "--every belongs to --install or --cron");
  if (given.install) return install(session, given);
  if (given.uninstall) return uninstall(session);
  if (!given.cron) return sync_all(session, given);
  const SyncTimer timer = timer_of(session, given);
  const std::string line = cron_line(timer);
  if (session.json()) {
    session.print_json({{"line", line}, {"every", timer.every.seconds}});
  } else {
    session.print("{}\n", session.shown(line));
    session.note("Put this line into your crontab: crontab -e");
  }
  tell_about_agent(session, timer);
  return 0;
}

}  // namespace

void declare_sync(Commands& commands) {
  Command& command = commands.add("sync", Purpose::every_day, "Send and fetch what is due, in every world");
  SyncArguments& given = command.runs(run_sync);
  command.argument(given.worlds, "WORLD", "only these of the worlds that this machine knows")
      .offer(world_candidates);
  command.flag("--install", given.install, "install a timer of your systemd that runs this");
  command.flag("--cron", given.cron, "print a line for your crontab instead");
  command.flag("--uninstall", given.uninstall, "stop the timer and remove it");
  command.option("--every", given.every, "TIME", "how often: 30m, 1h, 1d (default: 1h)");
  command.description =
      "Sends what waits in every world whose wish (`bw world sync`) is periodic or immediate, and fetches "
      "what "
      "is new there. What belongs to a behaviour with the wish manual stays until `bw submit`, and a world "
      "that "
      "is manual throughout is left alone.\n\n"
      "It asks nobody for anything, so that it can run by itself. A key with a passphrase is used through "
      "ssh-agent; `bw status` tells how the last run ended. Where a home does not answer, what waits goes "
      "with "
      "the next run. Two runs at once are refused.\n\n"
      "--install writes `bw-sync.service` and `bw-sync.timer` below `systemd/user` in your configuration "
      "(XDG_CONFIG_HOME) and enables the timer. They hold BW_HOME and SSH_AUTH_SOCK as they are set now: use "
      "an "
      "agent whose socket stays where it is, such as the one that `systemctl --user enable --now ssh-agent` "
      "starts. `journalctl --user -u bw-sync` shows what it did.";
  command.examples = {{"bw sync", "Sends and fetches now what is due"},
                      {"bw sync --install --every 30m", "From now on twice an hour, by a timer"},
                      {"bw sync --cron", "A line for the crontab"},
                      {"bw sync --json", "What came of it in each world, for a program"}};
  command.json = {
      {"worlds",
       "for each: name, id, folder, sync, result (done, manual, cannot, refused, invalid), sent, to, "
       "waiting (due and not sent), entries (new), refused (event and reason), remarks, problem and "
       "sentence"},
      {"service", "--install: the file written"},
      {"timer", "--install: the file written"},
      {"every", "--install, --cron: the period in seconds"},
      {"enabled", "--install: whether the timer runs"},
      {"removed", "--uninstall: whether there was one"},
      {"line", "--cron: the line"}};
  command.exit_codes = {{1, "a world does not verify"},
                        {3, "a home does not answer, or another run is going on; what waits goes on waiting"},
                        {4, "something was refused, or a key has a passphrase and no agent holds it"}};
  command.see_also = {"world", "submit", "pull", "status"};
}

}  // namespace bw::cli
