#include "stream/authority.h"

#include <doctest/doctest.h>

#include "stream/test_authority.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

std::string genesis_refusal(const Json& body) {
  History history;
  return history.take(make_event(ada, std::nullopt, "world.created", body));
}

const NoteSigner key = NoteSigner::generate(log_origin(world), counting_random());

Json announced(const Actor& by, const NoteSigner& signer, const char* use, const WorldId& where) {
  const std::string vkey = signer.verifier().vkey();
  const Signature proof = signer.sign_raw(possession_statement(use, by.did(), where, vkey));
  return {{"keys", {{{"key", vkey}, {"proof", stream_test::text_of(proof)}, {"use", use}}}}};
}

}  // namespace

TEST_CASE("a world begins with its creator as the only steward") {
  const History history = started();
  const Authority& authority = history.authority;
  CHECK(authority.world() == world);
  CHECK(authority.name() == "Heart");
  CHECK(authority.stewards() == std::set<Did>{ada.did()});
  CHECK(authority.members() == std::set<Did>{ada.did()});
  CHECK(authority.threshold() == 1);
  CHECK_FALSE(authority.home());
  CHECK_FALSE(authority.parent());
  CHECK_FALSE(authority.adopted());
  CHECK(authority.may_append(ada.did()));
  CHECK_FALSE(authority.may_append(ben.did()));
}

TEST_CASE("nothing comes before a world is created, and it is created once") {
  History history;
  CHECK(contains(history.take(ada, "behaviour.logged", logged_body()), "does not begin with world.created"));
  CHECK(contains(history.take(ada, "steward.proposed", Json::object()), "does not begin"));
  history = started();
  CHECK(contains(history.take(make_genesis(ben, "Other")), "created once"));
  CHECK(contains(history.take(genesis), "created once"));
}

TEST_CASE("a genesis in any other form makes no world") {
  const Json good = genesis_body(ada);
  REQUIRE(genesis_refusal(good).empty());
  for (const auto& item : good.items()) {
    Json body = good;
    body.erase(item.key());
    CHECK(contains(genesis_refusal(body), item.key()));
    body[item.key()] = 7;
    CHECK_FALSE(genesis_refusal(body).empty());
  }
  const auto with = [&](const char* member, const Json& value) {
    Json body = good;
    body[member] = value;
    return genesis_refusal(body);
  };
  CHECK(contains(with("extra", 1), "not known"));
  CHECK_FALSE(with("k", 2).empty());
  CHECK_FALSE(with("name", "").empty());
  CHECK_FALSE(with("name", std::string(513, 'x')).empty());
  CHECK_FALSE(with("stewards", {ben.did().text()}).empty());
  CHECK_FALSE(with("stewards", {ada.did().text(), ben.did().text()}).empty());
  CHECK_FALSE(with("stewards", Json::array()).empty());
  CHECK_FALSE(with("signers", {"nobody"}).empty());
  CHECK_FALSE(with("parent", {{"world", world.text()}, {"size", 3}}).empty());
  CHECK_FALSE(with("parent", {{"world", world.text()}, {"size", -3}, {"root", sha256("").hex()}}).empty());
  CHECK(with("parent", {{"world", world.text()}, {"size", 3}, {"root", sha256("").hex()}}).empty());
  CHECK(with("home", "https://example.org/world.git").empty());
}

TEST_CASE("a fork names its parent and the signers it inherits") {
  Json body = genesis_body(ben, "Heart of the north");
  body["parent"] = {{"world", world.text()}, {"size", 42}, {"root", sha256("root").hex()}};
  body["signers"] = {ada.did().text(), cleo.did().text()};
  History history;
  CHECK(history.take(make_event(ben, std::nullopt, "world.created", body)).empty());
  REQUIRE(history.authority.parent());
  CHECK(history.authority.parent()->world == world);
  CHECK(history.authority.parent()->size == 42);
  CHECK(history.authority.definition_signers() == std::set<Did>{ada.did(), cleo.did()});
  CHECK_FALSE(history.authority.is_steward(ada.did()));
}

TEST_CASE("one steward decides alone where one is enough") {
  History history = started();
  CHECK(history.propose(ada, change_of(Act::add_steward, ben)).empty());
  CHECK(history.authority.is_steward(ben.did()));
  CHECK(history.authority.open_proposals().empty());
  CHECK(contains(history.approve(ben), "no such proposal"));
  CHECK(contains(history.propose(ada, change_of(Act::add_steward, ben)), "a steward already"));
  CHECK(contains(history.propose(cleo, change_of(Act::add_steward, cleo)), "only a steward"));
}

