#include "stream/details.h"

#include <doctest/doctest.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ada = actor('a');
const WorldId world = make_genesis(ada).world_id();

Event event_with(const std::vector<Opening>& openings, const Actor& by = ada) {
  const std::string nonce = make_nonce(system_random);
  EventDraft draft{.at = {start_of_time},
                   .kind = "behaviour.logged",
                   .body = logged_body(),
                   .details = {},
                   .world = world};
  const DetailContext context{world, by.did().text(), draft.kind, nonce};
  for (const Opening& opening : openings) draft.details[opening.field] = commit_to(context, opening);
  return sign_event(draft, nonce, *by.signer);
}

std::string framed(const std::vector<std::string>& parts) {
  std::string bytes;
  for (const std::string& part : parts) bytes += big_endian_64(part.size()) + part;
  return bytes;
}

EvidenceFile file_of(std::size_t size, const std::string& name = "photo.jpg") {
  std::string content;
  for (std::uint64_t i = 0; content.size() < size; ++i) content += big_endian_64(i * 0x9e3779b97f4a7c15u);
  content.resize(size);
  return {name, content};
}

}  // namespace

TEST_CASE("a commitment is the SHA-256 of eight framed parts") {
  const Opening opening{"note", std::string(32, 's'), R"("words")"};
  const DetailContext context{world, ada.did().text(), "behaviour.logged", "nonce"};
  CHECK(commit_to(context, opening) ==
        sha256(framed({"bw.details.v1", world.text(), ada.did().text(), "behaviour.logged", "nonce", "note",
                       std::string(32, 's'), "\"words\""})));
  const DetailContext first{std::nullopt, ada.did().text(), "world.created", "nonce"};
  CHECK(commit_to(first, opening) == sha256(framed({"bw.details.v1", "", ada.did().text(), "world.created",
                                                    "nonce", "note", std::string(32, 's'), "\"words\""})));
}

TEST_CASE("a commitment binds world, actor, kind, nonce, field, salt and value") {
  const Opening opening{"note", std::string(32, 's'), R"("words")"};
  const DetailContext context{world, ada.did().text(), "behaviour.logged", "nonce"};
  const Digest right = commit_to(context, opening);
  const auto differs = [&](auto change) {
    DetailContext other = context;
    Opening changed = opening;
    change(other, changed);
    return commit_to(other, changed) != right;
  };
  CHECK(differs([](DetailContext& c, Opening&) { c.world = make_genesis(actor('b')).world_id(); }));
  CHECK(differs([](DetailContext& c, Opening&) { c.world = std::nullopt; }));
  CHECK(differs([](DetailContext& c, Opening&) { c.actor = actor('b').did().text(); }));
  CHECK(differs([](DetailContext& c, Opening&) { c.kind = "event.corrected"; }));
  CHECK(differs([](DetailContext& c, Opening&) { c.nonce = "other"; }));
  CHECK(differs([](DetailContext&, Opening& o) { o.field = "place"; }));
  CHECK(differs([](DetailContext&, Opening& o) { o.salt[0] = 't'; }));
  CHECK(differs([](DetailContext&, Opening& o) { o.value_text = R"("Words")"; }));
  // The frames keep the parts apart.
  CHECK(differs([](DetailContext& c, Opening& o) { c.nonce = "noncen", o.field = "ote"; }));
}

TEST_CASE("an opening matches the event that committed to it and no other") {
  const Opening note = make_opening("note", "taught ten people", system_random);
  const Event event = event_with({note});
  CHECK(matches(event, note));
  Opening other = note;
  other.value_text = R"("taught a hundred people")";
  CHECK_FALSE(matches(event, other));
  other = note;
  other.field = "place";
  CHECK_FALSE(matches(event, other));
  CHECK_FALSE(matches(event_with({}), note));

  // A commitment copied into another's event, or into another event of the same person, opens to nothing.
  const auto copied = [&](const Actor& by) {
    return sign_event({.at = {start_of_time},
                       .kind = "behaviour.logged",
                       .body = logged_body(),
                       .details = event.details,
                       .world = world},
                      make_nonce(system_random), *by.signer);
  };
  CHECK_FALSE(matches(copied(actor('b')), note));
  CHECK_FALSE(matches(copied(ada), note));
}

