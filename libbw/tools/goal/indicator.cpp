#include "tools/goal/indicator.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace bw {
namespace {

bool keeps_readings(Aggregate aggregate) {
  return aggregate == Aggregate::max || aggregate == Aggregate::latest;
}

Aggregate aggregate_of(const std::string& name) {
  for (const Aggregate one : {Aggregate::sum, Aggregate::count, Aggregate::max, Aggregate::latest}) {
    if (name_of(one) == name) return one;
  }
  throw Error(ErrorCode::invalid, "an indicator of the written state is a \"" + name + "\"");
}

Decimal decimal_of(const Json& text) {
  const auto value = Decimal::parse(text.get<std::string>());
  if (!value) throw Error(ErrorCode::invalid, "a quantity of the written state: " + value.reason());
  return *value;
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
  const auto greatest = std::max_element(readings_.begin(), readings_.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
  return greatest == readings_.end() ? Decimal() : greatest->second;
}

Decimal IndicatorValue::add(const Reading& reading) {
  const Decimal before = value();
  const bool leaves = reading.quantity.is_negative();
  sum_ += reading.quantity;
  count_ += leaves ? -1 : 1;
  if (keeps_readings(aggregate_)) {
    const Key key{reading.at, reading.claim};
    if (leaves) {
      const auto [first, last] = readings_.equal_range(key);
      const Decimal quantity = Decimal() - reading.quantity;
      const auto same = std::find_if(first, last, [&](const auto& one) { return one.second == quantity; });
      if (same != last) readings_.erase(same);
    } else {
      readings_.emplace(key, reading.quantity);
    }
  }
  return value() - before;
}

Json IndicatorValue::json() const {
  Json readings = Json::array();
  for (const auto& [key, quantity] : readings_)
    readings.push_back({key.first.seconds, key.second.text(), quantity.text()});
  return {
      {"aggregate", name_of(aggregate_)}, {"count", count_}, {"readings", readings}, {"sum", sum_.text()}};
}

IndicatorValue IndicatorValue::from_json(const Json& json) {
  IndicatorValue made(aggregate_of(json.at("aggregate").get<std::string>()));
  made.sum_ = decimal_of(json.at("sum"));
  made.count_ = json.at("count").get<std::int64_t>();
  for (const Json& one : json.at("readings")) {
    const auto claim = EventId::parse(one.at(1).get<std::string>());
    if (!claim) throw Error(ErrorCode::invalid, "an indicator of the written state names no claim");
    made.readings_.emplace(Key{Timestamp{one.at(0).get<std::int64_t>()}, *claim}, decimal_of(one.at(2)));
  }
  return made;
}

}  // namespace bw
