#include "stream/event_index.h"

#include <algorithm>
#include <chrono>

#include "base/bytes.h"
#include "base/error.h"

namespace bw {
namespace {

// So many ids are saved with the state itself: few enough to be written by each append.
constexpr std::size_t most_recent_saved = 2048;
// And so many are kept in memory before they go into a scratch file.
constexpr std::size_t most_recent = std::size_t{1} << 18;

// Reads a run from its beginning to its end.
class RunReader {
public:
  explicit RunReader(const IdRun& run) : run_(run) { next_block(); }
  bool at_end() const { return at_ == records_.size(); }
  const IdRecord& record() const { return records_[at_]; }
  void advance() {
    if (++at_ == records_.size()) next_block();
  }

private:
  void next_block() {
    at_ = 0;
    records_ = block_ < run_.blocks() ? run_.read_block(block_++) : std::vector<IdRecord>{};
  }

  const IdRun& run_;
  std::size_t block_ = 0;
  std::vector<IdRecord> records_;
  std::size_t at_ = 0;
};

// Files that no index names: left by a crash, or by a process that another one overtook. One that is being
// written at this moment is young.
void remove_strays(const std::filesystem::path& folder,
                   const std::vector<std::shared_ptr<const IdRun>>& named) {
  const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::error_code ignored;
  for (const auto& file : std::filesystem::directory_iterator(folder, ignored)) {
    const bool ours = std::any_of(named.begin(), named.end(), [&](const auto& run) {
      return run->name().hex() == file.path().filename().string();
    });
    if (!ours && file.last_write_time(ignored) < old) std::filesystem::remove(file.path(), ignored);
  }
}

Error damaged_list() {
  return {ErrorCode::invalid, "the saved list of event ids is damaged"};
}

}  // namespace

std::size_t EventIndex::slot_of(const EventId& id) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<EventId>{}(id)&mask;
  while (slots_[slot] != 0 && recent_[slots_[slot] - 1] != id) slot = (slot + 1) & mask;
  return slot;
}

void EventIndex::grow() {
  slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), 0);
  for (std::size_t i = recent_.size(); i-- > 0;)
    slots_[slot_of(recent_[i])] = static_cast<std::uint32_t>(i + 1);
}

void EventIndex::remember(const EventId& id) {
  recent_.push_back(id);
  if (recent_.size() * 2 > slots_.size()) {
    grow();
    return;
  }
  std::uint32_t& slot = slots_[slot_of(id)];
  if (slot == 0) slot = static_cast<std::uint32_t>(recent_.size());
}

void EventIndex::push_back(const EventId& id) {
  if (recent_.size() >= most_recent) merge(worth_merging(), std::nullopt);
  remember(id);
}

std::optional<std::uint64_t> EventIndex::find(const EventId& id) const {
  for (const auto& run : runs_) {
    if (const auto index = run->find(id)) return index;
  }
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(id)];
  return found == 0 ? std::nullopt : std::optional<std::uint64_t>(settled_ + found - 1);
}

EventId EventIndex::operator[](std::uint64_t index) const {
  if (index >= settled_ && index < size()) return recent_[index - settled_];
  for (const auto& run : runs_) {
    for (RunReader reader(*run); !reader.at_end(); reader.advance()) {
      if (reader.record().index == index) return reader.record().id;
    }
  }
  throw Error(ErrorCode::usage, "there is no entry " + std::to_string(index));
}

std::vector<EventId> EventIndex::with_prefix(std::string_view hex, std::size_t most) const {
  std::vector<EventId> found;
  if (hex.size() > 64) return found;
  const auto least = EventId::parse(std::string(hex) + std::string(64 - hex.size(), '0'));
  if (!least) return found;
  for (const auto& run : runs_) {
    bool beyond = false;
    for (std::size_t block = run->block_of(*least); block < run->blocks() && !beyond && found.size() < most;
         ++block) {
      for (const IdRecord& record : run->read_block(block)) {
        beyond = record.id > *least && !record.id.text().starts_with(hex);
        if (beyond || found.size() == most) break;
        if (record.id.text().starts_with(hex)) found.push_back(record.id);
      }
    }
  }
  // Whole bytes decide for nearly all ids; text only for those that remain.
  const std::string_view start = least->digest.view().substr(0, hex.size() / 2);
  for (auto id = recent_.begin(); id != recent_.end() && found.size() < most; ++id) {
    if (id->digest.view().starts_with(start) && id->text().starts_with(hex)) found.push_back(*id);
  }
  return found;
}

