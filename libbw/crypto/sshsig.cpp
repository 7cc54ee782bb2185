#include "crypto/sshsig.h"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "base/bytes.h"
#include "crypto/sodium.h"
#include "crypto/ssh_wire.h"

namespace bw::sshsig {
namespace {

constexpr std::string_view magic = "SSHSIG";
constexpr std::uint32_t version = 1;
constexpr std::string_view hash_name = "sha512";
constexpr std::string_view label = "SSH SIGNATURE";
constexpr std::string_view first_line = "-----BEGIN SSH SIGNATURE-----\n";
constexpr std::string_view last_line = "-----END SSH SIGNATURE-----";
constexpr std::size_t max_text = 4096;

}  // namespace

std::string signed_data(std::string_view name_space, std::string_view message) {
  start_sodium();
  std::array<std::uint8_t, crypto_hash_sha512_BYTES> hash{};
  crypto_hash_sha512(hash.data(), sodium_bytes(message), message.size());
  std::string data(magic);
  data += ssh_wire::string(name_space);
  data += ssh_wire::string({});  // reserved
  data += ssh_wire::string(hash_name);
  data += ssh_wire::string({reinterpret_cast<const char*>(hash.data()), hash.size()});
  return data;
}

bool verify(const Did& signer, std::string_view name_space, std::string_view message,
            const Signature& signature) {
  return verify_ed25519(signer.public_key(), signed_data(name_space, message), signature);
}

std::string armor(const Did& signer, std::string_view name_space, const Signature& signature) {
  std::string blob(magic);
  blob += big_endian_32(version);
  blob += ssh_wire::string(ssh_wire::public_key_blob(signer));
  blob += ssh_wire::string(name_space);
  blob += ssh_wire::string({});
  blob += ssh_wire::string(hash_name);
  blob += ssh_wire::string(ssh_wire::signature_blob(signature));
  return ssh_wire::armor(label, blob);
}

Result<Unarmored> unarmor(std::string_view text) {
  if (text.size() > max_text) return Reason{"an SSH signature is longer than 4 KiB"};
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (!text.starts_with(first_line) || !text.ends_with(last_line)) {
    return Reason{"not one armoured SSH signature"};
  }
  std::string encoded(text.substr(first_line.size()));
  encoded.resize(encoded.size() - std::min(encoded.size(), last_line.size()));
  std::erase(encoded, '\n');
  const auto blob = from_base64(encoded);
  if (!blob) return Reason{"an SSH signature is not base64"};

  ssh_wire::Reader reader(*blob);
  const bool is_sshsig = reader.bytes(magic.size()) == magic && reader.number() == version;
  const std::string_view key_blob = reader.string();
  const std::string_view name_space = reader.string();
  const std::string_view reserved = reader.string();
  const std::string_view hash = reader.string();
  const std::string_view signature_blob = reader.string();
  if (!is_sshsig || !reader.complete()) return Reason{"not an SSHSIG signature"};
  const auto signer = ssh_wire::parse_public_key_blob(key_blob);
  if (!signer) return Reason{signer.reason()};
  if (hash != hash_name) return Reason{"an SSH signature is not over sha512"};
  if (name_space.empty() || name_space.find('\0') != std::string_view::npos || !reserved.empty()) {
    return Reason{"an SSH signature has no usable namespace"};
  }
  const auto signature = ssh_wire::parse_signature_blob(signature_blob);
  if (!signature) return Reason{"an SSH signature is not an Ed25519 signature"};

  // Whatever else the text may hold (other line breaks, data between the marks) shows here.
  const std::string canonical = armor(*signer, name_space, *signature);
  if (text != std::string_view(canonical).substr(0, canonical.size() - 1)) {
    return Reason{"an SSH signature is not laid out as OpenSSH writes it"};
  }
  return Unarmored{*signer, std::string(name_space), *signature};
}

}  // namespace bw::sshsig
