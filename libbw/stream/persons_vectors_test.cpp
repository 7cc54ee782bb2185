// The vectors of persons (tests/vectors/persons.json): see vectors_test.cpp.

#include <algorithm>

#include "base/bytes.h"
#include "stream/authority.h"
#include "stream/entry.h"
#include "stream/test_vectors.h"

using namespace bw;
using namespace bw::testing;

namespace {

// What entries do to the persons of a world. Actors 1 to 3 are its stewards, of whom two decide; 11, 12, …
// are further keys of actor 1, and so on; 31 and 32 are recovery keys.
class Rulings {
public:
  Rulings() {
    found();
    link();
    dispute();
    recover();
    recover_by_stewards();
    set_clock_and_root();
  }

  Json json() const { return {{"entries", entries_}, {"in_the_end", state()}}; }

private:
  void found() {
    rule("world.created", 1,
         {{"home", nullptr},
          {"k", 1},
          {"name", "Persons"},
          {"parent", nullptr},
          {"signers", Json::array()},
          {"stewards", {did(1)}}});
    link(1, 11);
    link(11, 1);
    rule("identity.revoked", 11, {{"key", did(1)}});  // too few other stewards: the elder decides
    rule("identity.revoked", 1, {{"key", did(1)}});
    rule("identity.revoked", 11, {{"key", did(11)}});  // the last key of the last steward
    rule("steward.proposed", 1, change("add_steward", {{"did", did(2)}}));  // revoked
    rule("steward.proposed", 11, change("add_steward", {{"did", did(2)}}));
    rule("steward.proposed", 2, change("add_steward", {{"did", did(3)}}));
    rule("steward.proposed", 3, change("set_threshold", {{"number", 2}}));
  }

  void link() {
    link(2, 1);   // one side is revoked
    link(2, 3);   // two stewards
    link(21, 2);  // either side may begin
    link(2, 21);
    link(21, 2);  // one person already
    link(22, 21);
    now_ += 30 * 86400 + 3600;
    link(21, 22);  // the other side's word is too old: this one waits
    link(22, 21);
    rule("steward.proposed", 21, change("add_device", {{"did", did(5)}}));
    proposal_ = last();
    rule("steward.approved", 2, {{"proposal", proposal_}});  // the same person
    rule("steward.approved", 22, {{"proposal", proposal_}});
    rule("steward.approved", 3, {{"proposal", proposal_}});
    rule("identity.linked", 22, {{"ends", true}, {"key", did(23)}});
    rule("identity.linked", 23, {{"ends", true}, {"key", did(22)}});  // both would end
    rule("identity.linked", 22, {{"ends", false}, {"key", did(23)}});
    rule("identity.linked", 14, {{"key", did(11)}});
    rule("identity.linked", 11, {{"ends", true}, {"key", did(14)}});
    rule("behaviour.logged", 11, walked());  // it ended
    rule("behaviour.logged", 1, walked());   // revoked
    rule("behaviour.logged", 22, walked());
  }

  void dispute() {
    rule("identity.revoked", 3, {{"key", did(2)}});  // another person's
    rule("identity.revoked", 22, {{"key", did(2)}});
    const std::string revocation = last();
    rule("identity.disputed", 21, {{"revocation", revocation}});  // it did not silence this one
    rule("identity.disputed", 2, {{"revocation", proposal_}});    // no revocation
    rule("identity.disputed", 2, {{"revocation", revocation}});
    rule("behaviour.logged", 21, walked());                      // all of them are silent
    rule("identity.disputed", 2, {{"revocation", revocation}});  // disputed already
    settle({did(3)});                                            // another person's key
    settle({});                                                  // none
    settle({did(2), did(21)});
    const std::string settlement = last();
    rule("steward.approved", 2, {{"proposal", settlement}});  // silent
    rule("steward.approved", 14, {{"proposal", settlement}});
    rule("identity.disputed", 22, {{"revocation", last()}});  // for good
    rule("behaviour.logged", 21, walked());
    rule("identity.revoked", 2, {{"key", did(22)}});  // revoked before
    rule("identity.revoked", 2, {{"key", did(21)}});
    const std::string later = last();
    now_ += 30 * 86400;
    rule("identity.disputed", 21, {{"revocation", later}});  // too late
  }

  void recover() {
    rule("identity.recovered", 33, recovered(3, 33, 31));  // no recovery key
    rule("identity.announced", 3, recovery_key(3, 31));
    rule("identity.announced", 3, recovery_key(3, 32));            // without consent
    rule("identity.announced", 3, recovery_key(3, 32, char{32}));  // with the wrong one's
    rule("identity.announced", 3, recovery_key(3, 31, char{31}));  // nothing to consent to
    rule("identity.recovered", 33, recovered(3, 33, 32));
    rule("identity.recovered", 2, recovered(3, 2, 31));  // it is another's
    rule("identity.recovered", 33, recovered(3, 33, 31));
    rule("identity.announced", 33, recovery_key(33, 32, char{31}));
    rule("behaviour.logged", 3, walked());
    rule("identity.recovered", 34, recovered(3, 34, 31));  // replaced
  }

