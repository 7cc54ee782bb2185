// Test vectors: the files tests/vectors/*.json that docs/format.md refers to. They hold inputs (seeds,
// nonces, salts, JSON) and the bytes that must come of them, so that another implementation can be
// checked without ours; tests/vectors/check.py is one. Here everything is made anew from the inputs and
// must come out exactly. How they are written anew after a change of the format: docs/format.md §20.

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/decimal.h"
#include "crypto/openssh_key.h"
#include "crypto/paper_key.h"
#include "crypto/personal_seed.h"
#include "stream/authority.h"
#include "stream/bundle.h"
#include "stream/definition_set.h"
#include "stream/details_branch.h"
#include "stream/entry.h"
#include "stream/receipt.h"
#include "stream/signed_line.h"
#include "stream/test_story.h"
#include "stream/test_vectors.h"
#include "tlog/checkpoint.h"

using namespace bw;
using namespace bw::testing;

namespace {

Json openings_json(const Event& event, const std::vector<Opening>& openings) {
  Json list = Json::array();
  for (const Opening& item : openings) {
    list.push_back({{"commitment", to_base64url(commit_to(detail_context(event), item).view())},
                    {"field", item.field},
                    {"file", item.text()},
                    {"path", opening_path(event.id, item.field)},
                    {"salt", to_hex(item.salt)},
                    {"value", Json::parse(item.value_text)},
                    {"value_text", item.value_text}});
  }
  return list;
}

// ── the files ────────────────────────────────────────────────────────────────────────────────────

Json key_vectors() {
  Json actors = Json::array();
  for (const char byte : {ada_byte, ben_byte}) {
    const auto signer = actor(byte);
    actors.push_back({{"did", signer->did().text()},
                      {"openssh", public_key_line(signer->did())},
                      {"public_key", to_hex(view(signer->did().public_key()))},
                      {"seed", to_hex(std::string(32, byte))}});
  }
  const PersonalSeed seed = PersonalSeed::generate(always(personal_byte));
  const auto ada = actor(ada_byte);
  std::array<std::uint8_t, 32> ada_seed{};
  ada_seed.fill(ada_byte);
  const Json personal = {{"box_public_key", to_hex(view(seed.box_public_key()))},
                         {"credential_public_key", to_hex(view(seed.credential_public_key()))},
                         {"encrypted_file", seed.file_text("correct horse", always(8))},
                         {"paper_code", PaperKey{ada->did(), seed, ada_seed}.code()},
                         {"paper_code_without_actor_seed", PaperKey{ada->did(), seed, std::nullopt}.code()},
                         {"passphrase", "correct horse"},
                         {"plain_file", seed.file_text("", always(8))},
                         {"recovery_public_key", to_hex(view(seed.recovery_public_key()))},
                         {"seed", to_hex(view(seed.bytes))}};
  const Signature signature = ada->sign(sshsig::event_namespace, "message");
  return {{"actors", actors},
          {"personal_seed", personal},
          {"sshsig",
           {{"actor", ada->did().text()},
            {"armored", sshsig::armor(ada->did(), sshsig::event_namespace, signature)},
            {"message", "message"},
            {"namespace", sshsig::event_namespace},
            {"signature", to_hex(view(signature))},
            {"signed_data", to_hex(sshsig::signed_data(sshsig::event_namespace, "message"))}}}};
}

// Texts beside an acceptable event that differ from it in one way only.
Json refused_events(const Event& event) {
  const std::string& line = event.line;
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = line;
    return changed.replace(changed.find(from), from.size(), to);
  };
  Json list = Json::array();
  const auto refuse = [&](const char* why, const std::string& text) {
    CHECK_MESSAGE(!accept_event(text), why);
    list.push_back({{"line", text}, {"why", why}});
  };
  const auto signed_again = [&](const char* why, const Json& again) {
    const auto signer = actor(ben_byte);
    refuse(why, sign_line(again, sshsig::event_namespace, *signer));
  };
  const Json content = Json::parse(signed_bytes_of(line));
  const auto changed = [&](const char* member, Json value) {
    Json other = content;
    other[member] = std::move(value);
    return other;
  };
  refuse("white space", with("\"v\":1", "\"v\": 1"));
  refuse("a line feed at its end", line + "\n");
  refuse("a character more after the signature", line + " ");
  refuse("keys out of order", with("\"actor\"", "\"zctor\""));
  refuse("an escape that is not needed", with("\"kind\":\"b", "\"kind\":\"\\u0062"));
  refuse("another body than was signed", with("\"1.5\"", "\"1.6\""));
  refuse("padding after the signature", line.substr(0, line.size() - 2) + "==\"}");
  // 64 bytes leave four bits of the last character unused; they must be zero.
  std::string spare = line;
  spare[spare.size() - 3] = static_cast<char>(spare[spare.size() - 3] + 1);
  refuse("a spare bit of the signature set", spare);
  signed_again("an event signed by another key than the actor's",
               changed("actor", actor(ada_byte)->did().text()));
  signed_again("a member too many", changed("extra", 1));
  signed_again("a version that is not known", changed("v", 2));
  signed_again("a date that does not exist", changed("at", "2026-02-30T00:00:00Z"));
  signed_again("a nonce of 15 bytes", changed("nonce", to_base64url(std::string(15, 'n'))));
  signed_again("a world that is no id", changed("world", "abc"));
  signed_again("no world in another kind than world.created", changed("world", nullptr));
  signed_again("a kind without a dot", changed("kind", "logged"));
  signed_again("a body that is no object", changed("body", Json::array()));
  signed_again("details that are empty", changed("details", Json::object()));
  signed_again("a commitment of 31 bytes",
               changed("details", {{"note", to_base64url(std::string(31, 'c'))}}));
  Json missing = content;
  missing.erase("nonce");
  signed_again("a member missing", missing);
  return list;
}

