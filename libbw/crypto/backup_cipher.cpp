#include "crypto/backup_cipher.h"

#include <algorithm>
#include <bit>

#include <sodium.h>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/sodium.h"

namespace bw {
namespace {

enum BackupSubkey : std::uint64_t { for_pieces = 4, for_names = 5 };

constexpr std::size_t message_bytes = 64u << 10;
constexpr std::size_t header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t added_bytes = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t smallest_piece = 1024;
constexpr char padding_start = '\x80';

constexpr std::size_t name_random_bytes = 16;
constexpr std::size_t name_tag_bytes = 8;
constexpr std::string_view name_label = "bw.backup.name.v1";

void derive(const PersonalSeed& seed, BackupSubkey subkey, std::array<std::uint8_t, 32>& key) {
  start_sodium();
  crypto_kdf_derive_from_key(key.data(), key.size(), subkey, "bw-keys1", seed.bytes.data());
}

// The state of one piece's stream. Both sides begin alike: `init_push` differs from `init_pull` only in
// drawing the header itself, which would take it out of our source of randomness.
struct Stream {
  crypto_secretstream_xchacha20poly1305_state state{};
  Stream(const BackupKeys& keys, std::string_view header) {
    start_sodium();
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state, sodium_bytes(header), keys.pieces.data()) !=
        0)
      throw Error(ErrorCode::cannot, "libsodium cannot begin a stream");
  }
  ~Stream() { sodium_memzero(&state, sizeof state); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
};

std::string padded(std::string_view content) {
  std::string text(content);
  text += padding_start;
  text.resize(padded_piece_size(content.size()), '\0');
  return text;
}

// The tag of a name's random bytes.
std::string name_tag(const BackupKeys& keys, std::string_view drawn) {
  std::array<std::uint8_t, 32> hash{};
  const std::string message = std::string(name_label) + std::string(drawn);
  start_sodium();
  crypto_generichash(hash.data(), hash.size(), sodium_bytes(message), message.size(), keys.names.data(),
                     keys.names.size());
  return {reinterpret_cast<const char*>(hash.data()), name_tag_bytes};
}

}  // namespace

BackupKeys::BackupKeys(const PersonalSeed& seed) {
  derive(seed, for_pieces, pieces);
  derive(seed, for_names, names);
}

BackupKeys::~BackupKeys() {
  sodium_memzero(pieces.data(), pieces.size());
  sodium_memzero(names.data(), names.size());
}

std::size_t padded_piece_size(std::size_t content) {
  const std::size_t length = std::max(content + 1, smallest_piece);
  const auto magnitude = static_cast<unsigned>(std::bit_width(length) - 1);
  const auto kept = static_cast<unsigned>(std::bit_width(magnitude));
  const std::size_t mask = (std::size_t{1} << (magnitude - kept)) - 1;
  return (length + mask) & ~mask;
}

std::string seal_piece(const BackupKeys& keys, std::string_view context, std::string_view content,
                       const Random& random) {
  if (content.size() > max_piece_content)
    throw Error(ErrorCode::usage, "a piece of a backup is larger than 5 MiB");
  const std::string plain = padded(content);
  const std::string header = random(header_bytes);
  Stream stream(keys, header);
  std::string sealed = header;
  for (std::size_t at = 0; at < plain.size(); at += message_bytes) {
    const std::string_view part = std::string_view(plain).substr(at, message_bytes);
    const bool last = at + message_bytes >= plain.size();
    const std::size_t before = sealed.size();
    sealed.resize(before + part.size() + added_bytes);
    crypto_secretstream_xchacha20poly1305_push(
        &stream.state, reinterpret_cast<unsigned char*>(sealed.data() + before), nullptr, sodium_bytes(part),
        part.size(), sodium_bytes(context), context.size(),
        last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
             : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  }
  return sealed;
}

Result<std::string> open_piece(const BackupKeys& keys, std::string_view context, std::string_view sealed) {
  if (sealed.size() > max_sealed_piece) return Reason{"it is larger than 6 MiB"};
  if (sealed.size() < header_bytes + added_bytes) return Reason{"it is cut short"};
  Stream stream(keys, sealed.substr(0, header_bytes));
  sealed.remove_prefix(header_bytes);
  std::string plain;
  bool ended = false;
  while (!sealed.empty()) {
    const std::string_view message = sealed.substr(0, message_bytes + added_bytes);
    if (ended || message.size() < added_bytes) return Reason{"something follows its end"};
    const std::size_t before = plain.size();
    plain.resize(before + message.size() - added_bytes);
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(
            &stream.state, reinterpret_cast<unsigned char*>(plain.data() + before), nullptr, &tag,
            sodium_bytes(message), message.size(), sodium_bytes(context), context.size()) != 0) {
      return Reason{"it does not open with your key in its place"};
    }
    ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    sealed.remove_prefix(message.size());
  }
  if (!ended) return Reason{"it is cut short"};
  const std::size_t end = plain.find_last_not_of('\0');
  if (end == std::string::npos || plain[end] != padding_start || padded_piece_size(end) != plain.size())
    return Reason{"it is not padded as it should be"};
  plain.resize(end);
  return plain;
}

std::string make_backup_name(const BackupKeys& keys, const Random& random) {
  const std::string drawn = random(name_random_bytes);
  return to_hex(drawn + name_tag(keys, drawn));
}

bool is_backup_name(std::string_view name) {
  const auto bytes = from_hex(name);
  return bytes && bytes->size() == name_random_bytes + name_tag_bytes;
}

bool is_own_backup_name(const BackupKeys& keys, std::string_view name) {
  const auto bytes = from_hex(name);
  if (!bytes || bytes->size() != name_random_bytes + name_tag_bytes) return false;
  const std::string tag = name_tag(keys, bytes->substr(0, name_random_bytes));
  return sodium_memcmp(tag.data(), bytes->data() + name_random_bytes, name_tag_bytes) == 0;
}

}  // namespace bw
