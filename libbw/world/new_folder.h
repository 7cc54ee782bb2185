#pragma once
// NewFolder: the folder that a new world, a clone or a fork is made in. What was half made would only be in
// the way of the next attempt, so unless it is kept, everything in it goes away with this object.
//
// While it is being made a file `.bw-unfinished` stands in it, locked. Where the process is killed the file
// stays: nobody was told that there is a world, so no command uses the folder, and the next attempt begins by
// emptying it.

#include <filesystem>
#include <optional>

#include "base/files.h"

namespace bw {

class NewFolder {
public:
  // Makes the folder. Error(refused) where `path` is there and anything but an empty or unfinished folder,
  // Error(cannot) where another process is making it.
  explicit NewFolder(std::filesystem::path path);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void keep();

  // Whether nothing was made there yet: there is no such folder, or an empty or unfinished one.
  static bool is_to_be_made(const std::filesystem::path& folder);
  static bool is_unfinished(const std::filesystem::path& folder);
  // Error(cannot) where a process is still at it.
  static void clear_unfinished(const std::filesystem::path& folder);

private:
  std::filesystem::path path_;
  bool existed_ = false;
  bool kept_ = false;
  std::optional<FileLock> making_;
};

}  // namespace bw
