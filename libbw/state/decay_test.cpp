#include "state/decay.h"

#include "base/test_errors.h"
#include "state/test_ledgers.h"

using namespace bw;
using namespace bw::ledger_test;
using bw::testing::error_from;

namespace {

std::int64_t at(std::string_view text) {
  const auto moment = Timestamp::parse(text);
  REQUIRE(moment);
  return moment->seconds;
}

// A tenth of the points each month, rounded down to whole ones.
const DecayRule tenth{"points", Fraction(1, 10), Window::month, 0, "decayed"};
const UtcOffset china{8 * 3600};

struct Fading {
  Ledger ledger;
  Decay decay;

  explicit Fading(const DecayRule& rule = tenth, std::string_view since = "2026-01-10T00:00:00Z") {
    decay.adopt({rule}, china, event(1), at(since));
  }
  void give(PersonNumber person, std::string_view points) {
    CHECK_FALSE(ledger.transfer("points", Account::issued(), Account::of(person), amount(points), cause()));
  }
  void pass(std::string_view until) { decay.pass(ledger, 9, at(until)); }
  Decimal points(PersonNumber person) const { return ledger.balance("points", Account::of(person)); }
};

}  // namespace

TEST_CASE("at the end of each month as clocks of the world show it, everyone loses a share, rounded down") {
  Fading world;
  world.give(1, "105");
  world.give(2, "9");
  world.pass("2026-01-31T15:59:59Z");
  CHECK(world.points(1) == amount("105"));
  world.pass("2026-01-31T16:00:00Z");
  CHECK(world.points(1) == amount("95"));
  CHECK(world.points(2) == amount("9"));
  CHECK(world.ledger.balance("points", Account::sink("decayed")) == amount("10"));
  world.pass("2026-01-31T16:00:01Z");
  CHECK(world.points(1) == amount("95"));
  CHECK(world.decay.ends("points") == at("2026-02-28T16:00:00Z"));
  CHECK_FALSE(world.decay.ends("hours"));
}

TEST_CASE("a share of 1/1 is expiry, and nobody but persons loses anything") {
  Fading world({"points", Fraction(1, 1), Window::year, 0, "expired"});
  world.give(1, "12");
  CHECK_FALSE(
      world.ledger.transfer("points", Account::issued(), Account::budget("shop"), amount("50"), cause()));
  CHECK_FALSE(world.ledger.hold("points", Account::of(1), event(7), amount("5"), cause()));
  world.pass("2027-06-01T00:00:00Z");
  CHECK(world.points(1).is_zero());
  CHECK(world.ledger.balance("points", Account::escrow(event(7))) == amount("5"));
  CHECK(world.ledger.balance("points", Account::budget("shop")) == amount("50"));
}

TEST_CASE("each period is one posting of the adoption that ruled, at the moment when the period ended") {
  struct Heard : Listener {
    std::vector<std::string> lines;
    void judged(const Occurrence&, const Ruling&) override {}
    void changed(const FigureChange&) override {}
    void posted(const Posting& posting) override {
      const Cause& cause = posting.cause;
      CHECK(cause.event == event(1));
      CHECK(cause.index == 9);
      lines.push_back(cause.at.text() + " " + std::string(cause.purpose) + " " +
                      posting.legs.back().amount.text());
    }
  } heard;
  Fading world;
  world.give(1, "100");
  world.give(2, "100");
  world.decay.pass(world.ledger, 9, at("2026-03-15T00:00:00Z"), &heard);
  CHECK(heard.lines ==
        std::vector<std::string>{"2026-01-31T16:00:00Z decay 20", "2026-02-28T16:00:00Z decay 18"});
}

