#include "stream/event.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"
#include "stream/signed_line.h"

namespace bw {
namespace {

constexpr std::size_t nonce_bytes = 16;

bool is_word(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_kind(std::string_view text) {
  const std::size_t dot = text.find('.');
  return text.size() <= 64 && dot != std::string_view::npos && is_word(text.substr(0, dot)) &&
         is_word(text.substr(dot + 1));
}

std::optional<Digest> commitment(std::string_view value) {
  const auto text = strict_json::plain_string(value);
  const auto bytes = text ? from_base64url(*text) : std::nullopt;
  return bytes ? Digest::from_bytes(*bytes) : std::nullopt;
}

Result<std::map<std::string, Digest, std::less<>>> parse_details(std::string_view value) {
  const auto fields = strict_json::members(value);
  if (!fields) return Reason{"details: " + fields.reason()};
  if (fields->empty()) return Reason{"details is empty; leave it out"};
  if (fields->size() > max_detail_fields) return Reason{"more than 256 details"};
  std::map<std::string, Digest, std::less<>> details;
  for (const strict_json::Member& field : *fields) {
    const auto digest = commitment(field.value);
    if (!digest || field.key.size() > 64) {
      return Reason{"the detail \"" + std::string(field.key) +
                    "\" is not a commitment of 43 base64url characters"};
    }
    details.emplace(field.key, *digest);
  }
  return details;
}

// One member of an event into its place; the reason where it does not fit.
std::string read_member(const strict_json::Member& member, Event& event) {
  const auto text = strict_json::plain_string(member.value);
  if (member.key == "actor") {
    auto did = Did::parse(text.value_or(""));
    if (!did) return "actor: " + did.reason();
    event.actor = *did;
  } else if (member.key == "at") {
    const auto at = Timestamp::parse(text.value_or(""));
    if (!at) return "at: " + at.reason();
    event.at = *at;
  } else if (member.key == "body") {
    if (!member.value.starts_with('{')) return "body is not an object";
    event.body_text = member.value;
  } else if (member.key == "details") {
    auto details = parse_details(member.value);
    if (!details) return details.reason();
    event.details = *std::move(details);
  } else if (member.key == "kind") {
    if (!text || !is_kind(*text)) return "kind is not of the form <tool>.<past_participle>";
    event.kind = *text;
  } else if (member.key == "nonce") {
    const auto bytes = from_base64url(text.value_or(""));
    if (!bytes || bytes->size() != nonce_bytes) return "nonce is not 16 bytes in base64url";
    event.nonce = *text;
  } else if (member.key == "v") {
    if (member.value != "1") return "version " + std::string(member.value) + " is not known here";
  } else if (member.key == "world") {
    if (member.value == "null") return "";
    event.world = WorldId::parse(text.value_or(""));
    if (!event.world) return "world is not 64 hexadecimal digits";
  } else {
    return "the member \"" + std::string(member.key) + "\" is not known";
  }
  return "";
}

}  // namespace

Result<Event> parse_event(std::string_view line) {
  if (line.size() > max_event_bytes) return Reason{"the event is larger than 32 KiB"};
  const auto parsed = parse_signed_line(line);
  if (!parsed) return Reason{parsed.reason()};

  Event event{.line = std::string(line),
              .id = EventId{sha256(parsed->signed_bytes)},
              .actor = Did::from_public_key({}),
              .at = {},
              .kind = {},
              .nonce = {},
              .world = {},
              .body_text = {},
              .details = {}};
  std::size_t required = 0;
  for (const strict_json::Member& member : parsed->members) {
    if (std::string reason = read_member(member, event); !reason.empty()) return Reason{std::move(reason)};
    required += member.key == "details" ? 0 : 1;
  }
  // Keys are unique and known, so seven that are not `details` are exactly the required ones.
  if (required != 7) return Reason{"an event has the members actor, at, body, kind, nonce, v and world"};
  if (!event.world && event.kind != "world.created") return Reason{"only world.created has no world"};
  if (event.world && event.kind == "world.created") return Reason{"world.created names a world"};
  return event;
}

bool has_valid_signature(const Event& event) {
  return sshsig::verify(event.actor, sshsig::event_namespace, signed_bytes_of(event.line),
                        signature_of(event.line));
}

Result<Event> accept_event(std::string_view line) {
  Result<Event> event = parse_event(line);
  if (event && !has_valid_signature(*event)) return Reason{"the signature is not the actor's"};
  return event;
}

std::string make_nonce(const Random& random) {
  return to_base64url(random(nonce_bytes));
}

Event sign_event(const EventDraft& draft, std::string nonce, const Signer& signer) {
  Json content = {{"actor", signer.did().text()},
                  {"at", draft.at.text()},
                  {"body", draft.body},
                  {"kind", draft.kind},
                  {"nonce", nonce},
                  {"v", 1},
                  {"world", nullptr}};
  if (draft.world) content["world"] = draft.world->text();
  for (const auto& [field, digest] : draft.details) content["details"][field] = to_base64url(digest.view());
  auto event = parse_event(sign_line(content, sshsig::event_namespace, signer));
  if (!event) throw Error(ErrorCode::invalid, "this event cannot be made: " + event.reason());
  return *std::move(event);
}

}  // namespace bw
