#include "state/measure.h"

#include <algorithm>

#include "base/error.h"
#include "state/canonical.h"

namespace bw {
namespace {

Window window_called(const std::string& name) {
  for (const Window window : {Window::day, Window::week, Window::month, Window::year, Window::ever}) {
    if (name_of(window) == name) return window;
  }
  throw Error(ErrorCode::invalid, "the written state has a window \"" + name + "\"");
}

}  // namespace

bool is_within_measure(Decimal quantity, Decimal factor) {
  try {
    const Decimal product = quantity * factor;
    return product <= Decimal(greatest_measure) && product >= Decimal() - Decimal(greatest_measure);
  } catch (const Error&) {
    return false;  // not even a decimal
  }
}

std::size_t Measure::Hash::operator()(const MeasureKey& key) const noexcept {
  // Multiplications by odd constants spread the few bits in which keys differ (Knuth, TAOCP 6.4).
  std::uint64_t hash = key.person * 0x9E3779B97F4A7C15u;
  hash = (hash ^ static_cast<std::uint64_t>(key.begins)) * 0xC2B2AE3D27D4EB4Fu;
  hash =
      (hash ^ (std::uint64_t{key.subject} * 8u + static_cast<std::uint64_t>(key.per))) * 0x165667B19E3779F9u;
  return hash ^ (hash >> 29);
}

MeasureKey measure_key(PersonNumber person, SubjectNumber subject, Window per, Timestamp at,
                       UtcOffset offset) {
  return {person, subject, per, window_of(per, at, offset).begin};
}

Decimal Measure::sum(const MeasureKey& key) const {
  const auto found = sums_.find(key);
  return found == sums_.end() ? Decimal() : found->second;
}

void Measure::add(const MeasureKey& key, Decimal quantity) {
  const auto place = sums_.try_emplace(key).first;
  place->second += quantity;
  if (place->second.is_zero()) sums_.erase(place);
}

void Measure::merge(PersonNumber from, PersonNumber into) {
  std::vector<std::pair<MeasureKey, Decimal>> moved;
  for (const auto& [key, quantity] : sums_) {
    if (key.person == from) moved.emplace_back(key, quantity);
  }
  for (auto& [key, quantity] : moved) {
    sums_.erase(key);
    key.person = into;
    add(key, quantity);
  }
}

Json Measure::json() const {
  std::vector<std::pair<MeasureKey, Decimal>> all(sums_.begin(), sums_.end());
  std::sort(all.begin(), all.end());
  Json list = Json::array();
  for (const auto& [key, sum] : all)
    list.push_back({key.person, key.subject, name_of(key.per), key.begins, sum.text()});
  return list;
}

Measure Measure::from_json(const Json& json) {
  return read_canonical("a measure of the written state", json, [](const Json& list) {
    Measure made;
    for (const Json& one : list) {
      made.sums_.emplace(
          MeasureKey{one.at(0).get<PersonNumber>(), one.at(1).get<SubjectNumber>(),
                     window_called(one.at(2).get<std::string>()), one.at(3).get<std::int64_t>()},
          read_decimal(one.at(4)));
    }
    return made;
  });
}

}  // namespace bw
