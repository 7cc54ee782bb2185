#include "world/new_folder.h"

#include <utility>

#include "base/error.h"

namespace bw {

NewFolder::NewFolder(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code error;
  existed_ = std::filesystem::exists(path_, error);
  if (!existed_) return;
  if (!std::filesystem::is_directory(path_, error)) {
    throw Error(ErrorCode::refused, path_.string() + " is a file", "name a new folder");
  }
  if (!std::filesystem::is_empty(path_, error)) {
    throw Error(ErrorCode::refused, path_.string() + " exists and is not empty", "name another folder");
  }
}

NewFolder::~NewFolder() {
  if (kept_) return;
  std::error_code ignored;
  if (!existed_) {
    std::filesystem::remove_all(path_, ignored);
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path_, ignored)) {
    std::filesystem::remove_all(entry.path(), ignored);
  }
}

}  // namespace bw
