// libbw/credential against Digital Bazaar's packages for verifiable credentials (peer.mjs, install.sh).

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/process.h"
#include "credential/badge_for_tests.h"
#include "credential/badge_image.h"
#include "credential/baking.h"
#include "credential/credential.h"

using namespace bw;
using namespace bw::credential;

namespace {

const Timestamp now = *Timestamp::parse("2027-01-01T00:00:00Z");

std::string npm_answer(std::vector<std::string> arguments, const std::string& input) {
  Command command;
  command.arguments = {"node", BW_NPM_PEER};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.input = input;
  const Finished finished = run(command);
  REQUIRE_MESSAGE(finished.status == 0, finished.error_output);
  return finished.output;
}

std::string npm_verdict(const std::string& text, Timestamp at = now) {
  return npm_answer({"verify", at.text()}, text);
}

std::string npm_issued(const Badge& badge) {
  return npm_answer({"issue", to_hex(issuer_key().seed()), now.text()}, make_badge(badge).dump());
}

std::vector<std::string> our_reasons(const std::string& text) {
  const auto credential = credential::read(text);
  return credential ? verify(*credential, now) : std::vector<std::string>{credential.reason()};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != std::string::npos);
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("npm's verifier accepts badges of ours, also out of pictures") {
  const std::string text = example_text();
  CHECK(npm_verdict(text) == "verified\n");
  const BadgeImage image{"urn:example:1", "First responder", "Village"};
  CHECK(npm_verdict(*extract(bake_svg(draw_svg(image), text))) == "verified\n");
  CHECK(npm_verdict(*extract(bake_png(draw_png(image, 64), text))) == "verified\n");
}

TEST_CASE("npm's verifier accepts a badge of the least that it can say") {
  Badge badge = example_badge();
  badge.issuer_name = "";
  badge.valid_until.reset();
  badge.evidence.clear();
  badge.achievement.image = "data:image/png;base64,iVBORw0KGgo=";
  CHECK(npm_verdict(sign(make_badge(badge), issuer_key(), now)) == "verified\n");
}

TEST_CASE("npm's verifier and ours refuse a badge with a byte changed, and one that is over") {
  const std::string text = example_text();
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"First responder", "First Responder"},
                                                        {"2028", "2029"},
                                                        {"\"proofValue\": \"z", "\"proofValue\": \"z1"},
                                                        {"Village", "Villagf"}}) {
    const std::string changed = replaced(text, from, to);
    CHECK(npm_verdict(changed).starts_with("refused: "));
    CHECK_FALSE(our_reasons(changed).empty());
  }
  CHECK(npm_verdict(text, *Timestamp::parse("2030-01-01T00:00:00Z")).starts_with("refused: "));
}

TEST_CASE("npm's issuer makes of the same badge the very same proof") {
  const Badge badge = example_badge();
  const std::string theirs = npm_issued(badge);
  CHECK(our_reasons(theirs).empty());
  CHECK(Json::parse(theirs) == Json::parse(sign(make_badge(badge), issuer_key(), now)));
}

TEST_CASE("we refuse a badge of npm's issuer with a byte changed") {
  const std::string theirs = npm_issued(example_badge());
  CHECK_FALSE(our_reasons(replaced(theirs, "Exam passed", "Exam Passed")).empty());
  CHECK_FALSE(our_reasons(replaced(theirs, "T06:30:00Z", "T06:30:01Z")).empty());
}
