#pragma once
// The timer that runs `bw sync`: a service and a timer of the user's own systemd, or a line for cron. It
// works without anyone present: an encrypted key is used through ssh-agent, whose socket the service is
// told; without one such a key signs nothing, and what waits goes on waiting.

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"

namespace bw {

struct SyncTimer {
  std::filesystem::path program;                   // bw, absolute
  Duration every{3600};                            // 1 minute … 4 weeks
  std::map<std::string, std::string> environment;  // what the run is to see: BW_HOME, SSH_AUTH_SOCK …
};

// Texts of the two units (systemd.service, systemd.timer) and of one line of a crontab. Error(invalid) where
// a path or value cannot be written there (control characters), or the period is out of bounds; a line of
// cron cannot have every period: Error(usage) names the closest one.
std::string service_unit(const SyncTimer& timer);
std::string timer_unit(const SyncTimer& timer);
std::string cron_line(const SyncTimer& timer);

struct InstalledTimer {
  std::filesystem::path service;
  std::filesystem::path timer;
  bool enabled = false;
};
// Writes bw-sync.service and bw-sync.timer into `folder` (systemd/user below the user's configuration) and
// starts the timer with the program `systemctl`; without one they only lie there. Error(refused) where a
// file of that name is not ours, Error(cannot) with what systemctl says where it fails; the files stay.
InstalledTimer install_sync_timer(const std::filesystem::path& folder, const SyncTimer& timer,
                                  const std::optional<std::string>& systemctl);
// Stops the timer and removes both files; false where there were none.
bool uninstall_sync_timer(const std::filesystem::path& folder, const std::optional<std::string>& systemctl);

}  // namespace bw
