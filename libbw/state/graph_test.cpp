#include "state/graph.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/test_errors.h"

using namespace bw;
using namespace bw::testing;

namespace {

using Chain = std::vector<PersonNumber>;

Graph path_of(const Chain& persons) {
  Graph graph;
  for (std::size_t i = 1; i < persons.size(); ++i) graph.add(persons[i - 1], persons[i], one_edge_weight);
  return graph;
}

rc::Gen<std::vector<WeightedEdge>> any_edges(PersonNumber persons) {
  return rc::gen::container<std::vector<WeightedEdge>>(
      rc::gen::suchThat(rc::gen::construct<WeightedEdge>(rc::gen::inRange<PersonNumber>(0, persons),
                                                         rc::gen::inRange<PersonNumber>(0, persons),
                                                         rc::gen::inRange<EdgeWeight>(1, 1000)),
                        [](const WeightedEdge& edge) { return edge.from != edge.to; }));
}

Graph graph_of(const std::vector<WeightedEdge>& edges) {
  Graph graph;
  for (const auto& [from, to, weight] : edges) graph.add(from, to, weight);
  return graph;
}

}  // namespace

TEST_CASE("weights are whole millionths of decimals") {
  CHECK(edge_weight(*Decimal::parse("1.5")) == 1'500'000);
  CHECK(edge_weight(*Decimal::parse("0.000001")) == 1);
  CHECK(edge_weight(Decimal()) == 0);
  CHECK_THROWS_AS(edge_weight(*Decimal::parse("0.0000001")), Error);
  CHECK_THROWS_AS(edge_weight(Decimal(-1)), Error);
  CHECK_THROWS_AS(edge_weight(Decimal(10'000'000'000)), Error);
}

TEST_CASE("an edge weighs what was added to it, and is none where all was taken back") {
  Graph graph;
  graph.add(1, 2, 5);
  graph.add(1, 2, 3);
  CHECK(graph.weight(1, 2) == 8);
  CHECK(graph.weight(2, 1) == 0);
  graph.subtract(1, 2, 8);
  CHECK(graph == Graph());
  graph.add(1, 2, 0);
  CHECK(graph.edges().empty());
}

TEST_CASE("what no edge can weigh is an error that changes nothing") {
  Graph graph = path_of({1, 2});
  const Json before = graph.json();
  CHECK(contains(error_of([&] { graph.add(1, 1, 5); }), "nobody can vouch for themselves"));
  CHECK(contains(error_of([&] { graph.add(1, 2, -5); }), "is negative"));
  CHECK(contains(error_of([&] { graph.add(1, 2, max_edge_weight); }), "grew too heavy"));
  CHECK(contains(error_of([&] { graph.subtract(1, 2, one_edge_weight + 1); }), "more is taken"));
  CHECK(contains(error_of([&] { graph.subtract(2, 1, 1); }), "more is taken"));
  CHECK(graph.json() == before);
}

TEST_CASE("the order in which edges were added, and taken back, does not matter") {
  CHECK(rc::check("order", [] {
    auto edges = *any_edges(6);
    const Graph graph = graph_of(edges);
    std::reverse(edges.begin(), edges.end());
    Graph other = graph_of(edges);
    RC_ASSERT(other == graph);
    RC_ASSERT(Graph::from_json(graph.json()) == graph);
    for (const auto& [from, to, weight] : edges) other.subtract(from, to, weight);
    RC_ASSERT(other == Graph());
  }));
}

TEST_CASE("many edges settle without a change") {
  Graph graph;
  std::map<std::pair<PersonNumber, PersonNumber>, EdgeWeight> expected;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const PersonNumber from = i * 7919 % 211;
    const PersonNumber to = i * 104'729 % 223 + 211;
    graph.add(from, to, i + 1);
    expected[{from, to}] += i + 1;
  }
  for (auto& [ends, weight] : expected) {
    if (ends.first % 3 == 0) graph.subtract(ends.first, ends.second, weight);
  }
  std::erase_if(expected, [](const auto& edge) { return edge.first.first % 3 == 0; });
  const std::vector<WeightedEdge> edges = graph.edges();
  REQUIRE(edges.size() == expected.size());
  CHECK(std::equal(edges.begin(), edges.end(), expected.begin(),
                   [](const WeightedEdge& edge, const auto& other) {
                     return std::pair(edge.from, edge.to) == other.first && edge.weight == other.second;
                   }));
}

TEST_CASE("a JSON that no graph wrote is refused as invalid") {
  CHECK(path_of({1, 2, 3}).json().dump() == "[[1,2,1000000],[2,3,1000000]]");
  for (const char* text :
       {R"({})", R"([[1,2]])", R"([[1,2,3,4]])", R"([[1,1,5]])", R"([[1,2,0]])", R"([[1,2,-1]])",
        R"([[1,2,1.0]])", R"([[1,2,9007199254740992]])", R"([[-1,2,5]])", R"([[4294967297,2,5]])",
        R"([[2,1,5],[1,2,5]])", R"([[1,2,5],[1,2,5]])", R"([["1",2,5]])"}) {
    CAPTURE(text);
    CHECK(error_from([&] { Graph::from_json(Json::parse(text)); }).code() == ErrorCode::invalid);
  }
}

TEST_CASE("a chain of endorsements is the shortest, and of several the one whose numbers come first") {
  Graph graph = path_of({1, 5, 6, 9});
  CHECK(endorsement_chain(graph, 1, 9, 6) == Chain{1, 5, 6, 9});
  graph.add(1, 7, one_edge_weight);
  graph.add(7, 9, one_edge_weight);
  CHECK(endorsement_chain(graph, 1, 9, 6) == Chain{1, 7, 9});
  graph.add(5, 9, one_edge_weight);
  CHECK(endorsement_chain(graph, 1, 9, 6) == Chain{1, 5, 9});
  CHECK(endorsement_chain(graph, 1, 1, 6) == Chain{1});
}

TEST_CASE("there is no chain against the direction of edges, or longer than asked for") {
  const Graph graph = path_of({1, 2, 3, 4});
  CHECK(endorsement_chain(graph, 4, 1, 6).empty());
  CHECK(endorsement_chain(graph, 1, 4, 3) == Chain{1, 2, 3, 4});
  CHECK(endorsement_chain(graph, 1, 4, 2).empty());
  CHECK(endorsement_chain(graph, 1, 99, 6).empty());
}

TEST_CASE("a chain is made of edges, and no other is shorter or comes before it") {
  CHECK(rc::check("chains", [] {
    constexpr PersonNumber last = 6;
    const Graph graph = graph_of(*any_edges(last + 1));
    const Chain chain = endorsement_chain(graph, 0, last, 10);
    if (!chain.empty()) RC_ASSERT(endorsement_chain(graph, 0, last, chain.size() - 2).empty());
    for (std::size_t i = 1; i < chain.size(); ++i) {
      RC_ASSERT(graph.weight(chain[i - 1], chain[i]) > 0);
      for (PersonNumber other = 0; other < chain[i]; ++other) {
        if (graph.weight(chain[i - 1], other) == 0) continue;
        RC_ASSERT(endorsement_chain(graph, other, last, chain.size() - 1 - i).empty());
      }
    }
  }));
}
