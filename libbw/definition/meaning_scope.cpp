#include "definition/meaning_scope.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace bw {
namespace {

using yaml::Node;

constexpr int max_precision = 9;
constexpr std::size_t most_suggested = 100;

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

Scope::Scope(const Node& tree, std::string_view file) : root(tree), file_(file) {
  phases = declare("action_plan");
  units = declare("units");
  indicators = declare("indicators");
  goals = declare("goals");
  milestones = declare("milestones");
  behaviours = declare("behaviours");
}

Declared Scope::declare(std::string_view list) {
  Declared declared;
  for (const Node& item : list_of(root, list)) {
    const Node* id = item.find("id");
    if (!id || id->kind != yaml::Kind::string) continue;
    const auto [first, fresh] = declared.emplace(id->text, &item);
    if (!fresh) {
      error(*id, "duplicate-id",
            fmt::format("the id \"{}\" is taken in {} already", printable(id->text), list),
            fmt::format("the first is on line {}; choose another id", first->second->mark.line));
    }
  }
  return declared;
}

void Scope::say(Severity severity, const Node& at, std::string code, std::string message, std::string hint) {
  problems.push_back({severity, std::string(file_), at.mark.line, at.mark.column, std::move(code),
                      std::move(message), std::move(hint)});
}

void Scope::error(const Node& at, std::string code, std::string message, std::string hint) {
  say(Severity::error, at, std::move(code), std::move(message), std::move(hint));
}

void Scope::warning(const Node& at, std::string code, std::string message, std::string hint) {
  say(Severity::warning, at, std::move(code), std::move(message), std::move(hint));
}

const Node* Scope::referenced(const Node& node, std::string_view key, const Declared& declared,
                              std::string_view what) {
  const Node* value = node.find(key);
  if (!value || value->kind != yaml::Kind::string) return nullptr;
  if (const auto found = declared.find(value->text); found != declared.end()) return found->second;
  std::string hint;
  // Looking for a close name takes time for each of thousands; nobody reads the suggestions of so many.
  if (problems.size() < most_suggested) {
    std::vector<std::string> known;
    for (const auto& [id, item] : declared) known.push_back(id);
    hint = did_you_mean(value->text.substr(0, 256), known);
  }
  if (hint.empty()) hint = fmt::format("declare it under \"{}s\"", what);
  error(*value, fmt::format("unknown-{}", what),
        fmt::format("no {} is called \"{}\"", what, yaml::brief(*value, 64)), std::move(hint));
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
