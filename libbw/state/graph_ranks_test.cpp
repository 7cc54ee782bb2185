#include "state/graph_ranks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/test_errors.h"

using namespace bw;
using namespace bw::testing;

namespace {

RankRules seeded(std::map<PersonNumber, EdgeWeight> seeds) {
  RankRules rules;
  rules.seeds = std::move(seeds);
  return rules;
}

std::uint64_t total(const Ranks& ranks) {
  return std::accumulate(ranks.shares.begin(), ranks.shares.end(), std::uint64_t{0});
}

Graph any_graph(PersonNumber persons) {
  Graph graph;
  for (int edges = *rc::gen::inRange(0, 40); edges > 0; --edges) {
    const auto from = *rc::gen::inRange<PersonNumber>(0, persons);
    const auto to = *rc::gen::inRange<PersonNumber>(0, persons);
    if (from != to) graph.add(from, to, *rc::gen::inRange<EdgeWeight>(1, 5 * one_edge_weight));
  }
  return graph;
}

RankRules any_rules(PersonNumber persons) {
  RankRules rules;
  rules.damping = Fraction(*rc::gen::inRange(0u, 101u), 100);
  rules.iterations = *rc::gen::inRange(0u, 40u);
  rules.seeds[*rc::gen::inRange<PersonNumber>(0, persons)] = *rc::gen::inRange<EdgeWeight>(1, 1000);
  rules.seeds[*rc::gen::inRange<PersonNumber>(0, persons)] = *rc::gen::inRange<EdgeWeight>(1, 1000);
  return rules;
}

// The same by floating point, as textbooks write it.
std::map<PersonNumber, double> reference(const Graph& graph, const RankRules& rules) {
  std::map<PersonNumber, double> out;
  for (const WeightedEdge& edge : graph.edges()) out[edge.from] += static_cast<double>(edge.weight);
  double seed_total = 0;
  for (const auto& [seed, weight] : rules.seeds) seed_total += static_cast<double>(weight);
  const double damping = static_cast<double>(rules.damping.numerator()) / rules.damping.denominator();
  std::map<PersonNumber, double> shares;
  for (const auto& [seed, weight] : rules.seeds) shares[seed] = static_cast<double>(weight) / seed_total;
  for (std::uint32_t iteration = 0; iteration < rules.iterations; ++iteration) {
    std::map<PersonNumber, double> next;
    double passed = 0;
    for (const WeightedEdge& edge : graph.edges()) {
      const double flow = damping * shares[edge.from] * static_cast<double>(edge.weight) / out[edge.from];
      next[edge.to] += flow;
      passed += flow;
    }
    for (const auto& [seed, weight] : rules.seeds)
      next[seed] += (1 - passed) * static_cast<double>(weight) / seed_total;
    shares = std::move(next);
  }
  return shares;
}

double as_double(std::uint64_t share) {
  return static_cast<double>(share) / static_cast<double>(whole_rank);
}

void check_against_reference(const Graph& graph, const RankRules& rules) {
  const Ranks ranks = rank(graph, rules);
  auto expected = reference(graph, rules);
  double worst = 0;
  for (std::size_t i = 0; i < ranks.persons.size(); ++i) {
    worst = std::max(worst, std::abs(as_double(ranks.shares[i]) - expected[ranks.persons[i]]));
  }
  CHECK(worst < 1e-6);
}

}  // namespace

TEST_CASE("a seed that vouches for nobody keeps everything") {
  const Ranks ranks = rank(Graph(), seeded({{7, 1}}));
  CHECK(ranks.persons == std::vector<PersonNumber>{7});
  CHECK(ranks.share(7) == whole_rank);
  CHECK(ranks.share(8) == 0);
}

TEST_CASE("two who vouch for each other share as the sum of a geometric series says") {
  Graph graph;
  graph.add(1, 2, one_edge_weight);
  graph.add(2, 1, one_edge_weight);
  RankRules rules = seeded({{1, 1}});
  rules.damping = Fraction(1, 2);
  rules.iterations = 80;
  // x = 1/2 + y/2 and y = x/2: x = 2/3.
  CHECK(as_double(rank(graph, rules).share(1)) == doctest::Approx(2.0 / 3).epsilon(1e-12));
}

