#include "stream/bundle.h"

#include <doctest/doctest.h>

#include "stream/signed_line.h"
#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ada = actor('a');
const Actor ben = actor('b');
const WorldId world = make_genesis(ada).world_id();

std::string row_lines(int count) {
  std::string content;
  for (int i = 1; i <= count; ++i) {
    Row row;
    row.at = Timestamp{start_of_time};
    row.behaviour = "map-aed";
    row.quantity = Decimal(i);
    row.unit = "device";
    content += row.line() + "\n";
  }
  return content;
}

Bundle empty_bundle() {
  return {ben.did(), {start_of_time}, world, {}, {}, {}, {}};
}

// Ben's event with a note, and one with a table.
Bundle full_bundle() {
  Bundle bundle = empty_bundle();
  const std::string nonce = make_nonce(counting_random());
  const Opening note = make_opening("note", "taught \"ten\" people 急救\n", counting_random(5));
  const DetailContext context{world, ben.did().text(), "behaviour.logged", nonce};
  bundle.events.push_back(sign_event({.at = {start_of_time},
                                      .kind = "behaviour.logged",
                                      .body = logged_body(),
                                      .details = {{"note", commit_to(context, note)}},
                                      .world = world},
                                     nonce, *ben.signer));
  bundle.tables.push_back(*parse_table(row_lines(3)));
  bundle.events.push_back(make_event(ben, world, "behaviour.tabled", bundle.tables[0].body()));
  bundle.openings.push_back({bundle.events[0].id, note, Visibility::public_});
  return bundle;
}

// A bundle whose header is signed over whatever follows it.
std::string signed_over(const std::string& contents, const Json& header = {}) {
  Json json = {{"actor", ben.did().text()},
               {"at", Timestamp{start_of_time}.text()},
               {"contents", sha256(contents).hex()},
               {"events", 0},
               {"openings", Json::array()},
               {"tables", Json::array()},
               {"v", 1},
               {"world", world.text()}};
  json.update(header.is_null() ? Json::object() : header);
  return sign_line(json, sshsig::bundle_namespace, *ben.signer) + "\n" + contents;
}

std::string refusal(const std::string& bytes) {
  return parse_bundle(bytes).reason();
}

}  // namespace

TEST_CASE("a bundle comes back as it was written") {
  const Bundle bundle = full_bundle();
  const std::string bytes = write_bundle(bundle, *ben.signer);
  const auto read = parse_bundle(bytes);
  REQUIRE(read);
  CHECK(read->actor == ben.did());
  CHECK(read->at == bundle.at);
  CHECK(read->world == world);
  CHECK(read->digest == sha256(bytes));
  REQUIRE(read->events.size() == 2);
  CHECK(read->events[0].line == bundle.events[0].line);
  CHECK(read->events[1].line == bundle.events[1].line);
  REQUIRE(read->openings.size() == 1);
  CHECK(read->openings[0].event == bundle.events[0].id);
  CHECK(matches(read->events[0], read->openings[0].opening));
  REQUIRE(read->tables.size() == 1);
  CHECK(read->tables[0].content == bundle.tables[0].content);
  CHECK(write_bundle(*read, *ben.signer) == bytes);
  CHECK(parse_bundle(write_bundle(empty_bundle(), *ben.signer))->events.empty());
}

TEST_CASE("a bundle cut at any byte is refused") {
  const std::string bytes = write_bundle(full_bundle(), *ben.signer);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (parse_bundle(bytes.substr(0, at))) FAIL_CHECK("cut at " << at);
    if (at > 0 && parse_bundle(bytes.substr(at))) FAIL_CHECK("begun at " << at);
  }
}

TEST_CASE("a bundle with any byte changed, added or taken out is refused") {
  const std::string bytes = write_bundle(full_bundle(), *ben.signer);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int mask : {1, 0x20, 0x80}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      if (parse_bundle(changed)) FAIL_CHECK("changed at " << at);
    }
    std::string changed = bytes;
    changed.erase(at, 1);
    if (parse_bundle(changed)) FAIL_CHECK("without byte " << at);
  }
  CHECK_FALSE(parse_bundle(bytes + "\n"));
  CHECK_FALSE(parse_bundle(bytes + bytes));
}

