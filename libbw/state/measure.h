#pragma once
// Measure: how much of something each person has in each window of time (a day, an ISO week, a month, a year,
// or ever), for limits, caps and budgets: sums that are added to in any order, taken back, and go with a
// person who becomes one with another. What nobody has any of is not kept.
//
// What is measured is a small number that the caller gives out: a behaviour, a rule.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "state/person_number.h"
#include "state/window.h"

namespace bw {

// The most that anything may amount to: a hundred thousand times below where decimals end, so that no sum of
// what was let in ever leaves them, whatever is taken back later.
inline constexpr std::int64_t greatest_measure = 100'000'000'000'000;
// Whether so much of something, times a factor, is not beyond it.
bool is_within_measure(Decimal quantity, Decimal factor);

using SubjectNumber = std::uint32_t;

struct MeasureKey {
  PersonNumber person = 0;
  SubjectNumber subject = 0;
  Window per = Window::ever;
  std::int64_t begins = 0;  // of the window
  friend auto operator<=>(const MeasureKey&, const MeasureKey&) = default;
};
MeasureKey measure_key(PersonNumber person, SubjectNumber subject, Window per, Timestamp at,
                       UtcOffset offset);

class Measure {
public:
  Decimal sum(const MeasureKey& key) const;
  // Error(invalid) where the sum would leave the range of decimals.
  void add(const MeasureKey& key, Decimal quantity);

  // What was kept for one person is the other's; the sum over both stays what it was.
  void merge(PersonNumber from, PersonNumber into);

  std::size_t size() const { return sums_.size(); }

  // [[person, subject, "<window>", begins, "<sum>"], …], sorted. `from_json` throws Error(invalid).
  Json json() const;
  static Measure from_json(const Json& json);

private:
  struct Hash {
    std::size_t operator()(const MeasureKey& key) const noexcept;
  };
  std::unordered_map<MeasureKey, Decimal, Hash> sums_;  // without zeros
};

}  // namespace bw
