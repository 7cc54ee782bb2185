#pragma once
// The secret of an OpenSSH key file, for the paper backup: the one use that needs the key itself and not
// a signature by it.

#include <filesystem>
#include <memory>
#include <string>

#include "crypto/ed25519.h"

namespace bw {

// `ssh-keygen` decrypts a copy that lies in memory only. The passphrase of an unencrypted file is
// ignored. Errors: refused (wrong passphrase), invalid (not an Ed25519 OpenSSH key), cannot.
std::shared_ptr<const SecretKey> decrypted_key(const std::filesystem::path& private_key_file,
                                               const std::string& passphrase);

}  // namespace bw
