#include "state/tally.h"

namespace bw {
namespace {

Json json_of(const VotingShare& share) {
  return {{"people", share.people}, {"weight", share.weight.text()}};
}

Json json_of(const Turnout& turnout) {
  return {{"delegated", json_of(turnout.delegated)},
          {"direct", json_of(turnout.direct)},
          {"electorate", json_of(turnout.electorate)},
          {"took_part", json_of(turnout.took_part())},
          {"unrevealed", json_of(turnout.unrevealed)}};
}

Json json_of(const SeatTie& tie) {
  Json json{{"options", tie.options}, {"seats", tie.seats}};
  if (!tie.seed) return json;
  json["draws"] = Json::array();
  for (const Digest& draw : tie.draws) json["draws"].push_back(draw.hex());
  json["seed"] = tie.seed->hex();
  return json;
}

Json json_of(const PairwiseMatrix& matrix) {
  Json rows = Json::array();
  for (const std::vector<Decimal>& row : matrix) {
    Json& cells = rows.emplace_back(Json::array());
    for (const Decimal& cell : row) cells.push_back(cell.text());
  }
  return rows;
}

Json json_of(const std::vector<OptionCount>& counts) {
  Json list = Json::array();
  for (const OptionCount& each : counts) {
    list.push_back(
        {{"count", each.count.text()}, {"option", each.option}, {"supporters", json_of(each.supporters)}});
  }
  return list;
}

Json json_of(const std::vector<DelegatedVotes>& delegates) {
  Json list = Json::array();
  for (const DelegatedVotes& each : delegates) {
    list.push_back({{"delegate", each.delegate}, {"share", json_of(each.share)}});
  }
  return list;
}

}  // namespace

Json Tally::json() const {
  Json json{{"ballot", ballot_id},         {"counts", json_of(counts)},        {"final", is_final},
            {"outcome", text_of(outcome)}, {"quorum_reached", quorum_reached}, {"rules", rules.json()},
            {"turnout", json_of(turnout)}};
  if (rules.delegation) json["delegates"] = json_of(delegates);
  if (rules.is_decision()) return json;
  json["ranking"] = ranking;
  json["winners"] = winners;
  if (tie) json["tie"] = json_of(*tie);
  if (rules.method == VotingMethod::ranked) {
    json["pairwise"] = json_of(pairwise);
    json["paths"] = json_of(paths);
  }
  return json;
}

}  // namespace bw
