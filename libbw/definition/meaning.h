#pragma once
// What a schema cannot say: whether the parts of a definition fit together. References resolve, units
// match, goals form a forest, dates exist, conditions and limits can be met.

#include <string_view>
#include <vector>

#include "definition/problem.h"
#include "definition/yaml.h"

namespace bw {

// Works on the tree, which may be of any shape: what the schema has refused is passed over in silence.
std::vector<Problem> check_meaning(const yaml::Node& root, std::string_view file);

}  // namespace bw
