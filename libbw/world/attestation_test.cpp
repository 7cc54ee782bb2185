#include "world/attestation.h"

#include <fstream>

#include <doctest/doctest.h>

#include "base/test_errors.h"
#include "world/clone.h"
#include "world/history.h"
#include "world/merge_bundles.h"
#include "world/status.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using namespace bw::testing;

constexpr std::string_view definition = R"(betterworld: 1
name: Vouching
vision: Deeds that somebody saw.
utc_offset: Z
grace: 30d
units:
  - {id: deed, title: Deed}
behaviours:
  - {id: greet, title: Greet, unit: deed, verification: {by: peers}}
  - {id: judge, title: Judge, unit: deed, verification: {by: steward}}
  - {id: walk, title: Walk, unit: deed}
)";

// Ada's world, in which Ben has joined, with a copy of his own.
struct Vouching {
  Vouching()
      : world(make_world(ada, ada.folder.path() / "world", {{"betterworld.yaml", std::string(definition)}})),
        copy(clone_world(ben.environment, *git::RemoteUrl::parse((ada.folder.path() / "world").string()),
                         ben.folder.path() / "copy")
                 .world) {
    join_world(ben.environment, copy, *ben.identity, *ben.signer, false, SyncWish::manual);
    bring();
  }

  // What waits with Ben goes into Ada's world, and what that has comes to Ben.
  void bring() {
    SubmitOptions by_hand;
    by_hand.deliver = [&](const std::string& bytes) {
      for (const MergedBundle& merged : merge_bundles(ada.environment, world, *ada.signer, {bytes})) {
        REQUIRE(merged.problem.empty());
        for (const Verdict& verdict : merged.verdicts) CHECK(verdict.kind == Verdict::Kind::admitted);
      }
    };
    submit(ben.environment, copy, *ben.signer, by_hand);
    submit(ada.environment, world, *ada.signer, {});
    pull_world(ben.environment, copy);
  }
  Event adas(const char* behaviour) {
    Event event = record(ada.environment, world, *ada.signer, deed(behaviour)).event;
    bring();
    return event;
  }
  Recorded by_ben(const EventId& id, bool supports = true, const Explanation& explanation = {}) const {
    return record_attestation(ben.environment, copy, *ben.signer, id, supports, explanation);
  }
  Recorded by_ada(const EventId& id) const {
    return record_attestation(ada.environment, world, *ada.signer, id, true, {});
  }
  Standing standing(const Event& event) const {
    return *view_event(ada.environment, world, event.id).standing;
  }

  TestPerson ada{"Ada"}, ben{"Ben"};
  World world, copy;
};

}  // namespace

TEST_CASE("an attestation is a signed word about another's claim, with note and files beside it") {
  Vouching story;
  const Event greet = story.adas("greet");
  std::ofstream(story.ben.folder.path() / "seen.txt") << "I saw it";
  const Recorded recorded = story.by_ben(
      greet.id, true, {.note = "I was there", .evidence = {story.ben.folder.path() / "seen.txt"}});
  CHECK(recorded.event.kind == "event.attested");
  CHECK(recorded.event.body_text == R"({"event":")" + greet.id.text() + R"(","verdict":"supports"})");
  CHECK(recorded.event.details.contains("note"));
  CHECK(recorded.event.details.contains("evidence_0_0"));
  CHECK(recorded.notes.empty());
  CHECK(story.standing(greet).state == Standing::State::waiting);
  story.bring();
  CHECK(story.standing(greet).state == Standing::State::verified);
  CHECK(story.standing(greet).supporters() == std::vector{story.ben.did()});
}

TEST_CASE("nobody attests her own claim, what is no claim, what is not in the log, or what was retracted") {
  Vouching story;
  const Event greet = story.adas("greet");
  CHECK(error_of([&] { story.by_ada(greet.id); }).starts_with("4: "));
  CHECK(contains(error_of([&] { story.by_ben(story.world.stream.ids[0]); }), "which nobody attests"));
  const Event private_one = record(story.ben.environment, story.copy, *story.ben.signer, deed("walk")).event;
  CHECK_FALSE(error_of([&] { story.by_ben(private_one.id); }).empty());
  CHECK_FALSE(error_of([&] { story.by_ada(private_one.id); }).empty());
  record_retraction(story.ada.environment, story.world, *story.ada.signer, greet.id, std::nullopt);
  story.bring();
  CHECK(contains(error_of([&] { story.by_ben(greet.id); }), "was retracted by its author"));
}

