#pragma once
// Signed lines: the one envelope of everything that an actor signs (events, bundle headers, receipts).
// A signed line is a strict JSON object (base/strict_json.h) with the member `sig` inserted last:
//
//     {"actor":"did:key:…", … ,"sig":"<86 base64url characters>"}
//
// The signed bytes are the line with `,"sig":"…"}` cut off and `}` put back, as SSHSIG in the
// namespace of the kind of line. So a line can be checked by `ssh-keygen -Y verify` with two cuts.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strict_json.h"
#include "crypto/signer.h"
#include "crypto/sshsig.h"

namespace bw {

inline constexpr std::size_t signature_tail_size = 8 + 86 + 2;  // ,"sig":" … "}

struct SignedLine {
  std::string signed_bytes;
  std::vector<strict_json::Member> members;  // of signed_bytes; spans live with the line they came from
  Signature signature{};
};

// Cuts a line apart and checks its form, not its signature. `members` point into `line`.
Result<SignedLine> parse_signed_line(std::string_view line);

// `content` without `sig`; throws where it has no strict form.
std::string sign_line(const Json& content, std::string_view name_space, const Signer& signer);

// What was signed, from a line whose form was checked before.
std::string signed_bytes_of(std::string_view line);
Signature signature_of(std::string_view line);

}  // namespace bw
