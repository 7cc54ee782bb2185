#pragma once
// The rules of an organisation, tools/organisation.yaml: membership, roles, bodies with seats, and who may
// tell which kinds of events.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "definition/meaning.h"
#include "definition/model.h"

namespace bw {

// Groups of persons stand here by their names (definition/meaning.h).
struct MembershipRules {
  bool everyone_founds = false;  // otherwise the stewards do
  int endorsements = 0;
  std::string admitted_by;  // empty: enough endorsements admit
  std::string suspended_by;
  std::string expelled_by;  // empty: only a vote expels
  Duration hearing;
};

struct RoleRules {
  std::string id;
  Text title;
  std::string given_by;
};

struct BodyRules {
  std::string id;
  Text title;
  int seats = 0;  // 0: every member sits in it
  std::optional<Duration> term;
  std::string eligible;
  std::string figure;  // empty: nothing is needed
  Decimal at_least;
  std::string appointed_by;  // empty: only an election gives seats
  std::vector<std::string> not_with;
};

struct Skill {
  std::string id;
  Text title;
};

struct OrganisationRules {
  MembershipRules membership;
  ById<RoleRules> roles;
  ById<BodyRules> bodies;
  ById<Skill> skills;
  std::map<std::string, std::vector<std::string>, std::less<>> powers;  // kind of event → groups
};

OrganisationRules read_organisation_rules(const yaml::Node& rules);
// Bodies that could seat themselves, or exclude each other from one side only; powers over what must stay
// free.
void check_organisation_rules(const RulesDraft& draft);

}  // namespace bw
