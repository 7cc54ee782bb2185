#include "world/sync_timer.h"

#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/process.h"
#include "base/test_errors.h"

namespace bw {
namespace {

using testing::contains;
using testing::error_of;
namespace fs = std::filesystem;

SyncTimer hourly() {
  return {"/usr/bin/bw", {3600}, {{"SSH_AUTH_SOCK", "/run/user/7/agent"}}};
}

// A systemctl of the test's own, which writes down what it is asked and ends with `status`.
std::string fake_systemctl(const fs::path& folder, int status = 0) {
  const fs::path program = folder / "systemctl";
  std::ofstream(program) << "#!/bin/sh\necho \"$@\" >>'" << (folder / "asked").string()
                         << "'\necho 'no bus here' >&2\nexit " << status << "\n";
  ::chmod(program.c_str(), 0755);
  return program.string();
}

}  // namespace

TEST_CASE("the units run bw sync so often, with the agent's socket") {
  const std::string service = service_unit(hourly());
  CHECK(contains(service, "\nExecStart=\"/usr/bin/bw\" sync\n"));
  CHECK(contains(service, "\nEnvironment=\"SSH_AUTH_SOCK=/run/user/7/agent\"\n"));
  CHECK(contains(service, "\nSuccessExitStatus=3\n"));
  const std::string timer = timer_unit(hourly());
  CHECK(contains(timer, "\nOnUnitActiveSec=3600s\n"));
  CHECK(contains(timer, "\nWantedBy=timers.target\n"));
}

TEST_CASE("no path and no value can say anything more in a unit or a crontab") {
  SyncTimer timer = hourly();
  timer.program = "/home/a \"b\" \\ 100%/世界/bw";
  timer.environment["BW_HOME"] = "it's 5% \"more\"";
  const std::string service = service_unit(timer);
  CHECK(contains(service, "\nExecStart=\"/home/a \\\"b\\\" \\\\ 100%%/世界/bw\" sync\n"));
  CHECK(contains(service, "\nEnvironment=\"BW_HOME=it's 5%% \\\"more\\\"\"\n"));
  CHECK(contains(cron_line(timer), R"(BW_HOME='it'\''s 5'\%' "more"' )"));
  for (const char* bad : {"a\nExecStart=/bin/evil", "a\r", "a\x7f", "\xff"}) {
    SyncTimer hostile = hourly();
    hostile.environment["BW_HOME"] = bad;
    CHECK(contains(error_of([&] { service_unit(hostile); }), "control characters"));
    CHECK(contains(error_of([&] { timer_unit(hostile); }), "control characters"));
    CHECK(contains(error_of([&] { cron_line(hostile); }), "control characters"));
  }
}

TEST_CASE("a shell reads from the crontab's line what was meant") {
  const TemporaryFolder folder;
  SyncTimer timer = hourly();
  timer.environment = {{"BW_HOME", "it's 5% \"$HOME\" `x`"}};
  std::string line = cron_line(timer);
  line = line.substr(line.find("BW_HOME="));
  line = line.substr(0, line.find(" '/usr/bin/bw'"));
  for (std::size_t at = line.find("\\%"); at != std::string::npos; at = line.find("\\%")) line.erase(at, 1);
  Command shell;
  shell.arguments = {"sh", "-c", line + "; printf %s \"$BW_HOME\""};
  CHECK(run(shell).output == timer.environment["BW_HOME"]);
}

TEST_CASE("cron runs at the periods that it can say, and others are refused with the closest") {
  const auto fields = [](std::int64_t seconds) {
    SyncTimer timer = hourly();
    timer.every = {seconds};
    const std::string line = cron_line(timer);
    return line.substr(0, line.find(" SSH"));
  };
  CHECK(fields(60) == "* * * * *");
  CHECK(fields(600) == "*/10 * * * *");
  CHECK(fields(3600) == "17 * * * *");
  CHECK(fields(2 * 3600) == "17 */2 * * *");
  CHECK(fields(86400) == "17 6 * * *");
  CHECK(fields(7 * 86400) == "17 6 * * 1");
  for (const std::int64_t odd : {61, 7 * 60, 90 * 60, 5 * 3600, 2 * 86400})
    CHECK(error_of([&] { fields(odd); }).starts_with("2: "));
  for (const std::int64_t beyond : {0, 59, 29 * 86400}) {
    SyncTimer timer = hourly();
    timer.every = {beyond};
    CHECK(error_of([&] { timer_unit(timer); }).starts_with("2: "));
  }
}

TEST_CASE("installing writes both units and starts the timer; uninstalling undoes that") {
  const TemporaryFolder folder;
  const fs::path units = folder.path() / "systemd/user";
  const std::string systemctl = fake_systemctl(folder.path());
  const InstalledTimer installed = install_sync_timer(units, hourly(), systemctl);
  CHECK(installed.enabled);
  CHECK(read_file(installed.service, 10'000) == service_unit(hourly()));
  CHECK(read_file(installed.timer, 10'000) == timer_unit(hourly()));
  CHECK(read_file(folder.path() / "asked", 1000) ==
        "--user daemon-reload\n--user enable --now bw-sync.timer\n");
  SyncTimer other = hourly();
  other.every = {600};
  install_sync_timer(units, other, systemctl);
  CHECK(contains(read_file(installed.timer, 10'000), "600s"));
  CHECK(uninstall_sync_timer(units, systemctl));
  CHECK_FALSE(fs::exists(installed.service));
  CHECK_FALSE(fs::exists(installed.timer));
  CHECK(contains(read_file(folder.path() / "asked", 1000), "--user disable --now bw-sync.timer\n"));
  CHECK_FALSE(uninstall_sync_timer(units, systemctl));
}

TEST_CASE("without systemctl the units lie there; where it says no, its words are handed on") {
  const TemporaryFolder folder;
  CHECK_FALSE(install_sync_timer(folder.path() / "none", hourly(), std::nullopt).enabled);
  CHECK(uninstall_sync_timer(folder.path() / "none", std::nullopt));
  const std::string failing = fake_systemctl(folder.path(), 1);
  const std::string error = error_of([&] { install_sync_timer(folder.path() / "bad", hourly(), failing); });
  CHECK(error.starts_with("3: "));
  CHECK(contains(error, "no bus here"));
  CHECK(fs::exists(folder.path() / "bad/bw-sync.timer"));
  CHECK_FALSE(error_of([&] { uninstall_sync_timer(folder.path() / "bad", failing); }).empty());
  CHECK_FALSE(fs::exists(folder.path() / "bad/bw-sync.timer"));
}

TEST_CASE("a unit that somebody else wrote is neither overwritten nor removed") {
  const TemporaryFolder folder;
  const std::string own = "[Service]\nExecStart=/my/own\n";
  write_file(folder.path() / "bw-sync.service", own);
  CHECK(error_of([&] { install_sync_timer(folder.path(), hourly(), std::nullopt); }).starts_with("4: "));
  CHECK(error_of([&] { uninstall_sync_timer(folder.path(), std::nullopt); }).starts_with("4: "));
  CHECK(read_file(folder.path() / "bw-sync.service", 1000) == own);
  CHECK_FALSE(fs::exists(folder.path() / "bw-sync.timer"));
}

TEST_CASE("systemd itself finds nothing wrong with the units") {
  Command which;
  which.arguments = {"sh", "-c", "command -v systemd-analyze"};
  if (run(which).status != 0) return;
  const TemporaryFolder folder;
  SyncTimer timer = hourly();
  timer.program = "/bin/true";
  install_sync_timer(folder.path(), timer, std::nullopt);
  Command verify;
  verify.arguments = {"systemd-analyze", "--user", "verify", (folder.path() / "bw-sync.timer").string()};
  const Finished finished = run(verify);
  CHECK_FALSE(contains(finished.error_output, "bw-sync"));
}

}  // namespace bw
