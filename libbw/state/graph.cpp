#include "state/graph.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "state/canonical.h"

namespace bw {
namespace {

bool comes_before(const WeightedEdge& a, const WeightedEdge& b) {
  return std::pair(a.from, a.to) < std::pair(b.from, b.to);
}

// The first edge that does not come before this one.
std::vector<WeightedEdge>::const_iterator first_edge(const std::vector<WeightedEdge>& edges,
                                                     PersonNumber from, PersonNumber to) {
  return std::lower_bound(edges.begin(), edges.end(), WeightedEdge{from, to, 0}, comes_before);
}

// The weight of an edge in what a graph holds, const or not; null where there is none.
template <class Settled, class Recent>
auto find_weight(Settled& settled, Recent& recent, PersonNumber from, PersonNumber to)
    -> decltype(&settled.front().weight) {
  const auto place = first_edge(settled, from, to) - settled.cbegin();
  const auto edge = settled.begin() + place;
  if (edge != settled.end() && edge->from == from && edge->to == to) return &edge->weight;
  const auto found = recent.find({from, to});
  return found == recent.end() ? nullptr : &found->second;
}

}  // namespace

EdgeWeight edge_weight(Decimal weight) {
  require(!weight.is_negative(), "the weight of an edge is negative");
  require(weight < Decimal(max_edge_weight / one_edge_weight),
          "the weight of an edge is beyond nine billion");
  const std::string millionths = (weight * Decimal(one_edge_weight)).text();
  EdgeWeight value = 0;
  const char* const end = millionths.data() + millionths.size();
  require(std::from_chars(millionths.data(), end, value).ptr == end,
          "the weight of an edge has more than six digits after the point");
  return value;
}

void Graph::add(PersonNumber from, PersonNumber to, EdgeWeight weight) {
  require(from != to, "nobody can vouch for themselves");
  require(weight >= 0, "the weight of an edge is negative");
  require(weight <= max_edge_weight - this->weight(from, to), "an edge of a graph grew too heavy");
  if (EdgeWeight* known = find_weight(settled_, recent_, from, to)) {
    *known += weight;
    return;
  }
  recent_.emplace(std::pair{from, to}, weight);
  if (recent_.size() > settled_.size() / 8 + 1024) {
    settled_ = edges();
    recent_.clear();
  }
}

void Graph::subtract(PersonNumber from, PersonNumber to, EdgeWeight weight) {
  require(weight >= 0, "the weight of an edge is negative");
  require(weight <= this->weight(from, to), "more is taken from an edge of a graph than it weighs");
  if (EdgeWeight* known = find_weight(settled_, recent_, from, to)) *known -= weight;
}

EdgeWeight Graph::weight(PersonNumber from, PersonNumber to) const {
  const EdgeWeight* known = find_weight(settled_, recent_, from, to);
  return known == nullptr ? 0 : *known;
}

std::vector<WeightedEdge> Graph::edges() const {
  std::vector<WeightedEdge> all;
  all.reserve(settled_.size() + recent_.size());
  auto settled = settled_.begin();
  const auto take = [&](const WeightedEdge& edge) {
    if (edge.weight > 0) all.push_back(edge);
  };
  for (const auto& [ends, weight] : recent_) {
    const WeightedEdge edge{ends.first, ends.second, weight};
    for (; settled != settled_.end() && comes_before(*settled, edge); ++settled) take(*settled);
    take(edge);
  }
  for (; settled != settled_.end(); ++settled) take(*settled);
  return all;
}

Json Graph::json() const {
  Json list = Json::array();
  for (const WeightedEdge& edge : edges()) list.push_back({edge.from, edge.to, edge.weight});
  return list;
}

Graph Graph::from_json(const Json& json) {
  return read_canonical("a graph", json, [](const Json& from) {
    require(from.is_array(), "a graph is not a list of edges");
    Graph graph;
    for (const Json& entry : from) {
      const WeightedEdge edge{entry.at(0).get<PersonNumber>(), entry.at(1).get<PersonNumber>(),
                              entry.at(2).get<EdgeWeight>()};
      require(edge.from != edge.to && edge.weight > 0 && edge.weight <= max_edge_weight,
              "a graph holds an edge that cannot be");
      require(graph.settled_.empty() || comes_before(graph.settled_.back(), edge),
              "the edges of a graph are not in order");
      graph.settled_.push_back(edge);
    }
    return graph;
  });
}

std::vector<PersonNumber> endorsement_chain(const Graph& graph, PersonNumber from, PersonNumber to,
                                            std::size_t max_steps) {
  // Breadth first, neighbours in order: whoever reaches a person first does so on the chain that comes
  // first.
  const std::vector<WeightedEdge> edges = graph.edges();
  std::unordered_map<PersonNumber, PersonNumber> reached_from{{from, from}};
  std::vector<PersonNumber> frontier{from};
  for (std::size_t step = 0; step < max_steps && !frontier.empty() && !reached_from.contains(to); ++step) {
    std::vector<PersonNumber> next;
    for (const PersonNumber person : frontier) {
      for (auto edge = first_edge(edges, person, 0); edge != edges.end() && edge->from == person; ++edge) {
        if (reached_from.emplace(edge->to, person).second) next.push_back(edge->to);
      }
    }
    frontier = std::move(next);
  }
  if (!reached_from.contains(to)) return {};
  std::vector<PersonNumber> chain{to};
  while (chain.back() != from) chain.push_back(reached_from.at(chain.back()));
  std::reverse(chain.begin(), chain.end());
  return chain;
}

}  // namespace bw
