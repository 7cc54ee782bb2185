#pragma once
// The story that the vectors of one world are made from (vectors_test.cpp, world/proof_vectors_test.cpp).

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/decimal.h"
#include "crypto/personal_seed.h"
#include "stream/authority.h"
#include "stream/definition_set.h"
#include "stream/details.h"
#include "stream/entry.h"
#include "stream/table.h"
#include "stream/test_vectors.h"
#include "tlog/checkpoint.h"

namespace bw::testing {

inline constexpr char ada_byte = 1, ben_byte = 2, log_byte = 3, personal_byte = 4;

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

  Note checkpoint() const {
    MerkleTree tree;
    for (const std::string& line : entries()) tree.append(leaf_hash(line));
    Note note{Checkpoint{log_origin(*world), tree.size(), tree.root()}.text(), {}};
    note.sign(*log_key);
    return note;
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
    const auto opening = [](std::string field, const Json& value, char salt) {
      return make_opening(std::move(field), value, always(salt));
    };
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

}  // namespace bw::testing
