#pragma once
// AggregateValue: what readings amount to, by one way of putting them together (definition: `aggregate`):
// their sum, their number, the greatest, the latest. A reading that counts no longer is taken out again, and
// leaves what would be there without it: sums and counts by arithmetic, the greatest by how often each
// quantity was read, the latest by all readings. The order in which readings come makes no difference.

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

// One deed's share of an indicator, or what a device read.
struct Reading {
  Decimal quantity;
  Timestamp at;
  EventId claim;
};

class AggregateValue {
public:
  explicit AggregateValue(Aggregate aggregate = Aggregate::sum) : aggregate_(aggregate) {}

  Aggregate aggregate() const { return aggregate_; }
  // Whether anything is read; without it a level is unknown, and not zero.
  bool is_known() const { return count_ > 0; }
  Decimal value() const;

  // Both return by how much the value changed. What is taken out was put in before.
  Decimal add(const Reading& reading);
  Decimal take_out(const Reading& reading);

  Json json() const;
  // Error(invalid) where it is not what `json` gave.
  static AggregateValue from_json(const Json& json);

private:
  // In the order of time; of one moment the greater claim id is the later, and of one claim the greater
  // quantity, so that the order in which the log took them does not matter.
  struct Moment {
    Timestamp at;
    EventId claim;
    Decimal quantity;
    friend auto operator<=>(const Moment&, const Moment&) = default;
  };

  Aggregate aggregate_;
  Decimal sum_;
  std::int64_t count_ = 0;
  std::map<Decimal, std::int64_t> quantities_;  // of max: how often each was read
  std::map<Moment, std::int64_t> readings_;     // of latest: how often each was read
};

}  // namespace bw
