#include "crypto/hash.h"

#include <algorithm>

// The functions of SHA-256 itself: those of EVP find it in a table of providers, which takes longer than the
// digest of a short record, and reads a configuration file at every start of a program.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "base/bytes.h"
#include "base/error.h"

namespace bw {

std::string Digest::hex() const {
  return to_hex(view());
}

std::optional<Digest> Digest::from_hex(std::string_view text) {
  if (text.size() != 64) return std::nullopt;
  const auto bytes = bw::from_hex(text);
  return bytes ? from_bytes(*bytes) : std::nullopt;
}

std::optional<Digest> Digest::from_bytes(std::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.bytes.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
  return digest;
}

namespace {

void require(int success) {
  if (success != 1) throw Error(ErrorCode::cannot, "libcrypto cannot compute SHA-256");
}

}  // namespace

struct Sha256::State {
  SHA256_CTX context{};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(SHA256_Init(&state_->context));
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(std::string_view bytes) {
  require(SHA256_Update(&state_->context, bytes.data(), bytes.size()));
  return *this;
}

Digest Sha256::finish() {
  Digest digest;
  require(SHA256_Final(digest.bytes.data(), &state_->context));
  return digest;
}

Digest sha256(std::string_view bytes) {
  SHA256_CTX context;
  Digest digest;
  require(SHA256_Init(&context));
  require(SHA256_Update(&context, bytes.data(), bytes.size()));
  require(SHA256_Final(digest.bytes.data(), &context));
  return digest;
}

}  // namespace bw
