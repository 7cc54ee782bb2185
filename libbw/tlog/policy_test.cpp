#include "tlog/policy.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tlog/test_log.h"

using namespace bw;

namespace {

const Timestamp then{1679315147};

NoteSigner witness(int number) {
  return fixed_witness(fmt::format("witness.example/{}", number), static_cast<char>('a' + number));
}

std::string witness_line(const std::string& name, int number) {
  return fmt::format("witness {} {}\n", name, witness(number).verifier().vkey());
}

// The specification's example: two of three, and any of three.
std::string example() {
  std::string text =
      "# An example\n\nlog " + SmallLog(1).key.verifier().vkey() + " https://example.com/log\n";
  for (int i = 0; i < 3; ++i) text += witness_line(fmt::format("X{}", i), i);
  text += "group X-witnesses 2 X0 X1 X2\n";
  for (int i = 3; i < 6; ++i) text += witness_line(fmt::format("Y{}", i), i);
  return text +
         "group Y-witnesses any Y3 Y4 Y5\n\tgroup  X-and-Y all\tX-witnesses Y-witnesses \nquorum X-and-Y\n";
}

bool enough(const TlogPolicy& policy, const std::vector<int>& who) {
  Note note = SmallLog(5).signed_checkpoint();
  for (const int number : who) cosign(note, witness(number), then);
  return cosigned(note, policy.quorum).enough;
}

std::string reason(const std::string& text) {
  return TlogPolicy::parse(text).reason();
}

}  // namespace

TEST_CASE("the specification's example asks for two of one group and one of the other") {
  const Result<TlogPolicy> policy = TlogPolicy::parse(example());
  REQUIRE_MESSAGE(policy, policy.reason());
  REQUIRE(policy->logs.size() == 1);
  CHECK(policy->logs.front() == SmallLog(1).key.verifier());
  CHECK_FALSE(enough(*policy, {}));
  CHECK_FALSE(enough(*policy, {0, 1, 2}));
  CHECK_FALSE(enough(*policy, {0, 3, 4, 5}));
  CHECK(enough(*policy, {0, 2, 4}));
  CHECK(enough(*policy, {0, 1, 2, 3, 4, 5}));
}

TEST_CASE("a quorum can be one witness, or none") {
  const auto one = TlogPolicy::parse(witness_line("W", 1) + "quorum W");
  REQUIRE(one);
  CHECK(enough(*one, {1}));
  CHECK_FALSE(enough(*one, {2}));
  const auto none = TlogPolicy::parse("quorum none\n");
  REQUIRE(none);
  CHECK(enough(*none, {}));
  CHECK(none->logs.empty());
}

TEST_CASE("whatever a policy leaves open is refused, with its line") {
  const std::string w = witness_line("W", 1);
  CHECK(reason("") == "the policy names no quorum");
  CHECK(reason(w) == "the policy names no quorum");
  CHECK(reason("quorum none\nquorum none") == "line 2: the policy names a second quorum");
  CHECK(reason("quorum W") == "line 1: W is not defined above");
  CHECK(reason(w + w + "quorum W") == "line 2: the key of this witness stands in another line already");
  CHECK(reason(w + witness_line("W", 2) + "quorum W") == "line 2: W is defined already");
  CHECK(reason(witness_line("none", 2)) == "line 1: none is no name for a witness or a group");
  CHECK(reason(w + "group G 2 W\nquorum G") ==
        "line 2: a group needs all, any, or a number between 1 and that of its members");
  CHECK_FALSE(TlogPolicy::parse(w + "group G 0 W\nquorum G"));
  CHECK_FALSE(TlogPolicy::parse(w + "group G +1 W\nquorum G"));
  CHECK_FALSE(TlogPolicy::parse(w + "group G any\nquorum G"));
  CHECK(reason(w + "group G any W W\nquorum G") == "line 2: W is a member of a group already");
  CHECK(reason(w + "group G any W\ngroup H any W\nquorum H") == "line 3: W is a member of a group already");
  CHECK(reason(w + "group G any W\nquorum W") == "line 3: W is a member of a group already");
  CHECK(reason(w + "group G any H\ngroup H any G\nquorum G") == "line 2: H is not defined above");
  CHECK(reason("gruop G any W") ==
        "line 1: a line begins with log, witness, group or quorum, not with gruop");
  CHECK(reason("quorum none\r\n") == "line 1: a control character");
  CHECK_FALSE(TlogPolicy::parse("log " + witness(1).verifier().vkey() + "\nquorum none"));
  CHECK_FALSE(TlogPolicy::parse("witness W " + SmallLog(1).key.verifier().vkey() + "\nquorum W"));
  CHECK_FALSE(TlogPolicy::parse(std::string(2u << 20, ' ')));
}
