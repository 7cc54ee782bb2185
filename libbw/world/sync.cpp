#include "world/sync.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "world/claim.h"
#include "world/clone.h"
#include "world/operations.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_record_bytes = 4u << 20;

fs::path record_file(const Environment& environment) {
  return environment.state_folder / "sync.json";
}

// From the most eager to the most hesitant.
SyncWish more_hesitant(SyncWish a, SyncWish b) {
  return std::max(a, b);
}

bool is_due(const World& world, const SyncWishes& wishes, const JournalEntry& entry,
            const std::vector<JournalEntry>& journal, SyncWish readiest) {
  return !entry.undone && entry.bundles.empty() && !world.stream.ids.find(entry.event.id) &&
         wish_about(wishes, entry.event, journal) <= readiest;
}

std::size_t due_count(const Environment& environment, const World& world, const SyncWishes& wishes) {
  const std::vector<JournalEntry> journal = open_journal(environment, world.id()).read();
  return static_cast<std::size_t>(std::count_if(
      journal.begin(), journal.end(),
      [&](const JournalEntry& entry) { return is_due(world, wishes, entry, journal, SyncWish::periodic); }));
}

void note_failure(SyncedWorld& synced, const Error& error) {
  if (synced.failed) return;  // the first says most
  synced.failed = error.code();
  synced.problem = error.what();
  synced.hint = error.hint();
}

// Returns how many entries of mine that made at home.
std::uint64_t send_due(const Environment& environment, World& world, SyncedWorld& synced) {
  const Identity identity = require_identity(environment);
  const auto signer = open_signer(environment, identity);
  const Submitted submitted = submit_due(environment, world, *signer, SyncWish::periodic);
  synced.sent = submitted.events.size();
  synced.to = submitted.to;
  std::uint64_t admitted = 0;
  for (const Verdict& verdict : submitted.verdicts) {
    admitted += verdict.kind == Verdict::Kind::admitted ? 1 : 0;
    if (verdict.kind == Verdict::Kind::refused) synced.refused.push_back(verdict);
  }
  for (const Verdict& verdict : synced.refused) {
    const std::string event = verdict.event.short_text();
    note_failure(synced,
                 Error(ErrorCode::refused, fmt::format("event {} was refused: {}", event, verdict.reason),
                       "bw show " + event));
  }
  return admitted;
}

void fetch_new(const Environment& environment, World& world, SyncedWorld& synced) {
  const Pulled pulled = pull_world(environment, world);
  synced.remarks = pulled.receipts;
  synced.remarks.insert(synced.remarks.end(), pulled.warnings.begin(), pulled.warnings.end());
}

SyncedWorld sync_world(const Environment& environment, const KnownWorld& known) {
  SyncedWorld synced{.world = known};
  const SyncWishes wishes{known.sync, known.behaviours};
  synced.due = !wishes.only_manual();
  if (!synced.due) return synced;
  try {
    std::error_code error;
    if (!fs::is_directory(known.folder, error)) {
      throw Error(ErrorCode::cannot, "its folder " + known.folder.string() + " is not there",
                  "where it is gone for good: bw world forget " + known.folder.string());
    }
    World world = open_world(environment, known.folder);
    if (world.id() != known.id) {
      throw Error(ErrorCode::invalid,
                  known.folder.string() + " holds another world now: " + world.id().text(),
                  "bw world forget " + known.folder.string());
    }
    const Operation operation(environment, world, "sync");
    const std::uint64_t before = world.stream.size();
    std::uint64_t own = 0;
    synced.waiting = due_count(environment, world, wishes);
    // Each half is tried by itself, but where nothing answered, nobody waits for that a second time.
    try {
      if (synced.waiting > 0) own = send_due(environment, world, synced);
    } catch (const Error& failure) {
      note_failure(synced, failure);
    }
    if (synced.failed != ErrorCode::cannot) {
      try {
        fetch_new(environment, world, synced);
      } catch (const Error& failure) {
        note_failure(synced, failure);
      }
    }
    synced.waiting = due_count(environment, world, wishes);
    synced.entries = world.stream.size() - before - own;
  } catch (const Error& failure) {
    note_failure(synced, failure);
  }
  return synced;
}

