// The vectors of authority (tests/vectors/authority.json): see vectors_test.cpp.

#include <algorithm>

#include "base/bytes.h"
#include "stream/authority.h"
#include "stream/entry.h"
#include "stream/test_vectors.h"

using namespace bw;
using namespace bw::testing;

namespace {

constexpr char log_byte = 7;

// What entries do to the authority of a world: in force or not, and who holds what in the end. The words
// of a reason are not part of the format.
class Rulings {
public:
  Rulings() {
    rule("world.created", 1,
         {{"home", "https://example.org/w.git"},
          {"k", 1},
          {"name", "Rules"},
          {"parent", {{"root", std::string(64, 'b')}, {"size", 7}, {"world", std::string(64, 'c')}}},
          {"signers", {did(3)}},
          {"stewards", {did(1)}}});
    rule("steward.proposed", 2, change("add_steward", "did", did(2)));  // no steward
    rule("steward.proposed", 1, change("add_steward", "did", did(2)));
    rule("steward.proposed", 1, change("add_steward", "did", did(2)));  // is one already
    rule("steward.proposed", 1, change("set_threshold", "number", 3));  // more than there are
    rule("steward.proposed", 1, change("set_threshold", "number", 2));
    rule("steward.proposed", 1, change("add_steward", "did", did(3)));
    const std::string third = events_.back().id.text();
    rule("steward.approved", 1, {{"proposal", third}});  // a proposal is its proposer's approval
    rule("steward.approved", 3, {{"proposal", third}});  // no steward yet
    rule("steward.approved", 2, {{"proposal", third}});
    rule("steward.approved", 2, {{"proposal", third}});  // not open any more
    rule("steward.proposed", 3, change("add_sequencer", "did", did(4)));
    const std::string late = events_.back().id.text();
    now_ += 30 * 86400 + 3601;
    rule("steward.approved", 1, {{"proposal", late}});  // after 30 days
    const std::string log = NoteSigner::generate(log_origin(*world_), always(log_byte)).verifier().vkey();
    rule("steward.proposed", 3, change("remove_steward", "did", did(1)));
    const std::string removal = events_.back().id.text();
    rule("steward.proposed", 1, change("set_home", "home", nullptr));
    const std::string home = events_.back().id.text();
    rule("steward.approved", 2, {{"proposal", removal}});
    rule("steward.approved", 3, {{"proposal", home}});  // the proposer is no steward any more: one of two
    rule("steward.approved", 2, {{"proposal", home}});
    rule("definition.adopted", 1, adoption(nullptr));               // no steward
    rule("definition.adopted", 2, adoption(std::string(64, 'd')));  // nothing was adopted before
    rule("definition.adopted", 2, adoption(nullptr));
    rule("identity.announced", 5, {{"keys", Json::array()}});
    rule("identity.announced", 5, {{"keys", {announced(log, 1)}}});  // a proof that names another actor
    rule("identity.announced", 5, {{"keys", {announced(log, 5)}}});
    rule("identity.announced", 2, {{"keys", {announced(log, 2)}}});       // announced before
    rule("identity.retired", 2, {{"keys", {log}}});                       // another's key stays
    rule("steward.proposed", 2, {{"change", {{"act", "add_steward"}}}});  // a member missing
    rule("steward.proposed", 2, change("add_device", "did", did(6)));
    const std::string device = events_.back().id.text();
    rule("steward.proposed", 3, change("add_device", "did", did(6)));  // still possible
    const std::string again = events_.back().id.text();
    rule("steward.approved", 3, {{"proposal", device}});
    rule("steward.approved", 2, {{"proposal", again}});  // possible no more: stays open, not approved
    rule("steward.proposed", 3, change("remove_sequencer", "did", did(4)));  // is none
    rule("steward.crowned", 2, Json::object());                              // no such kind
    rule_witnesses();
    rule("behaviour.logged", 5, {{"behaviour", "walk"}, {"quantity", "1"}, {"unit", "km"}});
  }

