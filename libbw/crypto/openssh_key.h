#pragma once
// OpenSSH key files, Ed25519 only: the public key line (`ssh-ed25519 AAAA… comment`) and the private
// key file (openssh-key-v1, openssh-portable's PROTOCOL.key). Unencrypted private keys are read and
// written here; encrypted ones are recognised, and left to ssh-agent and ssh-keygen (crypto/signer.h).

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/did.h"
#include "crypto/ed25519.h"

namespace bw {

// The public key line; spaces around it and one line end are allowed. At most 16 KiB. A reason names
// the type of a key that is not ssh-ed25519.
Result<Did> parse_public_key_line(std::string_view line);
// Without LF. Throws Error(usage) where the comment holds a control character.
std::string public_key_line(const Did& did, std::string_view comment = {});

struct PrivateKeyFile {
  Did did;  // from the public half: readable even when encrypted, and then not yet proven
  bool encrypted = false;
  std::shared_ptr<const SecretKey> secret;  // null when encrypted
};
// At most 64 KiB of text. A reason names the key type where it is another.
Result<PrivateKeyFile> parse_private_key_file(std::string_view text);
// Unencrypted openssh-key-v1 text. Throws Error(usage) as public_key_line.
std::string private_key_file(const SecretKey& key, std::string_view comment, const Random& random);

}  // namespace bw
