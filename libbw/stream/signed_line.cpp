#include "stream/signed_line.h"

#include <algorithm>

#include "base/bytes.h"

namespace bw {
namespace {

constexpr std::string_view tail_start = ",\"sig\":\"";
constexpr std::string_view tail_end = "\"}";

std::optional<Signature> cut_signature(std::string_view line) {
  if (line.size() <= signature_tail_size) return std::nullopt;
  const std::string_view tail = line.substr(line.size() - signature_tail_size);
  if (!tail.starts_with(tail_start) || !tail.ends_with(tail_end)) return std::nullopt;
  const auto bytes = from_base64url(tail.substr(tail_start.size(), 86));
  Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), signature.begin());
  return signature;
}

}  // namespace

std::string signed_bytes_of(std::string_view line) {
  std::string bytes(line.substr(0, line.size() - signature_tail_size));
  bytes.push_back('}');
  return bytes;
}

Signature signature_of(std::string_view line) {
  return cut_signature(line).value_or(Signature{});
}

Result<SignedLine> parse_signed_line(std::string_view line) {
  SignedLine parsed;
  const auto signature = cut_signature(line);
  if (!signature) return Reason{"the line does not end with a signature of 86 base64url characters"};
  parsed.signature = *signature;
  parsed.signed_bytes = signed_bytes_of(line);
  Result<std::vector<strict_json::Member>> members = strict_json::members(parsed.signed_bytes);
  if (!members) return Reason{members.reason()};
  parsed.members = *std::move(members);
  // The spans are moved from the copy to the line itself, which the caller keeps.
  for (strict_json::Member& member : parsed.members) {
    const auto moved = [&](std::string_view span) {
      return line.substr(static_cast<std::size_t>(span.data() - parsed.signed_bytes.data()), span.size());
    };
    member = {moved(member.key), moved(member.value)};
  }
  return parsed;
}

std::string sign_line(const Json& content, std::string_view name_space, const Signer& signer) {
  std::string line = strict_json::text(content);
  const Signature signature = signer.sign(name_space, line);
  line.pop_back();
  line += tail_start;
  line += to_base64url({reinterpret_cast<const char*>(signature.data()), signature.size()});
  line += tail_end;
  return line;
}

}  // namespace bw
