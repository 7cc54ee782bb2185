#include "stream/log_key.h"

#include <fmt/format.h>

#include "base/files.h"

namespace bw {
namespace {

constexpr std::size_t max_key_bytes = 4096;

// log.key, log-2.key, log-3.key, …
std::filesystem::path key_path(const std::filesystem::path& folder, int number) {
  return folder / (number == 1 ? "log.key" : fmt::format("log-{}.key", number));
}
std::filesystem::path signed_path(const std::filesystem::path& folder) {
  return folder / "log.signed";
}

std::optional<NoteSigner> read_key(const std::filesystem::path& path) {
  const auto text = read_file_if_exists(path, max_key_bytes);
  if (!text) return std::nullopt;
  const auto signer = NoteSigner::parse(std::string_view(*text).substr(0, text->find('\n')));
  if (!signer) throw Error(ErrorCode::invalid, path.string() + " is no log key: " + signer.reason());
  return *signer;
}

}  // namespace

std::optional<LogKeyFile> LogKeyFile::open(const std::filesystem::path& folder, const Usable& usable) {
  for (int number = 1;; ++number) {
    const auto signer = read_key(key_path(folder, number));
    if (!signer) return std::nullopt;
    if (!usable || usable(signer->verifier())) return LogKeyFile(folder, *signer);
  }
}

LogKeyFile LogKeyFile::open_or_create(const std::filesystem::path& folder, const std::string& origin,
                                      const Random& random, const Usable& usable) {
  if (auto existing = open(folder, usable)) return *existing;
  const FileLock lock(folder / "log.lock");
  if (auto existing = open(folder, usable)) return *existing;
  int number = 1;
  while (read_key(key_path(folder, number))) ++number;
  const NoteSigner fresh = NoteSigner::generate(origin, random);
  write_file(key_path(folder, number), fresh.text() + "\n", 0600);
  return {folder, fresh};
}

std::optional<Checkpoint> LogKeyFile::last_signed() const {
  const auto text = read_file_if_exists(signed_path(folder_), max_key_bytes);
  if (!text) return std::nullopt;
  const auto earlier = Checkpoint::parse(*text);
  if (!earlier)
    throw Error(ErrorCode::invalid, signed_path(folder_).string() + " is damaged: " + earlier.reason());
  return *earlier;
}

Note LogKeyFile::sign(const Checkpoint& checkpoint,
                      const std::function<bool(const Checkpoint& earlier)>& extends) const {
  if (checkpoint.origin != verifier().name) {
    throw Error(ErrorCode::invalid,
                "the log key of " + verifier().name + " signs no checkpoint of " + checkpoint.origin);
  }
  const FileLock lock(folder_ / "log.lock");
  if (const auto earlier = last_signed()) {
    const bool same_size = earlier->size == checkpoint.size;
    if (earlier->size > checkpoint.size ||
        (same_size ? earlier->root != checkpoint.root : !extends(*earlier))) {
      throw signed_another_history(*earlier);
    }
  }
  write_file(signed_path(folder_), checkpoint.text(), 0600);
  Note note{checkpoint.text(), {}};
  note.sign(signer_);
  return note;
}

Error signed_another_history(const Checkpoint& earlier) {
  return {ErrorCode::refused,
          fmt::format("this machine signed a checkpoint of {} entries with root {} that the stream does not "
                      "continue",
                      earlier.size, earlier.root.hex()),
          "the stream was rewritten, set back, or copied and continued twice: compare both heads with the "
          "other stewards"};
}

}  // namespace bw
