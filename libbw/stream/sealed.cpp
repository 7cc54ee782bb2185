#include "stream/sealed.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/sodium.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

constexpr std::size_t least_bucket = 1u << 10;

std::string_view view(const BoxKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::string associated_data(const Event& event, std::string_view field) {
  std::string data;
  const auto part = [&](std::string_view bytes) { data.append(big_endian_64(bytes.size())).append(bytes); };
  part("bw.sealed.v1");
  part(event.world_id().text());
  part(event.id.text());
  part(field);
  return data;
}

bool is_bucket(std::size_t size) {
  return size >= least_bucket && size <= max_opening_bytes && (size & (size - 1)) == 0;
}

// Bytes of exactly that size, in base64url; the reader keeps the reason.
std::string read_bytes(BodyReader& reader, const char* member, std::size_t size) {
  const auto bytes = from_base64url(reader.text(member));
  if (bytes && bytes->size() == size) return *bytes;
  reader.refuse(fmt::format("\"{}\" is not {} bytes in base64url", member, size));
  return {};
}

WrappedKey read_key(const Json& json, BodyReader& whole) {
  BodyReader reader(json);
  WrappedKey key;
  key.key = read_bytes(reader, "key", wrapped_key_bytes);
  const std::string to = read_bytes(reader, "to", key.to.size());
  std::copy(to.begin(), to.end(), key.to.begin());
  if (const std::string reason = reader.problem(); !reason.empty()) whole.refuse("keys: " + reason);
  return key;
}

}  // namespace

std::size_t padded_size(std::size_t size) {
  std::size_t bucket = least_bucket;
  while (bucket < size) bucket *= 2;
  return bucket;
}

std::string SealedOpening::text() const {
  Json list = Json::array();
  for (const WrappedKey& wrapped : keys)
    list.push_back({{"key", to_base64url(wrapped.key)}, {"to", to_base64url(view(wrapped.to))}});
  return strict_json::text(
      {{"ciphertext", to_base64url(ciphertext)}, {"keys", list}, {"nonce", to_base64url(nonce)}, {"v", 1}});
}

Result<SealedOpening> SealedOpening::parse(std::string field, std::string_view text) {
  if (text.size() > max_sealed_bytes) return Reason{"a sealed opening is larger than 768 KiB"};
  const auto json = strict_json::parse(text);
  if (!json) return Reason{json.reason()};
  BodyReader reader(*json);
  SealedOpening sealed;
  sealed.field = std::move(field);
  const auto ciphertext = from_base64url(reader.text("ciphertext"));
  if (!ciphertext || ciphertext->size() < content_tag_bytes ||
      !is_bucket(ciphertext->size() - content_tag_bytes)) {
    reader.refuse("\"ciphertext\" has none of the lengths that it can have");
  } else {
    sealed.ciphertext = *ciphertext;
  }
  for (const Json& item : reader.array("keys", max_sealed_readers))
    sealed.keys.push_back(read_key(item, reader));
  const auto ascending = [](const WrappedKey& a, const WrappedKey& b) { return a.to >= b.to; };
  if (sealed.keys.empty() ||
      std::adjacent_find(sealed.keys.begin(), sealed.keys.end(), ascending) != sealed.keys.end())
    reader.refuse("\"keys\" is empty, out of order, or names a reader twice");
  sealed.nonce = read_bytes(reader, "nonce", content_nonce_bytes);
  reader.number("v", 1, 1);
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  return sealed;
}

bool SealedOpening::is_for(const BoxKey& reader) const {
  return std::any_of(keys.begin(), keys.end(), [&](const WrappedKey& key) { return key.to == reader; });
}

SealedOpening seal_opening(const Event& event, const Opening& opening, const std::vector<BoxKey>& readers,
                           const Random& random) {
  const std::set<BoxKey> each(readers.begin(), readers.end());
  if (each.empty() || each.size() > max_sealed_readers) {
    throw Error(ErrorCode::refused,
                each.empty() ? std::string("there is nobody to seal it to")
                             : fmt::format("{} readers are more than it can be sealed to", each.size()));
  }
  std::string content = opening.text();
  content.resize(padded_size(content.size()), '\0');
  std::string key = random(content_key_bytes);
  SealedOpening sealed{opening.field, {}, random(content_nonce_bytes), {}};
  sealed.ciphertext = encrypt_content(content, key, sealed.nonce, associated_data(event, opening.field));
  for (const BoxKey& reader : each) {
    const auto wrapped = wrap_key(key, reader, random);
    if (!wrapped)
      throw Error(ErrorCode::refused, "a steward's box key is none that anything can be sealed to");
    sealed.keys.push_back({reader, *wrapped});
  }
  wipe(key);
  wipe(content);
  return sealed;
}

Result<Opening> open_sealed(const Event& event, const SealedOpening& sealed, const PersonalSeed& seed) {
  const BoxKey mine = seed.box_public_key();
  const auto found = std::find_if(sealed.keys.begin(), sealed.keys.end(),
                                  [&](const WrappedKey& key) { return key.to == mine; });
  if (found == sealed.keys.end()) return Reason{"it is sealed to others"};
  auto key = unwrap_key(found->key, seed);
  if (!key) return Reason{"its content key was not wrapped to the reader it names"};
  auto content = decrypt_content(sealed.ciphertext, *key, sealed.nonce, associated_data(event, sealed.field));
  wipe(*key);
  if (!content) return Reason{"it was not sealed for this event and field, or is damaged"};
  // An opening ends with a brace, so the zeros behind it are not its own.
  content->resize(content->find_last_not_of('\0') + 1);
  auto opening = Opening::parse(sealed.field, *content);
  if (!opening) return Reason{"what was sealed is no opening: " + opening.reason()};
  if (!matches(event, *opening)) return Reason{"what was sealed is not what the event committed to"};
  return opening;
}

}  // namespace bw
