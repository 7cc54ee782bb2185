#pragma once
// Signed notes (https://c2sp.org/signed-note): a text that ends in a newline, an empty line, and
// signature lines "— <key name> base64(key id || signature)". Notes are UTF-8 without control
// characters other than LF. Ed25519 signatures (type 0x01) are made and verified here, those of witnesses
// (type 0x04) in tlog/cosignature.h; other types are carried along, as the specification wants. Every parser
// accepts one text per value.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "crypto/ed25519.h"

namespace bw {

// What a key signs: plain notes, as a log does, or cosignatures with a time, as a witness does. Keys of both
// are Ed25519; one key never serves both, and a parser takes only the type it is asked for.
enum class NoteKeyType : std::uint8_t { ed25519 = 0x01, cosignature = 0x04 };

// A verifier key: "<name>+<8 hex>+base64(type || public key)". The name is not empty and holds neither
// Unicode spaces nor '+'; the key id is the first four bytes of
// SHA-256(name || 0x0A || type || public key), so name, type and key determine it.
struct NoteVerifier {
  std::string name;
  std::uint32_t key_id = 0;
  std::array<std::uint8_t, 32> public_key{};
  NoteKeyType type = NoteKeyType::ed25519;

  static Result<NoteVerifier> parse(std::string_view vkey, NoteKeyType type = NoteKeyType::ed25519);
  // Throws Error(invalid) where `name` is not a key name.
  static NoteVerifier make(std::string name, const std::array<std::uint8_t, 32>& public_key,
                           NoteKeyType type = NoteKeyType::ed25519);
  std::string vkey() const;
  friend bool operator==(const NoteVerifier&, const NoteVerifier&) = default;
};

// A signing key, in Go's text form "PRIVATE+KEY+<name>+<8 hex>+base64(type || seed)", whose key id is
// that of the verifier key. Secret; copies share one key.
class NoteSigner {
public:
  // Throws Error(invalid) where `name` is not a key name.
  static NoteSigner generate(std::string name, const Random& random, NoteKeyType type = NoteKeyType::ed25519);
  static Result<NoteSigner> parse(std::string_view text, NoteKeyType type = NoteKeyType::ed25519);
  std::string text() const;
  const NoteVerifier& verifier() const { return verifier_; }
  // The raw Ed25519 signature over `bytes` (proof of possession).
  Signature sign_raw(std::string_view bytes) const { return key_->sign(bytes); }

private:
  NoteSigner(std::string name, std::shared_ptr<const SecretKey> key, NoteKeyType type);

  std::shared_ptr<const SecretKey> key_;
  NoteVerifier verifier_;
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string signature;  // what follows the key id; never empty
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct Note {
  // A reader must take 16 signatures of nearly 5 kB each (post-quantum ones are as long), which are
  // 6.7 kB in base64; that, doubled in number and with room for the text, are the limits.
  static constexpr std::size_t max_signatures = 32;
  static constexpr std::size_t max_bytes = 128u << 10;

  std::string text;  // ends in LF
  std::vector<NoteSignature> signatures;

  // Syntax only; at least one signature. Whatever is accepted, `bytes()` gives back.
  static Result<Note> parse(std::string_view bytes);
  std::string bytes() const;
  // Adds a signature as the last one, in place of an earlier one by the same key. Throws
  // Error(invalid) where the text is none that a note can hold or the signatures become too many.
  void add(NoteSignature signature);
  // The same with a signature over the text, by a key of the type ed25519.
  void sign(const NoteSigner& signer);
  // Whether the note carries a signature of that key, and each that claims to be of it verifies. Never of
  // a key of another type than ed25519.
  bool verified_by(const NoteVerifier& verifier) const;
};

}  // namespace bw
