#include "world/checkpoint_archive.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "stream/log_reader.h"
#include "world/checkpoint_memory.h"

namespace bw {
namespace {

constexpr std::string_view ending = ".checkpoint";

struct ArchivedFile {
  std::filesystem::path path;
  Checkpoint checkpoint;
};

// By ascending size.
std::vector<ArchivedFile> read_archive(const World& world, const std::filesystem::path& folder) {
  std::vector<ArchivedFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::filesystem::path& path = entry.path();
    if (!path.filename().string().ends_with(ending)) continue;
    const auto note = Note::parse(read_file(path, Note::max_bytes, Links::refuse));
    const auto checkpoint = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(Reason{note.reason()});
    if (!checkpoint)
      throw Error(ErrorCode::invalid,
                  fmt::format("{} is no checkpoint: {}", path.string(), checkpoint.reason()));
    if (checkpoint->origin != log_origin(world.id())) {
      throw Error(ErrorCode::refused,
                  fmt::format("{} is a checkpoint of another log, {}", path.string(), checkpoint->origin),
                  "keep an archive of its own for each world");
    }
    files.push_back({path, *checkpoint});
  }
  std::sort(files.begin(), files.end(), [](const ArchivedFile& a, const ArchivedFile& b) {
    return std::tie(a.checkpoint.size, a.path) < std::tie(b.checkpoint.size, b.path);
  });
  return files;
}

// The log here is read once, however many files there are.
void compare(const World& world, const std::vector<ArchivedFile>& files, Archived& archived) {
  if (files.empty()) return;
  const git::Oid tree = world.repository.read_commit(*world.stream.head).tree;
  const std::vector<Digest> leaves = read_leaf_hashes(world.repository, tree, world.stream.covered());
  MerkleTree log;
  for (const ArchivedFile& file : files) {
    if (file.checkpoint.size > leaves.size()) {
      ++archived.beyond;
      continue;
    }
    while (log.size() < file.checkpoint.size) log.append(leaves[log.size()]);
    if (log.root() != file.checkpoint.root) {
      throw Error(
          ErrorCode::invalid,
          fmt::format("two histories of this world: {} has the root {} at size {}, and the log here {}",
                      file.path.string(), file.checkpoint.root.hex(), file.checkpoint.size, log.root().hex()),
          "keep that file, and the checkpoint here (\"bw checkpoint show\"): show both to the stewards and "
          "to "
          "whoever follows this world");
    }
    ++archived.agreeing;
  }
}

void add(const std::filesystem::path& folder, const std::string& name, const std::string& note,
         Archived& archived) {
  const std::filesystem::path path = folder / name;
  if (std::filesystem::exists(path)) return;
  create_file(path, note);
  ++archived.written;
}

}  // namespace

Archived archive_checkpoints(const Environment& environment, const World& world,
                             const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!std::filesystem::is_directory(folder))
    throw Error(ErrorCode::cannot, fmt::format("{} cannot be made a folder", folder.string()));
  Archived archived;
  compare(world, read_archive(world, folder), archived);
  for (const SeenCheckpoint& seen : seen_checkpoints(environment, world.id()))
    add(folder, fmt::format("{}{}", seen.checkpoint.size, ending), seen.note, archived);
  const git::Oid tree = world.repository.read_commit(*world.stream.head).tree;
  const auto cosigned = read_checkpoint_note(world.repository, tree, "cosigned");
  if (cosigned && world.stream.cosigned)
    add(folder, fmt::format("{}.cosigned{}", world.stream.cosigned->size, ending), cosigned->bytes(),
        archived);
  return archived;
}

}  // namespace bw
