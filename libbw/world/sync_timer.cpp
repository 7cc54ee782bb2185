#include "world/sync_timer.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/text.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "# Written by `bw sync --install`; `bw sync --uninstall` removes it.\n";
constexpr std::string_view service_name = "bw-sync.service";
constexpr std::string_view timer_name = "bw-sync.timer";
constexpr std::size_t max_unit_bytes = 64u << 10;
constexpr std::int64_t minute = 60, hour = 3600, day = 86400, longest = 28 * day;
constexpr int cron_minute = 17;  // not with everyone on the hour

// A unit is lines, and a crontab is: nothing may end one early.
void require_writable(std::string_view what, std::string_view text) {
  const bool plain = is_utf8(text) && std::none_of(text.begin(), text.end(),
                                                   [](unsigned char c) { return c < ' ' || c == 0x7f; });
  if (!plain) {
    throw Error(ErrorCode::invalid, fmt::format("{} has control characters and cannot stand in a timer: {}",
                                                what, printable(text)));
  }
}

void require_sense(const SyncTimer& timer) {
  require_writable("the path of bw", timer.program.string());
  for (const auto& [name, value] : timer.environment) require_writable("the variable " + name, value);
  if (timer.every.seconds < minute || timer.every.seconds > longest)
    throw Error(ErrorCode::usage, "a timer runs at least every 4 weeks and at most every minute",
                "such as 1h");
}

// As systemd.syntax(7) quotes: specifiers doubled, quotes and backslashes escaped.
std::string quoted_for_unit(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '%') quoted += '%';
    quoted += c;
  }
  return quoted + "\"";
}

