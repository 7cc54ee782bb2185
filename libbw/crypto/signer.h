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
#include "crypto/ed25519.h"
#include "crypto/sshsig.h"

namespace bw {

class Signer {
public:
  Signer() = default;
  virtual ~Signer() = default;
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  virtual const Did& did() const = 0;
  // The raw Ed25519 signature over sshsig::signed_data(name_space, message), verified. Errors: cannot
  // (the agent or ssh-keygen failed), refused (wrong passphrase, nobody to ask, the agent says no).
  virtual Signature sign(std::string_view name_space, std::string_view message) const = 0;
};

// Asks a person for the passphrase of `path`; nothing where nobody can be asked. May be empty.
using AskPassphrase = std::function<std::optional<std::string>(const std::filesystem::path& path)>;

// The signer for a private key file (or its `.pub`): the agent at `agent_socket` (SSH_AUTH_SOCK; may be
// empty) when it holds the key, else the file itself, else ssh-keygen with a passphrase from `ask`,
// which is asked once, at the first signature, and wiped with the signer. Not for several threads.
// Errors: cannot (no file, unreadable), invalid (not an Ed25519 OpenSSH key).
std::unique_ptr<Signer> open_signer(const std::filesystem::path& key_file, const std::string& agent_socket,
                                    AskPassphrase ask);

// A signer over a key in memory (tests, batch work).
std::unique_ptr<Signer> make_signer(std::shared_ptr<const SecretKey> key);

// Encrypts an unencrypted private key file in place, so that a crash leaves the one or the other;
// `ssh-keygen -p` does it, and the passphrase travels by pipe, never as an argument. Errors: usage (a
// passphrase that is empty, longer than 1000 bytes or of several lines), invalid (not an unencrypted
// Ed25519 key), cannot.
void encrypt_key_file(const std::filesystem::path& path, const std::string& passphrase);

}  // namespace bw
