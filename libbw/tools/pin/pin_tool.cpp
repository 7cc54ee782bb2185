#include "tools/pin/pin_tool.h"

#include "stream/body_reader.h"

namespace bw {

void PinTool::read_form(std::string_view /*kind*/, BodyReader& body) const {
  body.digest("digest");
  body.size("size");
}

Ruling PinTool::judge(const Occurrence& entry, const Scene& scene) {
  const auto actor = Did::parse(entry.actor);
  if (!actor || !scene.authority.is_steward(*actor)) return "only stewards pin the state";
  const Json body = entry.body();
  const auto size = body.at("size").get<std::uint64_t>();
  if (size > entry.index) return "that many entries were not there yet";
  pins_.push_back({size, Digest::from_hex(body.at("digest").get<std::string>()).value(), entry.id(),
                   scene.people.of(entry.actor)});
  return std::nullopt;
}

void PinTool::merge(PersonNumber from, PersonNumber into) {
  for (Pin& pin : pins_)
    if (pin.by == from) pin.by = into;
}

Json PinTool::json() const {
  Json pins = Json::array();
  for (const Pin& pin : pins_) pins.push_back({pin.size, pin.digest.hex(), pin.event.text(), pin.by});
  return {{"pins", std::move(pins)}};
}

void PinTool::restore(const Json& json, const Archive& /*archive*/) {
  for (const Json& pin : json.at("pins")) {
    pins_.push_back({pin.at(0).get<std::uint64_t>(), Digest::from_hex(pin.at(1).get<std::string>()).value(),
                     EventId::parse(pin.at(2).get<std::string>()).value(), pin.at(3).get<PersonNumber>()});
  }
}

}  // namespace bw
