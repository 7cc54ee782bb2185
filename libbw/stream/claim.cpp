#include "stream/claim.h"

#include <set>

#include "base/bytes.h"
#include "stream/body_reader.h"
#include "stream/details.h"

namespace bw {

Json Claim::body() const {
  return {{"behaviour", behaviour}, {"quantity", quantity.text()}, {"unit", unit}};
}

bool is_claim_kind(std::string_view kind) {
  return kind == "behaviour.logged" || kind == "behaviour.tabled";
}

std::optional<Claim> claim_of(const Event& event) {
  return claim_of(event.kind, event.body_text);
}

std::optional<Claim> claim_of(std::string_view kind, std::string_view body_text) {
  const bool logged = kind == "behaviour.logged";
  if (!logged && kind != "event.corrected") return std::nullopt;
  const Json body = Json::parse(body_text);
  BodyReader reader(body);
  Claim claim{reader.text("behaviour"), {}, reader.text("unit")};
  const auto quantity = Decimal::parse(reader.text("quantity"));
  if (!logged) reader.digest("event");
  if (!quantity || !reader.problem().empty()) return std::nullopt;
  claim.quantity = *quantity;
  return claim;
}

std::vector<std::string> behaviours_of(const Event& event) {
  if (const auto claim = claim_of(event)) return {claim->behaviour};
  std::set<std::string> behaviours;
  if (event.kind != "behaviour.tabled") return {};
  const Json body = event.body();
  if (!body.contains("totals") || !body.at("totals").is_array()) return {};
  for (const Json& total : body.at("totals")) {
    const bool named = total.is_object() && total.contains("behaviour") && total.at("behaviour").is_string();
    if (named) behaviours.insert(total.at("behaviour").get<std::string>());
  }
  return {behaviours.begin(), behaviours.end()};
}

bool is_concealed(const Event& event) {
  return event.kind == "behaviour.logged" && event.body_text == "{}" &&
         event.details.contains(concealed_claim);
}

std::optional<Claim> claim_revealed(const Event& revealed, const Event& concealed) {
  if (revealed.kind != "event.revealed" || revealed.actor != concealed.actor || !is_concealed(concealed))
    return std::nullopt;
  const Json body = revealed.body();
  BodyReader reader(body);
  const Digest event = reader.digest("event");
  const auto salt = from_base64url(reader.text("salt"));
  const Json* value = reader.object_or_null("value");
  if (value == nullptr || !salt || !reader.problem().empty() || concealed.id != EventId{event})
    return std::nullopt;
  if (!matches(concealed, {std::string(concealed_claim), *salt, strict_json::text(*value)}))
    return std::nullopt;
  BodyReader claim(*value);
  Claim made{claim.text("behaviour"), {}, claim.text("unit")};
  const auto quantity = Decimal::parse(claim.text("quantity"));
  if (!quantity || !claim.problem().empty()) return std::nullopt;
  made.quantity = *quantity;
  return made;
}

std::optional<EventId> target_of(const Event& event) {
  if (event.kind != "event.corrected" && event.kind != "event.retracted" && event.kind != "event.revealed")
    return std::nullopt;
  const Json body = event.body();
  BodyReader reader(body);
  const std::string text = reader.text("event");
  return EventId::parse(text);
}

}  // namespace bw
