#pragma once
// OpenSSH key files, Ed25519 only: the public key line (`ssh-ed25519 AAAA… comment`) and the private
// key file (openssh-key-v1, PROTOCOL.key). Unencrypted private keys are read and written here;
// encrypted ones are recognised, and left to ssh-agent and ssh-keygen (crypto/signer.h).

#include <sodium.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/did.h"
#include "crypto/sshsig.h"

namespace bw {

// Secret bytes: wiped when they go.
class SecretKey {
 public:
  explicit SecretKey(std::string seed_32_bytes);
  ~SecretKey();
  SecretKey(SecretKey&&) noexcept;
  SecretKey& operator=(SecretKey&&) noexcept;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;

  Did did() const;
  Signature sign(std::string_view bytes) const;  // raw Ed25519
  std::string_view seed() const { return seed_; }

 private:
  std::string seed_;
};

// The public key line. A reason names the type of a key that is not ssh-ed25519.
Result<Did> parse_public_key_line(std::string_view line);
std::string public_key_line(const Did& did, std::string_view comment = {});

struct PrivateKeyFile {
  Did did;                           // from the public half, readable even when encrypted
  bool encrypted = false;
  std::shared_ptr<SecretKey> secret;  // null when encrypted
};
// At most 64 KiB of text. A reason names the key type where it is another.
Result<PrivateKeyFile> parse_private_key_file(std::string_view text);
// Unencrypted openssh-key-v1 text.
std::string private_key_file(const SecretKey& key, std::string_view comment, const Random& random);

}  // namespace bw
