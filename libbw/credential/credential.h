#pragma once
// Badges: achievements that leave bw, as Open Badges 3.0 credentials (https://www.imsglobal.org/spec/ob/v3p0)
// in the Verifiable Credentials Data Model 2.0 (https://www.w3.org/TR/vc-data-model-2.0/), with a Data
// Integrity proof (credential/data_integrity.h). Issuer and recipient are named by their did:key: whoever
// has the text can check it, with any verifier of these standards, without network or account.
//
//     const Json badge = make_badge({…});                    what is said, of whom, by whom
//     const std::string text = sign(badge, key, now);        the credential
//     const auto credential = read(text);                    of others, hostile until verified
//     if (credential && verify(*credential, now).empty())    it holds
//
// A credential that is made here has one text: no escapes that a reader could write in two ways. So every
// changed byte of it is refused, except white space between tokens that stays white space. A
// credential of others may be written with other escapes; then the proof covers what they mean.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strict_json.h"
#include "base/time.h"
#include "crypto/did.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace bw::credential {

inline constexpr std::size_t max_text_bytes = 1u << 20;     // of a credential
inline constexpr std::size_t max_string_bytes = 16u << 10;  // of each string in it that is read, …
inline constexpr std::size_t max_image_bytes = 512u << 10;  // … but for an image, as a data: URI
inline constexpr std::size_t max_evidence = 64;

// What was achieved; the same for everyone who did.
struct Achievement {
  std::string id;           // a URI; of a world: achievement_urn()
  std::string name;         // one line
  std::string description;  // what it is
  std::string criteria;     // what one has to do for it
  std::string image = {};   // an https: or data: URI; may be empty

  friend bool operator==(const Achievement&, const Achievement&) = default;
};

// Where in a world something stands: `bw prove` gives the proof of it.
struct EventReference {
  Digest world;
  Digest event;
  std::optional<std::uint64_t> index = {};  // in the world's log

  friend bool operator==(const EventReference&, const EventReference&) = default;
};

// urn:bw:<world id>:event:<event id>, with :<index> behind it where that is known.
std::string event_urn(const EventReference& reference);
std::optional<EventReference> parse_event_urn(std::string_view urn);
// urn:bw:<world id>:achievement:<name>. Throws Error(invalid) where the name is not of a-z, 0-9, '-', '_',
// '.'.
std::string achievement_urn(const Digest& world, std::string_view name);

// Why it is said; one of the three is not empty.
struct Evidence {
  std::string id = {};         // a URI; of an event: event_urn()
  std::string name = {};       // one line
  std::string narrative = {};  // what was done

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct Badge {
  Did issuer;
  std::string issuer_name;  // one line; may be empty
  Did recipient;
  Achievement achievement;
  Timestamp valid_from;
  std::optional<Timestamp> valid_until = {};
  std::vector<Evidence> evidence = {};
  std::string id = {};  // a URI; empty for one that is made from all the rest: the same badge, the same id

  friend bool operator==(const Badge&, const Badge&) = default;
};

// The credential without its proof. Throws Error(invalid), which names the member, where a text is empty that
// must not be, is too long, or has characters that would disguise it.
Json make_badge(const Badge& badge);

// The text of the credential, laid out for people, with LF at its end. Throws Error(usage) where the key is
// not the issuer's.
std::string sign(const Json& badge, const SecretKey& key, Timestamp created);

// What was read: its form is that of an Open Badge, but whether it is true was not asked.
struct Credential {
  Badge badge;
  Json document;  // also what we do not know, but the issuer signed
};

Result<Credential> read(std::string_view text);

// Everything that speaks against the credential at that time, a sentence each; empty where it holds.
std::vector<std::string> verify(const Credential& credential, Timestamp at);

}  // namespace bw::credential
