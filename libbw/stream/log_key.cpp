#include "stream/log_key.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"

namespace bw {
namespace {

constexpr std::size_t max_key_bytes = 4096;

std::filesystem::path key_path(const std::filesystem::path& folder) {
  return folder / "log.key";
}
std::filesystem::path signed_path(const std::filesystem::path& folder) {
  return folder / "log.signed";
}

}  // namespace

std::optional<LogKeyFile> LogKeyFile::open(const std::filesystem::path& folder) {
  const auto text = read_file_if_exists(key_path(folder), max_key_bytes);
  if (!text) return std::nullopt;
  const auto signer = NoteSigner::parse(std::string_view(*text).substr(0, text->find('\n')));
  if (!signer)
    throw Error(ErrorCode::invalid, key_path(folder).string() + " is no log key: " + signer.reason());
  return LogKeyFile(folder, *signer);
}

LogKeyFile LogKeyFile::open_or_create(const std::filesystem::path& folder, const std::string& origin,
                                      const Random& random) {
  if (auto existing = open(folder)) return *existing;
  const FileLock lock(folder / "log.lock");
  if (auto existing = open(folder)) return *existing;
  write_file(key_path(folder), NoteSigner::generate(origin, random).text() + "\n", 0600);
  return *open(folder);
}

Note LogKeyFile::sign(const Checkpoint& checkpoint,
                      const std::function<bool(const Checkpoint& earlier)>& extends) const {
  if (checkpoint.origin != verifier().name) {
    throw Error(ErrorCode::invalid,
                "the log key of " + verifier().name + " signs no checkpoint of " + checkpoint.origin);
  }
  const FileLock lock(folder_ / "log.lock");
  if (const auto text = read_file_if_exists(signed_path(folder_), max_key_bytes)) {
    const auto earlier = Checkpoint::parse(*text);
    if (!earlier)
      throw Error(ErrorCode::invalid, signed_path(folder_).string() + " is damaged: " + earlier.reason());
    const bool same_size = earlier->size == checkpoint.size;
    if (earlier->size > checkpoint.size ||
        (same_size ? earlier->root != checkpoint.root : !extends(*earlier))) {
      throw Error(ErrorCode::refused,
                  fmt::format("this machine signed a checkpoint of {} entries with root {} that the stream "
                              "does not continue",
                              earlier->size, earlier->root.hex()),
                  "someone rewrote the stream: compare both heads with the other stewards");
    }
  }
  write_file(signed_path(folder_), checkpoint.text(), 0600);
  Note note{checkpoint.text(), {}};
  note.sign(signer_);
  return note;
}

}  // namespace bw
