#pragma once
// Signer: whatever can make an actor's SSHSIG signatures: a key file that is not encrypted, a key
// held by ssh-agent, or an encrypted file opened by `ssh-keygen -Y sign` with a passphrase.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/did.h"
#include "crypto/sshsig.h"

namespace bw {

class Signer {
 public:
  virtual ~Signer() = default;
  virtual const Did& did() const = 0;
  // The raw Ed25519 signature over sshsig::signed_data(name_space, message).
  virtual Signature sign(std::string_view name_space, std::string_view message) const = 0;
};

// Asks a person for the passphrase of `path`; nothing where nobody can be asked.
using AskPassphrase = std::function<std::optional<std::string>(const std::filesystem::path& path)>;

// The signer for a private key file (or its `.pub`): the agent at `agent_socket` (SSH_AUTH_SOCK; may be
// empty) when it holds the key, else the file itself, else ssh-keygen with a passphrase from `ask`.
// Errors: cannot (no file, unreadable), invalid (not an Ed25519 OpenSSH key), refused (wrong
// passphrase, or nobody to ask). Every signature is verified before it is returned.
std::unique_ptr<Signer> open_signer(const std::filesystem::path& key_file, const std::string& agent_socket,
                                    AskPassphrase ask);

// A signer over a key in memory (tests, batch work).
std::unique_ptr<Signer> make_signer(std::shared_ptr<const class SecretKey> key);

// Encrypts an unencrypted private key file in place with `ssh-keygen -p`; the passphrase travels by
// pipe, never as an argument.
void encrypt_key_file(const std::filesystem::path& key_file, const std::string& passphrase);

}  // namespace bw