TEST_CASE("where two decide, a proposal and one approval are in force at the approval") {
  History history = two_of_three();
  CHECK(history.propose(ada, change_of(Act::add_sequencer, dan)).empty());
  CHECK_FALSE(history.authority.may_append(dan.did()));
  CHECK(history.authority.open_proposals().size() == 1);
  CHECK(contains(history.approve(ada), "approved it before"));
  CHECK(contains(history.approve(dan), "only a steward"));
  CHECK_FALSE(history.authority.may_append(dan.did()));
  CHECK(history.approve(ben).empty());
  CHECK(history.authority.may_append(dan.did()));
  CHECK(contains(history.approve(cleo), "no such proposal"));
}

TEST_CASE("a sequencer appends but adopts and proposes nothing") {
  History history = started();
  REQUIRE(history.propose(ada, change_of(Act::add_sequencer, dan)).empty());
  CHECK(history.authority.may_append(dan.did()));
  const Json adoption = {{"commit", std::string(40, 'a')},
                         {"definition", sha256("d").hex()},
                         {"previous", nullptr},
                         {"signers", Json::array()}};
  CHECK(contains(history.take(dan, "definition.adopted", adoption), "only a steward adopts"));
  CHECK(contains(history.propose(dan, change_of(Act::add_steward, dan)), "only a steward"));
  REQUIRE(history.propose(ada, change_of(Act::remove_sequencer, dan)).empty());
  CHECK_FALSE(history.authority.may_append(dan.did()));
  CHECK(contains(history.propose(ada, change_of(Act::remove_sequencer, dan)), "no sequencer"));
}

TEST_CASE("the approval of one who is no longer a steward does not count") {
  History history = two_of_three();
  REQUIRE(history.propose(cleo, change_of(Act::add_steward, dan)).empty());
  const Event adding_dan = *history.last;
  REQUIRE(history.propose(ada, change_of(Act::remove_steward, cleo)).empty());
  REQUIRE(history.approve(ben).empty());
  REQUIRE_FALSE(history.authority.is_steward(cleo.did()));
  history.last = adding_dan;
  CHECK(contains(history.approve(cleo), "only a steward"));
  CHECK(history.approve(ada).empty());
  CHECK_FALSE(history.authority.is_steward(dan.did()));
  CHECK(history.approve(ben).empty());
  CHECK(history.authority.is_steward(dan.did()));
}

TEST_CASE("a proposal ends after thirty days") {
  History history = two_of_three();
  REQUIRE(history.propose(ada, change_of(Act::add_steward, dan)).empty());
  const std::int64_t proposed = history.now;
  history.now = proposed + 30 * day + 1;
  CHECK(contains(history.approve(ben), "30 days"));
  CHECK_FALSE(history.authority.is_steward(dan.did()));
  history.now = proposed + 30 * day;
  CHECK(history.approve(ben).empty());
  CHECK(history.authority.is_steward(dan.did()));
}

TEST_CASE("a change that became impossible before its last approval changes nothing") {
  History history = two_of_three();
  REQUIRE(history.propose(ada, change_of(Act::remove_steward, cleo)).empty());
  const Event first = *history.last;
  REQUIRE(history.propose(ada, change_of(Act::remove_steward, cleo)).empty());
  REQUIRE(history.approve(ben).empty());
  history.last = first;
  CHECK(contains(history.approve(ben), "no steward"));
  CHECK(history.authority.open_proposals().contains(first.id));
}

TEST_CASE("there are always as many stewards as must decide together") {
  History history = started();
  CHECK(contains(history.propose(ada, change_of(Act::remove_steward, ada)), "fewer stewards would remain"));
  CHECK(contains(history.propose(ada, change_of(Act::set_threshold, 2)), "threshold"));
  CHECK_FALSE(history.propose(ada, change_of(Act::set_threshold, 0)).empty());
  REQUIRE(history.propose(ada, change_of(Act::add_steward, ben)).empty());
  REQUIRE(history.propose(ada, change_of(Act::set_threshold, 2)).empty());
  CHECK(history.authority.threshold() == 2);
  REQUIRE(contains(history.propose(ada, change_of(Act::remove_steward, ben)), "fewer stewards"));
  REQUIRE(history.propose(ada, change_of(Act::set_threshold, 1)).empty());
  CHECK(history.authority.threshold() == 2);
  REQUIRE(history.approve(ben).empty());
  CHECK(history.authority.threshold() == 1);
  CHECK(history.propose(ben, change_of(Act::remove_steward, ada)).empty());
  CHECK(history.authority.stewards() == std::set<Did>{ben.did()});
}

