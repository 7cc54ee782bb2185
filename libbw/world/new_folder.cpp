#include "world/new_folder.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

fs::path mark_of(const fs::path& folder) {
  return folder / ".bw-unfinished";
}

// The mark goes last: whatever interrupts this leaves a folder that is known to be unfinished.
void empty(const fs::path& folder) {
  std::error_code ignored;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) entries.push_back(entry.path());
  for (const fs::path& entry : entries) {
    if (entry != mark_of(folder)) fs::remove_all(entry, ignored);
  }
}

}  // namespace

NewFolder::NewFolder(fs::path path) : path_(std::move(path)) {
  std::error_code error;
  existed_ = fs::exists(path_, error);
  if (existed_ && !fs::is_directory(path_, error))
    throw Error(ErrorCode::refused, path_.string() + " is a file", "name a new folder");
  if (!is_to_be_made(path_))
    throw Error(ErrorCode::refused, path_.string() + " exists and is not empty", "name another folder");
  fs::create_directories(path_, error);
  if (error)
    throw Error(ErrorCode::cannot,
                fmt::format("cannot make the folder {}: {}", path_.string(), error.message()));
  making_.emplace(mark_of(path_), no_patience);
  empty(path_);
}

NewFolder::~NewFolder() {
  if (kept_) return;
  std::error_code ignored;
  empty(path_);
  fs::remove(mark_of(path_), ignored);
  if (!existed_) fs::remove(path_, ignored);
}

void NewFolder::keep() {
  std::error_code error;
  fs::remove(mark_of(path_), error);
  if (error)
    throw Error(ErrorCode::cannot,
                fmt::format("cannot remove {}: {}", mark_of(path_).string(), error.message()));
  kept_ = true;
}

bool NewFolder::is_to_be_made(const fs::path& folder) {
  std::error_code error;
  return !fs::exists(folder, error) || is_unfinished(folder) || fs::is_empty(folder, error);
}

bool NewFolder::is_unfinished(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(mark_of(folder), ignored));
}

void NewFolder::clear_unfinished(const fs::path& folder) {
  const FileLock lock(mark_of(folder), no_patience);
  empty(folder);
  std::error_code error;
  fs::remove(mark_of(folder), error);
  if (error)
    throw Error(ErrorCode::cannot,
                fmt::format("cannot remove {}: {}", mark_of(folder).string(), error.message()));
}

}  // namespace bw
