#include "crypto/mac.h"

#include <sodium.h>

#include "base/error.h"
#include "crypto/sodium.h"

namespace bw {
namespace {

static_assert(mac_key_bytes == crypto_auth_hmacsha256_KEYBYTES);
static_assert(sizeof(Digest) == crypto_auth_hmacsha256_BYTES);

void require_key(std::string_view key) {
  start_sodium();
  if (key.size() != mac_key_bytes) throw Error(ErrorCode::usage, "a key of another length");
}

}  // namespace

Digest mac(std::string_view key, std::string_view bytes) {
  require_key(key);
  Digest digest;
  crypto_auth_hmacsha256(digest.bytes.data(), sodium_bytes(bytes), bytes.size(), sodium_bytes(key));
  return digest;
}

bool is_mac(const Digest& claimed, std::string_view key, std::string_view bytes) {
  require_key(key);
  return crypto_auth_hmacsha256_verify(claimed.bytes.data(), sodium_bytes(bytes), bytes.size(),
                                       sodium_bytes(key)) == 0;
}

}  // namespace bw