TEST_CASE("a header counts and lists exactly what follows") {
  REQUIRE(refusal(signed_over("")).empty());
  const Bundle bundle = full_bundle();
  const std::string event = "{\"event\":" + bundle.events[0].line + "}\n";
  REQUIRE(refusal(signed_over(event, {{"events", 1}})).empty());
  CHECK(contains(refusal(signed_over(event)), "what its header lists"));
  CHECK(contains(refusal(signed_over(event, {{"events", 2}})), "what its header lists"));
  CHECK(contains(refusal(signed_over("", {{"events", 1}})), "what its header lists"));
  CHECK(contains(refusal(signed_over("", {{"events", strict_json::max_integer}})), "what its header lists"));
  CHECK(contains(refusal(signed_over("", {{"tables", {sha256("x").hex()}}})), "what its header lists"));
  CHECK_FALSE(refusal(signed_over("", {{"events", -1}})).empty());
  CHECK_FALSE(refusal(signed_over("", {{"v", 2}})).empty());
  CHECK_FALSE(refusal(signed_over("", {{"extra", 1}})).empty());
  CHECK_FALSE(refusal(signed_over("", {{"world", nullptr}})).empty());
  CHECK_FALSE(refusal(signed_over("", {{"tables", {"x"}}})).empty());
  CHECK_FALSE(refusal(signed_over("", {{"at", "now"}})).empty());
  CHECK_FALSE(refusal(signed_over("", {{"actor", ada.did().text()}})).empty());
  CHECK(contains(refusal(signed_over("nonsense\n")), "line 2: "));
  CHECK(contains(refusal(signed_over("\n")), "line 2: "));
  CHECK(contains(refusal(signed_over("{}\n")), "line 2: neither"));
  CHECK(contains(refusal(signed_over("{\"event\":{}}\n")), "line 2: "));
}

TEST_CASE("a header has one form, and so has its signature") {
  const Json header = {{"actor", ben.did().text()},
                       {"at", Timestamp{start_of_time}.text()},
                       {"contents", sha256("").hex()},
                       {"events", 0},
                       {"openings", Json::array()},
                       {"tables", Json::array()},
                       {"v", 1},
                       {"world", world.text()}};
  const auto line = [](const std::string& text, const std::string& end) {
    const Signature signature = ben.signer->sign(sshsig::bundle_namespace, text);
    return text.substr(0, text.size() - 1) + ",\"sig\":\"" + text_of(signature) + end + "\"}\n";
  };
  const std::string text = header.dump();
  REQUIRE(refusal(line(text, "")).empty());
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    other.replace(other.find(from), from.size(), to);
    return !refusal(line(other, "")).empty();
  };
  CHECK(refused("\"v\":1", "\"v\":1,\"v\":1"));
  CHECK(refused("\"events\":0", "\"openings\":[],\"events\":0"));
  CHECK(refused("\"openings\":[],\"tables\":[]", "\"tables\":[],\"openings\":[]"));
  CHECK(refused("\"v\":1", "\"v\":1,\"vv\":1"));
  CHECK(refused("\"v\":1", "\"v\": 1"));
  CHECK_FALSE(refusal(line(text, "==")).empty());
  CHECK_FALSE(refusal(line(text, "A")).empty());
}

TEST_CASE("a bundle carries only its actor's own events") {
  const Event other = make_event(ada, world, "behaviour.logged", logged_body());
  const std::string bytes = signed_over("{\"event\":" + other.line + "}\n", {{"events", 1}});
  CHECK(contains(refusal(bytes), "only its actor's own events"));
}

TEST_CASE("openings travel where the header lists them, once each") {
  const std::string id = sha256("event").hex();
  const std::string salt = to_base64url(std::string(32, 's'));
  const auto line = [&](const std::string& field, const std::string& value = "\"x\"") {
    return R"({"opening":{"event":")" + id + R"(","field":")" + field + R"(","salt":")" + salt +
           R"(","value":)" + value + "}}\n";
  };
  const auto listed = [&](const std::string& field, const std::string& visibility = "public") {
    return Json{{"event", id}, {"field", field}, {"visibility", visibility}};
  };
  const auto openings = [](const Json& items) { return Json{{"openings", items}}; };
  const Json note_and_place = Json::array({listed("note"), listed("place")});
  REQUIRE(refusal(signed_over(line("note") + line("place"), openings(note_and_place))).empty());
  CHECK(contains(refusal(signed_over(line("note"))), "does not list"));
  CHECK(contains(refusal(signed_over(line("name"), openings(note_and_place))), "does not list"));
  CHECK(contains(refusal(signed_over(line("note"), openings(note_and_place))), "what its header lists"));
  CHECK(
      contains(refusal(signed_over(line("note") + line("note"), openings(note_and_place))), "there before"));
  CHECK(contains(refusal(signed_over(line("note"), openings(Json::array({listed("note"), listed("note")})))),
                 "listed twice"));
  CHECK_FALSE(refusal(signed_over(line("note"), openings(Json::array({listed("note", "secret")})))).empty());
  CHECK_FALSE(refusal(signed_over(line("note"), openings(Json::array({5})))).empty());
  // One form only.
  const Json note = Json::array({listed("note")});
  REQUIRE(refusal(signed_over(line("note"), openings(note))).empty());
  const std::string no_event = R"({"opening":{"a":1,"field":"note","salt":")" + salt + R"(","value":1}})";
  const Json unnamed =
      Json::array({{{"event", Digest{}.hex()}, {"field", "note"}, {"visibility", "public"}}});
  CHECK_FALSE(refusal(signed_over(no_event + "\n", openings(unnamed))).empty());
  CHECK_FALSE(refusal(signed_over(line("note", "0.5"), openings(note))).empty());
  CHECK_FALSE(refusal(signed_over(line("note", "1,\"x\":2"), openings(note))).empty());
  CHECK(contains(
      refusal(signed_over(line("note", "\"" + std::string(max_opening_bytes, 'x') + "\""), openings(note))),
      "512 KiB"));
}

