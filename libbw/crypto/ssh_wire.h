#pragma once
// The SSH wire encoding (RFC 4251 §5) of what OpenSSH keeps in key files, signatures and agent
// messages: big-endian 32-bit numbers, and strings that follow their length.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/did.h"
#include "crypto/ed25519.h"

namespace bw::ssh_wire {

inline constexpr std::string_view ed25519_type = "ssh-ed25519";

std::string string(std::string_view content);
std::string public_key_blob(const Did& did);
std::string signature_blob(const Signature& signature);

// Reads hostile bytes from front to back. A read beyond the end gives an empty value and makes
// `complete()` false for good, so that a whole message is read first and judged once.
class Reader {
public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::string_view bytes(std::size_t count);
  std::uint32_t number();
  std::string_view string();
  std::string_view rest() const { return rest_; }

  bool failed() const { return failed_; }
  // Nothing was missing and nothing is left.
  bool complete() const { return !failed_ && rest_.empty(); }

private:
  std::string_view rest_;
  bool failed_ = false;
};

// A reason names the type of a key that is not ssh-ed25519.
Result<Did> parse_public_key_blob(std::string_view blob);
std::optional<Signature> parse_signature_blob(std::string_view blob);

// Base64 in lines of 70 columns, each ended by LF, between OpenSSH's marks.
std::string armor(std::string_view label, std::string_view bytes);

}  // namespace bw::ssh_wire
