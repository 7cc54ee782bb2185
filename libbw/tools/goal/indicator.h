#pragma once
// Indicator values: what the deeds that count amount to, by the indicator's own way of putting them together
// (definition: `aggregate`). A deed that counts no longer is taken out again, and leaves what would be there
// without it: sums and counts by arithmetic, the greatest by how often each quantity was read, the latest by
// all readings.

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "base/time.h"
#include "definition/model.h"
#include "stream/ids.h"

namespace bw {

// One deed's share of an indicator.
struct Reading {
  Decimal quantity;  // times the factor; negative where the deed counts no longer
  Timestamp at;
  EventId claim;
};

class IndicatorValue {
public:
  explicit IndicatorValue(Aggregate aggregate = Aggregate::sum) : aggregate_(aggregate) {}

  Aggregate aggregate() const { return aggregate_; }
  // Whether anything was ever read; without it a level is unknown, and not zero.
  bool is_known() const { return count_ > 0; }
  Decimal value() const;

  // Returns by how much the value changed.
  Decimal add(const Reading& reading);

  Json json() const;
  // Error(invalid) where it is not what `json` gave.
  static IndicatorValue from_json(const Json& json);

private:
  // In the order of time; of one moment the greater claim id is the later, so that the order in which the log
  // took them does not matter.
  using Key = std::pair<Timestamp, EventId>;

  void take_out(const Reading& reading);

  Aggregate aggregate_;
  Decimal sum_;
  std::int64_t count_ = 0;
  std::map<Decimal, std::int64_t> quantities_;  // of max: how often each was read
  std::multimap<Key, Decimal> readings_;        // of latest
};

}  // namespace bw
