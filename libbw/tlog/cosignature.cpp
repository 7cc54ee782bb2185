#include "tlog/cosignature.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"

namespace bw {
namespace {

constexpr std::size_t time_bytes = 8;

std::string signed_message(std::int64_t seconds, const std::string& text) {
  return fmt::format("cosignature/v1\ntime {}\n{}", seconds, text);
}

// The time that begins a signature of the right length; nothing where it lies beyond the year 9999.
std::optional<Timestamp> time_of(const std::string& signature) {
  if (signature.size() != time_bytes + Signature{}.size()) return std::nullopt;
  std::uint64_t seconds = 0;
  for (std::size_t i = 0; i < time_bytes; ++i)
    seconds = seconds << 8 | static_cast<unsigned char>(signature[i]);
  if (seconds > static_cast<std::uint64_t>(Timestamp::last)) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(seconds)};
}

}  // namespace

void cosign(Note& checkpoint, const NoteSigner& witness, Timestamp now) {
  const NoteVerifier& key = witness.verifier();
  if (key.type != NoteKeyType::cosignature)
    throw Error(ErrorCode::invalid, "only a witness key can cosign, and \"" + key.name + "\" is a log's");
  if (const auto parsed = Checkpoint::parse(checkpoint.text); !parsed)
    throw Error(ErrorCode::invalid, parsed.reason());
  const Signature signature = witness.sign_raw(signed_message(now.seconds, checkpoint.text));
  checkpoint.add({key.name, key.key_id,
                  big_endian_64(static_cast<std::uint64_t>(now.seconds)) +
                      std::string(signature.begin(), signature.end())});
}

std::optional<Timestamp> cosigned_at(const Note& checkpoint, const NoteVerifier& witness) {
  if (witness.type != NoteKeyType::cosignature) return std::nullopt;
  std::optional<Timestamp> latest;
  for (const NoteSignature& each : checkpoint.signatures) {
    if (each.name != witness.name || each.key_id != witness.key_id) continue;
    const std::optional<Timestamp> at = time_of(each.signature);
    if (!at) return std::nullopt;
    Signature signature{};
    std::copy(each.signature.begin() + time_bytes, each.signature.end(), signature.begin());
    if (!verify_ed25519(witness.public_key, signed_message(at->seconds, checkpoint.text), signature))
      return std::nullopt;
    latest = latest ? std::max(*latest, *at) : *at;
  }
  return latest;
}

WitnessRule WitnessRule::at_least(std::size_t needed, const std::vector<NoteVerifier>& witnesses) {
  WitnessRule rule;
  rule.needed = needed;
  for (const NoteVerifier& each : witnesses) rule.members.push_back({each, {}, 0});
  return rule;
}

Cosigned cosigned(const Note& checkpoint, const WitnessRule& rule) {
  Cosigned result;
  std::set<std::array<std::uint8_t, 32>> counted;
  const std::function<bool(const WitnessRule&)> met = [&](const WitnessRule& each) {
    if (each.witness) {
      const std::optional<Timestamp> at = cosigned_at(checkpoint, *each.witness);
      if (!at || !counted.insert(each.witness->public_key).second) return false;
      result.by.push_back({each.witness->name, *at});
      return true;
    }
    // All are asked, also when enough are met: the reader wants to know who stands behind it.
    std::size_t count = 0;
    for (const WitnessRule& member : each.members) count += met(member) ? 1 : 0;
    return count >= each.needed;
  };
  result.enough = met(rule);
  return result;
}

}  // namespace bw
