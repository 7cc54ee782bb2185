// Reading a credential of others: bounded, and only what is an Open Badge.

#include <algorithm>

#include "credential/credential.h"
#include "credential/data_integrity.h"
#include "credential/jcs.h"

namespace bw::credential {
namespace {

constexpr std::string_view data_model = "https://www.w3.org/ns/credentials/v2";
constexpr std::string_view open_badges = "https://purl.imsglobal.org/spec/ob/v3p0/context";

// Collects the first reason; what is read after it does not matter.
class Reading {
public:
  std::string reason;

  void refuse(std::string why) {
    if (reason.empty()) reason = std::move(why);
  }

  // An object; an empty one where there is none.
  const Json& object(const Json& parent, const char* name, const std::string& of) {
    static const Json none = Json::object();
    const auto found = parent.find(name);
    if (found != parent.end() && found->is_object()) return *found;
    refuse(of + " has no \"" + name + "\" that is an object");
    return none;
  }

  std::string optional_string(const Json& parent, const char* name, const std::string& of,
                              std::size_t max_bytes = max_string_bytes) {
    const auto found = parent.find(name);
    if (found == parent.end()) return {};
    if (!found->is_string()) {
      refuse(of + " has a \"" + name + "\" that is no text");
      return {};
    }
    const auto& text = found->get_ref<const std::string&>();
    if (text.size() > max_bytes) refuse(of + " has a \"" + name + "\" that is too long");
    return text;
  }

  std::string string(const Json& parent, const char* name, const std::string& of) {
    std::string text = optional_string(parent, name, of);
    if (text.empty()) refuse(of + " has no \"" + name + "\"");
    return text;
  }

  std::optional<Timestamp> time(const Json& parent, const char* name) {
    if (!parent.contains(name)) return std::nullopt;
    const auto time = data_integrity::parse_time(optional_string(parent, name, "the credential"));
    if (time) return *time;
    refuse(std::string("\"") + name + "\" is " + time.reason());
    return std::nullopt;
  }

  // Any key stands in for one that is refused.
  Did did(const std::string& text, const std::string& whose) {
    const auto did = Did::parse(text);
    if (did) return *did;
    refuse(whose + " is not named by the did:key of an Ed25519 key: " + did.reason());
    return Did::from_public_key({});
  }
};

bool is_or_has(const Json& value, std::string_view text) {
  return value == text || (value.is_array() && std::find(value.begin(), value.end(), text) != value.end());
}

bool is_open_badge(const Json& document) {
  const Json& context = document.value("@context", Json());
  if (!context.is_array() || context.empty() || context.front() != data_model) return false;
  const bool speaks_of_badges = std::any_of(context.begin(), context.end(), [](const Json& each) {
    return each.is_string() && each.get_ref<const std::string&>().starts_with(open_badges);
  });
  const Json& type = document.value("type", Json());
  return speaks_of_badges && is_or_has(type, "VerifiableCredential") &&
         (is_or_has(type, "OpenBadgeCredential") || is_or_has(type, "AchievementCredential"));
}

Achievement read_achievement(Reading& reading, const Json& json) {
  const std::string of = "the achievement";
  if (!is_or_has(json.value("type", Json()), "Achievement")) reading.refuse("there is no achievement");
  Achievement achievement;
  achievement.id = reading.string(json, "id", of);
  achievement.name = reading.string(json, "name", of);
  achievement.description = reading.string(json, "description", of);
  achievement.criteria = reading.optional_string(reading.object(json, "criteria", of), "narrative", of);
  if (const auto image = json.find("image"); image != json.end()) {
    achievement.image = image->is_object() ? reading.optional_string(*image, "id", of, max_image_bytes)
                                           : reading.optional_string(json, "image", of, max_image_bytes);
  }
  return achievement;
}

std::vector<Evidence> read_evidence(Reading& reading, const Json& document) {
  const std::string of = "an evidence";
  std::vector<Evidence> evidence;
  const auto found = document.find("evidence");
  if (found == document.end()) return evidence;
  const Json several = found->is_array() ? *found : Json::array({*found});
  if (several.size() > max_evidence) {
    reading.refuse("there is too much evidence");
    return evidence;
  }
  for (const Json& each : several) {
    if (!each.is_object()) {
      reading.refuse("an evidence is no object");
      break;
    }
    evidence.push_back({reading.optional_string(each, "id", of), reading.optional_string(each, "name", of),
                        reading.optional_string(each, "narrative", of)});
  }
  return evidence;
}

}  // namespace

Result<Credential> read(std::string_view text) {
  auto parsed = jcs::parse(text, max_text_bytes);
  if (!parsed) return Reason{parsed.reason()};
  Json document = *std::move(parsed);
  if (!document.is_object() || !is_open_badge(document)) {
    return Reason{"not an Open Badge 3.0 credential of the data model 2.0"};
  }

  Reading reading;
  const std::string of = "the credential";
  std::string id = reading.string(document, "id", of);
  const bool plain_issuer = document.contains("issuer") && document["issuer"].is_string();
  const Json issuer =
      plain_issuer ? Json{{"id", document["issuer"]}} : reading.object(document, "issuer", of);
  const Json& subject = reading.object(document, "credentialSubject", of);
  const auto valid_from = reading.time(document, "validFrom");
  const auto valid_until = reading.time(document, "validUntil");
  if (!valid_from) reading.refuse("the credential does not say from when it is valid");
  Badge badge{
      reading.did(reading.string(issuer, "id", "the issuer"), "the issuer"),
      reading.optional_string(issuer, "name", "the issuer"),
      reading.did(reading.string(subject, "id", "the recipient"), "the recipient"),
      read_achievement(reading, reading.object(subject, "achievement", "the recipient")),
      valid_from.value_or(Timestamp{}),
      valid_until,
      read_evidence(reading, document),
      std::move(id),
  };
  if (!reading.reason.empty()) return Reason{std::move(reading.reason)};
  return Credential{std::move(badge), std::move(document)};
}

}  // namespace bw::credential
