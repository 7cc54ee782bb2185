#include "state/graph_ranks.h"

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace bw {
namespace {

__extension__ using Wide = unsigned __int128;

// The graph in compressed sparse rows. Persons have places from 0 in the order of their numbers; the edges of
// the person at place p are those from rows[p] up to rows[p + 1]. An edge has the place of its target, and
// which fraction (of 2^64) of what its source passes on goes along it.
struct SparseRows {
  std::vector<PersonNumber> persons;
  std::vector<std::size_t> rows;
  std::vector<std::uint32_t> targets;
  std::vector<std::uint64_t> fractions;

  std::size_t place(PersonNumber person) const {
    return static_cast<std::size_t>(std::lower_bound(persons.begin(), persons.end(), person) -
                                    persons.begin());
  }
};

// There is at least one seed.
std::vector<PersonNumber> everyone(const std::vector<WeightedEdge>& edges, const RankRules& rules) {
  std::vector<PersonNumber> persons;
  persons.reserve(edges.size() + rules.seeds.size());
  for (const auto& [seed, weight] : rules.seeds) persons.push_back(seed);
  for (const WeightedEdge& edge : edges) {
    // Sources come in order, so each is taken once.
    if (persons.back() != edge.from) persons.push_back(edge.from);
  }
  for (const WeightedEdge& edge : edges) persons.push_back(edge.to);
  std::sort(persons.begin(), persons.end());
  persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
  return persons;
}

// Turns the weights of one source's edges, which stand in `fractions` from `begin` on, into fractions.
void normalise(std::vector<std::uint64_t>& fractions, std::size_t begin) {
  Wide total = 0;
  for (std::size_t edge = begin; edge < fractions.size(); ++edge) total += fractions[edge];
  for (std::size_t edge = begin; edge < fractions.size(); ++edge) {
    const Wide fraction = (Wide{fractions[edge]} << 64) / total;
    constexpr Wide most = std::numeric_limits<std::uint64_t>::max();
    fractions[edge] = static_cast<std::uint64_t>(std::min(fraction, most));
  }
}

SparseRows sparse_rows(const Graph& graph, const RankRules& rules) {
  const std::vector<WeightedEdge> edges = graph.edges();
  SparseRows sparse{everyone(edges, rules), {}, {}, {}};
  sparse.rows.reserve(sparse.persons.size() + 1);
  sparse.targets.reserve(edges.size());
  sparse.fractions.reserve(edges.size());
  auto edge = edges.begin();
  for (const PersonNumber person : sparse.persons) {
    const std::size_t begin = sparse.targets.size();
    sparse.rows.push_back(begin);
    for (; edge != edges.end() && edge->from == person; ++edge) {
      sparse.targets.push_back(static_cast<std::uint32_t>(sparse.place(edge->to)));
      sparse.fractions.push_back(static_cast<std::uint64_t>(edge->weight));
    }
    normalise(sparse.fractions, begin);
  }
  sparse.rows.push_back(sparse.targets.size());
  return sparse;
}

struct Seed {
  std::size_t place;
  std::uint64_t weight;
};

struct Seeds {
  std::vector<Seed> each;  // in the order of their numbers
  Wide total_weight = 0;
};

Seeds seeds_in(const SparseRows& sparse, const RankRules& rules) {
  Seeds seeds;
  for (const auto& [person, weight] : rules.seeds) {
    if (weight <= 0) throw Error(ErrorCode::invalid, "a seed of ranks weighs nothing");
    seeds.each.push_back({sparse.place(person), static_cast<std::uint64_t>(weight)});
    seeds.total_weight += seeds.each.back().weight;
  }
  return seeds;
}

// All of `amount`: what rounding leaves goes to the first seeds, a unit each.
void give_to_seeds(const Seeds& seeds, std::uint64_t amount, std::vector<std::uint64_t>& shares) {
  std::uint64_t left = amount;
  for (const Seed& seed : seeds.each) {
    const auto part = static_cast<std::uint64_t>(Wide{amount} * seed.weight / seeds.total_weight);
    shares[seed.place] += part;
    left -= part;
  }
  for (std::size_t seed = 0; seed < left; ++seed) ++shares[seeds.each[seed].place];
}

// Adds what flows along edges to `next`, and says how much that is.
std::uint64_t pass_on(const SparseRows& sparse, Fraction damping, const std::vector<std::uint64_t>& shares,
                      std::vector<std::uint64_t>& next) {
  std::uint64_t passed = 0;
  for (std::size_t source = 0; source < shares.size(); ++source) {
    if (shares[source] == 0) continue;
    const auto outflow =
        static_cast<std::uint64_t>(Wide{shares[source]} * damping.numerator() / damping.denominator());
    for (std::size_t edge = sparse.rows[source]; edge < sparse.rows[source + 1]; ++edge) {
      const auto flow = static_cast<std::uint64_t>(Wide{outflow} * sparse.fractions[edge] >> 64);
      next[sparse.targets[edge]] += flow;
      passed += flow;
    }
  }
  return passed;
}

}  // namespace

std::uint64_t Ranks::share(PersonNumber person) const {
  const auto found = std::lower_bound(persons.begin(), persons.end(), person);
  if (found == persons.end() || *found != person) return 0;
  return shares[static_cast<std::size_t>(found - persons.begin())];
}

Ranks rank(const Graph& graph, const RankRules& rules) {
  if (rules.seeds.empty()) throw Error(ErrorCode::invalid, "ranks have no seed to start from");
  SparseRows sparse = sparse_rows(graph, rules);
  const Seeds seeds = seeds_in(sparse, rules);
  std::vector<std::uint64_t> shares(sparse.persons.size());
  give_to_seeds(seeds, whole_rank, shares);
  for (std::uint32_t iteration = 0; iteration < rules.iterations; ++iteration) {
    std::vector<std::uint64_t> next(shares.size());
    const std::uint64_t passed = pass_on(sparse, rules.damping, shares, next);
    give_to_seeds(seeds, whole_rank - passed, next);
    shares = std::move(next);
  }
  return {std::move(sparse.persons), std::move(shares)};
}

Decimal decimal_rank(std::uint64_t share) {
  constexpr std::uint64_t parts = 1'000'000'000;
  const Decimal part = *Decimal::parse("0.000000001");
  return Decimal(static_cast<std::int64_t>(Wide{share} * parts / whole_rank)) * part;
}

}  // namespace bw
