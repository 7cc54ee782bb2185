#include "state/lifecycle.h"

#include <algorithm>
#include <array>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"

namespace bw {
namespace {

constexpr std::array<LifecycleStep, 6> parcel_steps = {{{"posted", "claimed", "carrier", "claimed"},
                                                        {"posted", "withdrawn", "sender", "withdrawn"},
                                                        {"posted", "expired", "", "expired"},
                                                        {"claimed", "delivered", "carrier", "delivered"},
                                                        {"delivered", "accepted", "sender", "done"},
                                                        {"delivered", "rejected", "sender", "claimed"}}};

}  // namespace

TEST_CASE("an act leads where the table says, by whom it says") {
  const Lifecycle parcel(parcel_steps);
  CHECK(parcel.begins() == "posted");
  CHECK(*parcel.after("posted", "claimed", {"carrier"}) == "claimed");
  CHECK(*parcel.after("posted", "expired", {}) == "expired");
  CHECK(parcel.after("posted", "claimed", {"sender"}).reason() == "only the carrier can do that");
  CHECK(parcel.after("done", "claimed", {"carrier"}).reason() == "it is done, and cannot be claimed then");
  CHECK(parcel.ends_at("done"));
  CHECK_FALSE(parcel.ends_at("delivered"));
  CHECK(parcel.next("delivered").size() == 2);
  CHECK(parcel.find("expired"));
  CHECK_FALSE(parcel.find("lost"));
}

TEST_CASE("no sequence of acts reaches a state but by a declared step") {
  const Lifecycle parcel(parcel_steps);
  CHECK(rc::check([&] {
    std::string_view state = parcel.begins();
    const auto acts = *rc::gen::container<std::vector<std::pair<unsigned, unsigned>>>(
        rc::gen::pair(rc::gen::inRange(0u, 6u), rc::gen::inRange(0u, 3u)));
    constexpr std::array<std::string_view, 3> roles = {"sender", "carrier", "stranger"};
    for (const auto& act : acts) {
      const unsigned step = act.first, role = act.second;
      const auto next = parcel.after(state, parcel_steps[step].act, {roles[role]});
      const bool declared =
          std::any_of(parcel_steps.begin(), parcel_steps.end(), [&](const LifecycleStep& each) {
            return each.from == state && each.act == parcel_steps[step].act &&
                   (each.by.empty() || each.by == roles[role]);
          });
      RC_ASSERT(static_cast<bool>(next) == declared);
      if (next) state = *next;
    }
  }));
}

TEST_CASE("a lifecycle that cannot be lived is refused") {
  constexpr std::array<LifecycleStep, 2> island = {{{"a", "go", "me", "b"}, {"c", "go", "me", "a"}}};
  CHECK_THROWS_AS(Lifecycle{island}, Error);
  constexpr std::array<LifecycleStep, 2> fork = {{{"a", "go", "me", "b"}, {"a", "go", "me", "c"}}};
  CHECK_THROWS_AS(Lifecycle{fork}, Error);
  CHECK_THROWS_AS(Lifecycle{std::span<const LifecycleStep>()}, Error);
}

TEST_CASE("what is due comes in the order of its time, and once") {
  Deadlines<int> deadlines;
  deadlines.set(7, 30);
  deadlines.set(2, 20);
  deadlines.set(1, 20);
  deadlines.set(9, 10);
  deadlines.drop(9, 10);
  CHECK_FALSE(deadlines.take(19));
  CHECK(deadlines.take(25)->second == 1);
  CHECK(deadlines.take(25)->second == 2);
  CHECK_FALSE(deadlines.take(25));
  CHECK(deadlines.take(30)->first == 30);
}

TEST_CASE("the table of a lifecycle is printed for its documentation") {
  CHECK(Lifecycle(parcel_steps).table().find("| posted | expired | itself | expired |\n") !=
        std::string::npos);
}

}  // namespace bw
