#include "world/cache_seal.h"

#include <filesystem>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "crypto/mac.h"

namespace bw {
namespace {

constexpr std::size_t max_key_file = 4096;

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

std::string sealed_bytes(std::string_view purpose, std::string_view content) {
  return std::string(purpose) + "\n" + std::string(content);
}

}  // namespace

Digest cache_seal(const Environment& environment, std::string_view purpose, std::string_view content) {
  return mac(key_of(environment), sealed_bytes(purpose, content));
}

bool is_cache_seal(const Environment& environment, std::string_view purpose, std::string_view content,
                   const Digest& seal) {
  const auto key = read_key(environment);
  return key && is_mac(seal, *key, sealed_bytes(purpose, content));
}

}  // namespace bw