TEST_CASE("standing is divided among endorsements by their weights") {
  Graph graph;
  graph.add(1, 2, 3 * one_edge_weight);
  graph.add(1, 3, one_edge_weight);
  RankRules rules = seeded({{1, 1}});
  rules.damping = Fraction(1, 1);
  rules.iterations = 1;
  const Ranks ranks = rank(graph, rules);
  CHECK(decimal_rank(ranks.share(2)).text() == "0.75");
  CHECK(decimal_rank(ranks.share(3)).text() == "0.25");
  CHECK(ranks.share(1) == 0);
}

TEST_CASE("a crowd whom nobody trusted vouches for has exactly nothing, however it vouches for itself") {
  CHECK(rc::check("Sybils", [] {
    constexpr PersonNumber honest = 6;
    Graph graph = any_graph(honest);
    const RankRules rules = any_rules(honest);
    const Ranks before = rank(graph, rules);
    for (PersonNumber sybil = 100; sybil < 110; ++sybil) {
      for (PersonNumber other = 100; other < 110; ++other) {
        if (sybil != other) graph.add(sybil, other, 9 * one_edge_weight);
      }
      graph.add(sybil, *rc::gen::inRange<PersonNumber>(0, honest), one_edge_weight);
    }
    const Ranks after = rank(graph, rules);
    for (PersonNumber sybil = 100; sybil < 110; ++sybil) RC_ASSERT(after.share(sybil) == 0u);
    for (PersonNumber person = 0; person < honest; ++person)
      RC_ASSERT(after.share(person) == before.share(person));
  }));
}

TEST_CASE("the total is conserved to the last unit, and a way through JSON changes no rank") {
  CHECK(rc::check("conservation", [] {
    const Graph graph = any_graph(8);
    const RankRules rules = any_rules(8);
    const Ranks ranks = rank(graph, rules);
    RC_ASSERT(total(ranks) == whole_rank);
    RC_ASSERT(rank(Graph::from_json(graph.json()), rules) == ranks);
  }));
}

TEST_CASE("the order in which endorsements came changes no rank") {
  CHECK(rc::check("order", [] {
    const Graph graph = any_graph(8);
    const RankRules rules = any_rules(8);
    const std::vector<WeightedEdge> edges = graph.edges();
    Graph backwards;
    for (auto edge = edges.rbegin(); edge != edges.rend(); ++edge)
      backwards.add(edge->from, edge->to, edge->weight);
    RC_ASSERT(rank(backwards, rules) == rank(graph, rules));
  }));
}

TEST_CASE("ranks are those of floating point to a millionth, without its rounding") {
  Graph graph;
  std::uint64_t state = 1;
  const auto next = [&](std::uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  for (int i = 0; i < 5000; ++i) {
    const auto from = static_cast<PersonNumber>(next(300));
    const auto to = static_cast<PersonNumber>(next(300));
    if (from != to) graph.add(from, to, static_cast<EdgeWeight>(next(5'000'000) + 1));
  }
  check_against_reference(graph, seeded({{0, 2}, {17, 5}, {299, 3}}));
  RankRules undamped = seeded({{3, 1}});
  undamped.damping = Fraction(99, 100);
  undamped.iterations = 100;
  check_against_reference(graph, undamped);
}

TEST_CASE("one vector of ranks, for other machines to find again") {
  Graph graph;
  graph.add(1, 2, 1'000'000);
  graph.add(1, 3, 2'000'000);
  graph.add(2, 3, 1'000'000);
  graph.add(3, 1, 500'000);
  graph.add(3, 4, 1);
  const Ranks ranks = rank(graph, seeded({{1, 1}, {2, 2}}));
  CHECK(ranks.persons == std::vector<PersonNumber>{1, 2, 3, 4});
  CHECK(ranks.shares == std::vector<std::uint64_t>{1'797'617'067'692'279'946u, 970'495'212'500'429'910u,
                                                   1'843'570'604'170'920'476u, 3'134'063'757'572u});
}

TEST_CASE("ranks without a seed, or with one that weighs nothing, are an error") {
  CHECK(contains(error_of([] { rank(Graph(), RankRules()); }), "no seed"));
  CHECK(contains(error_of([] { rank(Graph(), seeded({{1, 0}})); }), "weighs nothing"));
}

TEST_CASE("a share is told in billionths, rounded down") {
  CHECK(decimal_rank(whole_rank).text() == "1");
  CHECK(decimal_rank(whole_rank / 3).text() == "0.333333333");
  CHECK(decimal_rank(0).text() == "0");
}