TEST_CASE("passing often and passing once give the same") {
  CHECK(rc::check("passing", [] {
    const auto numerator = *rc::gen::inRange<std::uint32_t>(0, 12);
    const DecayRule rule{"points", Fraction(numerator, 11), Window::day, *rc::gen::inRange(0, 10), "decayed"};
    Fading often(rule);
    Fading once(rule);
    for (PersonNumber person = 0; person < 4; ++person) {
      const Decimal points = Decimal(*rc::gen::inRange(1, 100'000)) / Decimal(100);
      often.give(person, points.text());
      once.give(person, points.text());
    }
    const std::int64_t begin = at("2026-01-10T00:00:00Z");
    std::int64_t now = begin;
    for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 200'000)))
      often.decay.pass(often.ledger, 9, now += step);
    once.decay.pass(once.ledger, 9, now);
    RC_ASSERT(often.ledger == once.ledger);
    RC_ASSERT(often.decay.json().dump() == once.decay.json().dump());
  }));
}

TEST_CASE("a long gap costs no more than a thousand periods") {
  struct Count : Listener {
    int postings = 0;
    void judged(const Occurrence&, const Ruling&) override {}
    void changed(const FigureChange&) override {}
    void posted(const Posting&) override { ++postings; }
  } count;
  Fading slow({"points", Fraction(1, 1'000'000), Window::day, 9, "decayed"});
  slow.give(1, "1000000000");
  slow.decay.pass(slow.ledger, 9, at("9999-12-31T23:59:59Z"), &count);
  CHECK(count.postings == max_decays_at_once);
  CHECK(slow.decay.ends("points") > at("9999-12-31T00:00:00Z"));

  count.postings = 0;
  Fading quick({"points", Fraction(1, 2), Window::day, 0, "decayed"});
  quick.give(1, "1000");
  quick.decay.pass(quick.ledger, 9, at("2036-01-01T00:00:00Z"), &count);
  CHECK(quick.points(1) == amount("1"));
  CHECK(count.postings ==
        10);  // 500, 250, 125, 62, 31, 16, 8, 4, 2, 1; afterwards half of 1 rounds to nothing
}

TEST_CASE("other rules go on in the period that runs, unless it has another length") {
  Fading world;
  world.give(1, "100");
  DecayRule half = tenth;
  half.share = Fraction(1, 2);
  world.decay.adopt({half, tenth}, china, event(2), at("2026-01-20T00:00:00Z"));
  CHECK(world.decay.ends("points") == at("2026-01-31T16:00:00Z"));
  world.pass("2026-02-01T00:00:00Z");
  CHECK(world.points(1) == amount("50"));
  half.per = Window::day;
  world.decay.adopt({half}, china, event(3), at("2026-02-05T00:00:00Z"));
  CHECK(world.decay.ends("points") == at("2026-02-05T16:00:00Z"));
  world.decay.adopt({}, china, event(4), at("2026-02-05T01:00:00Z"));
  world.pass("2030-01-01T00:00:00Z");
  CHECK(world.points(1) == amount("50"));
  // Whoever takes it up again loses nothing for the time between.
  world.decay.adopt({tenth}, china, event(5), at("2030-01-02T00:00:00Z"));
  world.pass("2030-01-03T00:00:00Z");
  CHECK(world.points(1) == amount("50"));
}

TEST_CASE("what never ends, or has nowhere to go, takes nothing") {
  for (const DecayRule& rule : {DecayRule{"points", Fraction(1, 2), Window::ever, 0, "decayed"},
                                DecayRule{"points", Fraction(0, 1), Window::day, 0, "decayed"},
                                DecayRule{"points", Fraction(1, 2), Window::day, 0, "No Sink"}}) {
    Fading world(rule);
    world.give(1, "100");
    world.pass("9999-12-31T23:59:59Z");
    CHECK(world.points(1) == amount("100"));
  }
}

TEST_CASE("a decay is taken up from its JSON, and from nothing that is none") {
  Fading world;
  world.give(1, "100");
  Decay again = Decay::from_json(world.decay.json());
  CHECK(again.json().dump() == world.decay.json().dump());
  Ledger ledger = world.ledger;
  again.pass(ledger, 9, at("2026-04-01T00:00:00Z"));
  world.pass("2026-04-01T00:00:00Z");
  CHECK(ledger == world.ledger);
  const Json good = world.decay.json();
  for (const auto& change : std::vector<std::pair<std::string, Json>>{{"per", "hour"},
                                                                      {"share", "2/1"},
                                                                      {"share", "2/20"},
                                                                      {"adoption", "x"},
                                                                      {"digits", "0"},
                                                                      {"ends", nullptr},
                                                                      {"more", 1}}) {
    CAPTURE(change.first);
    Json bad = good;
    bad[0][change.first] = change.second;
    CHECK(error_from([&] { Decay::from_json(bad); }).code() == ErrorCode::invalid);
  }
  Json doubled = good;
  doubled.push_back(good[0]);
  CHECK(error_from([&] { Decay::from_json(doubled); }).code() == ErrorCode::invalid);
}
