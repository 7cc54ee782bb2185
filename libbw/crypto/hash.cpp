#include "crypto/hash.h"

#include <algorithm>

#include <openssl/evp.h>

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

class Context {
public:
  Context() : context_(EVP_MD_CTX_new()) {}
  ~Context() { EVP_MD_CTX_free(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  EVP_MD_CTX* get() const { return context_; }

private:
  EVP_MD_CTX* context_;
};

// Fetched once: OpenSSL 3 otherwise looks the algorithm up at every initialisation.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

void require(int success) {
  if (success != 1) throw Error(ErrorCode::cannot, "libcrypto cannot compute SHA-256");
}

}  // namespace

struct Sha256::State {
  Context context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex(state_->context.get(), sha256_method(), nullptr));
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
  return *this;
}

Digest Sha256::finish() {
  Digest digest;
  require(EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), nullptr));
  return digest;
}

Digest sha256(std::string_view bytes) {
  thread_local const Context context;  // one per thread saves an allocation per digest
  Digest digest;
  require(EVP_DigestInit_ex(context.get(), sha256_method(), nullptr));
  require(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()));
  require(EVP_DigestFinal_ex(context.get(), digest.bytes.data(), nullptr));
  return digest;
}

}  // namespace bw
