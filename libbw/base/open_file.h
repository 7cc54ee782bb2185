#pragma once
// OpenFile: a file that is read in places, or one without a name that takes what would be too much for
// memory. What is read is bounded by the caller's buffer; nothing stays in memory. Every failure is an
// Error(cannot) that names the path and the reason of the operating system.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bw {

class OpenFile {
public:
  // To read; nothing where no such file exists.
  static std::optional<OpenFile> open(const std::filesystem::path& path);
  // To write and read: a new file in this folder, which vanishes with its OpenFile unless it is kept.
  static OpenFile create_in(const std::filesystem::path& folder);
  // The same in the system's temporary folder, and without a name: its space is given back whatever happens.
  static OpenFile scratch();

  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  std::uint64_t size() const;
  void append(std::string_view bytes);
  // Fills `into` from `offset` on; Error(cannot) where the file ends before.
  void read(std::uint64_t offset, std::span<char> into) const;
  // Gives a file of create_in its name, durably, in place of what had it; it stays open.
  void keep_as(const std::filesystem::path& path);

private:
  OpenFile(int descriptor, std::filesystem::path path, bool vanishes);
  void close();

  int descriptor_ = -1;
  std::filesystem::path path_;
  bool vanishes_ = false;  // and has a name to be removed
};

}  // namespace bw
