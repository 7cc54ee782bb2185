#include "stream/id_run.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"

namespace bw {
namespace {

constexpr std::size_t id_bytes = 32;
constexpr std::size_t record_bytes = id_bytes + 8;
constexpr std::size_t records_per_block = 128;
constexpr std::size_t fence_bytes = 64;
constexpr std::uint64_t max_records = std::uint64_t{1} << 32;

std::uint64_t blocks_for(std::uint64_t count) {
  return (count + records_per_block - 1) / records_per_block;
}

IdRecord record_at(const char* bytes) {
  IdRecord record;
  std::copy_n(bytes, id_bytes, record.id.digest.bytes.begin());
  for (std::size_t i = 0; i < 8; ++i)
    record.index = record.index << 8 | static_cast<unsigned char>(bytes[id_bytes + i]);
  return record;
}

// Three bits of the filter for an id: ids are digests, so parts of them are as good as hashes.
std::array<std::uint64_t, 3> filter_bits(const EventId& id, std::uint64_t size) {
  std::array<std::uint64_t, 3> bits{};
  for (std::size_t i = 0; i < bits.size(); ++i) {
    for (std::size_t byte = 0; byte < 8; ++byte) bits[i] = bits[i] << 8 | id.digest.bytes[8 * i + byte];
    bits[i] %= size;
  }
  return bits;
}

Error damaged_ids() {
  return {ErrorCode::invalid, "the saved ids of the stream's events are damaged",
          "remove the folder \"bw\" in the repository's .git: it only saves time, and is made again"};
}

}  // namespace

std::shared_ptr<const IdRun> IdRun::open(const std::filesystem::path& folder, const Digest& name,
                                         std::uint64_t count) {
  const auto path = folder / name.hex();
  auto file = OpenFile::open(path);
  if (!file || count == 0 || count > max_records ||
      file->size() != count * record_bytes + blocks_for(count) * fence_bytes) {
    throw damaged_ids();
  }
  std::string bytes(blocks_for(count) * fence_bytes, '\0');
  file->read(count * record_bytes, bytes);
  if (sha256(bytes) != name) throw damaged_ids();
  const std::shared_ptr<IdRun> run(new IdRun(*std::move(file)));
  run->path_ = path;
  run->count_ = count;
  run->name_ = name;
  run->fences_.resize(bytes.size() / fence_bytes);
  for (std::size_t i = 0; i < run->fences_.size(); ++i) {
    const char* fence = bytes.data() + i * fence_bytes;
    std::copy_n(fence, id_bytes, run->fences_[i].first.digest.bytes.begin());
    std::copy_n(fence + id_bytes, id_bytes, run->fences_[i].block.bytes.begin());
  }
  return run;
}

bool IdRun::lies_in(const std::filesystem::path& folder) const {
  std::error_code ignored;
  return !path_.empty() && path_ == folder / name_.hex() && std::filesystem::exists(path_, ignored);
}

bool IdRun::may_hold(const EventId& id) const {
  if (filter_.empty()) return true;
  const auto bits = filter_bits(id, filter_.size() * 64);
  return std::all_of(bits.begin(), bits.end(),
                     [&](std::uint64_t bit) { return (filter_[bit / 64] >> (bit % 64) & 1) != 0; });
}

std::size_t IdRun::block_of(const EventId& id) const {
  const auto after =
      std::upper_bound(fences_.begin(), fences_.end(), id,
                       [](const EventId& wanted, const Fence& fence) { return wanted < fence.first; });
  return after == fences_.begin() ? 0 : static_cast<std::size_t>(after - fences_.begin()) - 1;
}

std::vector<IdRecord> IdRun::read_block(std::size_t number) const {
  const std::uint64_t first = number * records_per_block;
  const std::uint64_t count = std::min<std::uint64_t>(records_per_block, count_ - first);
  std::array<char, records_per_block * record_bytes> buffer{};
  const std::span<char> bytes(buffer.data(), count * record_bytes);
  file_.read(first * record_bytes, bytes);
  // What this process wrote itself, and others cannot reach, is as it was.
  if (!path_.empty() && sha256({bytes.data(), bytes.size()}) != fences_[number].block) throw damaged_ids();
  std::vector<IdRecord> records(count);
  for (std::size_t i = 0; i < count; ++i) records[i] = record_at(buffer.data() + i * record_bytes);
  return records;
}

std::optional<std::uint64_t> IdRun::find(const EventId& id) const {
  if (!may_hold(id)) return std::nullopt;
  const std::vector<IdRecord> records = read_block(block_of(id));
  const auto found = std::lower_bound(records.begin(), records.end(), IdRecord{id, 0});
  return found != records.end() && found->id == id ? std::optional(found->index) : std::nullopt;
}

IdRunWriter::IdRunWriter(std::uint64_t most, std::optional<std::filesystem::path> folder)
    : folder_(std::move(folder)) {
  if (folder_) {
    std::error_code failed;
    std::filesystem::create_directories(*folder_, failed);
    if (failed) {
      throw Error(ErrorCode::cannot,
                  "cannot create the folder " + folder_->string() + ": " + failed.message());
    }
  }
  run_.reset(new IdRun(folder_ ? OpenFile::create_in(*folder_) : OpenFile::scratch()));
  run_->filter_.resize(most / 8 + 1);
  block_.reserve(records_per_block * record_bytes);
}

void IdRunWriter::add(const IdRecord& record) {
  if (last_ == record.id) return;
  last_ = record.id;
  if (block_.empty()) run_->fences_.push_back({record.id, {}});
  block_ += record.id.digest.view();
  block_ += big_endian_64(record.index);
  for (const std::uint64_t bit : filter_bits(record.id, run_->filter_.size() * 64))
    run_->filter_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  ++run_->count_;
  if (block_.size() == records_per_block * record_bytes) end_block();
}

void IdRunWriter::end_block() {
  if (block_.empty()) return;
  run_->fences_.back().block = sha256(block_);
  run_->file_.append(block_);
  block_.clear();
}

std::shared_ptr<const IdRun> IdRunWriter::finish() {
  end_block();
  std::string fences;
  fences.reserve(run_->fences_.size() * fence_bytes);
  for (const IdRun::Fence& fence : run_->fences_) {
    fences += fence.first.digest.view();
    fences += fence.block.view();
  }
  run_->name_ = sha256(fences);
  run_->file_.append(fences);
  if (folder_) {
    run_->path_ = *folder_ / run_->name_.hex();
    run_->file_.keep_as(run_->path_);
  }
  return run_;
}

}  // namespace bw
