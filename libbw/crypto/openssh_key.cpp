#include "crypto/openssh_key.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/sodium.h"
#include "crypto/ssh_wire.h"

namespace bw {
namespace {

constexpr std::string_view label = "OPENSSH PRIVATE KEY";
constexpr std::string_view magic{"openssh-key-v1\0", 15};
constexpr std::string_view unencrypted = "none";
constexpr std::size_t block_size = 8;  // of the cipher "none"
constexpr std::size_t max_public_text = 16u << 10;
constexpr std::size_t max_private_text = 64u << 10;
constexpr std::string_view white_space = " \t\r\n";

// A string of secret bytes that does not outlive its use.
class Wiped {
public:
  explicit Wiped(std::string bytes) : bytes_(std::move(bytes)) {}
  ~Wiped() { wipe(bytes_); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  const std::string& get() const { return bytes_; }

private:
  std::string bytes_;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(white_space);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(white_space) + 1 - start);
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

void require_plain_comment(std::string_view comment) {
  if (has_control_character(comment)) {
    throw Error(ErrorCode::usage, "a key comment holds a line break or another control character");
  }
}

// The bytes between the marks; other writers break the lines elsewhere, so any breaks will do.
Result<std::string> unarmored(std::string_view text) {
  if (text.size() > max_private_text) return Reason{"a private key file is larger than 64 KiB"};
  text = trimmed(text);
  const std::string begin = "-----BEGIN " + std::string(label) + "-----";
  const std::string end = "-----END " + std::string(label) + "-----";
  if (!text.starts_with(begin)) {
    constexpr std::string_view pem = "-----BEGIN ";
    if (!text.starts_with(pem)) return Reason{"not a private key file"};
    const std::string_view type = text.substr(pem.size(), text.substr(pem.size()).find_first_of("-\n"));
    return Reason{"a private key file of the form \"" + printable(type.substr(0, 64)) +
                  "\"; only OpenSSH's own form is read (ssh-keygen -t ed25519 makes one)"};
  }
  if (!text.ends_with(end) || text.size() < begin.size() + end.size()) {
    return Reason{"a private key file is cut short"};
  }
  std::string encoded(text.substr(begin.size(), text.size() - begin.size() - end.size()));
  std::erase_if(encoded, [](char c) { return white_space.find(c) != std::string_view::npos; });
  auto bytes = from_base64(encoded);
  wipe(encoded);
  if (!bytes) return Reason{"a private key file is not base64"};
  return *std::move(bytes);
}

// The section that holds the secret; `did` is what the public half of the file says.
Result<std::shared_ptr<const SecretKey>> parse_private_section(std::string_view section, const Did& did) {
  const Reason damaged{"a private key file is damaged"};
  if (section.size() % block_size != 0) return damaged;
  ssh_wire::Reader reader(section);
  const std::uint32_t check = reader.number();
  if (reader.number() != check) return damaged;
  const std::string_view type = reader.string();
  const std::string_view public_half = reader.string();
  const std::string_view secret = reader.string();  // the seed and once more the public half
  reader.string();                                  // the comment
  if (reader.failed() || type != ssh_wire::ed25519_type || secret.size() != 64) return damaged;
  std::uint8_t expected = 0;
  for (const char byte : reader.rest()) {
    if (static_cast<std::uint8_t>(byte) != ++expected) return damaged;
  }
  auto key = std::make_shared<const SecretKey>(secret.substr(0, 32));
  const auto same = [&](std::string_view bytes) {
    return std::equal(bytes.begin(), bytes.end(), did.public_key().begin(), did.public_key().end(),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
  };
  if (!same(public_half) || !same(secret.substr(32)) || key->did() != did) {
    return Reason{"the halves of a private key file belong to different keys"};
  }
  return std::shared_ptr<const SecretKey>(std::move(key));
}

}  // namespace

Result<Did> parse_public_key_line(std::string_view line) {
  if (line.size() > max_public_text) return Reason{"a public key line is longer than 16 KiB"};
  line = trimmed(line);
  if (has_control_character(line)) return Reason{"not one public key line"};
  const std::string_view type = line.substr(0, line.find(' '));
  const std::string_view rest = line.substr(std::min(line.size(), type.size() + 1));
  const auto blob = from_base64(rest.substr(0, rest.find(' ')));
  if (!blob || blob->empty()) return Reason{"not a public key line"};
  auto did = ssh_wire::parse_public_key_blob(*blob);
  if (did && type != ssh_wire::ed25519_type)
    return Reason{"a public key line names another type than its key"};
  return did;
}

std::string public_key_line(const Did& did, std::string_view comment) {
  require_plain_comment(comment);
  std::string line = std::string(ssh_wire::ed25519_type) + " " + to_base64(ssh_wire::public_key_blob(did));
  if (!comment.empty()) line.append(" ").append(comment);
  return line;
}

Result<PrivateKeyFile> parse_private_key_file(std::string_view text) {
  auto read = unarmored(text);
  if (!read) return Reason{read.reason()};
  const Wiped bytes(*std::move(read));

  ssh_wire::Reader reader(bytes.get());
  const bool is_openssh = reader.bytes(magic.size()) == magic;
  const std::string_view cipher = reader.string();
  const std::string_view derivation = reader.string();
  const std::string_view derivation_options = reader.string();
  const std::uint32_t keys = reader.number();
  const std::string_view public_blob = reader.string();
  const std::string_view section = reader.string();
  if (!is_openssh || reader.failed()) return Reason{"a private key file is damaged"};
  if (keys != 1) return Reason{"a private key file does not hold exactly one key"};
  const auto did = ssh_wire::parse_public_key_blob(public_blob);
  if (!did) return Reason{did.reason()};
  // What follows an encrypted section is the cipher's authentication tag.
  if (cipher != unencrypted) return PrivateKeyFile{*did, true, nullptr};
  if (derivation != unencrypted || !derivation_options.empty() || !reader.complete()) {
    return Reason{"a private key file is damaged"};
  }
  auto secret = parse_private_section(section, *did);
  if (!secret) return Reason{secret.reason()};
  return PrivateKeyFile{*did, false, *std::move(secret)};
}

std::string private_key_file(const SecretKey& key, std::string_view comment, const Random& random) {
  require_plain_comment(comment);
  const Did did = key.did();
  const std::string_view public_half{reinterpret_cast<const char*>(did.public_key().data()), 32};
  const std::string check = random(4);
  std::string section = check + check;
  section += ssh_wire::string(ssh_wire::ed25519_type);
  section += ssh_wire::string(public_half);
  section += ssh_wire::string(std::string(key.seed()).append(public_half));
  section += ssh_wire::string(comment);
  for (char padding = 1; section.size() % block_size != 0; ++padding) section.push_back(padding);

  std::string blob(magic);
  blob += ssh_wire::string(unencrypted) + ssh_wire::string(unencrypted) + ssh_wire::string({});
  blob += big_endian_32(1);
  blob += ssh_wire::string(ssh_wire::public_key_blob(did));
  blob += ssh_wire::string(section);
  return ssh_wire::armor(label, blob);
}

}  // namespace bw
