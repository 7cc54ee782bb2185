// The vectors of sealed openings, tests/vectors/sealed.json: what is drawn (content key, nonce, an ephemeral
// key for each reader), and what comes of it. See vectors_test.cpp.

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "stream/bundle.h"
#include "stream/details_branch.h"
#include "stream/test_vectors.h"

using namespace bw;
using namespace bw::testing;

namespace {

// Each draw is another byte, repeated: the content key from 0x10, then the nonce, then the ephemeral keys.
Random counted() {
  return [next = char{0x10}](std::size_t size) mutable { return std::string(size, next++); };
}

PersonalSeed seed_of(char byte) {
  return *PersonalSeed::parse_file("bw-seed-v1 plain " + to_base64url(std::string(32, byte)) + "\n", "");
}

Json refused_texts(const SealedOpening& good) {
  Json list = Json::array();
  const auto refuse = [&](const std::string& why, const std::string& text) {
    CHECK_MESSAGE(!SealedOpening::parse(good.field, text), why);
    list.push_back({{"text", text}, {"why", why}});
  };
  const Json json = Json::parse(good.text());
  const auto with = [&](const Json& patch) {
    Json changed = json;
    changed.merge_patch(patch);
    return strict_json::text(changed);
  };
  refuse("another version", with({{"v", 2}}));
  refuse("a member that is not known", with({{"to", "all"}}));
  refuse("a nonce of another length", with({{"nonce", to_base64url("short")}}));
  refuse("no reader", with({{"keys", Json::array()}}));
  refuse("a length that no filled-up opening has",
         with({{"ciphertext", to_base64url(std::string(1500, 'x'))}}));
  Json reversed = json;
  std::swap(reversed["keys"][0], reversed["keys"][1]);
  refuse("readers out of order", strict_json::text(reversed));
  Json twice = json;
  twice["keys"][1] = twice["keys"][0];
  refuse("a reader twice", strict_json::text(twice));
  refuse("a wrapped key that was cut", [&] {
    Json cut = json;
    cut["keys"][0]["key"] = to_base64url(std::string(79, 'x'));
    return strict_json::text(cut);
  }());
  refuse("white space", good.text() + " ");
  return list;
}

Json sealed_vectors() {
  const auto ben = actor(2);
  const WorldId world{sha256("a world")};
  const std::string nonce = to_base64url(std::string(16, 5));
  const Opening note = make_opening("note", "Nur für die Hüterinnen: 三楼", always(7));
  const Event event = sign_event(
      {.at = {1'767'225'600},
       .kind = "behaviour.logged",
       .body = {{"behaviour", "walk"}, {"quantity", "1"}, {"unit", "km"}},
       .details = {{"note", commit_to({world, ben->did().text(), "behaviour.logged", nonce}, note)}},
       .world = world},
      nonce, *ben);
  const PersonalSeed first = seed_of(8);
  const PersonalSeed second = seed_of(9);
  const SealedOpening sealed =
      seal_opening(event, note, {first.box_public_key(), second.box_public_key()}, counted());
  Json readers = Json::array();
  for (const PersonalSeed* seed : {&first, &second}) {
    const auto opened = open_sealed(event, sealed, *seed);
    REQUIRE(opened);
    CHECK(opened->text() == note.text());
    readers.push_back(
        {{"box_key", to_base64url(view(seed->box_public_key()))}, {"seed", to_hex(view(seed->bytes))}});
  }
  Json ephemeral = Json::array();
  for (char byte = 0x12; byte < 0x14; ++byte) ephemeral.push_back(to_hex(std::string(32, byte)));
  Bundle bundle{ben->did(), {1'767'225'600}, world, {event}, {}, {}, {}, {{event.id, sealed}}};
  return {{"bundle", write_bundle(bundle, *ben)},
          {"content_key", to_hex(std::string(32, 0x10))},
          {"ephemeral_keys_in_order", ephemeral},
          {"event", event.line},
          {"field", "note"},
          {"nonce", to_hex(std::string(24, 0x11))},
          {"opening", note.text()},
          {"path", sealed_path(event.id, "note")},
          {"readers", readers},
          {"refused", refused_texts(sealed)},
          {"text", sealed.text()}};
}

}  // namespace

TEST_CASE("the vectors of sealed openings come out exactly") {
  check_file("sealed.json", sealed_vectors());
}
