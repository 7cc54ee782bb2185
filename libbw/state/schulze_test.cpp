#include "state/schulze.h"

#include <algorithm>
#include <numeric>

#include <rapidcheck.h>

#include "state/test_ballots.h"

using namespace bw;
using namespace bw::testing;

namespace {

using Levels = std::vector<std::string>;

// The levels of a count, each as a word: {"E", "AC"}.
Levels levels(std::size_t options, const Profile& profile) {
  Levels words;
  for (const auto& level : tally(ranked_ballot(options, profile), closes).ranking) {
    std::string& word = words.emplace_back();
    for (const std::string& option : level) word += option;
  }
  return words;
}

PairwiseMatrix matrix(const std::vector<std::vector<std::int64_t>>& numbers) {
  PairwiseMatrix result;
  for (const auto& row : numbers) result.emplace_back(row.begin(), row.end());
  return result;
}

// Rankings of five options that many voters could have, some tied, some incomplete.
rc::Gen<std::vector<std::vector<std::size_t>>> any_places(std::size_t options) {
  return rc::gen::nonEmpty(rc::gen::container<std::vector<std::vector<std::size_t>>>(
      rc::gen::container<std::vector<std::size_t>>(options, rc::gen::inRange<std::size_t>(0, options))));
}

PairwiseMatrix preferences(const std::vector<std::vector<std::size_t>>& voters, std::size_t options) {
  PairwiseMatrix preferred(options, std::vector<Decimal>(options));
  for (const auto& place : voters) {
    for (std::size_t a = 0; a < options; ++a) {
      for (std::size_t b = 0; b < options; ++b) {
        if (place[a] < place[b]) preferred[a][b] += Decimal(1);
      }
    }
  }
  return preferred;
}

}  // namespace

// Examples 1 to 4 of https://electowiki.org/wiki/Schulze_method, by M. Schulze; 1 is also that of
// Wikipedia.
TEST_CASE("Schulze's example of 45 voters elects E, by the pairwise counts and paths that he gives") {
  const Profile profile{{5, "ACBED"}, {5, "ADECB"}, {8, "BEDAC"}, {3, "CABED"},
                        {7, "CAEBD"}, {2, "CBADE"}, {7, "DCEBA"}, {8, "EBADC"}};
  const Tally count = tally(ranked_ballot(5, profile), closes);
  CHECK(count.winners == std::vector<std::string>{"E"});
  CHECK(levels(5, profile) == Levels{"E", "A", "C", "B", "D"});
  CHECK(count.pairwise == matrix({{0, 20, 26, 30, 22},
                                  {25, 0, 16, 33, 18},
                                  {19, 29, 0, 17, 24},
                                  {15, 12, 28, 0, 14},
                                  {23, 27, 21, 31, 0}}));
  CHECK(count.paths == matrix({{0, 28, 28, 30, 24},
                               {25, 0, 28, 33, 24},
                               {25, 29, 0, 29, 24},
                               {25, 28, 28, 0, 24},
                               {25, 28, 28, 31, 0}}));
}

TEST_CASE("Schulze's examples of 30 voters are ranked as he ranks them") {
  CHECK(levels(4, {{5, "ACBD"},
                   {2, "ACDB"},
                   {3, "ADCB"},
                   {4, "BACD"},
                   {3, "CBDA"},
                   {3, "CDBA"},
                   {1, "DACB"},
                   {5, "DBAC"},
                   {4, "DCBA"}}) == Levels{"D", "A", "C", "B"});
  CHECK(levels(5, {{3, "ABDEC"},
                   {5, "ADEBC"},
                   {1, "ADECB"},
                   {2, "BADEC"},
                   {2, "BDECA"},
                   {4, "CABDE"},
                   {6, "CBADE"},
                   {2, "DBECA"},
                   {5, "DECAB"}}) == Levels{"B", "A", "D", "E", "C"});
}

TEST_CASE("Schulze's example of 9 voters leaves B and D tied") {
  CHECK(levels(4, {{3, "ABCD"}, {2, "DABC"}, {2, "DBCA"}, {2, "CBDA"}}) == Levels{"BD", "AC"});
}

