#include "credential/credential.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "credential/data_integrity.h"
#include "credential/jcs.h"

namespace bw::credential {
namespace {

constexpr std::string_view urn_prefix = "urn:bw:";
constexpr std::string_view event_part = ":event:";

enum class Lines { one, many };

// Escapes for control characters could be written in two ways; invisible characters would disguise a text.
const std::string& require_text(const std::string& text, const char* member, Lines lines,
                                std::size_t max_bytes = max_string_bytes) {
  const auto refuse = [member](const char* why) {
    throw Error(ErrorCode::invalid, std::string("the badge's ") + member + ' ' + why);
  };
  if (text.empty()) refuse("is empty");
  if (text.size() > max_bytes) refuse("is too long");
  if (!is_utf8(text) || printable(text, lines == Lines::many) != text) {
    refuse("has characters that cannot be shown");
  }
  return text;
}

// Enough of RFC 3986 to be a name and not a sentence.
const std::string& require_uri(const std::string& text, const char* member,
                               std::size_t max_bytes = max_string_bytes) {
  require_text(text, member, Lines::one, max_bytes);
  if (text.find_first_of(" \"<>\\^`{|}") != std::string::npos || text.find(':') == std::string::npos) {
    throw Error(ErrorCode::invalid, std::string("the badge's ") + member + " is not a URI");
  }
  return text;
}

Json achievement_json(const Achievement& achievement) {
  Json json = {{"id", require_uri(achievement.id, "achievement id")},
               {"type", {"Achievement"}},
               {"name", require_text(achievement.name, "name", Lines::one)},
               {"description", require_text(achievement.description, "description", Lines::many)},
               {"criteria", {{"narrative", require_text(achievement.criteria, "criteria", Lines::many)}}}};
  if (!achievement.image.empty()) {
    json["image"] = {{"id", require_uri(achievement.image, "image", max_image_bytes)}, {"type", "Image"}};
  }
  return json;
}

Json evidence_json(const Evidence& evidence) {
  Json json = {{"type", {"Evidence"}}};
  if (!evidence.id.empty()) json["id"] = require_uri(evidence.id, "evidence id");
  if (!evidence.name.empty()) json["name"] = require_text(evidence.name, "evidence name", Lines::one);
  if (!evidence.narrative.empty()) {
    json["narrative"] = require_text(evidence.narrative, "evidence", Lines::many);
  }
  if (json.size() == 1) throw Error(ErrorCode::invalid, "an evidence of the badge says nothing");
  return json;
}

// A UUID of version 8 (RFC 9562), whose other bits are the digest's.
std::string uuid_urn(const Digest& digest) {
  std::string hex = digest.hex().substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[digest.bytes[8] >> 6];
  for (const std::size_t dash : {20u, 16u, 12u, 8u}) hex.insert(dash, "-");
  return "urn:uuid:" + hex;
}

std::string canonical(const Json& json) {
  const auto text = jcs::text(json);
  if (!text) throw Error(ErrorCode::invalid, text.reason());
  return *text;
}

}  // namespace

std::string event_urn(const EventReference& reference) {
  std::string urn(urn_prefix);
  urn += reference.world.hex();
  urn += event_part;
  urn += reference.event.hex();
  if (reference.index) urn += ':' + std::to_string(*reference.index);
  return urn;
}

std::optional<EventReference> parse_event_urn(std::string_view urn) {
  constexpr std::size_t digits = 64;
  constexpr std::size_t event_at = urn_prefix.size() + digits + event_part.size();
  if (urn.size() < event_at + digits) return std::nullopt;
  const auto world = Digest::from_hex(urn.substr(urn_prefix.size(), digits));
  const auto event = Digest::from_hex(urn.substr(event_at, digits));
  if (!world || !event) return std::nullopt;

  EventReference reference{*world, *event};
  if (const std::string_view index = urn.substr(event_at + digits); !index.empty()) {
    std::uint64_t number = 0;
    std::from_chars(index.data() + 1, index.data() + index.size(), number);
    reference.index = number;
  }
  if (event_urn(reference) != urn) return std::nullopt;  // one reference, one text
  return reference;
}

std::string achievement_urn(const Digest& world, std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  if (name.empty() || name.size() > 128 || name.find_first_not_of(allowed) != std::string_view::npos) {
    throw Error(ErrorCode::invalid,
                "\"" + printable(name) + "\" cannot be part of the name of an achievement");
  }
  return std::string(urn_prefix) + world.hex() + ":achievement:" + std::string(name);
}

Json make_badge(const Badge& badge) {
  if (badge.evidence.size() > max_evidence)
    throw Error(ErrorCode::invalid, "the badge has too much evidence");
  if (badge.valid_until && *badge.valid_until < badge.valid_from) {
    throw Error(ErrorCode::invalid, "the badge ends before it begins");
  }
  Json issuer = {{"id", badge.issuer.text()}, {"type", {"Profile"}}};
  if (!badge.issuer_name.empty()) {
    issuer["name"] = require_text(badge.issuer_name, "issuer's name", Lines::one);
  }
  Json json = {{"@context",
                {"https://www.w3.org/ns/credentials/v2",
                 "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}},
               {"type", {"VerifiableCredential", "OpenBadgeCredential"}},
               {"name", badge.achievement.name},
               {"issuer", std::move(issuer)},
               {"validFrom", badge.valid_from.text()},
               {"credentialSubject",
                {{"id", badge.recipient.text()},
                 {"type", {"AchievementSubject"}},
                 {"achievement", achievement_json(badge.achievement)}}}};
  if (badge.valid_until) json["validUntil"] = badge.valid_until->text();
  for (const Evidence& evidence : badge.evidence) json["evidence"].push_back(evidence_json(evidence));
  json["id"] = badge.id.empty() ? uuid_urn(sha256(canonical(json))) : require_uri(badge.id, "id");
  return json;
}

std::string sign(const Json& badge, const SecretKey& key, Timestamp created) {
  const Json* issuer = badge.contains("issuer") ? &badge["issuer"] : nullptr;
  if (issuer == nullptr || !issuer->is_object() || issuer->value("id", "") != key.did().text()) {
    throw Error(ErrorCode::usage, "a badge is signed with the key of its issuer",
                "the key is that of " + key.did().text());
  }
  std::string text = data_integrity::sign(badge, key, created).dump(2) + "\n";
  if (text.size() > max_text_bytes) throw Error(ErrorCode::invalid, "the badge is too large");
  return text;
}

std::vector<std::string> verify(const Credential& credential, Timestamp at) {
  std::vector<std::string> reasons;
  const auto proof = data_integrity::check(credential.document);
  if (!proof) {
    reasons.push_back(proof.reason());
  } else if (proof->key != credential.badge.issuer) {
    reasons.push_back("the proof is that of " + proof->key.text() + ", but the issuer is " +
                      credential.badge.issuer.text());
  }
  if (at < credential.badge.valid_from) {
    reasons.push_back("it is valid only from " + credential.badge.valid_from.text());
  }
  if (credential.badge.valid_until && at > *credential.badge.valid_until) {
    reasons.push_back("it was valid until " + credential.badge.valid_until->text());
  }
  if (proof && proof->expires && at >= *proof->expires) {
    reasons.push_back("its proof expired at " + proof->expires->text());
  }
  if (credential.document.contains("credentialStatus")) {
    reasons.emplace_back("its issuer may have revoked it elsewhere, and nothing is looked up here");
  }
  return reasons;
}

}  // namespace bw::credential
