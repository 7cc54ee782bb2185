#pragma once
// Graph: who vouches for whom, and how much: a directed graph of persons whose edges get weights from
// endorsements, thanks and ratings, one event at a time. What is computed over it:
//
//   * ranks that start from seeds whom the world trusts (state/graph_ranks.h);
//   * the shortest chain of endorsements between two persons, which says why one might trust the other.
//
// A weight is a whole number of millionths, so that adding and taking back are exact in any order.

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "state/person_number.h"

namespace bw {

// In millionths; from 0 to 2^53−1, which is nine billion.
using EdgeWeight = std::int64_t;
inline constexpr EdgeWeight one_edge_weight = 1'000'000;
inline constexpr EdgeWeight max_edge_weight = strict_json::max_integer;

// Throws Error(invalid) where `weight` is negative, too large, or finer than a millionth.
EdgeWeight edge_weight(Decimal weight);

struct WeightedEdge {
  PersonNumber from = 0;
  PersonNumber to = 0;
  EdgeWeight weight = 0;

  friend bool operator==(const WeightedEdge&, const WeightedEdge&) = default;
};

class Graph {
public:
  // Throws Error(invalid), and changes nothing, where `weight` is negative, someone would vouch for
  // themselves, or the edge would weigh less than nothing or more than the maximum. An edge that weighs
  // nothing is no edge.
  void add(PersonNumber from, PersonNumber to, EdgeWeight weight);
  void subtract(PersonNumber from, PersonNumber to, EdgeWeight weight);

  EdgeWeight weight(PersonNumber from, PersonNumber to) const;  // 0 where there is no edge
  // In order of source and target.
  std::vector<WeightedEdge> edges() const;

  // For a snapshot of the state: [[from,to,weight],…] in order. `from_json` throws Error(invalid).
  Json json() const;
  static Graph from_json(const Json& json);

  friend bool operator==(const Graph& a, const Graph& b) { return a.edges() == b.edges(); }

private:
  // A sorted array is read many times as fast as a tree and takes a quarter of its memory, but an edge more
  // would move half of it. So new edges wait in a tree until they are an eighth of the array.
  std::vector<WeightedEdge> settled_;
  std::map<std::pair<PersonNumber, PersonNumber>, EdgeWeight> recent_;
};

// The shortest chain from one person to another, both included, over at most `max_steps` edges; of several
// the one whose numbers come first. Empty where there is none.
std::vector<PersonNumber> endorsement_chain(const Graph& graph, PersonNumber from, PersonNumber to,
                                            std::size_t max_steps);

}  // namespace bw