TEST_CASE("stewards name devices, witnesses, their quorum and the home") {
  History history = started();
  StewardChange change = change_of(Act::set_home, 0u);
  change.home = "https://example.org/heart.git";
  CHECK(history.propose(ada, change).empty());
  CHECK(history.authority.home() == "https://example.org/heart.git");
  change.home = std::nullopt;
  CHECK(history.propose(ada, change).empty());
  CHECK_FALSE(history.authority.home());

  CHECK(history.propose(ada, change_of(Act::add_device, dan)).empty());
  CHECK(history.authority.devices() == std::set<Did>{dan.did()});
  CHECK(contains(history.propose(ada, change_of(Act::add_device, dan)), "already"));
  CHECK(history.propose(ada, change_of(Act::remove_device, dan)).empty());

  StewardChange witness = change_of(Act::add_witness, 0u);
  const auto key_named = [](const std::string& name, NoteKeyType type, std::uint64_t seed = 0) {
    return NoteSigner::generate(name, counting_random(seed), type).verifier().vkey();
  };
  // A key that signs as a log does cosigns nothing.
  witness.witness = key_named("witness.example", NoteKeyType::ed25519);
  CHECK_FALSE(history.propose(ada, witness).empty());
  witness.witness = key_named("witness.example", NoteKeyType::cosignature);
  CHECK(contains(history.propose(ada, change_of(Act::set_witness_quorum, 1)), "quorum"));
  CHECK(history.propose(ada, witness).empty());
  StewardChange same = witness;
  same.witness = key_named("other.example", NoteKeyType::cosignature);
  CHECK(contains(history.propose(ada, same), "its key, is named already"));
  CHECK(contains(history.propose(ada, change_of(Act::set_witness_quorum, 2)), "the number of witnesses"));
  CHECK(history.propose(ada, change_of(Act::set_witness_quorum, 1)).empty());
  CHECK(history.authority.witness_quorum() == 1);
  witness.act = Act::remove_witness;
  CHECK(contains(history.propose(ada, witness), "fewer witnesses"));
  CHECK(history.propose(ada, change_of(Act::set_witness_quorum, 0u)).empty());
  CHECK(history.propose(ada, witness).empty());
  CHECK(contains(history.propose(ada, witness), "no such witness"));
  witness.act = Act::add_witness;
  for (std::uint64_t seed = 0; seed <= max_witness_quorum; ++seed) {
    witness.witness = key_named("witness.example", NoteKeyType::cosignature, seed * 1000);
    REQUIRE(history.propose(ada, witness).empty());
  }
  CHECK(
      contains(history.propose(ada, change_of(Act::set_witness_quorum, max_witness_quorum + 1)), "no room"));
  CHECK(history.propose(ada, change_of(Act::set_witness_quorum, max_witness_quorum)).empty());
}

TEST_CASE("a change in any other form is refused") {
  History history = started();
  for (const Json& body :
       {Json::object(), Json{{"change", nullptr}}, Json{{"change", 5}}, Json{{"change", Json::object()}},
        Json{{"change", {{"act", "crown"}, {"did", ben.did().text()}}}},
        Json{{"change", {{"act", "add_steward"}}}},
        Json{{"change", {{"act", "add_steward"}, {"did", "ben"}}}},
        Json{{"change", {{"act", "add_steward"}, {"did", ben.did().text()}, {"number", 1}}}},
        Json{{"change", {{"act", "add_witness"}, {"witness", "x"}}}},
        Json{{"change", {{"act", "set_threshold"}, {"number", "1"}}}},
        Json{{"change", {{"act", "set_threshold"}, {"number", -1}}}},
        Json{{"change", {{"act", "set_home"}, {"home", 1}}}},
        Json{{"change", {{"act", "add_steward"}, {"did", ben.did().text()}}}, {"extra", 1}}}) {
    CAPTURE(body.dump());
    CHECK_FALSE(history.take(ada, "steward.proposed", body).empty());
  }
  CHECK_FALSE(history.take(ada, "steward.approved", {{"proposal", "x"}}).empty());
  CHECK_FALSE(history.take(ada, "steward.approved", {{"proposal", sha256("x").hex()}}).empty());
  CHECK(contains(history.take(ada, "steward.crowned", Json::object()), "not known"));
  CHECK(contains(history.take(ada, "identity.invented", Json::object()), "not known"));
}

