#include "definition/path_names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bw {
namespace {

// Lists of items, and what one item is called.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> lists = {{
    {"action_plan", "phase"},
    {"units", "unit"},
    {"indicators", "indicator"},
    {"goals", "goal"},
    {"milestones", "milestone"},
    {"behaviours", "behaviour"},
    {"stewards", "steward"},
    {"limits", "limit per"},
    {"contributes", "contribution to"},
}};

constexpr std::array<std::string_view, 4> telling_keys = {"id", "did", "per", "indicator"};

}  // namespace

PathName name_of_path(const std::vector<std::string>& path) {
  PathName name;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto* list =
        std::ranges::find(lists, std::string_view(path[i]), [](const auto& l) { return l.first; });
    if (list != lists.end() && i + 1 < path.size()) {
      if (!name.item.empty()) name.item += ", ";
      name.item += fmt::format("{} {}", list->second, path[i + 1]);
      name.field.clear();
      ++i;
    } else {
      if (!name.field.empty()) name.field += '.';
      name.field += path[i];
    }
  }
  return name;
}

std::string path_text(const std::vector<std::string>& path) {
  return fmt::format("{}", fmt::join(path, "/"));
}

std::string telling_key(const yaml::Node& list) {
  if (!list.is_sequence() || list.children.empty()) return "";
  for (const std::string_view key : telling_keys) {
    std::set<std::string_view> seen;
    const bool tells = std::ranges::all_of(list.children, [&](const yaml::Node& item) {
      const yaml::Node* value = item.find(key);
      return value && value->is_scalar() && !value->text.empty() && seen.insert(value->text).second;
    });
    if (tells) return std::string(key);
  }
  return "";
}

std::vector<std::string> item_keys(const yaml::Node& list) {
  std::vector<std::string> keys;
  if (const std::string key = telling_key(list); !key.empty())
    for (const yaml::Node& item : list.children) keys.push_back(item.find(key)->text);
  return keys;
}

}  // namespace bw
