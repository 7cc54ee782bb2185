#pragma once
// How a place in a definition is called in sentences: {"goals", "aed-coverage", "target"} is the field
// target of the goal aed-coverage.

#include <string>
#include <string_view>
#include <vector>

#include "definition/yaml.h"

namespace bw {

struct PathName {
  std::string item;   // "goal aed-coverage"; empty where the path meets no list of items
  std::string field;  // "target", "quantity.maximum"; empty where the path is the item itself
};

PathName name_of_path(const std::vector<std::string>& path);

// "goals/aed-coverage/target"
std::string path_text(const std::vector<std::string>& path);

// The key that tells the items of a list apart: `id`, in some lists another (`did` of a steward, `per` of
// a limit, `indicator` of a contribution). Empty where any item lacks it or two have the same: such a list
// is one value.
std::string telling_key(const yaml::Node& list);

// What each item has under the telling key; empty where there is none.
std::vector<std::string> item_keys(const yaml::Node& list);

}  // namespace bw