TEST_CASE("whoever announces an identity is a member, and his log key is known") {
  History history = started();
  CHECK(history.take(ben, "identity.announced", announced(ben, key, "log", world)).empty());
  CHECK(history.authority.members().contains(ben.did()));
  REQUIRE(history.authority.log_keys().size() == 1);
  const LogKey* known = history.authority.find_log_key(key.verifier().vkey());
  REQUIRE(known != nullptr);
  CHECK(known->owner == ben.did());
  CHECK(known->from == 1);
  CHECK_FALSE(known->until);
  CHECK(contains(history.take(ben, "identity.announced", announced(ben, key, "log", world)),
                 "announced before"));
  CHECK(contains(history.take(ada, "identity.announced", announced(ada, key, "log", world)),
                 "announced before"));

  Json twice = announced(ada, NoteSigner::generate(log_origin(world), counting_random(7)), "log", world);
  twice["keys"].push_back(twice["keys"][0]);
  CHECK(contains(history.take(ada, "identity.announced", twice), "announced before"));
  CHECK(history.take(cleo, "identity.announced", {{"keys", Json::array()}}).empty());
  CHECK(history.authority.members().contains(cleo.did()));
}

TEST_CASE("a key is announced with the proof that one holds it") {
  History history = started();
  const auto refusal = [&](const Json& body) { return history.take(ben, "identity.announced", body); };
  const WorldId other = make_genesis(ben, "Other").world_id();
  // Somebody else's proof, one for another world, and one for another use.
  CHECK(contains(refusal(announced(ada, key, "log", world)), "proof of possession"));
  CHECK(contains(refusal(announced(ben, key, "log", other)), "proof of possession"));
  Json body = announced(ben, key, "log", world);
  body["keys"][0]["use"] = "witness";
  CHECK(contains(refusal(body), "not of the type for cosignatures"));
  const NoteSigner cosigner =
      NoteSigner::generate("witness.example", counting_random(), NoteKeyType::cosignature);
  body = announced(ben, cosigner, "witness", world);
  body["keys"][0]["use"] = "log";
  CHECK(contains(refusal(body), "not of the type Ed25519"));
  body["keys"][0]["use"] = "witness";
  body["keys"][0]["proof"] = announced(ben, cosigner, "log", world)["keys"][0]["proof"];
  CHECK(contains(refusal(body), "proof of possession"));
  body = announced(ben, key, "log", world);
  body["keys"][0].erase("proof");
  CHECK_FALSE(refusal(body).empty());
  body["keys"][0]["proof"] = "";
  CHECK_FALSE(refusal(body).empty());
  // The key of another world's log.
  const NoteSigner foreign = NoteSigner::generate(log_origin(other), counting_random());
  CHECK(contains(refusal(announced(ben, foreign, "log", world)), "another log"));
  CHECK(history.authority.log_keys().empty());
  CHECK_FALSE(history.authority.members().contains(ben.did()));

  for (const Json& keys : {Json(5), Json{5}, Json{{{"use", "log"}}}, Json{{{"use", "crown"}, {"key", "x"}}},
                           Json{{{"use", "box"}, {"key", "x"}}}, Json(std::vector<int>(17, 1))}) {
    CHECK_FALSE(refusal({{"keys", keys}}).empty());
  }
  const Json box = {{"use", "box"}, {"key", to_base64url(std::string(32, 'k'))}};
  CHECK(refusal({{"keys", {box}}}).empty());
}

TEST_CASE("a log key is retired by its owner only, once, and never announced again") {
  History history = started();
  REQUIRE(history.take(ben, "identity.announced", announced(ben, key, "log", world)).empty());
  const std::string vkey = key.verifier().vkey();
  CHECK(
      contains(history.take(ada, "identity.retired", {{"keys", {vkey}}}), "by the person who announced it"));
  CHECK_FALSE(history.authority.find_log_key(vkey)->until);
  CHECK(history.take(ben, "identity.retired", {{"keys", {vkey}}}).empty());
  CHECK(history.authority.find_log_key(vkey)->until == 3);
  CHECK(history.take(ben, "identity.retired", {{"keys", {vkey}}}).empty());
  CHECK(history.authority.find_log_key(vkey)->until == 3);
  CHECK_FALSE(history.take(ben, "identity.announced", announced(ben, key, "log", world)).empty());
  CHECK_FALSE(history.take(ben, "identity.retired", {{"keys", {5}}}).empty());
  CHECK_FALSE(history.take(ben, "identity.retired", {{"keys", vkey}}).empty());
}

