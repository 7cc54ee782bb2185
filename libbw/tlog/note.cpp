#include "tlog/note.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <utf8proc.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/hash.h"

namespace bw {
namespace {

constexpr std::size_t key_id_bytes = 4;
constexpr std::size_t key_id_digits = 8;
constexpr std::string_view signer_prefix = "PRIVATE+KEY+";
constexpr std::string_view signature_prefix = "\xE2\x80\x94 ";  // em dash, space

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

// The characters with the property White_Space, controls aside.
bool is_space(std::int32_t code_point) {
  constexpr std::int32_t next_line = 0x85;
  const utf8proc_category_t category = utf8proc_category(code_point);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP || code_point == next_line;
}

bool is_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    std::int32_t code_point = 0;
    const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
                                        static_cast<utf8proc_ssize_t>(name.size()), &code_point);
    if (bytes <= 0 || code_point < 0x20 || code_point == '+' || is_space(code_point)) return false;
    name.remove_prefix(static_cast<std::size_t>(bytes));
  }
  return true;
}

// Why `text` cannot be, or be part of, a note; empty where it can.
std::string text_problem(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\n'; })) {
    return "a note holds a control character";
  }
  return is_utf8(text) ? "" : "a note is not UTF-8";
}

std::uint32_t from_big_endian_32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, key_id_bytes)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

std::string_view as_text(const std::array<std::uint8_t, 32>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

char type_byte(NoteKeyType type) {
  return static_cast<char>(type);
}

// The parts of "<name>+<8 hex>+base64(type || 32 bytes)", which verifier and signing keys share.
struct EncodedKey {
  std::string name;
  std::string key;  // the 32 bytes
};

Result<EncodedKey> parse_encoded_key(std::string_view text, NoteKeyType type) {
  const std::size_t name_end = text.find('+');
  const std::string_view name = text.substr(0, name_end);
  if (name_end == std::string_view::npos || text.size() < name_end + key_id_digits + 2 ||
      text[name_end + key_id_digits + 1] != '+') {
    return Reason{"not a note key of the form NAME+ID+KEY"};
  }
  if (!is_key_name(name))
    return Reason{"the name of a note key is empty or holds a space or a control character"};
  const auto typed = from_base64(text.substr(name_end + key_id_digits + 2));
  if (!typed || typed->empty()) return Reason{"a note key is not in base64"};
  if (typed->front() != type_byte(type)) {
    return Reason{type == NoteKeyType::ed25519 ? "a note key is not of the type Ed25519"
                                               : "a witness key is not of the type for cosignatures"};
  }
  if (typed->size() != 33) return Reason{"a note key is not 32 bytes long"};
  return EncodedKey{std::string(name), typed->substr(1)};
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(signature_prefix))
    return Reason{"a signature line of a note does not begin with \"— \""};
  line.remove_prefix(signature_prefix.size());
  const std::size_t space = line.find(' ');
  const std::string_view name = line.substr(0, space);
  if (space == std::string_view::npos || !is_key_name(name)) {
    return Reason{"a signature line of a note lacks a key name without spaces and '+'"};
  }
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes) return Reason{"a signature of a note is not in base64"};
  if (bytes->size() <= key_id_bytes) return Reason{"a signature of a note is too short"};
  return NoteSignature{std::string(name), from_big_endian_32(*bytes), bytes->substr(key_id_bytes)};
}

}  // namespace

NoteVerifier NoteVerifier::make(std::string name, const std::array<std::uint8_t, 32>& public_key,
                                NoteKeyType type) {
  if (!is_key_name(name)) {
    throw Error(ErrorCode::invalid, "\"" + printable(name) + "\" cannot name a note key",
                "a key name is not empty and holds neither spaces nor '+'");
  }
  const char typed = type_byte(type);
  const Digest digest = Sha256().add(name).add("\n").add({&typed, 1}).add(as_text(public_key)).finish();
  return {std::move(name), from_big_endian_32(digest.view()), public_key, type};
}

Result<NoteVerifier> NoteVerifier::parse(std::string_view vkey, NoteKeyType type) {
  const Result<EncodedKey> parts = parse_encoded_key(vkey, type);
  if (!parts) return Reason{parts.reason()};
  std::array<std::uint8_t, 32> public_key{};
  std::copy(parts->key.begin(), parts->key.end(), public_key.begin());
  NoteVerifier verifier = make(parts->name, public_key, type);
  if (verifier.vkey() != vkey) return Reason{"the id of a note key does not belong to its name and key"};
  return verifier;
}