// Only for people to read, so what is damaged there is as good as nothing.
Json read_record(const Environment& environment) {
  const auto text = read_file_if_exists(record_file(environment), max_record_bytes);
  Json record = text ? Json::parse(*text, nullptr, false) : Json::object();
  return record.is_object() ? record : Json::object();
}

void keep_record(const Environment& environment, const SyncedWorld& synced) {
  Json record = read_record(environment);
  record[synced.world.folder.string()] = {
      {"at", environment.now().text()}, {"well", !synced.failed}, {"sentence", printable(synced.sentence())}};
  write_file(record_file(environment), record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
             0600);
}

}  // namespace

bool SyncWishes::only_manual() const {
  return world == SyncWish::manual && std::all_of(behaviours.begin(), behaviours.end(), [](const auto& wish) {
           return wish.second == SyncWish::manual;
         });
}

SyncWishes sync_wishes(const Environment& environment, const World& world) {
  const auto known = known_world_at(environment, world.folder());
  return known && known->id == world.id() ? SyncWishes{known->sync, known->behaviours} : SyncWishes{};
}

SyncWish wish_about(const SyncWishes& wishes, const Event& event, const std::vector<JournalEntry>& journal) {
  const std::vector<std::string> behaviours = behaviours_of(event);
  SyncWish wish = behaviours.empty() ? wishes.world : SyncWish::immediate;
  for (const std::string& behaviour : behaviours) {
    const auto own = wishes.behaviours.find(behaviour);
    wish = more_hesitant(wish, own == wishes.behaviours.end() ? wishes.world : own->second);
  }
  const auto target = target_of(event);
  if (!target) return wish;
  for (const JournalEntry& entry : journal) {
    if (entry.event.id != *target) continue;
    const SyncWish before = wish_about(wishes, entry.event, {});
    // A retraction alone has no behaviour of its own.
    if (entry.bundles.empty()) return behaviours.empty() ? before : more_hesitant(wish, before);
  }
  return wish;
}

Submitted submit_due(const Environment& environment, World& world, const Signer& signer, SyncWish readiest) {
  const SyncWishes wishes = sync_wishes(environment, world);
  const std::vector<JournalEntry> journal = open_journal(environment, world.id()).read();
  SubmitOptions options;
  options.due = [&](const Event& event) { return wish_about(wishes, event, journal) <= readiest; };
  return submit(environment, world, signer, options);
}

std::string SyncedWorld::sentence() const {
  if (!due) return "manual: nothing is sent or fetched by itself";
  const auto counted = [](std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
  };
  std::string text =
      sent == 0 ? "nothing to send" : fmt::format("sent {} to {}", counted(sent, "event", "events"), to);
  text += ", " + counted(entries, "new entry", "new entries");
  if (!failed) return text;
  if (waiting > 0)
    text = fmt::format("{} until the next time", counted(waiting, "event waits", "events wait"));
  return problem + "; " + text;
}

std::vector<SyncedWorld> sync_worlds(const Environment& environment, const std::vector<KnownWorld>& worlds,
                                     const std::function<void(const SyncedWorld&)>& tell) {
  const fs::path lock_file = environment.state_folder / "sync.lock";
  std::optional<FileLock> lock;
  try {
    lock.emplace(lock_file, std::chrono::milliseconds(0));
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("another sync is going on: {}", error.what()),
                "it does what this one would have done");
  }
  std::vector<SyncedWorld> synced;
  for (const KnownWorld& world : worlds) {
    synced.push_back(sync_world(environment, world));
    if (synced.back().due) keep_record(environment, synced.back());
    if (tell) tell(synced.back());
  }
  return synced;
}

std::optional<LastSync> last_sync(const Environment& environment, const fs::path& folder) {
  const auto known = known_world_at(environment, folder);
  if (!known) return std::nullopt;
  const Json record = read_record(environment);
  const auto entry = record.find(known->folder.string());
  if (entry == record.end() || !entry->is_object()) return std::nullopt;
  const auto text = [&](const char* member) {
    return entry->contains(member) && (*entry)[member].is_string() ? (*entry)[member].get<std::string>() : "";
  };
  const auto at = Timestamp::parse(text("at"));
  if (!at) return std::nullopt;
  return LastSync{*at, entry->value("well", Json(true)) == true, text("sentence")};
}

}  // namespace bw
