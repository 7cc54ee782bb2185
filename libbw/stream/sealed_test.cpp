#include "stream/sealed.h"

#include <doctest/doctest.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ben = actor('b');
const PersonalSeed ada_seed = PersonalSeed::generate(counting_random(1));
const PersonalSeed bob_seed = PersonalSeed::generate(counting_random(2));
const PersonalSeed eve_seed = PersonalSeed::generate(counting_random(3));

struct SealedNote {
  WorldId world{sha256("world")};
  std::string nonce = make_nonce(system_random);
  Opening note;
  Event event;

  explicit SealedNote(const std::string& words = "a secret")
      : note(make_opening("note", words, system_random)),
        event(sign_event({.at = {start_of_time},
                          .kind = "behaviour.logged",
                          .body = logged_body(),
                          .details = {{"note", commit_to(context(), note)}, {"place", Digest{}}},
                          .world = world},
                         nonce, *ben.signer)) {}

  DetailContext context() const { return {world, ben.did().text(), "behaviour.logged", nonce}; }
  SealedOpening sealed(const std::vector<BoxKey>& readers = {ada_seed.box_public_key()}) const {
    return seal_opening(event, note, readers, system_random);
  }
};

SealedOpening parsed(const SealedOpening& sealed) {
  const auto again = SealedOpening::parse(sealed.field, sealed.text());
  REQUIRE(again);
  return *again;
}

std::string refusal(const std::string& text) {
  return SealedOpening::parse("note", text).reason();
}

}  // namespace

TEST_CASE("each reader opens what was sealed, and nobody else does") {
  const SealedNote note;
  const SealedOpening sealed =
      parsed(note.sealed({bob_seed.box_public_key(), ada_seed.box_public_key(), bob_seed.box_public_key()}));
  CHECK(sealed.keys.size() == 2);
  for (const PersonalSeed* seed : {&ada_seed, &bob_seed}) {
    const auto opened = open_sealed(note.event, sealed, *seed);
    REQUIRE(opened);
    CHECK(opened->value_text == note.note.value_text);
    CHECK(sealed.is_for(seed->box_public_key()));
  }
  CHECK(contains(open_sealed(note.event, sealed, eve_seed).reason(), "others"));
  CHECK_FALSE(sealed.is_for(eve_seed.box_public_key()));
  CHECK_FALSE(contains(sealed.text(), "secret"));
}

TEST_CASE("the length of what is sealed tells only which of ten it is") {
  CHECK(SealedNote("x").sealed().ciphertext.size() ==
        SealedNote(std::string(900, 'x')).sealed().ciphertext.size());
  CHECK(padded_size(1) == 1024);
  CHECK(padded_size(1024) == 1024);
  CHECK(padded_size(1025) == 2048);
  CHECK(padded_size(max_opening_bytes) == max_opening_bytes);
  const SealedNote largest(std::string(max_opening_bytes - 100, 'x'));
  const SealedOpening sealed = parsed(largest.sealed());
  CHECK(open_sealed(largest.event, sealed, ada_seed)->value_text == largest.note.value_text);
}

TEST_CASE("sixty-four readers fit beside the largest opening, and no more do") {
  std::vector<BoxKey> readers;
  for (std::uint64_t i = 0; i < 64; ++i)
    readers.push_back(PersonalSeed::generate(counting_random(100 * i)).box_public_key());
  const SealedNote largest(std::string(max_opening_bytes - 100, 'x'));
  CHECK(parsed(largest.sealed(readers)).keys.size() == 64);
  readers.push_back(ada_seed.box_public_key());
  CHECK(failure_of([&] { largest.sealed(readers); }).code == ErrorCode::refused);
  CHECK(failure_of([&] { largest.sealed({}); }).code == ErrorCode::refused);
  CHECK(failure_of([&] { largest.sealed({BoxKey{}}); }).code == ErrorCode::refused);
}

TEST_CASE("what is sealed opens for its own event and field only") {
  const SealedNote note;
  const SealedNote other;
  SealedOpening sealed = note.sealed();
  CHECK_FALSE(open_sealed(other.event, sealed, ada_seed));
  sealed.field = "place";
  CHECK_FALSE(open_sealed(note.event, sealed, ada_seed));
}

TEST_CASE("what was sealed instead of what was committed to is found out by its reader") {
  const SealedNote note;
  const Opening lie = make_opening("note", "something else", system_random);
  const SealedOpening sealed = seal_opening(note.event, lie, {ada_seed.box_public_key()}, system_random);
  CHECK(contains(open_sealed(note.event, parsed(sealed), ada_seed).reason(),
                 "not what the event committed to"));
  SealedOpening swapped = note.sealed();
  swapped.keys[0].key = sealed.keys[0].key;
  CHECK_FALSE(open_sealed(note.event, swapped, ada_seed));
}

TEST_CASE("a sealed opening has one text") {
  const SealedNote note;
  const Json good = Json::parse(note.sealed({ada_seed.box_public_key(), bob_seed.box_public_key()}).text());
  CHECK(refusal(strict_json::text(good)).empty());
  const auto with = [&](const Json& patch) {
    Json changed = good;
    changed.merge_patch(patch);
    return refusal(strict_json::text(changed));
  };
  CHECK(contains(with({{"v", 2}}), "number"));
  CHECK(contains(with({{"more", 1}}), "not known"));
  CHECK(contains(with({{"nonce", "AAAA"}}), "24 bytes"));
  CHECK(contains(with({{"keys", Json::array()}}), "empty"));
  CHECK(contains(with({{"ciphertext", to_base64url(std::string(1000, 'x'))}}), "lengths"));
  CHECK(contains(with({{"ciphertext", to_base64url(std::string(3 * 1024 + 16, 'x'))}}), "lengths"));
  Json reversed = good;
  std::swap(reversed["keys"][0], reversed["keys"][1]);
  CHECK(contains(refusal(strict_json::text(reversed)), "order"));
  Json twice = good;
  twice["keys"][1] = twice["keys"][0];
  CHECK(contains(refusal(strict_json::text(twice)), "twice"));
  CHECK_FALSE(refusal(good.dump(1)).empty());
  CHECK(contains(refusal(std::string(max_sealed_bytes + 1, ' ')), "larger"));
}
