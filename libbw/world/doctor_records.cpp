#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/strict_json.h"
#include "stream/log_key.h"
#include "stream/torn_tail.h"
#include "world/checkpoint_memory.h"
#include "world/config.h"
#include "world/examination.h"
#include "world/identity.h"
#include "world/journal_proofs.h"
#include "world/registry.h"
#include "world/verified_stream.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_cache = std::size_t{1} << 30;

bool is_mine(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

void drop(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error)
    throw Error(ErrorCode::cannot, fmt::format("cannot remove {}: {}", path.string(), error.message()));
}

void stale(Examination& examination, const fs::path& path, std::string what) {
  examination.found("stale-cache", path.string(), std::move(what),
                    "it was dropped, and is made again when it is needed",
                    "drop it; it is made again when it is needed", [&] { drop(path); });
}

// What each submission that has not come to its end was to send, as far as the log does not have it.
std::map<Digest, std::vector<EventId>> open_submissions(const std::vector<JournalEntry>& entries) {
  std::map<Digest, std::vector<EventId>> open;
  for (const JournalEntry& entry : entries) {
    for (const Digest& bundle : entry.leaving) open[bundle].push_back(entry.event.id);
  }
  return open;
}

void examine_submissions(Examination& examination, const World& world,
                         const std::vector<JournalEntry>& entries, Journal& journal) {
  for (const auto& [bundle, events] : open_submissions(entries)) {
    const bool arrived = std::all_of(events.begin(), events.end(), [&](const EventId& id) {
      return world.stream.ids.find(id).has_value();
    });
    if (!arrived) continue;  // they wait, and the next submission sends them
    examination.found("open-submission", bundle.hex(),
                      "the log has all of its events, and the journal does not know that it was sent",
                      "the journal notes it as sent", "note it as sent",
                      [&, &bundle = bundle, &events = events] {
                        journal.mark_sent({examination.environment.now(), bundle, events, "the log has it"});
                      });
  }
}

template <class Read>
void readable(Examination& examination, const fs::path& where, const std::string& advice, const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    examination.left("damaged-record", where.string(), error.what(),
                     error.hint().empty() ? advice : error.hint());
  }
}

}  // namespace

void examine_journal(Examination& examination, const World& world) {
  const Environment& environment = examination.environment;
  const fs::path file = environment.data_folder / "journals" / world.id().text() / "journal.jsonl";
  Journal journal = open_journal(environment, world.id());
  if (is_torn(file)) {
    examination.found("torn-journal", file.string(),
                      "its last line was cut off by a crash while it was written",
                      fmt::format("the rest of the line was set aside in {}", journal.torn_path().string()),
                      "set the rest of the line aside", [&] {
                        const FileLock lock(file.parent_path() / "lock");
                        set_torn_tail_aside(file, journal.torn_path());
                      });
  }
  const JournalReport report = check_my_journal(environment, world.id());
  for (const JournalProblem& problem : report.problems) {
    const std::string where = (file.parent_path() / problem.file).string();
    examination.left(
        "damaged-journal", problem.line == 0 ? where : fmt::format("{} line {}", where, problem.line),
        problem.what,
        "bring home what a backup has (bw journal restore), or take a bad line out by hand and keep "
        "a copy");
  }
  try {
    examine_submissions(examination, world, journal.read(), journal);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid) throw;  // the bad line was named
  }
}

void examine_caches(Examination& examination, const git::Repository& repository) {
  const fs::path folder = repository.git_folder() / "bw";
  // Another user's state in a shared repository is as good as ours, for her.
  if (is_mine(folder / "verified-stream") && !remembered_stream(examination.environment, repository))
    stale(examination, folder / "verified-stream",
          "it is damaged, or was not written by this user on this machine");
  const auto settled = read_file_if_exists(folder / "settled-refs", max_cache);
  if (settled && !settled->empty() && !settled->ends_with('\n'))
    stale(examination, folder / "settled-refs", "its last line was cut off");
  const auto inboxes = read_file_if_exists(folder / "inboxes.json", max_cache);
  if (inboxes && !Json::parse(*inboxes, nullptr, false).is_object())
    stale(examination, folder / "inboxes.json", "it is damaged");
}

void examine_records(Examination& examination, const World& world) {
  const Environment& environment = examination.environment;
  readable(examination, environment.data_folder / "worlds.json",
           "move it away: worlds are known again when a command runs in their folder",
           [&] { known_worlds(environment); });
  readable(examination, environment.config_folder / "config.json",
           "move it away, and set what you had set again", [&] {
             for (const ConfigKey& key : config_keys()) config_value(environment, key);
           });
  readable(examination, environment.config_folder / "identity",
           "restore it from the paper key: bw id restore", [&] { find_identity(environment); });
  const fs::path keys = environment.state_folder / "log-keys" / world.id().text();
  readable(examination, keys,
           "what this machine signed last is not known: ask the other stewards before you append", [&] {
             if (const auto key = LogKeyFile::open(keys)) key->last_signed();
           });
  readable(examination, environment.state_folder / "checkpoints" / world.id().text(),
           "move it away and keep it: it is what this machine saw of the world",
           [&] { seen_checkpoints(environment, world.id()); });
}

}  // namespace bw
