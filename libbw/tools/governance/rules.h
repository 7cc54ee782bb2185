#pragma once
// The rules of governance, tools/governance.yaml: the procedures by which a world decides, and what has no
// effect without a decision.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "definition/meaning.h"
#include "definition/model.h"
#include "state/ballot_rules.h"

namespace bw {

struct Procedure {
  std::string id;
  Text title;
  std::vector<std::string> decides;  // kinds of proposals
  std::string who;                   // the group that votes
  std::string proposers;             // the group that proposes
  std::string weights;               // a figure of persons; empty where each has one vote
  Duration discussion;
  Duration voting;
  std::optional<Duration> reveal;  // of a secret ballot
  BallotRules ballot;              // without options, seats and times, which come with a proposal

  bool decides_on(std::string_view kind) const;
};

struct GovernanceRules {
  ById<Procedure> procedures;
  std::set<std::string, std::less<>> binding;
  Duration carry_out_within;
};

// From a tree in which nothing is wrong.
GovernanceRules read_governance_rules(const yaml::Node& rules);
// Methods that fit what is decided, weights where they are counted, times that are not nothing.
void check_governance_rules(const RulesDraft& draft);

}  // namespace bw
