#pragma once
// Files that survive a crash. A whole file is replaced by temp + fsync + rename + directory fsync;
// a growing file takes appends whose tail is checked; a lock is an flock held for the shortest time.
// Readers bound what they read. Every failure is an Error(cannot) that names the path and the reason
// of the operating system, with a hint for the common ones (disk full, read-only, permission).

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {

// Reads at most `max_bytes`; Error(invalid) where the file is larger. Refuses what is not a regular
// file; follows symbolic links only with `Links::follow`.
enum class Links { follow, refuse };
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes, Links links = Links::follow);
// Nothing where no such file exists.
std::optional<std::string> read_file_if_exists(const std::filesystem::path& path, std::size_t max_bytes);

// Replaces a file as a whole, durably. `mode` are the permission bits of a new file (0600 for secrets).
// Creates missing folders (0700 below them when `mode` is 0600).
void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);

// Creates a file that must not exist yet; Error(cannot) where it does. Durable as write_file.
void create_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);

// Appends in one write and fsyncs. `content` must end with LF; where the file's tail lacks one (a torn
// append), throws Error(invalid) and changes nothing; where the write fails midway the file is cut back.
// Creates the file, and fsyncs its folder, on the first append. The caller holds a lock.
void append_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0600);

// For a lock that must be free at once.
constexpr std::chrono::milliseconds no_patience{0};

// An exclusive advisory lock on `path` (created where missing), released on destruction or with the
// process. Waits up to `patience`, then Error(cannot) naming the path and, where known, the holder.
class FileLock {
public:
  explicit FileLock(const std::filesystem::path& path,
                    std::chrono::milliseconds patience = std::chrono::seconds(30));
  ~FileLock();
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;

private:
  int descriptor_ = -1;
};

// Every file and folder below `folder`, links not followed. What cannot be read, or vanishes meanwhile, is
// left out.
std::vector<std::filesystem::path> paths_below(const std::filesystem::path& folder);

// A new private folder below the system's temporary folder, removed with its contents on destruction.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

}  // namespace bw
