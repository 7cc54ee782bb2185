#include "state/delegation.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace bw;

using Delegations = std::map<PersonNumber, PersonNumber>;

TEST_CASE("a chain is followed to the first who voted") {
  CHECK(follow_delegations({{1, 2}, {2, 3}}, {3}) == Delegations{{1, 3}, {2, 3}});
  CHECK(follow_delegations({{1, 2}, {3, 2}}, {2}) == Delegations{{1, 2}, {3, 2}});
}

TEST_CASE("a chain to someone who did not vote, or in a circle, reaches nobody") {
  CHECK(follow_delegations({{1, 2}, {2, 3}}, {4}).empty());
  CHECK(follow_delegations({{1, 2}, {2, 3}, {3, 1}, {4, 1}}, {5}).empty());
  CHECK(follow_delegations({{1, 2}, {2, 1}, {3, 4}}, {4}) == Delegations{{3, 4}});
}

TEST_CASE("chains lead where walking them step by step leads") {
  CHECK(rc::check("naive walk", [] {
    const auto persons = *rc::gen::inRange<PersonNumber>(2, 12);
    Delegations delegations;
    std::set<PersonNumber> voters;
    for (PersonNumber person = 0; person < persons; ++person) {
      const auto to = *rc::gen::inRange<PersonNumber>(0, persons);
      if (*rc::gen::inRange(0, 4) == 0) {
        voters.insert(person);
      } else if (to != person) {
        delegations.emplace(person, to);
      }
    }
    Delegations expected;
    for (const auto& [person, delegate] : delegations) {
      PersonNumber at = person;
      for (PersonNumber step = 0; step < persons && delegations.contains(at); ++step) at = delegations.at(at);
      if (voters.contains(at)) expected.emplace(person, at);
    }
    RC_ASSERT(follow_delegations(delegations, voters) == expected);
  }));
}
