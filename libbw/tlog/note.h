#pragma once
// Signed notes (https://c2sp.org/signed-note): a text that ends in a newline, an empty line, and
// signature lines "— <key name> base64(key id || signature)". Ed25519 notes (type 0x01) only here.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "crypto/hash.h"

namespace bw {

// A verifier key: "<name>+<8 hex>+base64(0x01 || public key)".
struct NoteVerifier {
  std::string name;
  std::uint32_t key_id = 0;
  std::array<std::uint8_t, 32> public_key{};

  static Result<NoteVerifier> parse(std::string_view vkey);
  static NoteVerifier make(std::string name, const std::array<std::uint8_t, 32>& public_key);
  std::string vkey() const;
  friend bool operator==(const NoteVerifier&, const NoteVerifier&) = default;
};

// A signing key, in Go's text form "PRIVATE+KEY+<name>+<8 hex>+base64(0x01 || seed)". Secret.
class NoteSigner {
 public:
  static NoteSigner generate(std::string name, const Random& random);
  static Result<NoteSigner> parse(std::string_view text);
  std::string text() const;
  const NoteVerifier& verifier() const { return verifier_; }
  // The raw Ed25519 signature over `bytes` (proof of possession).
  std::array<std::uint8_t, 64> sign_raw(std::string_view bytes) const;

 private:
  NoteVerifier verifier_;
  std::string seed_;
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string signature;  // what follows the key id
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct Note {
  std::string text;  // ends in LF
  std::vector<NoteSignature> signatures;

  // Syntax only; at most 64 KiB and 32 signatures.
  static Result<Note> parse(std::string_view bytes);
  std::string bytes() const;
  void sign(const NoteSigner& signer);
  // Whether the note carries a signature of that key, and it verifies.
  bool verified_by(const NoteVerifier& verifier) const;
};

}  // namespace bw
