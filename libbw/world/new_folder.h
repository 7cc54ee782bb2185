#pragma once
// NewFolder: the folder that a new world or a fork is made in. What was half made would only be in the
// way of the next attempt, so unless it is kept, everything in it goes away with this object.

#include <filesystem>

namespace bw {

class NewFolder {
public:
  // Error(refused) where `path` is there and anything but an empty folder. Makes nothing yet.
  explicit NewFolder(std::filesystem::path path);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void keep() { kept_ = true; }

private:
  std::filesystem::path path_;
  bool existed_ = false;
  bool kept_ = false;
};

}  // namespace bw
