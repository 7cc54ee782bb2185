#include "world/verified_stream.h"

#include "base/error.h"
#include "base/files.h"
#include "world/cache_seal.h"

namespace bw {
namespace {

constexpr std::size_t max_state_bytes = std::size_t{1} << 30;
constexpr std::size_t seal_line = 65;  // 64 hex digits and LF

std::filesystem::path state_path(const git::Repository& repository) {
  return repository.git_folder() / "bw" / "verified-stream";
}
std::filesystem::path runs_folder(const git::Repository& repository) {
  return repository.git_folder() / "bw" / "verified-ids";
}
constexpr std::string_view purpose = "bw.verified-stream.v1";

// The content's own first line is the SHA-256 of the rest: only that is sealed, so that a large state is
// hashed once.
std::string_view sealed_part(std::string_view content) {
  return content.substr(0, content.find('\n'));
}

std::optional<std::string_view> unsealed(const Environment& environment, std::string_view bytes) {
  if (bytes.size() <= seal_line || bytes[seal_line - 1] != '\n') return std::nullopt;
  const auto seal = Digest::from_hex(bytes.substr(0, seal_line - 1));
  const std::string_view content = bytes.substr(seal_line);
  if (!seal || !is_cache_seal(environment, purpose, sealed_part(content), *seal)) return std::nullopt;
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
    const std::string seal = cache_seal(environment, purpose, sealed_part(content)).hex() + "\n";
    write_file(state_path(repository), seal + content, 0600);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
  }
}

}  // namespace bw
