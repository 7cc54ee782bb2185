#pragma once
// SSHSIG, OpenSSH's signature format (openssh-portable, PROTOCOL.sshsig), restricted to Ed25519 keys
// and sha512: what `ssh-keygen -Y sign` writes and `ssh-keygen -Y verify` and `git verify-commit`
// accept. Actor keys sign nothing else. The strict verification of crypto/ed25519.h decides.

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/did.h"
#include "crypto/ed25519.h"

// What is signed where; a signature made in one namespace is worthless in another.
namespace bw::sshsig {

inline constexpr std::string_view git_namespace = "git";
inline constexpr std::string_view event_namespace = "bw.event.v1";
inline constexpr std::string_view bundle_namespace = "bw.bundle.v1";
inline constexpr std::string_view receipt_namespace = "bw.receipt.v1";

// The bytes that Ed25519 signs: "SSHSIG", namespace, reserved, "sha512", SHA-512(message).
std::string signed_data(std::string_view name_space, std::string_view message);

bool verify(const Did& signer, std::string_view name_space, std::string_view message,
            const Signature& signature);

// The armoured form: "-----BEGIN SSH SIGNATURE-----" … with 70 columns, as OpenSSH writes it.
std::string armor(const Did& signer, std::string_view name_space, const Signature& signature);

struct Unarmored {
  Did signer;
  std::string name_space;
  Signature signature;
};
// Accepts exactly the text that `armor` gives for one signature, with or without its last LF; at most
// 4 KiB. Whether the signature is good is for `verify` to say.
Result<Unarmored> unarmor(std::string_view text);

}  // namespace bw::sshsig