  Json json() const { return {{"entries", entries_}, {"in_the_end", state()}}; }

private:
  // Witness keys sign cosignatures, each under one name; what two decide is made in force by the second.
  void rule_witnesses() {
    const auto witness = [](const char* name, char byte, NoteKeyType type = NoteKeyType::cosignature) {
      return NoteSigner::generate(name, always(byte), type).verifier().vkey();
    };
    const auto decide = [&](const Json& body) {
      rule("steward.proposed", 2, body);
      rule("steward.approved", 3, {{"proposal", events_.back().id.text()}});
    };
    const std::string first = witness("witness.example/w1", 8);
    // A key of a log.
    rule("steward.proposed", 2, change("add_witness", "witness", witness("w", 8, NoteKeyType::ed25519)));
    decide(change("add_witness", "witness", first));
    rule("steward.proposed", 2, change("add_witness", "witness", witness("another.example", 8)));  // its key
    decide(change("add_witness", "witness", witness("witness.example/w2", 9)));
    rule("steward.proposed", 2, change("set_witness_quorum", "number", 3));  // more than there are
    decide(change("set_witness_quorum", "number", 2));
    rule("steward.proposed", 2, change("remove_witness", "witness", first));  // fewer than the quorum
    decide(change("set_witness_quorum", "number", 1));
    const std::string own = witness("witness.example/w3", log_byte);
    rule("identity.announced", 5, {{"keys", {announced(own, 5)}}});  // a proof of another use
    rule("identity.announced", 5, {{"keys", {announced(own, 5, "witness")}}});
  }

  static std::string did(char byte) { return actor(byte)->did().text(); }

  static Json change(const char* act, const char* operand, const Json& value) {
    return {{"change", {{"act", act}, {operand, value}}}};
  }

  static Json adoption(const Json& previous) {
    return {{"commit", std::string(40, 'e')},
            {"definition", std::string(64, 'f')},
            {"previous", previous},
            {"signers", {did(2), did(3)}}};
  }

  Json announced(const std::string& key, char owner, const std::string& use = "log") const {
    const auto signer = actor(owner);
    const Signature proof =
        SecretKey(std::string(32, log_byte)).sign(possession_statement(use, signer->did(), *world_, key));
    return {{"key", key}, {"proof", to_base64url(view(proof))}, {"use", use}};
  }

  void rule(const char* kind, char by, Json body) {
    now_ += 60;
    const std::string nonce = to_base64url(std::string(16, static_cast<char>(events_.size())));
    events_.push_back(sign_event({{now_}, kind, std::move(body), {}, world_}, nonce, *actor(by)));
    if (!world_) world_ = WorldId{events_.back().id.digest};
    const auto reason = authority_.apply(events_.back(), events_.size() - 1, now_);
    entries_.push_back({{"effective", !reason}, {"line", entry_line(events_.back().line, now_)}});
  }

  Json state() const {
    const auto texts = [](const std::set<Did>& dids) {
      Json list = Json::array();
      for (const Did& each : dids) list.push_back(each.text());
      std::sort(list.begin(), list.end());
      return list;
    };
    Json log_keys = Json::array();
    for (const LogKey& key : authority_.log_keys()) {
      log_keys.push_back({{"key", key.verifier.vkey()}, {"live", !key.until}, {"owner", key.owner.text()}});
    }
    return {{"adopted", authority_.adopted()->digest.hex()},
            {"devices", texts(authority_.devices())},
            {"home", authority_.home() ? Json(*authority_.home()) : Json(nullptr)},
            {"k", authority_.threshold()},
            {"log_keys", log_keys},
            {"main_signers", texts(authority_.definition_signers())},
            {"members", texts(authority_.members())},
            {"open_proposals", authority_.open_proposals().size()},
            {"sequencers", texts(authority_.sequencers())},
            {"stewards", texts(authority_.stewards())},
            {"witness_quorum", authority_.witness_quorum()},
            {"witnesses", authority_.witnesses()}};
  }

  std::int64_t now_ = 1'767'225'600;
  std::optional<WorldId> world_;
  std::vector<Event> events_;
  Authority authority_;
  Json entries_ = Json::array();
};

}  // namespace

TEST_CASE("the vectors of authority come out exactly") {
  check_file("authority.json", Rulings().json());
}