std::string NoteVerifier::vkey() const {
  return fmt::format("{}+{:08x}+{}", name, key_id,
                     to_base64(type_byte(type) + std::string(as_text(public_key))));
}

NoteSigner::NoteSigner(std::string name, std::shared_ptr<const SecretKey> key, NoteKeyType type)
    : key_(std::move(key)), verifier_(NoteVerifier::make(std::move(name), key_->did().public_key(), type)) {}

NoteSigner NoteSigner::generate(std::string name, const Random& random, NoteKeyType type) {
  return {std::move(name), std::make_shared<const SecretKey>(SecretKey::generate(random)), type};
}

Result<NoteSigner> NoteSigner::parse(std::string_view text, NoteKeyType type) {
  if (!text.starts_with(signer_prefix)) return Reason{"not a signing key for notes"};
  const Result<EncodedKey> parts = parse_encoded_key(text.substr(signer_prefix.size()), type);
  if (!parts) return Reason{parts.reason()};
  NoteSigner signer(parts->name, std::make_shared<const SecretKey>(parts->key), type);
  if (signer.text() != text) return Reason{"the id of a note key does not belong to its name and key"};
  return signer;
}

std::string NoteSigner::text() const {
  return fmt::format("{}{}+{:08x}+{}", signer_prefix, verifier_.name, verifier_.key_id,
                     to_base64(type_byte(verifier_.type) + std::string(key_->seed())));
}

Result<Note> Note::parse(std::string_view bytes) {
  if (bytes.size() > max_bytes) return Reason{"a note is larger than 128 KiB"};
  if (std::string problem = text_problem(bytes); !problem.empty()) return Reason{std::move(problem)};
  const std::size_t separator = bytes.rfind("\n\n");
  if (separator == std::string_view::npos) return Reason{"a note has no empty line before its signatures"};
  Note note;
  note.text = bytes.substr(0, separator + 1);
  std::string_view lines = bytes.substr(separator + 2);
  if (lines.empty()) return Reason{"a note has no signature"};
  if (lines.back() != '\n') return Reason{"a note does not end with a line"};
  lines.remove_suffix(1);
  for (const std::string_view line : split(lines, '\n')) {
    if (note.signatures.size() == max_signatures) return Reason{"a note has more than 32 signatures"};
    Result<NoteSignature> signature = parse_signature_line(line);
    if (!signature) return Reason{signature.reason()};
    note.signatures.push_back(*std::move(signature));
  }
  return note;
}

std::string Note::bytes() const {
  std::string result = text + '\n';
  for (const NoteSignature& each : signatures) {
    result.append(signature_prefix).append(each.name).push_back(' ');
    result.append(to_base64(big_endian_32(each.key_id) + each.signature)).push_back('\n');
  }
  return result;
}

void Note::add(NoteSignature signature) {
  if (!text.ends_with('\n')) throw Error(ErrorCode::invalid, "the text of a note does not end with a line");
  if (const std::string problem = text_problem(text); !problem.empty())
    throw Error(ErrorCode::invalid, problem);
  std::erase_if(signatures, [&](const NoteSignature& each) {
    return each.name == signature.name && each.key_id == signature.key_id;
  });
  if (signatures.size() == max_signatures)
    throw Error(ErrorCode::invalid, "a note has 32 signatures already");
  signatures.push_back(std::move(signature));
}

void Note::sign(const NoteSigner& signer) {
  const NoteVerifier& key = signer.verifier();
  if (key.type != NoteKeyType::ed25519)
    throw Error(ErrorCode::invalid, "a witness key signs nothing but cosignatures");
  const Signature signature = signer.sign_raw(text);
  add({key.name, key.key_id, std::string(signature.begin(), signature.end())});
}

bool Note::verified_by(const NoteVerifier& verifier) const {
  if (verifier.type != NoteKeyType::ed25519) return false;
  bool found = false;
  for (const NoteSignature& each : signatures) {
    if (each.name != verifier.name || each.key_id != verifier.key_id) continue;
    Signature signature{};
    if (each.signature.size() != signature.size()) return false;
    std::copy(each.signature.begin(), each.signature.end(), signature.begin());
    if (!verify_ed25519(verifier.public_key, text, signature)) return false;
    found = true;
  }
  return found;
}

}  // namespace bw
