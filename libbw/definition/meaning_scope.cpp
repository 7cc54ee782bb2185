#include "definition/meaning_scope.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace bw {
namespace {

using yaml::Node;

constexpr int max_precision = 9;

// The digits after the point that quantities of a declared unit may have.
int precision_of(const Declared& units, std::string_view unit) {
  const auto found = units.find(unit);
  if (found == units.end()) return max_precision;
  const std::string_view text = text_of(*found->second, "precision");
  int precision = max_precision;
  std::from_chars(text.data(), text.data() + text.size(), precision);
  return precision;
}

}  // namespace

Declared declared_in(const Node& root, std::string_view list, Complaints& complaints) {
  Declared declared;
  for (const Node& item : list_of(root, list)) {
    const Node* id = item.find("id");
    if (!id || id->kind != yaml::Kind::string) continue;
    const auto [first, fresh] = declared.emplace(id->text, &item);
    if (!fresh) {
      complaints.error(*id, "duplicate-id",
                       fmt::format("the id \"{}\" is taken in {} already", printable(id->text), list),
                       fmt::format("the first is on line {}; choose another id", first->second->mark.line));
    }
  }
  return declared;
}

Scope::Scope(const Node& tree, std::string_view file) : Complaints(file), root(tree) {
  phases = declared_in(root, "action_plan", *this);
  units = declared_in(root, "units", *this);
  indicators = declared_in(root, "indicators", *this);
  goals = declared_in(root, "goals", *this);
  milestones = declared_in(root, "milestones", *this);
  behaviours = declared_in(root, "behaviours", *this);
}

const Node* Scope::referenced(const Node& node, std::string_view key, const Declared& declared,
                              std::string_view what) {
  const Node* value = node.find(key);
  if (!value || value->kind != yaml::Kind::string) return nullptr;
  if (const auto found = declared.find(value->text); found != declared.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [id, item] : declared) known.push_back(id);
  unknown(*value, what, known, fmt::format("declare it under \"{}s\"", what));
  return nullptr;
}

std::optional<Decimal> Scope::number(const Node& node, std::string_view key, std::string_view unit) {
  const Node* value = node.find(key);
  if (!value || !value->is_scalar() || value->kind == yaml::Kind::null || value->kind == yaml::Kind::boolean)
    return std::nullopt;
  const auto parsed = decimal_of(*value);
  if (!parsed) {
    error(*value, "decimal",
          fmt::format("\"{}\" cannot be {}: {}", key, yaml::brief(*value, 40), parsed.reason()),
          "write an exact decimal number such as 3 or 0.5");
    return std::nullopt;
  }
  if (const int precision = precision_of(units, unit); fraction_digits(*parsed) > precision) {
    error(*value, "precision",
          fmt::format("{} has more digits after the point than the unit \"{}\" has ({})", parsed->text(),
                      unit, precision),
          "round it, or give the unit more `precision`");
  }
  return *parsed;
}

}  // namespace bw