Json event_vectors(const Story& story) {
  Json events = Json::array();
  for (const Event& event : story.events) {
    const bool by_ada = event.actor == story.ada->did();
    const std::string signed_bytes = signed_bytes_of(event.line);
    events.push_back({{"content", Json::parse(signed_bytes)},
                      {"id", event.id.text()},
                      {"line", event.line},
                      {"seed", to_hex(std::string(32, by_ada ? ada_byte : ben_byte))},
                      {"signature", to_hex(view(signature_of(event.line)))},
                      {"signed_bytes", signed_bytes}});
  }
  Json files = Json::object();
  for (const auto& [path, content] : story.definition) files[path] = to_hex(content);
  const Event& announcement = story.events.at(1);
  return {{"definition", {{"digest", definition_digest(story.definition).hex()}, {"files_in_hex", files}}},
          {"events", events},
          {"possession",
           {{"key", story.log_key->verifier().vkey()},
            {"proof", announcement.body()["keys"][0]["proof"]},
            {"statement", possession_statement("log", announcement.actor, *story.world,
                                               story.log_key->verifier().vkey())}}},
          {"refused", refused_events(story.deed())},
          {"world", story.world->text()}};
}

Json details_vectors(const Story& story) {
  const Event& event = story.deed();
  return {{"context",
           {{"actor", event.actor.text()},
            {"kind", event.kind},
            {"nonce", event.nonce},
            {"world", event.world->text()}}},
          {"event", event.line},
          {"evidence", {{{"content", "not really a photo\n"}, {"name", "photo.txt"}}}},
          {"openings", openings_json(event, story.openings)}};
}

Json table_json(const Table& table) {
  return {{"body", table.body()},
          {"content", table.content},
          {"path", table_path(table.root)},
          {"root", table.root.hex()}};
}

Json table_vectors(const Story& story) {
  std::string salted;
  for (const char* quantity : {"2", "-0.5"}) {
    salted += Row{{1'767'225'600},
                  "walk",
                  *Decimal::parse(quantity),
                  "km",
                  {},
                  {},
                  to_base64url(std::string(32, 9))}
                  .line() +
              "\n";
  }
  const std::string good = R"({"at":"2026-01-01T08:00:00Z","behaviour":"walk","quantity":"1","unit":"km"})";
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = good;
    return changed.replace(changed.find(from), from.size(), to) + "\n";
  };
  const std::string salt = R"("salt":")" + to_base64url(std::string(32, 9)) + R"(",)";
  Json refused = Json::array();
  const std::vector<std::pair<const char*, std::string>> wrong = {
      {"no row", ""},
      {"the last line does not end", good},
      {"an empty line", good + "\n\n"},
      {"a quantity with a trailing zero", with(R"("1")", R"("1.0")")},
      {"a quantity that is a number", with(R"("1")", "1")},
      {"an exponent", with(R"("1")", R"("1e3")")},
      {"minus zero", with(R"("1")", R"("-0")")},
      {"a member too many", with(R"(,"unit")", R"(,"title":"","unit")")},
      {"an empty unit", with(R"("km")", R"("")")},
      {"a unit of 65 bytes", with(R"("km")", '"' + std::string(65, 'k') + '"')},
      {"an attribute that is no string", with(R"("behaviour")", R"("attributes":{"a":1},"behaviour")")},
      {"a place that is not on Earth", with(R"("quantity")", R"("place":{"lat":"91","lon":"0"},"quantity")")},
      {"one row with a salt and one without", good + "\n" + with(R"("unit")", salt + R"("unit")")}};
  for (const auto& item : wrong) {
    CHECK_MESSAGE(!parse_table(item.second), item.first);
    refused.push_back({{"content", item.second}, {"why", item.first}});
  }
  return {{"private", table_json(*parse_table(salted))},
          {"public", table_json(*story.table)},
          {"refused", refused}};
}

