#include "state/aggregate.h"

#include <array>

#include "base/error.h"
#include "state/canonical.h"

namespace bw {
namespace {

Aggregate aggregate_of(const std::string& name) {
  for (const Aggregate one : {Aggregate::sum, Aggregate::count, Aggregate::max, Aggregate::latest}) {
    if (name_of(one) == name) return one;
  }
  throw Error(ErrorCode::invalid, "an indicator of the written state is a \"" + name + "\"");
}

template <class Key>
void take_one(std::map<Key, std::int64_t>& times, const Key& key) {
  if (const auto found = times.find(key); found != times.end() && --found->second == 0) times.erase(found);
}

}  // namespace

Decimal AggregateValue::value() const {
  switch (aggregate_) {
    case Aggregate::sum:
      return sum_;
    case Aggregate::count:
      return Decimal(count_);
    case Aggregate::latest:
      return readings_.empty() ? Decimal() : readings_.rbegin()->first.quantity;
    case Aggregate::max:
      break;
  }
  return quantities_.empty() ? Decimal() : quantities_.rbegin()->first;
}

Decimal AggregateValue::add(const Reading& reading) {
  const Decimal before = value();
  sum_ += reading.quantity;
  ++count_;
  if (aggregate_ == Aggregate::max) ++quantities_[reading.quantity];
  if (aggregate_ == Aggregate::latest) ++readings_[{reading.at, reading.claim, reading.quantity}];
  return value() - before;
}

Decimal AggregateValue::take_out(const Reading& reading) {
  const Decimal before = value();
  sum_ = sum_ - reading.quantity;
  --count_;
  take_one(quantities_, reading.quantity);
  take_one(readings_, {reading.at, reading.claim, reading.quantity});
  return value() - before;
}

Json AggregateValue::json() const {
  Json readings = Json::array();
  for (const auto& [moment, times] : readings_)
    readings.push_back({moment.at.seconds, moment.claim.text(), moment.quantity.text(), times});
  Json quantities = Json::array();
  for (const auto& [quantity, times] : quantities_) quantities.push_back({quantity.text(), times});
  return {{"aggregate", name_of(aggregate_)},
          {"count", count_},
          {"quantities", quantities},
          {"readings", readings},
          {"sum", sum_.text()}};
}

AggregateValue AggregateValue::from_json(const Json& json) {
  return read_canonical("an indicator of the written state", json, [](const Json& from) {
    AggregateValue made(aggregate_of(from.at("aggregate").get<std::string>()));
    made.sum_ = read_decimal(from.at("sum"));
    made.count_ = from.at("count").get<std::int64_t>();
    for (const Json& one : from.at("quantities"))
      made.quantities_.emplace(read_decimal(one.at(0)), one.at(1).get<std::int64_t>());
    for (const Json& one : from.at("readings")) {
      const auto claim = EventId::parse(one.at(1).get<std::string>());
      if (!claim) throw Error(ErrorCode::invalid, "an indicator of the written state names no claim");
      made.readings_.emplace(
          Moment{Timestamp{one.at(0).get<std::int64_t>()}, *claim, read_decimal(one.at(2))},
          one.at(3).get<std::int64_t>());
    }
    return made;
  });
}

}  // namespace bw
