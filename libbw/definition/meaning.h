#pragma once
// What a schema cannot say: whether the parts of a definition fit together. References resolve, units
// match, goals form a forest, dates exist, conditions and limits can be met.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "definition/complaints.h"
#include "definition/schema.h"
#include "definition/yaml.h"

namespace bw {

// Works on the tree, which may be of any shape: what the schema has refused is passed over in silence.
std::vector<Problem> check_meaning(const yaml::Node& root, std::string_view file);

// The trees of all files of a definition, by their paths.
using Trees = std::map<std::string, yaml::Node, std::less<>>;

// The rules of one tool while they are checked.
struct RulesDraft {
  const yaml::Node& rules;
  const Trees& trees;  // also of the other files, of any shape
  Complaints& complaints;
};
// What only the tool itself knows about its rules; they have the shape that its schema asks for.
using CheckRules = std::function<void(std::string_view tool, const RulesDraft& draft)>;

// Whether everything resolves that `schema` declares a reference (`x-bw-ref`). Groups and figures of persons
// have these names in definitions:
//
//   @group    stewards, members, body:<id>, role:<id>, badge:<id>
//             (@group-or-itself: or "itself")
//   @figure   points:<id>, contribution, influence
std::vector<Problem> check_references(const Schema& schema, const Trees& trees, const std::string& file);
// Texts, dates, ids and references of the rules of a tool.
std::vector<Problem> check_rules_meaning(const Schema& schema, const Trees& trees, const std::string& file);

}  // namespace bw