TEST_CASE("things can be sealed to the box key that each actor announced last, until it is retired") {
  History history = started();
  const auto box = [](char byte) { return to_base64url(std::string(32, byte)); };
  const auto announce = [&](const Actor& by, char byte) {
    return history.take(by, "identity.announced", {{"keys", {{{"key", box(byte)}, {"use", "box"}}}}});
  };
  const auto retire = [&](const Actor& by, char byte) {
    return history.take(by, "identity.retired", {{"keys", {box(byte)}}});
  };
  const auto stewards = [&] { return history.authority.steward_box_keys(); };
  const auto bytes_of = [](char byte) {
    BoxKey bytes{};
    bytes.fill(static_cast<std::uint8_t>(byte));
    return bytes;
  };
  CHECK(stewards().empty());
  CHECK(announce(ada, 'a').empty());
  CHECK(announce(ben, 'b').empty());
  CHECK(stewards() == std::vector{bytes_of('a')});  // ben is no steward
  CHECK(announce(ada, 'A').empty());
  CHECK(stewards() == std::vector{bytes_of('A')});
  CHECK(retire(ada, 'a').empty());  // not the one that lives
  CHECK(retire(ben, 'A').empty());  // not his
  CHECK(stewards() == std::vector{bytes_of('A')});
  CHECK(retire(ada, 'A').empty());
  CHECK(stewards().empty());
  CHECK(history.authority.box_keys().contains(ben.did()));
}

TEST_CASE("a definition is adopted after the one before it") {
  History history = started();
  const auto adopt = [&](const Actor& by, const char* digest, const Json& previous) {
    return history.take(by, "definition.adopted",
                        {{"commit", std::string(40, 'a')},
                         {"definition", sha256(digest).hex()},
                         {"previous", previous},
                         {"signers", {ben.did().text()}}});
  };
  CHECK(contains(adopt(ben, "one", nullptr), "only a steward"));
  CHECK(contains(adopt(ada, "one", sha256("zero").hex()), "in between"));
  CHECK(adopt(ada, "one", nullptr).empty());
  CHECK(contains(adopt(ada, "two", nullptr), "in between"));
  CHECK(adopt(ada, "two", sha256("one").hex()).empty());
  REQUIRE(history.authority.adopted());
  CHECK(history.authority.adopted()->digest == sha256("two"));
  CHECK(history.authority.adopted()->commit == std::string(40, 'a'));
  CHECK(history.authority.adopted()->index == 5);
  CHECK(history.authority.definition_signers() == std::set<Did>{ben.did()});
  CHECK_FALSE(history.take(ada, "definition.adopted", {{"definition", 5}}).empty());
}

TEST_CASE("events of other kinds are none of its business") {
  History history = started();
  const Json before = history.authority.json();
  CHECK(history.take(ben, "behaviour.logged", logged_body()).empty());
  CHECK(history.authority.json() == before);
  CHECK(Authority::interprets("identity.announced"));
  CHECK(Authority::interprets("world.created"));
  CHECK_FALSE(Authority::interprets("behaviour.logged"));
  CHECK_FALSE(Authority::interprets("world.ended"));
}

TEST_CASE("who could append once could do it then, and not later") {
  History history = started();
  const auto could = [&](std::int64_t moment) { return history.authority.could_append(ben.did(), {moment}); };
  CHECK_FALSE(could(history.now));
  REQUIRE(history.propose(ada, change_of(Act::add_sequencer, ben)).empty());
  REQUIRE(history.propose(ada, change_of(Act::add_steward, ben)).empty());
  CHECK(could(history.now));
  history.now += day;
  REQUIRE(history.propose(ada, change_of(Act::remove_sequencer, ben)).empty());
  CHECK(could(history.now + day));  // a steward still
  history.now += day;
  REQUIRE(history.propose(ada, change_of(Act::remove_steward, ben)).empty());
  CHECK(could(history.now));
  CHECK_FALSE(could(history.now + 1));
  CHECK_FALSE(history.authority.may_append(ben.did()));
}
