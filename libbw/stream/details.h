#pragma once
// Details: whatever is personal or free text (a note, a place, a name, a file) is not in an event but
// beside it. The event commits to each detail; its *opening* (salt and value) is published, sealed,
// kept private or erased without changing a proof.
//
//   commitment = SHA-256 of eight parts, each preceded by its length as 8 big-endian bytes:
//     "bw.details.v1", world (64 hex digits, empty in the first event), actor (did:key), kind,
//     nonce (base64url), field name, salt (32 bytes), value (strict JSON)
//
// Naming actor, kind and nonce in the commitment makes a copied commitment worthless in another event.

#include <string>
#include <string_view>
#include <vector>

#include "base/strict_json.h"
#include "stream/event.h"

namespace bw {

inline constexpr std::size_t salt_bytes = 32;
// A file is cut into chunks of this size, each a detail of its own.
inline constexpr std::size_t file_chunk_bytes = 256u << 10;
inline constexpr std::size_t max_opening_bytes = 512u << 10;  // of one opening's strict JSON

// Who sees an opening: everyone, the stewards (stream/sealed.h), or whom its owner shows it.
enum class Visibility { public_, sealed, private_ };
std::string_view text_of(Visibility visibility);
std::optional<Visibility> parse_visibility(std::string_view text);

struct Opening {
  std::string field;
  std::string salt;        // 32 bytes
  std::string value_text;  // strict JSON

  // The file form on the branch `details`: {"salt":"<base64url>","value":…}
  std::string text() const;
  static Result<Opening> parse(std::string field, std::string_view text);
};

// What the commitment binds beside field, salt and value.
struct DetailContext {
  std::optional<WorldId> world;
  std::string actor;
  std::string kind;
  std::string nonce;
};
DetailContext detail_context(const Event& event);

Digest commit_to(const DetailContext& context, const Opening& opening);
// Throws Error(invalid) where the value has no strict form, nests deeper than 14 levels or is too large.
Opening make_opening(std::string field, const Json& value, const Random& random);

// Whether the event commits to exactly this opening.
bool matches(const Event& event, const Opening& opening);

// A file as details: `evidence` lists {name, size, sha256, chunks}; chunk fields hold base64url text.
struct EvidenceFile {
  std::string name;  // the last part of its path only
  std::string content;
};
std::vector<Opening> make_evidence(const std::vector<EvidenceFile>& files, const Random& random);
// Puts files together again from the openings of one event; a reason where a chunk or digest is wrong,
// or a name is not that of a file.
Result<std::vector<EvidenceFile>> read_evidence(const std::vector<Opening>& openings);

}  // namespace bw