TEST_CASE("the largest and the deepest opening that can be made travels") {
  Bundle bundle = empty_bundle();
  Json deep = 1;
  for (int i = 0; i < 14; ++i) deep = Json::array({deep});
  const std::size_t frame = Opening{"x", std::string(salt_bytes, 's'), "\"\""}.text().size();
  const std::string largest(max_opening_bytes - frame, 'x');
  const EventId id{sha256("event")};
  bundle.openings.push_back({id, make_opening("deep", deep, system_random), Visibility::public_});
  bundle.openings.push_back({id, make_opening("largest", largest, system_random), Visibility::public_});
  const auto read = parse_bundle(write_bundle(bundle, *ben.signer));
  CHECK(read.reason() == "");
  for (const BundledOpening& item : bundle.openings) {
    CHECK(Opening::parse(item.opening.field, item.opening.text()));
  }
}

TEST_CASE("tables come whole, as listed") {
  const Table table = *parse_table(row_lines(3));
  const std::string head = R"({"rows":3,"table":")" + table.root.hex() + "\"}\n";
  const Json listed = {{"tables", {table.root.hex()}}};
  REQUIRE(refusal(signed_over(head + table.content, listed)).empty());
  CHECK_FALSE(refusal(signed_over(head + table.content)).empty());
  CHECK_FALSE(refusal(signed_over(head + row_lines(2), listed)).empty());
  CHECK_FALSE(refusal(signed_over(head + row_lines(4), listed)).empty());
  CHECK_FALSE(refusal(signed_over(head + "{}\n{}\n{}\n", listed)).empty());
  CHECK_FALSE(refusal(signed_over(head, listed)).empty());
  const std::string huge = R"({"rows":9007199254740991,"table":")" + table.root.hex() + "\"}\n";
  CHECK_FALSE(refusal(signed_over(huge + table.content, listed)).empty());
  const std::string none = R"({"rows":0,"table":")" + table.root.hex() + "\"}\n";
  CHECK_FALSE(refusal(signed_over(none + table.content, listed)).empty());
}

TEST_CASE("what is more than a bundle holds cannot be written") {
  Bundle bundle = empty_bundle();
  bundle.events.assign(max_bundle_events + 1, make_event(ben, world, "behaviour.logged", logged_body()));
  CHECK(failure_of([&] { write_bundle(bundle, *ben.signer); }).code == ErrorCode::invalid);
  CHECK(contains(refusal(std::string(max_bundle_bytes + 1, '\n')), "64 MiB"));
}

TEST_CASE("sealed openings travel as they are, listed as sealed") {
  Bundle bundle = full_bundle();
  const PersonalSeed seed = PersonalSeed::generate(counting_random(8));
  const SealedOpening sealed =
      seal_opening(bundle.events[0], bundle.openings[0].opening, {seed.box_public_key()}, counting_random(9));
  bundle.openings.clear();
  bundle.sealed = {{bundle.events[0].id, sealed}};
  const std::string bytes = write_bundle(bundle, *ben.signer);
  CHECK(bytes.find("taught") == std::string::npos);
  const auto read = parse_bundle(bytes);
  REQUIRE(read);
  REQUIRE(read->sealed.size() == 1);
  CHECK(read->sealed[0].event == bundle.events[0].id);
  CHECK(open_sealed(read->events[0], read->sealed[0].opening, seed));
  CHECK(write_bundle(*read, *ben.signer) == bytes);

  // In the form that its visibility asks for, once, and in no other form.
  const std::string id = bundle.events[0].id.text();
  const std::string text = sealed.text();
  const auto line = [&](const std::string& field, const std::string& opening) {
    return fmt::format(R"({{"sealed":{{"event":"{}","field":"{}","opening":{}}}}})", id, field, opening) +
           "\n";
  };
  const auto header = [&](const std::string& visibility) {
    return Json{{"openings", {{{"event", id}, {"field", "note"}, {"visibility", visibility}}}}};
  };
  CHECK(refusal(signed_over(line("note", text), header("sealed"))).empty());
  CHECK(contains(refusal(signed_over(line("note", text), header("public"))), "lists as public"));
  CHECK(contains(refusal(signed_over(line("place", text), header("sealed"))), "does not list"));
  CHECK(contains(refusal(signed_over(line("note", text) + line("note", text), header("sealed"))), "before"));
  CHECK(contains(refusal(signed_over(line("note", "{}"), header("sealed"))), "sealed opening"));
  const std::string open =
      fmt::format(R"({{"opening":{{"event":"{}","field":"note","salt":"{}","value":1}}}})", id,
                  to_base64url(std::string(32, 's'))) +
      "\n";
  CHECK(contains(refusal(signed_over(open, header("sealed"))), "lists as sealed"));
}
