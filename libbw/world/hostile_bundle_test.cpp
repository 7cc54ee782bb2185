// Bundles as an attacker makes them: well signed around events that are not in order. Nothing of them
// enters the log, and what is genuine enters once.

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "stream/signed_line.h"
#include "world/merge_bundles.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using namespace bw::testing;

std::string base64url_of(const Signature& signature) {
  return to_base64url({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

struct Attack {
  TestWorld ada;
  TestPerson ben{"Ben"};
  TestPerson eve{"Eve"};

  Json members(const std::string& world = "") const {
    return {{"actor", ben.did().text()},
            {"at", ada.environment.now().text()},
            {"body", {{"behaviour", "teach"}, {"quantity", "1"}, {"unit", "hour"}}},
            {"kind", "behaviour.logged"},
            {"nonce", make_nonce(ben.environment.random)},
            {"v", 1},
            {"world", world.empty() ? ada.world.id().text() : world}};
  }
  // A text as it is, signed by someone.
  static std::string signed_text(const std::string& text, const TestPerson& by) {
    return with_signature(text, base64url_of(by.signer->sign(sshsig::event_namespace, text)));
  }
  static std::string with_signature(const std::string& text, const std::string& signature) {
    return text.substr(0, text.size() - 1) + R"(,"sig":")" + signature + "\"}";
  }

  // Ben's well-signed header around one event line.
  std::string bundle(const std::string& event) const {
    const std::string contents = "{\"event\":" + event + "}\n";
    const Json header = {{"actor", ben.did().text()},
                         {"at", ada.environment.now().text()},
                         {"contents", sha256(contents).hex()},
                         {"events", 1},
                         {"openings", Json::array()},
                         {"tables", Json::array()},
                         {"v", 1},
                         {"world", ada.world.id().text()}};
    return sign_line(header, sshsig::bundle_namespace, *ben.signer) + "\n" + contents;
  }

  // Why it was refused, as a whole or that event; empty where it entered.
  std::string refusal(const std::string& bytes) {
    const git::Oid before = *ada.world.stream.head;
    const auto merged = merge_bundles(ada.environment, ada.world, *ada.signer, {bytes});
    REQUIRE(merged.size() == 1);
    std::string reason = merged[0].problem;
    for (const Verdict& verdict : merged[0].verdicts) reason += verdict.reason;
    CHECK((ada.world.stream.head == before) == !reason.empty());
    return reason;
  }
};

bool mentions(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a genuine event enters once, however often its bundle is sent") {
  Attack attack;
  const std::string bytes = attack.bundle(Attack::signed_text(attack.members().dump(), attack.ben));
  CHECK(attack.refusal(bytes).empty());
  const std::uint64_t size = attack.ada.world.stream.size();
  for (int i = 0; i < 2; ++i) {
    const auto again = merge_bundles(attack.ada.environment, attack.ada.world, *attack.ada.signer, {bytes});
    CHECK(again.at(0).verdicts.at(0).kind == Verdict::Kind::duplicate);
  }
  CHECK(attack.ada.world.stream.size() == size);
}

TEST_CASE("an event signed by another key is refused") {
  Attack attack;
  const std::string text = attack.members().dump();
  CHECK(mentions(attack.refusal(attack.bundle(Attack::signed_text(text, attack.eve))), "not the actor's"));
  Json other = attack.members();
  other["actor"] = attack.eve.did().text();
  CHECK(mentions(attack.refusal(attack.bundle(Attack::signed_text(other.dump(), attack.eve))),
                 "only its actor's own events"));
  // A signature of the right key in another namespace says something else.
  const std::string foreign = base64url_of(attack.ben.signer->sign(sshsig::receipt_namespace, text));
  CHECK(mentions(attack.refusal(attack.bundle(Attack::with_signature(text, foreign))), "not the actor's"));
}

TEST_CASE("an event for another world is refused") {
  Attack attack;
  const std::string text = attack.members(sha256("another").hex()).dump();
  CHECK(mentions(attack.refusal(attack.bundle(Attack::signed_text(text, attack.ben))), "another world"));
}

TEST_CASE("an event in another form than the one is refused, though it is signed so") {
  Attack attack;
  const std::string text = attack.members().dump();
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    other.replace(other.find(from), from.size(), to);
    return attack.refusal(attack.bundle(Attack::signed_text(other, attack.ben)));
  };
  CHECK_FALSE(changed(R"("v":1)", R"("v":1,"v":1)").empty());
  CHECK_FALSE(
      changed(R"("quantity":"1","unit":"hour")", R"("quantity":"1","quantity":"9","unit":"hour")").empty());
  CHECK_FALSE(changed(R"("quantity":"1","unit":"hour")", R"("unit":"hour","quantity":"1")").empty());
  CHECK_FALSE(changed(R"("v":1)", R"("v":1,"vv":1)").empty());
  CHECK_FALSE(changed(R"("unit":"hour")", R"("unit":"hour","words":"x")").empty());
  CHECK_FALSE(changed(R"("v":1)", R"("v": 1)").empty());
  CHECK_FALSE(changed(R"("v":1)", R"("v":1.0)").empty());
  Json unsorted_tail = attack.members();
  unsorted_tail.erase("actor");
  const std::string unsorted = unsorted_tail.dump();
  const std::string actor_last =
      unsorted.substr(0, unsorted.size() - 1) + R"(,"actor":")" + attack.ben.did().text() + "\"}";
  CHECK_FALSE(attack.refusal(attack.bundle(Attack::signed_text(actor_last, attack.ben))).empty());
}

TEST_CASE("a signature has one form") {
  Attack attack;
  const std::string text = attack.members().dump();
  const Signature genuine = attack.ben.signer->sign(sshsig::event_namespace, text);
  const std::string encoded = base64url_of(genuine);
  const auto refused = [&](const std::string& signature) {
    return !attack.refusal(attack.bundle(Attack::with_signature(text, signature))).empty();
  };
  CHECK(refused(encoded + "=="));
  CHECK(refused(encoded + "\",\"x\":\""));
  // The last digit has four spare bits.
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string spare = encoded;
  spare.back() = digits[digits.find(encoded.back()) + 1];
  CHECK(refused(spare));
  // S + L satisfies the equation as well as S does.
  constexpr std::array<std::uint8_t, 32> order = {
      0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
      0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  Signature malleable = genuine;
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += static_cast<unsigned>(malleable[32 + i]) + order[i];
    malleable[32 + i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  CHECK(refused(base64url_of(malleable)));
  CHECK(attack.refusal(attack.bundle(Attack::with_signature(text, encoded))).empty());
}

TEST_CASE("a sender's long words do not make an answer that nobody can read") {
  Attack attack;
  Json json = attack.members();
  json["body"][std::string(30'000, 'x')] = 1;
  const std::string reason = attack.refusal(attack.bundle(Attack::signed_text(json.dump(), attack.ben)));
  CHECK_FALSE(reason.empty());
  CHECK(reason.size() < 700);
}

}  // namespace
}  // namespace bw