TEST_CASE("an opening is written and read in one form") {
  const Opening opening = make_opening("place", {{"lat", "50.9"}, {"lon", "6.9"}}, counting_random());
  const auto read = Opening::parse("place", opening.text());
  REQUIRE(read);
  CHECK(read->salt == opening.salt);
  CHECK(read->value_text == opening.value_text);
  const std::string salt = to_base64url(opening.salt);
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), R"({"salt":")" + salt + R"("})",
        std::string(R"({"value":1})"), R"({"salt":")" + salt.substr(1) + R"(","value":1})",
        R"({"salt":")" + salt + R"(=","value":1})", R"({"value":1,"salt":")" + salt + R"("})",
        R"({"salt":")" + salt + R"(","value":1,"x":2})", R"({"salt":")" + salt + R"(", "value":1})",
        R"({"salt":")" + salt + R"(","value":0.5})"}) {
    CAPTURE(text);
    CHECK_FALSE(Opening::parse("place", text));
  }
  CHECK_FALSE(Opening::parse(
      "x", R"({"salt":")" + salt + R"(","value":")" + std::string(max_opening_bytes, 'x') + R"("})"));
}

TEST_CASE("an opening that could not travel is not made") {
  CHECK(failure_of([] { make_opening("note", std::string(max_opening_bytes, 'x'), system_random); }).code ==
        ErrorCode::invalid);
  Json value = 1;
  for (int i = 0; i < 14; ++i) value = Json::array({value});
  CHECK_NOTHROW(make_opening("note", value, system_random));
  CHECK(failure_of([&] { make_opening("note", Json::array({value}), system_random); }).code ==
        ErrorCode::invalid);
  CHECK(failure_of([] { make_opening("note", 0.5, system_random); }).code == ErrorCode::invalid);
}

TEST_CASE("files of every size come apart and together again") {
  const std::size_t chunk = file_chunk_bytes;
  std::vector<EvidenceFile> files;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 3 * chunk}) {
    files.push_back(file_of(size, "file-" + std::to_string(size)));
  }
  const std::vector<Opening> openings = make_evidence(files, counting_random());
  CHECK(openings.size() == 1 + 0 + 1 + 1 + 1 + 2 + 3);
  for (const Opening& opening : openings) CHECK(opening.text().size() <= max_opening_bytes);
  const Event event = event_with(openings);
  for (const Opening& opening : openings) CHECK(matches(event, opening));
  const auto read = read_evidence(openings);
  REQUIRE(read);
  REQUIRE(read->size() == files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    CHECK((*read)[i].name == files[i].name);
    CHECK((*read)[i].content == files[i].content);
  }
  CHECK(read_evidence({})->empty());
  CHECK(make_evidence({}, system_random).empty());
}

TEST_CASE("a file with a part changed, missing, swapped or claimed twice is refused") {
  const std::vector<Opening> openings = make_evidence({file_of(2 * file_chunk_bytes)}, counting_random());
  REQUIRE(openings.size() == 3);
  auto changed = openings;
  changed[0].value_text[5] = changed[0].value_text[5] == 'A' ? 'B' : 'A';
  CHECK(contains(read_evidence(changed).reason(), "photo.jpg"));
  changed = openings;
  changed.erase(changed.begin());
  CHECK(contains(read_evidence(changed).reason(), "missing"));
  changed = openings;
  std::swap(changed[0].value_text, changed[1].value_text);
  CHECK_FALSE(read_evidence(changed));
  changed = openings;
  changed[0].value_text = "5";
  CHECK_FALSE(read_evidence(changed));

  // A list that names one part many times would be a file of any size.
  Json list = Json::parse(openings[2].value_text);
  changed = openings;
  for (int i = 0; i < 1000; ++i) list[0]["chunks"].push_back("evidence_0_0");
  changed[2].value_text = list.dump();
  CHECK(contains(read_evidence(changed).reason(), "out of order"));
  for (const char* text :
       {"5", "[5]", "[{}]", R"([{"name":5}])", R"("x")", "null", R"({"a":{"name":"x"}})"}) {
    changed[2].value_text = text;
    CAPTURE(text);
    const auto read = read_evidence(changed);
    CHECK((!read || read->empty()));
  }
}

TEST_CASE("a file that would be written outside its folder is refused") {
  for (const char* name : {"../x", "/etc/passwd", "a/b", "..", ".", "", "a\\b", "a\nb", "\x7f"}) {
    CAPTURE(name);
    const auto read = read_evidence(make_evidence({{name, "content"}}, counting_random()));
    CHECK_FALSE(read);
  }
  CHECK(read_evidence(make_evidence({{"急救 照片.jpg", "content"}}, counting_random())));
}
