#include "state/delegation.h"

#include <optional>
#include <vector>

namespace bw {

std::map<PersonNumber, PersonNumber> follow_delegations(
    const std::map<PersonNumber, PersonNumber>& delegations, const std::set<PersonNumber>& voters) {
  // Where each chain that was walked ends. A person on the present path ends nowhere as yet, which is also
  // the answer for a circle.
  std::map<PersonNumber, std::optional<PersonNumber>> ends;
  for (const auto& [delegator, delegate] : delegations) {
    std::vector<PersonNumber> path;
    PersonNumber at = delegator;
    while (!voters.contains(at) && delegations.contains(at) && ends.emplace(at, std::nullopt).second) {
      path.push_back(at);
      at = delegations.at(at);
    }
    std::optional<PersonNumber> end;
    if (voters.contains(at)) {
      end = at;
    } else if (const auto known = ends.find(at); known != ends.end()) {
      end = known->second;
    }
    for (const PersonNumber person : path) ends[person] = end;
  }
  std::map<PersonNumber, PersonNumber> reached;
  for (const auto& [delegator, end] : ends) {
    if (end) reached.emplace(delegator, *end);
  }
  return reached;
}

}  // namespace bw
