#pragma once
// What the checks of meaning share: the declared ids, and saying what is wrong.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/complaints.h"
#include "definition/values.h"
#include "definition/yaml.h"

namespace bw {

// The items of one list by id.
using Declared = std::map<std::string, const yaml::Node*, std::less<>>;

// Complains ("duplicate-id") where two items have the same.
Declared declared_in(const yaml::Node& root, std::string_view list, Complaints& complaints);

class Scope : public Complaints {
public:
  Scope(const yaml::Node& tree, std::string_view file);

  const yaml::Node& root;
  Declared phases, units, indicators, goals, milestones, behaviours;

  // The item that the value under `key` names. Complains ("unknown-<what>") where there is none.
  const yaml::Node* referenced(const yaml::Node& node, std::string_view key, const Declared& declared,
                               std::string_view what);
  // The number under `key`; complains where it is none, or has more digits after the point than `unit` may.
  std::optional<Decimal> number(const yaml::Node& node, std::string_view key, std::string_view unit = "");
};

void check_behaviours(Scope& scope);
void check_formulas(Scope& scope);
void check_goals(Scope& scope);

}  // namespace bw
