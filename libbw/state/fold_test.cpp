// The fold itself, apart from what tools make of the entries.

#include "state/fold.h"

#include <doctest/doctest.h>

#include "stream/entry.h"
#include "stream/test_stream.h"

namespace bw {
namespace {

TEST_CASE("an entry is cut open as the parsers read it, with details and without") {
  const auto ada = stream_test::actor('a');
  const Event genesis = stream_test::make_genesis(ada);
  const Json awkward = {{"a", {{"details", {{"x", "y"}}}}}, {"note", "\",\"details\":{\"kind\":\"x.y\"}"}};
  for (const bool with_details : {false, true}) {
    EventDraft draft{.at = {1'795'000'000},
                     .kind = "some.done",
                     .body = awkward,
                     .details = {},
                     .world = WorldId{genesis.id.digest}};
    if (with_details) draft.details.emplace("note", sha256("x"));
    const Event event = sign_event(draft, make_nonce(system_random), *ada.signer);
    const std::string line = entry_line(event.line, 1'795'000'123);
    const Occurrence cut = cut_open(7, line);
    CHECK(cut.index == 7);
    CHECK(cut.recorded == 1'795'000'123);
    CHECK(cut.event == event.line);
    CHECK(cut.actor == ada.did().text());
    CHECK(cut.at == event.at);
    CHECK(cut.kind == "some.done");
    CHECK(cut.body_text == event.body_text);
    CHECK(cut.id() == event.id);
    CHECK(cut.parsed().details == event.details);
  }
  CHECK_THROWS_AS(cut_open(0, "{}"), Error);
  CHECK_THROWS_AS(cut_open(0, entry_line(genesis.line, 1).substr(1)), Error);
}

TEST_CASE("people have the numbers in whose order they were named, and follow who joins whom") {
  using stream_test::actor;
  People people;
  const Did a = actor('a').did(), b = actor('b').did(), c = actor('c').did();
  CHECK(people.of(a) == 0);
  CHECK(people.of(b.text()) == 1);
  CHECK(people.of(a.text()) == 0);
  CHECK_FALSE(people.find(c));
  CHECK_THROWS_AS(people.of("did:key:nobody"), Error);
  Persons persons;
  persons.join(b, a);
  std::vector<std::pair<PersonNumber, PersonNumber>> merged;
  people.follow(persons, [&](PersonNumber from, PersonNumber into) { merged.emplace_back(from, into); });
  CHECK(merged == std::vector<std::pair<PersonNumber, PersonNumber>>{{1, 0}});
  CHECK(people.of(b) == 0);
  people.of(c);
  const People again = People::from_json(people.json(), persons);
  CHECK(again.json() == people.json());
  CHECK(again.find(b) == PersonNumber{0});
  CHECK(again.find(c) == PersonNumber{2});
}

}  // namespace
}  // namespace bw
