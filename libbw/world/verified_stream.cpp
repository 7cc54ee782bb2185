#include "world/verified_stream.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "crypto/mac.h"

namespace bw {
namespace {

constexpr std::size_t max_state_bytes = std::size_t{1} << 30;
constexpr std::size_t max_key_file = 4096;
constexpr std::size_t seal_line = 65;  // 64 hex digits and LF

std::filesystem::path state_path(const git::Repository& repository) {
  return repository.git_folder() / "bw" / "verified-stream";
}
std::filesystem::path runs_folder(const git::Repository& repository) {
  return repository.git_folder() / "bw" / "verified-ids";
}
std::filesystem::path key_path(const Environment& environment) {
  return environment.state_folder / "cache.key";
}

// Nothing where there is none that can be used: then no seal is believed, and the next one has a new key.
std::optional<std::string> read_key(const Environment& environment) {
  try {
    const auto text = read_file_if_exists(key_path(environment), max_key_file);
    const auto key = text ? from_hex(std::string_view(*text).substr(0, text->find('\n'))) : std::nullopt;
    return key && key->size() == mac_key_bytes ? key : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string key_of(const Environment& environment) {
  if (auto key = read_key(environment)) return *key;
  const FileLock lock(environment.state_folder / "cache.lock");
  if (auto key = read_key(environment)) return *key;
  std::string key = environment.random(mac_key_bytes);
  write_file(key_path(environment), to_hex(key) + "\n", 0600);
  return key;
}

// The content's own first line is the SHA-256 of the rest: only that is sealed, so that a large state is
// hashed once.
std::string sealed_part(std::string_view content) {
  return "bw.verified-stream.v1\n" + std::string(content.substr(0, content.find('\n')));
}

std::optional<std::string_view> unsealed(const Environment& environment, std::string_view bytes) {
  if (bytes.size() <= seal_line || bytes[seal_line - 1] != '\n') return std::nullopt;
  const auto seal = Digest::from_hex(bytes.substr(0, seal_line - 1));
  const auto key = read_key(environment);
  const std::string_view content = bytes.substr(seal_line);
  if (!seal || !key || !is_mac(*seal, *key, sealed_part(content))) return std::nullopt;
  return content;
}

}  // namespace

std::optional<StreamState> remembered_stream(const Environment& environment,
                                             const git::Repository& repository) {
  const auto bytes = read_file_if_exists(state_path(repository), max_state_bytes);
  const auto content = bytes ? unsealed(environment, *bytes) : std::nullopt;
  if (!content) return std::nullopt;
  try {
    return StreamState::from_bytes(*content, runs_folder(repository));
  } catch (const Error&) {
    return std::nullopt;
  }
}

void remember_stream(const Environment& environment, const git::Repository& repository, StreamState& state) {
  try {
    state.ids.settle(runs_folder(repository));
    const std::string content = state.bytes();
    const std::string seal = mac(key_of(environment), sealed_part(content)).hex() + "\n";
    write_file(state_path(repository), seal + content, 0600);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
  }
}

}  // namespace bw
