// Test vectors: the files tests/vectors/*.json that docs/format.md refers to. They hold inputs (seeds,
// nonces, salts, JSON) and the bytes that must come of them, so that another implementation can be
// checked without ours; tests/vectors/check.py is one. Here everything is made anew from the inputs and
// must come out exactly. After a change of the format:
//
//     BW_WRITE_VECTORS=1 build/release/tests/test_stream --test-case='*vectors*'

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
#include "stream/test_vectors.h"
#include "tlog/checkpoint.h"

using namespace bw;
using namespace bw::testing;

namespace {

constexpr char ada_byte = 1, ben_byte = 2, log_byte = 3, personal_byte = 4;

Opening opening(std::string field, const Json& value, char salt) {
  return make_opening(std::move(field), value, always(salt));
}

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

// One small world, told once; each file of vectors shows another side of it.
class Story {
public:
  Story() : ada(actor(ada_byte)), ben(actor(ben_byte)) {
    world = WorldId{add("world.created", *ada,
                        {{"home", nullptr},
                         {"k", 1},
                         {"name", "Herzsicher Köln"},
                         {"parent", nullptr},
                         {"signers", Json::array()},
                         {"stewards", {ada->did().text()}}})
                        .id.digest};
    log_key = NoteSigner::generate(log_origin(*world), always(log_byte));
    add("identity.announced", *ada, {{"keys", {proven("log", log_key->verifier().vkey(), *ada)}}});
    add("definition.adopted", *ada,
        {{"commit", std::string(40, 'a')},
         {"definition", definition_digest(definition).hex()},
         {"previous", nullptr},
         {"signers", {ada->did().text()}}});
    announce_ben();
    log_deed();
    table = parse_table(rows()).operator*();
    add("behaviour.tabled", *ada, table->body());
    const std::string deed_id = deed().id.text();
    add("event.corrected", *ben,
        {{"behaviour", "teach-cpr"}, {"event", deed_id}, {"quantity", "2"}, {"unit", "hour"}});
    add("event.confirmed", *ada, {{"events", {deed_id}}});
    add("event.retracted", *ben, {{"event", deed_id}});
    add("steward.proposed", *ada, {{"change", {{"act", "add_steward"}, {"did", ben->did().text()}}}});
    add("steward.approved", *ben, {{"proposal", events.back().id.text()}});
    add("identity.retired", *ada, {{"keys", {log_key->verifier().vkey()}}});
  }

  const Event& deed() const { return events.at(4); }

  std::vector<std::string> entries() const {
    std::vector<std::string> lines;
    for (const Event& event : events) lines.push_back(entry_line(event.line, event.at.seconds + 60));
    return lines;
  }

  std::unique_ptr<Signer> ada, ben;
  std::optional<WorldId> world;
  std::optional<NoteSigner> log_key;
  std::vector<Event> events;
  std::vector<Opening> openings;  // of the deed
  std::optional<Table> table;
  const DefinitionFiles definition = {{"betterworld.yaml", "betterworld: 1\nname: Herzsicher Köln\n"},
                                      {"tools/a.yaml", ""},
                                      {"a.png", "\x89PNG"}};

private:
  const Event& add(std::string kind, const Signer& signer, Json body,
                   std::map<std::string, Digest, std::less<>> details = {}) {
    const Timestamp at{1'767'225'600 + 3600 * static_cast<std::int64_t>(events.size())};  // 2026-01-01
    events.push_back(
        sign_event({at, std::move(kind), std::move(body), std::move(details), world}, nonce(), signer));
    return events.back();
  }

  std::string nonce() const { return to_base64url(std::string(16, static_cast<char>(0x10 + events.size()))); }

  Json proven(const char* use, const std::string& key, const Signer& owner) const {
    const Signature proof = log_key->sign_raw(possession_statement(use, owner.did(), *world, key));
    return {{"key", key}, {"proof", to_base64url(view(proof))}, {"use", use}};
  }

  void announce_ben() {
    const PersonalSeed seed = PersonalSeed::generate(always(personal_byte));
    const Did credential = Did::from_public_key(seed.credential_public_key());
    const Signature proof =
        seed.credential_key().sign(possession_statement("credential", ben->did(), *world, credential.text()));
    add("identity.announced", *ben,
        {{"keys",
          {{{"key", to_base64url(view(seed.box_public_key()))}, {"use", "box"}},
           {{"key", credential.text()}, {"proof", to_base64url(view(proof))}, {"use", "credential"}}}}});
  }

  void log_deed() {
    openings = {opening("note", "Zwei Nachbarn: „geübt“\n", 5),
                opening("place", {{"lat", "50.9413"}, {"lon", "6.9583"}}, 6)};
    for (Opening& part : make_evidence({{"photo.txt", "not really a photo\n"}}, always(7))) {
      openings.push_back(std::move(part));
    }
    const DetailContext context{world, ben->did().text(), "behaviour.logged", nonce()};
    std::map<std::string, Digest, std::less<>> details;
    for (const Opening& item : openings) details.emplace(item.field, commit_to(context, item));
    add("behaviour.logged", *ben, {{"behaviour", "teach-cpr"}, {"quantity", "1.5"}, {"unit", "hour"}},
        details);
  }

  static std::string rows() {
    const auto row = [](const char* at, const char* quantity,
                        std::map<std::string, std::string, std::less<>> facts, std::optional<Place> place) {
      return Row{*Timestamp::parse(at),
                 "map-aed",
                 *Decimal::parse(quantity),
                 "device",
                 std::move(facts),
                 place,
                 {}}
                 .line() +
             "\n";
    };
    return row("2026-01-01T08:00:00Z", "1", {{"district", "Köln-Süd"}},
               Place{*Decimal::parse("50.9413"), *Decimal::parse("6.9583")}) +
           row("2026-01-01T09:00:00Z", "1.25", {}, std::nullopt) +
           row("2026-01-02T10:00:00Z", "0.000000001", {{"note", "a \"quoted\" \\ word"}}, std::nullopt);
  }
};

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
  const Checkpoint checkpoint{log_origin(*story.world), tree.size(), tree.root()};
  Note note{checkpoint.text(), {}};
  note.sign(*story.log_key);
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
          {"note", note.bytes()},
          {"text", checkpoint.text()}};
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