// As a shell quotes; cron ends its command at a bare percent sign.
std::string quoted_for_cron(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else if (c == '%') {
      quoted += "'\\%'";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// The five fields of a period; empty where cron cannot say it.
std::string cron_fields(std::int64_t seconds) {
  if (seconds < hour && hour % seconds == 0 && seconds % minute == 0)
    return seconds == minute ? "* * * * *" : fmt::format("*/{} * * * *", seconds / minute);
  if (seconds == hour) return fmt::format("{} * * * *", cron_minute);
  if (seconds < day && day % seconds == 0 && seconds % hour == 0)
    return fmt::format("{} */{} * * *", cron_minute, seconds / hour);
  if (seconds == day) return fmt::format("{} 6 * * *", cron_minute);
  if (seconds == 7 * day) return fmt::format("{} 6 * * 1", cron_minute);
  return "";
}

bool is_ours(const fs::path& unit) {
  const auto text = read_file_if_exists(unit, max_unit_bytes);
  return !text || text->starts_with(mark);
}

void require_ours(const fs::path& unit) {
  if (is_ours(unit)) return;
  throw Error(ErrorCode::refused, unit.string() + " is there and was not written by bw sync",
              "move it away first");
}

// What the user's systemd answers; Error(cannot) where it says no.
void ask_systemd(const std::string& systemctl, std::vector<std::string> words, std::string_view hint) {
  Command command;
  command.arguments = {systemctl, "--user"};
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  command.new_session = true;
  command.patience = std::chrono::seconds(60);
  const Finished finished = run(command);
  if (finished.status == 0) return;
  throw Error(ErrorCode::cannot,
              fmt::format("systemctl --user {}: {}", fmt::join(words, " "),
                          printable(finished.error_output.substr(0, finished.error_output.find('\n')))),
              std::string(hint));
}

}  // namespace

std::string service_unit(const SyncTimer& timer) {
  require_sense(timer);
  std::string text(mark);
  text +=
      "[Unit]\n"
      "Description=Send and fetch what is due in the worlds of bw\n"
      "Documentation=man:bw-sync(1)\n"
      "\n"
      "[Service]\n"
      "Type=oneshot\n";
  text += fmt::format("ExecStart={} sync\n", quoted_for_unit(timer.program.string()));
  text +=
      "# 3: a home did not answer. That is normal, and what waits is sent another time.\n"
      "SuccessExitStatus=3\n"
      "Nice=10\n";
  for (const auto& [name, value] : timer.environment)
    text += fmt::format("Environment={}\n", quoted_for_unit(name + "=" + value));
  return text;
}

std::string timer_unit(const SyncTimer& timer) {
  require_sense(timer);
  std::string text(mark);
  text +=
      "[Unit]\n"
      "Description=Run bw sync from time to time\n"
      "Documentation=man:bw-sync(1)\n"
      "\n"
      "[Timer]\n"
      "OnStartupSec=2min\n";
  text += fmt::format("OnUnitActiveSec={}s\n", timer.every.seconds);
  text +=
      fmt::format("RandomizedDelaySec={}s\n", std::min<std::int64_t>(timer.every.seconds / 10, 5 * minute));
  text +=
      "\n"
      "[Install]\n"
      "WantedBy=timers.target\n";
  return text;
}

std::string cron_line(const SyncTimer& timer) {
  require_sense(timer);
  const std::int64_t seconds = timer.every.seconds;
  const std::string fields = cron_fields(seconds);
  if (fields.empty()) {
    constexpr std::array<std::int64_t, 15> periods = {
        1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440, std::int64_t{7} * 1440};
    const std::int64_t closest = *std::min_element(periods.begin(), periods.end(), [&](auto a, auto b) {
      return std::abs(a * minute - seconds) < std::abs(b * minute - seconds);
    });
    const std::string word = closest % 1440 == 0 ? fmt::format("{}d", closest / 1440)
                             : closest % 60 == 0 ? fmt::format("{}h", closest / 60)
                                                 : fmt::format("{}m", closest);
    throw Error(ErrorCode::usage, fmt::format("cron cannot run something every {} seconds", seconds),
                "it can with --every " + word);
  }
  std::string command;
  for (const auto& [name, value] : timer.environment) command += name + "=" + quoted_for_cron(value) + " ";
  // Only warnings reach standard error, so that cron mails what needs somebody and nothing else.
  return fmt::format("{} {}{} sync --quiet >/dev/null", fields, command,
                     quoted_for_cron(timer.program.string()));
}

InstalledTimer install_sync_timer(const fs::path& folder, const SyncTimer& timer,
                                  const std::optional<std::string>& systemctl) {
  InstalledTimer installed{folder / service_name, folder / timer_name};
  const std::string service = service_unit(timer);
  require_ours(installed.service);
  require_ours(installed.timer);
  write_file(installed.service, service);
  write_file(installed.timer, timer_unit(timer));
  if (!systemctl) return installed;
  const std::string hint = fmt::format(
      "both units are in {}; in a session of yours with systemd run: systemctl --user enable --now {}; or "
      "take "
      "cron: bw sync --cron",
      folder.string(), timer_name);
  ask_systemd(*systemctl, {"daemon-reload"}, hint);
  ask_systemd(*systemctl, {"enable", "--now", std::string(timer_name)}, hint);
  installed.enabled = true;
  return installed;
}

bool uninstall_sync_timer(const fs::path& folder, const std::optional<std::string>& systemctl) {
  const fs::path service = folder / service_name;
  const fs::path timer = folder / timer_name;
  std::error_code error;
  if (!fs::exists(service, error) && !fs::exists(timer, error)) return false;
  require_ours(service);
  require_ours(timer);
  std::exception_ptr unstopped;
  try {
    if (systemctl) {
      ask_systemd(*systemctl, {"disable", "--now", std::string(timer_name)},
                  "the files are removed; a timer that still runs ends with your session");
    }
  } catch (const Error&) {
    unstopped = std::current_exception();
  }
  // What enabling it left there; gone already where systemd was asked and answered.
  if (fs::is_symlink(folder / "timers.target.wants" / timer_name, error))
    fs::remove(folder / "timers.target.wants" / timer_name, error);
  fs::remove(timer, error);
  if (!error) fs::remove(service, error);
  if (error)
    throw Error(ErrorCode::cannot, "cannot remove the units in " + folder.string() + ": " + error.message());
  if (unstopped) std::rethrow_exception(unstopped);
  if (systemctl) ask_systemd(*systemctl, {"daemon-reload"}, "");
  return true;
}

}  // namespace bw