TEST_CASE("a word is about what a claim says now, and is said once") {
  Vouching story;
  const Event greet = story.adas("greet");
  const Event corrected =
      record_correction(story.ada.environment, story.world, *story.ada.signer, greet.id, deed("", "5")).event;
  story.bring();
  const Event word = story.by_ben(greet.id).event;
  CHECK(contains(word.body_text, corrected.id.text()));
  CHECK(contains(error_of([&] { story.by_ben(corrected.id); }), "already"));
  CHECK_FALSE(error_of([&] { story.by_ben(greet.id, true, {.note = "I counted"}); }).starts_with("1"));
  const Event other = story.by_ben(greet.id, false).event;
  CHECK(contains(other.body_text, "disputes"));
  // Taken back, it may be said again, and waits once more for his word.
  record_retraction(story.ben.environment, story.copy, *story.ben.signer, other.id, std::nullopt);
  story.bring();
  CHECK(story.standing(greet).state == Standing::State::waiting);
  CHECK(world_status(story.ben.environment, story.copy).to_attest == 1);
  CHECK(contains(error_of([&] {
                   record_retraction(story.ben.environment, story.copy, *story.ben.signer, other.id,
                                     std::nullopt);
                 }),
                 "retracted already"));
  CHECK(contains(error_of([&] {
                   record_retraction(story.ada.environment, story.world, *story.ada.signer, word.id,
                                     std::nullopt);
                 }),
                 "only its author"));
  story.by_ben(greet.id);
  story.bring();
  CHECK(story.standing(greet).state == Standing::State::verified);
  CHECK(world_status(story.ben.environment, story.copy).to_attest == 0);
}

TEST_CASE("a person hears at once where her word will not decide anything") {
  Vouching story;
  const Event walk = story.adas("walk");
  CHECK(contains(story.by_ben(walk.id).notes.at(0), "nobody's word but its author's"));
  const TestPerson chen("Chen");
  const Event greet = story.adas("greet");
  const Recorded word = record_attestation(chen.environment, story.world, *chen.signer, greet.id, true, {});
  CHECK(contains(word.notes.at(0), "not joined"));
}

TEST_CASE("what waits for me is told as it stands, oldest first") {
  Vouching story;
  const Event first = story.adas("greet");
  const Event second = story.adas("judge");
  const Event third = story.adas("greet");
  record_correction(story.ada.environment, story.world, *story.ada.signer, first.id, deed("", "3"));
  story.bring();
  const auto words = awaited_words(story.ben.environment, story.copy, story.ben.did());
  REQUIRE(words.size() == 2);  // the second is for a steward
  CHECK(words[0].item.event.id == first.id);
  CHECK(words[0].item.sentence == "greet 3 deed");
  CHECK(words[1].item.event.id == third.id);
  CHECK(awaited_words(story.ada.environment, story.world, story.ada.did()).empty());
}

TEST_CASE("thanks go to another, for what she did or to her, and are shown with the event") {
  Vouching story;
  const Event greet = story.adas("greet");
  const auto thank = [&](const EventId& id) {
    return record_thanks_for(story.ben.environment, story.copy, *story.ben.signer, id, "so kind",
                             Visibility::public_)
        .event;
  };
  const Event thanks = thank(greet.id);
  CHECK(thanks.kind == "thanks.given");
  CHECK(thanks_of(thanks)->to == story.ada.did());
  CHECK(thanks_of(thanks)->event == greet.id);
  story.bring();
  CHECK(view_event(story.ada.environment, story.world, greet.id).thanks.size() == 1);
  CHECK(contains(error_of([&] {
                   record_thanks_for(story.ada.environment, story.world, *story.ada.signer, greet.id, {},
                                     Visibility::private_);
                 }),
                 "nobody thanks herself"));
  const auto to = [&](const Did& who) {
    return record_thanks(story.ben.environment, story.copy, *story.ben.signer, who, {}, Visibility::private_)
        .event;
  };
  CHECK(to(story.ada.did()).body_text == R"({"event":null,"to":")" + story.ada.did().text() + "\"}");
  CHECK(error_of([&] { to(story.ben.did()); }).starts_with("4: "));
  CHECK(contains(error_of([&] { to(TestPerson("Chen").did()); }), "has not joined"));
}

TEST_CASE("thanks of oneself, or to another than the event's author, are shown nowhere") {
  Vouching story;
  const Event greet = story.adas("greet");
  const auto forge = [&](const TestPerson& who, const Did& to) {
    open_journal(who.environment, story.world.id())
        .append(*who.signer, who.environment.random, [&](const std::vector<JournalEntry>&) {
          return std::vector<NewEntry>{{{.at = who.environment.now(),
                                         .kind = "thanks.given",
                                         .body = {{"event", greet.id.text()}, {"to", to.text()}},
                                         .details = {},
                                         .world = story.world.id()},
                                        {},
                                        std::nullopt}};
        });
  };
  forge(story.ada, story.ada.did());
  forge(story.ben, story.ben.did());
  story.bring();
  CHECK(view_event(story.ada.environment, story.world, greet.id).thanks.empty());
}

}  // namespace bw