  void recover_by_stewards() {
    rule("identity.announced", 4, {{"keys", Json::array()}});
    endorse(41, 41, 4);  // no member
    endorse(4, 41, 4);   // his own
    endorse(2, 41, 4);
    propose(33, change("recover_actor", {{"did", did(41)}, {"person", did(4)}}));  // one of two
    endorse(14, 41, 4);
    endorse(14, 2, 4);  // has a role
    propose(33, change("recover_actor", {{"did", did(41)}, {"person", did(4)}}));
    rule("steward.approved", 2, {{"proposal", proposal_}});
    rule("behaviour.logged", 4, walked());
  }

  void set_clock_and_root() {
    const std::int64_t before = now_;
    now_ += 3650ll * 86400;
    propose(2, change("reset_clock", {{"recorded", now_ + 3600}}));  // the log is not ahead of that
    propose(2, change("reset_clock", {{"recorded", before}}));
    rule("steward.approved", 14, {{"proposal", proposal_}});
    now_ = before;
    propose(2, change("name_root", {{"root", std::string(64, 'e')}, {"size", 9}}));
    rule("steward.approved", 33, {{"proposal", proposal_}});
    propose(2, change("name_root", {{"root", std::string(64, 'e')}, {"size", -9}}));
  }

  static std::string did(char byte) { return actor(byte)->did().text(); }
  static Json walked() { return {{"behaviour", "walk"}, {"quantity", "1"}, {"unit", "km"}}; }
  static Json change(const char* act, Json operands) {
    operands["act"] = act;
    return {{"change", operands}};
  }

  void link(char one, char other) { rule("identity.linked", one, {{"key", did(other)}}); }
  void endorse(char by, char key, char person) {
    rule("identity.endorsed", by, {{"key", did(key)}, {"person", did(person)}});
  }
  void propose(char by, const Json& body) {
    rule("steward.proposed", by, body);
    proposal_ = last();
  }
  void settle(const Json& living) {
    propose(
        3, change("settle_person", {{"keys", living.empty() ? Json::array() : living}, {"person", did(22)}}));
  }

  static std::string signed_by(char key, const std::string& statement) {
    return to_base64url(view(SecretKey(std::string(32, key)).sign(statement)));
  }
  Json recovered(char person, char key, char recovery) const {
    const std::string statement = recovery_statement(actor(person)->did(), actor(key)->did(), *world_);
    return {{"person", did(person)}, {"proof", signed_by(recovery, statement)}};
  }
  Json recovery_key(char by, char key, std::optional<char> consenting = {}) const {
    const Did owner = actor(by)->did();
    Json item = {{"key", did(key)},
                 {"proof", signed_by(key, possession_statement("recovery", owner, *world_, did(key)))},
                 {"use", "recovery"}};
    if (consenting) {
      item["consent"] = signed_by(*consenting, replacement_statement(owner, *world_, actor(key)->did()));
    }
    return {{"keys", {item}}};
  }

  std::string last() const { return events_.back().id.text(); }

  void rule(const char* kind, char by, Json body) {
    now_ += 60;
    const std::string nonce = to_base64url(std::string(16, static_cast<char>(events_.size())));
    events_.push_back(sign_event({{now_}, kind, std::move(body), {}, world_}, nonce, *actor(by)));
    if (!world_) world_ = WorldId{events_.back().id.digest};
    const auto reason = authority_.apply(events_.back(), events_.size() - 1, now_);
    entries_.push_back({{"effective", !reason}, {"line", entry_line(events_.back().line, now_)}});
  }

  static Json texts(const std::set<Did>& dids) {
    Json list = Json::array();
    for (const Did& each : dids) list.push_back(each.text());
    std::sort(list.begin(), list.end());
    return list;
  }

  Json state() const {
    const Persons& persons = authority_.persons();
    Json known = Json::object();
    std::set<Did> appenders;
    for (const auto& [name, person] : persons.recorded()) {
      std::set<Did> living;
      Json keys = Json::array();
      for (const PersonKey& key : person.keys) {
        keys.push_back(key.did.text());
        if (persons.may_speak(key.did)) living.insert(key.did);
        if (authority_.may_append(key.did)) appenders.insert(key.did);
      }
      known[name.text()] = {{"disputed", person.disputed.has_value()},
                            {"keys", keys},
                            {"living", texts(living)},
                            {"recovery", person.recovery ? Json(person.recovery->text()) : Json(nullptr)}};
    }
    return {
        {"appenders", texts(appenders)},
        {"clock", authority_.clock_reset()->recorded},
        {"members", texts(authority_.members())},
        {"persons", known},
        {"root", {{"root", authority_.named_root()->root.hex()}, {"size", authority_.named_root()->size}}},
        {"stewards", texts(authority_.stewards())}};
  }

  std::int64_t now_ = 1'767'225'600;
  std::optional<WorldId> world_;
  std::vector<Event> events_;
  std::string proposal_;
  Authority authority_;
  Json entries_ = Json::array();
};

}  // namespace

TEST_CASE("the vectors of persons come out exactly") {
  check_file("persons.json", Rulings().json());
}
