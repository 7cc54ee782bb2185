#pragma once
// Events: everything that happens, each signed by one actor, never edited, only superseded. An event
// is one signed line (stream/signed_line.h) of at most 32 KiB with the members
//
//     actor    did:key of the signer
//     at       when, as the actor claims: YYYY-MM-DDTHH:MM:SSZ
//     body     object, structured and impersonal: ids, decimal strings, references
//     details  optional object: field → commitment (stream/details.h); words, places and files
//     kind     <tool>.<past participle>
//     nonce    16 random bytes, base64url
//     v        1
//     world    id of the world; null in the first event of a world, which makes it
//     sig      inserted last
//
// and no others. Its id is the SHA-256 of the signed bytes.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/strict_json.h"
#include "base/time.h"
#include "crypto/did.h"
#include "crypto/signer.h"
#include "stream/ids.h"

namespace bw {

inline constexpr std::size_t max_event_bytes = 32u << 10;
inline constexpr std::size_t max_detail_fields = 256;

struct Event {
  std::string line;  // without LF
  EventId id;
  Did actor;
  Timestamp at;
  std::string kind;
  std::string nonce;                                   // base64url, as in the line
  std::optional<WorldId> world;                        // nothing in the first event
  std::string body_text;                               // strict JSON
  std::map<std::string, Digest, std::less<>> details;  // field → commitment

  // Parsed on demand: most events of a stream are only hashed and verified.
  Json body() const { return Json::parse(body_text); }
  // The id of the world that the event belongs to, also for the event that makes it.
  WorldId world_id() const { return world.value_or(WorldId{id.digest}); }
};

// Form only, one strict pass; the signature is checked by `has_valid_signature`, which costs more and
// can run on another core.
Result<Event> parse_event(std::string_view line);
bool has_valid_signature(const Event& event);
// Both.
Result<Event> accept_event(std::string_view line);

// What an actor decides about an event to be made.
struct EventDraft {
  Timestamp at;
  std::string kind;
  Json body = Json::object();
  std::map<std::string, Digest, std::less<>> details;
  std::optional<WorldId> world;
};

// A nonce for an event, base64url; made first where commitments to details need it.
std::string make_nonce(const Random& random);

// Signs. Throws Error(invalid) where the draft has no valid form or is over 32 KiB.
Event sign_event(const EventDraft& draft, std::string nonce, const Signer& signer);

}  // namespace bw