Json bundle_vectors(const Story& story) {
  Bundle bundle{
      story.ben->did(), {1'767'312'000}, *story.world, {story.events.at(3), story.deed()}, {}, {}, {}};
  for (const Opening& item : story.openings) {
    if (item.field != "place") bundle.openings.push_back({story.deed().id, item, Visibility::public_});
  }
  const std::string bytes = write_bundle(bundle, *story.ben);
  const Digest digest = sha256(bytes);
  Bundle with_table{
      story.ada->did(), {1'767'312'000}, *story.world, {story.events.at(5)}, {}, {*story.table}, {}};
  const std::string table_bytes = write_bundle(with_table, *story.ada);
  const Receipt receipt{
      story.ada->did(),
      {1'767'312'060},
      digest,
      *story.world,
      {{Verdict::Kind::duplicate, story.events.at(3).id, 3, {}},
       {Verdict::Kind::refused, story.deed().id, {}, "this world admits only events of its stewards"}}};
  CHECK(parse_bundle(bytes));
  CHECK(parse_bundle(table_bytes));
  const std::string line = write_receipt(receipt, *story.ada);
  CHECK(parse_receipt(line));
  return {{"bundles",
           {{{"actor", story.ben->did().text()},
             {"bytes", bytes},
             {"inbox_ref", inbox_ref(story.ben->did(), digest)},
             {"receipt_ref", receipt_ref(story.ben->did(), digest)},
             {"seed", to_hex(std::string(32, ben_byte))},
             {"sha256", digest.hex()}},
            {{"actor", story.ada->did().text()},
             {"bytes", table_bytes},
             {"inbox_ref", inbox_ref(story.ada->did(), sha256(table_bytes))},
             {"receipt_ref", receipt_ref(story.ada->did(), sha256(table_bytes))},
             {"seed", to_hex(std::string(32, ada_byte))},
             {"sha256", sha256(table_bytes).hex()}}}},
          {"receipt", {{"line", line}, {"seed", to_hex(std::string(32, ada_byte))}}}};
}

Json checkpoint_vectors(const Story& story) {
  Json entries = Json::array();
  MerkleTree tree;
  for (const std::string& line : story.entries()) {
    tree.append(leaf_hash(line));
    entries.push_back({{"leaf_hash", leaf_hash(line).hex()}, {"line", line}, {"root", tree.root().hex()}});
  }
  Json paths = Json::object();
  for (const std::uint64_t number : {0ull, 7ull, 999ull, 1'000ull, 1'234ull, 1'234'067ull}) {
    paths[std::to_string(number)] = log_path(number);
  }
  return {{"entries", entries},
          {"log_key",
           {{"name", log_origin(*story.world)},
            {"seed", to_hex(std::string(32, log_byte))},
            {"signing_key", story.log_key->text()},
            {"vkey", story.log_key->verifier().vkey()}}},
          {"log_paths", paths},
          {"note", story.checkpoint().bytes()},
          {"text", story.checkpoint().text}};
}

}  // namespace

TEST_CASE("the vectors of keys come out exactly") {
  check_file("keys.json", key_vectors());
}

TEST_CASE("the vectors of one world come out exactly") {
  const Story story;
  for (const Event& event : story.events) CHECK(accept_event(event.line));
  check_file("event.json", event_vectors(story));
  check_file("details.json", details_vectors(story));
  check_file("table.json", table_vectors(story));
  check_file("bundle.json", bundle_vectors(story));
  check_file("checkpoint.json", checkpoint_vectors(story));
}
