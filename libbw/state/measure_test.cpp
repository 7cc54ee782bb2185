// Sums per person and window, and aggregates.

#include "state/measure.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"
#include "state/aggregate.h"

namespace bw {
namespace {

constexpr std::int64_t day = 86400;
constexpr std::int64_t monday = 1'795'392'000;  // 2026-11-23 00:00 UTC

Decimal decimal(const char* text) {
  return *Decimal::parse(text);
}

struct Addition {
  MeasureKey key;
  Decimal quantity;
};

std::vector<Addition> some_additions() {
  const auto one = [] {
    const auto person = *rc::gen::inRange<PersonNumber>(0, 4);
    const auto subject = *rc::gen::inRange<SubjectNumber>(0, 3);
    const Window per =
        *rc::gen::element(Window::day, Window::week, Window::month, Window::year, Window::ever);
    const Timestamp at{monday + *rc::gen::inRange<std::int64_t>(-40, 40) * day};
    return Addition{measure_key(person, subject, per, at, {8 * 3600}), Decimal(*rc::gen::inRange(-5, 6))};
  };
  std::vector<Addition> additions(static_cast<std::size_t>(*rc::gen::inRange(0, 60)));
  for (Addition& addition : additions) addition = one();
  return additions;
}

Measure measured(const std::vector<Addition>& additions) {
  Measure measure;
  for (const Addition& one : additions) measure.add(one.key, one.quantity);
  return measure;
}

Decimal whole_of(const Measure& measure) {
  Decimal sum;
  for (const Json& one : measure.json()) sum += decimal(one.at(4).get<std::string>().c_str());
  return sum;
}

TEST_CASE("a sum belongs to the window around its moment") {
  Measure measure;
  const UtcOffset utc{0};
  const auto key = [&](Window per, std::int64_t at) { return measure_key(1, 0, per, {at}, utc); };
  measure.add(key(Window::week, monday), Decimal(3));
  measure.add(key(Window::week, monday + 6 * day), Decimal(2));
  CHECK(measure.sum(key(Window::week, monday + 3 * day)) == Decimal(5));
  CHECK(measure.sum(key(Window::week, monday + 7 * day)).is_zero());
  CHECK(measure.sum(key(Window::day, monday)).is_zero());
  measure.add(key(Window::week, monday), Decimal(-5));
  CHECK(measure.size() == 0);
}

TEST_CASE("the order of additions makes no difference") {
  rc::check([] {
    std::vector<Addition> additions = some_additions();
    const Json before = measured(additions).json();
    std::rotate(additions.begin(), additions.begin() + static_cast<std::ptrdiff_t>(additions.size() / 3),
                additions.end());
    std::reverse(additions.begin(), additions.end());
    RC_ASSERT(measured(additions).json() == before);
  });
}

TEST_CASE("persons who become one have together what they had") {
  rc::check([] {
    const std::vector<Addition> additions = some_additions();
    Measure measure = measured(additions);
    const Decimal before = whole_of(measure);
    measure.merge(3, 1);
    RC_ASSERT(whole_of(measure) == before);
    std::vector<Addition> joined = additions;
    for (Addition& one : joined)
      if (one.key.person == 3) one.key.person = 1;
    RC_ASSERT(measured(joined).json() == measure.json());
  });
}

TEST_CASE("a measure that was written down is the same, and adds up further to the same") {
  rc::check([] {
    const std::vector<Addition> additions = some_additions();
    const std::size_t cut = additions.size() / 2;
    Measure measure;
    for (std::size_t i = 0; i < cut; ++i) measure.add(additions[i].key, additions[i].quantity);
    Measure again = Measure::from_json(Json::parse(measure.json().dump()));
    RC_ASSERT(again.json() == measure.json());
    for (std::size_t i = cut; i < additions.size(); ++i) again.add(additions[i].key, additions[i].quantity);
    RC_ASSERT(again.json() == measured(additions).json());
  });
  for (const char* wrong : {R"([[1,0,"day",0,"0.50"]])", R"([[1,0,"hour",0,"1"]])",
                            R"([[2,0,"day",0,"1"],[1,0,"day",0,"1"]])", R"([[1,0,"day",0]])", R"({})"})
    CHECK_THROWS_AS(Measure::from_json(Json::parse(wrong)), Error);
}

TEST_CASE("what is let in is a hundred thousand times smaller than the largest decimal") {
  CHECK(is_within_measure(Decimal(greatest_measure), Decimal(1)));
  CHECK(is_within_measure(Decimal(greatest_measure), Decimal(-1)));
  CHECK_FALSE(is_within_measure(Decimal(greatest_measure), decimal("1.001")));
  CHECK_FALSE(is_within_measure(Decimal(greatest_measure), Decimal(greatest_measure)));
  CHECK(is_within_measure(Decimal(greatest_measure), Decimal()));
}

EventId claim_number(int number) {
  return EventId{sha256(std::to_string(number))};
}

TEST_CASE("readings that are put in and taken out in any order leave what would be there without them") {
  rc::check([] {
    const Aggregate aggregate =
        *rc::gen::element(Aggregate::sum, Aggregate::count, Aggregate::max, Aggregate::latest);
    std::vector<Reading> readings;
    for (int i = 0; i < *rc::gen::inRange(0, 20); ++i)
      readings.push_back(
          {Decimal(*rc::gen::inRange(-3, 4)), {*rc::gen::inRange<std::int64_t>(0, 4)}, claim_number(i / 2)});
    AggregateValue all(aggregate);
    for (const Reading& one : readings) all.add(one);
    AggregateValue kept(aggregate);
    for (std::size_t i = readings.size(); i-- > 0;) {
      if (i % 2 == 0) kept.add(readings[i]);
    }
    Decimal told = all.value();
    for (std::size_t i = 1; i < readings.size(); i += 2) told += all.take_out(readings[i]);
    RC_ASSERT(all.json() == kept.json());
    RC_ASSERT(told == all.value());
    RC_ASSERT(AggregateValue::from_json(Json::parse(all.json().dump())).json() == all.json());
  });
}

}  // namespace
}  // namespace bw
