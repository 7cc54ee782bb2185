#include "tools/goal/indicator.h"

#include <algorithm>
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

}  // namespace

Decimal IndicatorValue::value() const {
  switch (aggregate_) {
    case Aggregate::sum:
      return sum_;
    case Aggregate::count:
      return Decimal(count_);
    case Aggregate::latest:
      return readings_.empty() ? Decimal() : readings_.rbegin()->second;
    case Aggregate::max:
      break;
  }
  return quantities_.empty() ? Decimal() : quantities_.rbegin()->first;
}

void IndicatorValue::take_out(const Reading& reading) {
  const Decimal quantity = Decimal() - reading.quantity;
  if (const auto found = quantities_.find(quantity); found != quantities_.end() && --found->second == 0)
    quantities_.erase(found);
  const auto [first, last] = readings_.equal_range({reading.at, reading.claim});
  const auto same = std::find_if(first, last, [&](const auto& one) { return one.second == quantity; });
  if (same != last) readings_.erase(same);
}

Decimal IndicatorValue::add(const Reading& reading) {
  const Decimal before = value();
  sum_ += reading.quantity;
  if (reading.quantity.is_negative()) {
    --count_;
    take_out(reading);
  } else {
    ++count_;
    if (aggregate_ == Aggregate::max) ++quantities_[reading.quantity];
    if (aggregate_ == Aggregate::latest) readings_.emplace(Key{reading.at, reading.claim}, reading.quantity);
  }
  return value() - before;
}

Json IndicatorValue::json() const {
  Json readings = Json::array();
  for (const auto& [key, quantity] : readings_)
    readings.push_back({key.first.seconds, key.second.text(), quantity.text()});
  Json quantities = Json::array();
  for (const auto& [quantity, times] : quantities_) quantities.push_back({quantity.text(), times});
  return {{"aggregate", name_of(aggregate_)},
          {"count", count_},
          {"quantities", quantities},
          {"readings", readings},
          {"sum", sum_.text()}};
}

IndicatorValue IndicatorValue::from_json(const Json& json) {
  IndicatorValue made(aggregate_of(json.at("aggregate").get<std::string>()));
  made.sum_ = read_decimal(json.at("sum"));
  made.count_ = json.at("count").get<std::int64_t>();
  for (const Json& one : json.at("quantities"))
    made.quantities_.emplace(read_decimal(one.at(0)), one.at(1).get<std::int64_t>());
  for (const Json& one : json.at("readings")) {
    const auto claim = EventId::parse(one.at(1).get<std::string>());
    if (!claim) throw Error(ErrorCode::invalid, "an indicator of the written state names no claim");
    made.readings_.emplace(Key{Timestamp{one.at(0).get<std::int64_t>()}, *claim}, read_decimal(one.at(2)));
  }
  return made;
}

}  // namespace bw
