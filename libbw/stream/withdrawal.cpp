#include "stream/withdrawal.h"

#include <algorithm>

#include "base/error.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

constexpr std::size_t max_field_bytes = 64;

}  // namespace

Json WithdrawnFields::body() const {
  return {{"event", event.text()}, {"fields", fields}};
}

std::optional<WithdrawnFields> withdrawn_by(const Event& event) {
  if (event.kind != "details.withdrawn") return std::nullopt;
  const Json body = event.body();
  BodyReader reader(body);
  WithdrawnFields withdrawn{EventId{reader.digest("event")}, {}};
  std::string last;
  for (const Json& item : reader.array("fields", max_detail_fields)) {
    const std::string field = item.is_string() ? item.get<std::string>() : "";
    if (field.empty() || field.size() > max_field_bytes || field <= last)
      reader.refuse("\"fields\" is not an ascending list of fields");
    withdrawn.fields.insert(field);
    last = field;
  }
  if (withdrawn.fields.empty()) reader.refuse("\"fields\" is empty");
  return reader.problem().empty() ? std::optional(withdrawn) : std::nullopt;
}

void Withdrawals::take(const Event& event, std::uint64_t index, const Authority& authority) {
  auto withdrawn = withdrawn_by(event);
  if (!withdrawn || !authority.persons().may_speak(event.actor)) return;
  all_.emplace(withdrawn->event, Withdrawal{event.actor, authority.is_steward(event.actor),
                                            std::move(withdrawn->fields), index});
}

const Withdrawal* Withdrawals::of(const Event& event, std::string_view field, const Persons& persons) const {
  const auto [begin, end] = all_.equal_range(event.id);
  const auto found = std::find_if(begin, end, [&](const auto& item) {
    const Withdrawal& withdrawal = item.second;
    return (withdrawal.by_steward || persons.are_one(withdrawal.by, event.actor)) &&
           withdrawal.fields.contains(std::string(field));
  });
  return found == end ? nullptr : &found->second;
}

Json Withdrawals::json() const {
  Json list = Json::array();
  for (const auto& [event, withdrawal] : all_) {
    list.push_back({{"by", withdrawal.by.text()},
                    {"event", event.text()},
                    {"fields", withdrawal.fields},
                    {"index", withdrawal.index},
                    {"steward", withdrawal.by_steward}});
  }
  return list;
}

Withdrawals Withdrawals::from_json(const Json& json) {
  Withdrawals withdrawals;
  for (const Json& item : json) {
    const auto event = EventId::parse(item.at("event").get<std::string>());
    const auto by = Did::parse(item.at("by").get<std::string>());
    if (!event || !by) throw Error(ErrorCode::invalid, "saved withdrawals are damaged");
    withdrawals.all_.emplace(*event,
                             Withdrawal{*by, item.at("steward"), item.at("fields"), item.at("index")});
  }
  return withdrawals;
}

}  // namespace bw
