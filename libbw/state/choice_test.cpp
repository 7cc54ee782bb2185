#include "state/choice.h"

#include <doctest/doctest.h>

using namespace bw;

namespace {

const std::vector<std::string> options{"a", "b", "c"};

struct RefusedChoice {
  VotingMethod method;
  const char* text;
  const char* reason;
};

}  // namespace

TEST_CASE("each method has one form for a choice, and gives it back unchanged") {
  const std::pair<VotingMethod, const char*> accepted[] = {
      {VotingMethod::one_person, R"("yes")"},
      {VotingMethod::weighted, R"("abstain")"},
      {VotingMethod::approval, R"([])"},
      {VotingMethod::approval, R"(["a","c"])"},
      {VotingMethod::quadratic, R"([{"option":"a","votes":3},{"option":"b","votes":1}])"},
      {VotingMethod::ranked, R"([["b"],["a","c"]])"},
      {VotingMethod::ranked, R"([["c"]])"}};
  for (const auto& each : accepted) {
    CAPTURE(each.second);
    const Result<Choice> choice = read_choice(each.first, options, Json::parse(each.second));
    REQUIRE_MESSAGE(choice, choice.reason());
    CHECK(strict_json::text(json_of(*choice)) == each.second);
  }
}

TEST_CASE("a choice in another form is refused with a fitting reason") {
  const RefusedChoice refused[] = {
      {VotingMethod::one_person, R"("maybe")", "an answer is yes, no or abstain"},
      {VotingMethod::one_person, R"(true)", "an answer is yes, no or abstain"},
      {VotingMethod::one_person, R"(["yes"])", "an answer is yes, no or abstain"},
      {VotingMethod::approval, R"("a")", "options are not in a list"},
      {VotingMethod::approval, R"(["d"])", "there is no option \"d\" in this ballot"},
      {VotingMethod::approval, R"([1])", "an option is not named by its id"},
      {VotingMethod::approval, R"(["b","a"])", "options are not sorted, each once"},
      {VotingMethod::approval, R"(["a","a"])", "options are not sorted, each once"},
      {VotingMethod::quadratic, R"({"a":3})", "votes are not in a list"},
      {VotingMethod::quadratic, R"(["a"])", "votes on an option have the members option and votes"},
      {VotingMethod::quadratic, R"([{"option":"a"}])",
       "votes on an option have the members option and votes"},
      {VotingMethod::quadratic, R"([{"option":"a","votes":0}])", "votes on an option are not a whole number"},
      {VotingMethod::quadratic, R"([{"option":"a","votes":-3}])",
       "votes on an option are not a whole number"},
      {VotingMethod::quadratic, R"([{"option":"a","votes":1.5}])",
       "votes on an option are not a whole number"},
      {VotingMethod::quadratic, R"([{"option":"a","votes":1.0}])",
       "votes on an option are not a whole number"},
      {VotingMethod::quadratic, R"([{"option":"a","votes":1000001}])",
       "votes on an option are not a whole number"},
      {VotingMethod::quadratic, R"([{"option":"a","votes":18446744073709551615}])",
       "votes on an option are not a whole number"},
      {VotingMethod::quadratic, R"([{"option":"a","votes":1},{"option":"a","votes":1}])",
       "options are not sorted, each once"},
      {VotingMethod::quadratic, R"([{"option":"x","votes":1}])", "there is no option \"x\""},
      {VotingMethod::ranked, R"(["a","b"])", "options are not in a list"},
      {VotingMethod::ranked, R"([["a"],[]])", "a tier of a ranking is empty"},
      {VotingMethod::ranked, R"([["a"],["b"],["a"]])", "the option \"a\" is ranked twice"},
      {VotingMethod::ranked, R"([["c","b"]])", "options are not sorted, each once"},
      {VotingMethod::ranked, R"({})", "a ranking is not a list of tiers"}};
  for (const RefusedChoice& each : refused) {
    CAPTURE(each.text);
    const Result<Choice> choice = read_choice(each.method, options, Json::parse(each.text));
    CHECK_FALSE(choice);
    CHECK_MESSAGE(choice.reason().starts_with(each.reason), choice.reason());
  }
}

TEST_CASE("the names of methods are read back") {
  for (const char* name : {"one_person", "weighted", "quadratic", "approval", "ranked"}) {
    const Result<VotingMethod> method = parse_voting_method(name);
    REQUIRE(method);
    CHECK(text_of(*method) == name);
  }
  CHECK_FALSE(parse_voting_method("majority"));
}

TEST_CASE("n votes on an option cost n² credits") {
  CHECK(QuadraticVotes{}.cost() == 0);
  CHECK(QuadraticVotes{{{"a", 3}, {"b", 4}}}.cost() == 25);
}