// Runs that are not twice as large as what comes after them. So there are few, and an id is written again
// only when its run at least doubles.
std::size_t EventIndex::worth_merging() const {
  std::uint64_t size = recent_.size();
  std::size_t merged = 0;
  while (merged < runs_.size() && runs_[runs_.size() - 1 - merged]->size() < 2 * size) {
    size += runs_[runs_.size() - 1 - merged]->size();
    ++merged;
  }
  return merged;
}

void EventIndex::merge(std::size_t merged, const std::optional<std::filesystem::path>& folder) {
  std::vector<IdRecord> records;
  records.reserve(recent_.size());
  for (const EventId& id : recent_) records.push_back({id, settled_ + records.size()});
  std::sort(records.begin(), records.end());

  std::uint64_t most = records.size();
  std::vector<RunReader> readers;
  for (auto run = runs_.end() - static_cast<std::ptrdiff_t>(merged); run != runs_.end(); ++run) {
    readers.emplace_back(**run);
    most += (*run)->size();
  }
  IdRunWriter writer(most, folder);
  auto record = records.begin();
  while (true) {
    RunReader* least = nullptr;
    for (RunReader& reader : readers) {
      if (!reader.at_end() && (least == nullptr || reader.record() < least->record())) least = &reader;
    }
    if (record != records.end() && (least == nullptr || *record < least->record())) {
      writer.add(*record++);
    } else if (least != nullptr) {
      writer.add(least->record());
      least->advance();
    } else {
      break;
    }
  }
  readers.clear();
  runs_.erase(runs_.end() - static_cast<std::ptrdiff_t>(merged), runs_.end());
  runs_.push_back(writer.finish());
  settled_ += recent_.size();
  recent_ = {};
  slots_ = {};
  settled_in_folder_ = settled_in_folder_ && folder.has_value();
}

void EventIndex::settle(const std::filesystem::path& runs) {
  const auto misplaced =
      std::find_if(runs_.begin(), runs_.end(), [&](const auto& run) { return !run->lies_in(runs); });
  if (misplaced == runs_.end() && recent_.size() <= most_recent_saved) {
    settled_in_folder_ = true;
    return;
  }
  const auto before = runs_;
  const auto from_misplaced = static_cast<std::size_t>(runs_.end() - misplaced);
  merge(std::max(worth_merging(), from_misplaced), runs);
  settled_in_folder_ = true;
  std::error_code ignored;
  for (const auto& run : before) {
    const bool kept = std::find(runs_.begin(), runs_.end(), run) != runs_.end();
    if (!kept && run->name() != runs_.back()->name())
      std::filesystem::remove(runs / run->name().hex(), ignored);
  }
  remove_strays(runs, runs_);
}

Json EventIndex::runs_json() const {
  if (!settled_in_folder_) throw Error(ErrorCode::usage, "an index is settled before it is saved");
  Json list = Json::array();
  for (const auto& run : runs_) list.push_back({{"count", run->size()}, {"name", run->name().hex()}});
  return {{"runs", std::move(list)}, {"settled", settled_}};
}

std::string EventIndex::recent_bytes() const {
  std::string bytes;
  bytes.reserve(recent_.size() * 32);
  for (const EventId& id : recent_) bytes += id.digest.view();
  return bytes;
}

EventIndex EventIndex::restore(const Json& runs_json, std::string_view recent,
                               const std::filesystem::path& runs) {
  EventIndex index;
  for (const Json& run : runs_json.at("runs")) {
    const auto name = Digest::from_hex(run.at("name").get<std::string>());
    if (!name) throw damaged_list();
    index.runs_.push_back(IdRun::open(runs, *name, run.at("count")));
  }
  index.settled_ = runs_json.at("settled");
  if (recent.size() % 32 != 0) throw damaged_list();
  index.recent_.reserve(recent.size() / 32);
  for (; !recent.empty(); recent.remove_prefix(32))
    index.remember(EventId{*Digest::from_bytes(recent.substr(0, 32))});
  return index;
}

}  // namespace bw