// The examples of M. Schulze's paper (arXiv:1804.02973, §3 and its drafts) as the tests of
// https://github.com/julien-boudry/Condorcet keep them (SchulzeTest.php, "official examples").
TEST_CASE("the elections of Schulze's paper are won by whom he names") {
  CHECK(levels(4, {{8, "ACDB"}, {2, "BADC"}, {4, "CDBA"}, {4, "DBAC"}, {3, "DCBA"}}).front() == "D");
  CHECK(levels(4, {{12, "ABCD"}, {6, "ADBC"}, {9, "BCDA"}, {15, "CDAB"}, {21, "DBAC"}}).front() == "D");
  CHECK(levels(4, {{6, "ACDB"}, {1, "BADC"}, {3, "CBDA"}, {3, "DBAC"}, {2, "DCBA"}}).front() == "AD");
  CHECK(levels(5, {{9, "ADBEC"},
                   {6, "BCADE"},
                   {5, "BCDEA"},
                   {2, "CDBEA"},
                   {6, "DECBA"},
                   {14, "EACBD"},
                   {2, "ECABD"},
                   {1, "EDACB"}})
            .front() == "B");
  CHECK(levels(5, {{9, "ADBEC"},
                   {1, "BACED"},
                   {6, "CBADE"},
                   {2, "CDBEA"},
                   {5, "CDEAB"},
                   {6, "DECAB"},
                   {14, "EBACD"},
                   {2, "EBCAD"}})
            .front() == "E");
}

TEST_CASE("two more voters who want A most can cost A the election, as Schulze shows") {
  Profile profile{{3, "ADEBCF"}, {3, "BFECDA"}, {4, "CABFDE"}, {1, "DBCEFA"},
                  {4, "DEFABC"}, {2, "ECBDFA"}, {2, "FACDBE"}};
  CHECK(levels(6, profile).front() == "A");
  profile.emplace_back(2, "AEFCBD");
  CHECK(levels(6, profile).front() == "D");
}

TEST_CASE("where many tie options or leave them out, winning votes elect D as Schulze says") {
  CHECK(levels(4, {{6, "ABCD"},
                   {8, "(AB)"},
                   {8, "(AC)"},
                   {18, "(AC)D"},
                   {8, "(ACD)"},
                   {40, "B"},
                   {4, "CBD"},
                   {9, "CDA"},
                   {8, "(CD)"},
                   {14, "DAB"},
                   {11, "DBC"},
                   {4, "DCA"}})
            .front() == "D");
}

TEST_CASE("who is preferred to everyone by more than prefer the other wins alone") {
  CHECK(rc::check("Condorcet", [] {
    constexpr std::size_t options = 5;
    const PairwiseMatrix preferred = preferences(*any_places(options), options);
    for (std::size_t a = 0; a < options; ++a) {
      bool beats_all = true;
      for (std::size_t b = 0; b < options; ++b) beats_all &= a == b || preferred[a][b] > preferred[b][a];
      if (beats_all) RC_ASSERT(schulze_levels(strongest_paths(preferred)).front() == std::vector{a});
    }
  }));
}

TEST_CASE("a clone of a loser changes no clear winner") {
  CHECK(rc::check("clones", [] {
    constexpr std::size_t options = 4;
    auto voters = *any_places(options);
    const auto before = schulze_levels(strongest_paths(preferences(voters, options)));
    if (before.front().size() > 1) return;
    const std::size_t loser = *rc::gen::elementOf(before.back());
    // Every voter places the clone beside the loser: just above it, with it, or just below it; but with it
    // where others share its place, for a clone stands to each of them as the loser does (§4.6 of the
    // paper).
    for (auto& place : voters) {
      const bool shared = std::count(place.begin(), place.end(), place[loser]) > 1;
      for (std::size_t& each : place) each = each * 3 + 1;
      place.push_back(shared ? place[loser] : place[loser] - 1 + *rc::gen::inRange<std::size_t>(0, 3));
    }
    RC_ASSERT(schulze_levels(strongest_paths(preferences(voters, options + 1))).front() == before.front());
  }));
}

TEST_CASE(
    "being better by paths is transitive, and strongest paths are as strong as the best chain of links") {
  CHECK(rc::check("paths", [] {
    constexpr std::size_t options = 5;
    const PairwiseMatrix preferred = preferences(*any_places(options), options);
    const PairwiseMatrix paths = strongest_paths(preferred);
    for (std::size_t a = 0; a < options; ++a) {
      for (std::size_t b = 0; b < options; ++b) {
        for (std::size_t c = 0; c < options; ++c) {
          if (a == b || b == c || a == c) continue;
          RC_ASSERT(paths[a][c] >= std::min(paths[a][b], paths[b][c]));
          if (paths[a][b] > paths[b][a] && paths[b][c] > paths[c][b]) RC_ASSERT(paths[a][c] > paths[c][a]);
        }
      }
    }
  }));
}

TEST_CASE("a single option is a level of its own") {
  CHECK(schulze_levels(strongest_paths(PairwiseMatrix(1, std::vector<Decimal>(1)))).size() == 1);
}
