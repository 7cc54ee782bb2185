#include "world/tiled_copy.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "stream/log_reader.h"
#include "tlog/tiles.h"
#include "world/checkpoint_memory.h"

namespace bw {
namespace {

// The folder is new, empty, or holds an earlier copy of this log.
void check_folder(const World& world, const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder) || std::filesystem::is_empty(folder)) return;
  const auto bytes = read_file_if_exists(folder / "checkpoint", Note::max_bytes);
  const auto note = bytes ? Note::parse(*bytes) : Result<Note>(Reason{});
  const auto there = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(Reason{});
  if (!there) {
    throw Error(ErrorCode::usage, folder.string() + " is not empty, and holds no tiled log",
                "name a new folder, or one that \"bw tiles\" made");
  }
  if (there->origin != log_origin(world.id()))
    throw Error(ErrorCode::refused, folder.string() + " holds the log of another world");
  switch (relation_of(*there, world.repository, world.stream)) {
    case Relation::same:
    case Relation::older:
      return;
    case Relation::newer:
      throw Error(ErrorCode::refused,
                  fmt::format("{} holds {} entries, this copy only {}", folder.string(), there->size,
                              world.stream.covered()),
                  "fetch what is new with \"bw pull\"");
    case Relation::split:
      throw Error(ErrorCode::refused,
                  fmt::format("{} holds another history of this world: its root at size {} is {}",
                              folder.string(), there->size, there->root.hex()),
                  "keep that folder as evidence, and ask the stewards which history stands");
  }
}

}  // namespace

TiledCopy write_tiled_copy(const Environment& environment, const World& world,
                           const std::filesystem::path& folder) {
  if (!world.stream.checkpoint) throw Error(ErrorCode::refused, "this world has no checkpoint yet");
  check_folder(world, folder);
  TiledCopy copy{world.stream.covered(), 0};
  const git::Oid tree = world.repository.read_commit(*world.stream.head).tree;
  TileWriter writer([&](const std::string& path, std::string_view bytes) {
    std::error_code none;
    const auto there = std::filesystem::file_size(folder / path, none);
    if (!none && there == bytes.size()) return;  // what was written whole never changes
    write_file(folder / path, bytes);
    ++copy.written;
  });
  read_entries(world.repository, tree, 0, copy.size, [&](std::uint64_t index, std::string_view line) {
    writer.append(line);
    if (index % 10'000 == 0) environment.report(fmt::format("wrote {} entries", index));
    return true;
  });
  writer.finish();
  const auto checkpoint = read_checkpoint_note(world.repository, tree);
  if (!checkpoint) throw Error(ErrorCode::invalid, "the stream holds no checkpoint");
  write_file(folder / "checkpoint", checkpoint->bytes());  // last: it promises that all tiles are there
  return copy;
}

}  // namespace bw
