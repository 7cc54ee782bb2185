#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "definition/meaning_scope.h"

namespace bw {
namespace {

using yaml::Node;

// From the shortest to the longest.
constexpr std::array<std::string_view, 5> windows = {"day", "week", "month", "year", "ever"};

void check_quantity(Scope& scope, const Node& behaviour, std::string_view unit) {
  const Node* quantity = behaviour.find("quantity");
  if (!quantity) return;
  const auto minimum = scope.number(*quantity, "minimum", unit);
  const auto maximum = scope.number(*quantity, "maximum", unit);
  if (minimum && minimum->is_negative())
    scope.error(*quantity->find("minimum"), "quantity", "a quantity is never negative", "write 0 or more");
  if (maximum && *maximum <= Decimal(0))
    scope.error(*quantity->find("maximum"), "quantity", "the maximum must be more than 0");
  if (minimum && maximum && *minimum > *maximum) {
    scope.error(*quantity->find("minimum"), "quantity",
                fmt::format("the minimum {} is more than the maximum {}", minimum->text(), maximum->text()),
                "exchange the two");
  }
}

void check_limits(Scope& scope, const Node& behaviour, std::string_view unit) {
  std::map<std::string_view, Decimal> given;
  const Node* bounds = behaviour.find("quantity");
  const Node* least = bounds ? bounds->find("minimum") : nullptr;
  const auto minimum = least ? decimal_of(*least) : Result<Decimal>(Reason{});
  for (const Node& limit : list_of(behaviour, "limits")) {
    const auto quantity = scope.number(limit, "quantity", unit);
    const std::string_view per = text_of(limit, "per");
    if (!quantity) continue;
    const Node& at = *limit.find("quantity");
    if (*quantity <= Decimal(0)) {
      scope.error(at, "limit", "a limit must be more than 0", "to end a behaviour, delete it");
    } else if (minimum && *quantity < *minimum) {
      scope.error(
          at, "limit",
          fmt::format("the limit {} is below the minimum {} of one event, so nothing could ever count",
                      quantity->text(), minimum->text()),
          "raise the limit or lower the minimum");
    }
    if (!given.emplace(per, *quantity).second) {
      scope.error(*limit.find("quantity"), "limit", fmt::format("there is a limit per {} already", per),
                  "keep one of the two");
    }
  }
  const Decimal* shorter = nullptr;
  for (const std::string_view window : windows) {
    const auto limit = given.find(window);
    if (limit == given.end()) continue;
    if (shorter && limit->second < *shorter) {
      scope.warning(*behaviour.find("limits"), "limit-order",
                    fmt::format("the limit per {} is lower than that of a shorter period", window),
                    "the shorter period's limit can never be used up");
    }
    shorter = &limit->second;
  }
}

void check_verification(Scope& scope, const Node& behaviour) {
  const Node* verification = behaviour.find("verification");
  if (!verification || !verification->is_mapping()) return;
  const std::string_view by = text_of(*verification, "by");
  const Node* count = verification->find("count");
  const Node* body = verification->find("body");
  if (count && by != "peers") {
    scope.error(*count, "verification-count", "a count has a meaning only with `by: peers`",
                "write \"by: peers\", or delete the count");
  }
  if (body && by != "body") {
    scope.error(*body, "verification-body", "a body has a meaning only with `by: body`",
                "write \"by: body\", or delete the line");
  }
  if (!body && by == "body") {
    scope.error(*verification->find("by"), "verification-body", "`by: body` does not say which body",
                "add a line \"body: …\" with its id");
  }
}

void check_evidence(Scope& scope, const Node& behaviour) {
  const Node* evidence = behaviour.find("evidence");
  if (evidence && text_of(*evidence, "need") == "none" && !list_of(*evidence, "kinds").empty()) {
    scope.warning(*evidence->find("kinds"), "evidence-kinds",
                  "no evidence is asked for, so kinds mean nothing",
                  "write \"need: optional\", or delete the kinds");
  }
}

void check_composite(Scope& scope, const Node& behaviour) {
  const Node* composite = behaviour.find("composite");
  if (!composite || !composite->is_mapping()) return;
  for (const Node& parts : composite->children) {
    for (const Node& part : parts.children) {
      const auto found = scope.behaviours.find(part.text);
      if (found != scope.behaviours.end() && found->second->find("composite"))
        scope.error(part, "nested-composite",
                    fmt::format("\"{}\" is composite itself", yaml::brief(part, 64)),
                    "name the behaviours that it is made of");
    }
  }
  for (const char* key : {"evidence", "verification", "quantity", "gate"}) {
    if (const Node* useless = behaviour.find(key))
      scope.error(*useless, "composite", fmt::format("a composite behaviour has no use for \"{}\"", key),
                  "say it of the behaviours that it is made of");
  }
}

void check_contributions(Scope& scope, const Node& behaviour) {
  std::set<std::string_view> seen;
  const std::string_view unit = text_of(behaviour, "unit");
  for (const Node& contribution : list_of(behaviour, "contributes")) {
    const Node* factor = contribution.find("factor");
    const auto value = scope.number(contribution, "factor");
    if (value && value->is_zero())
      scope.error(*factor, "factor", "a factor of 0 contributes nothing", "delete the contribution");
    const Node* indicator = scope.referenced(contribution, "indicator", scope.indicators, "indicator");
    if (!indicator) continue;
    const Node& named = *contribution.find("indicator");
    if (!seen.insert(named.text).second) {
      scope.error(named, "duplicate-contribution",
                  fmt::format("the behaviour contributes to \"{}\" already", named.text),
                  "add up the factors");
    }
    const std::string_view counted_in = text_of(*indicator, "unit");
    // An indicator that counts events does not look at their quantity.
    const bool counts_events = text_of(*indicator, "aggregate") == "count";
    if (!factor && counted_in != unit && scope.units.contains(unit) && !counts_events) {
      scope.error(named, "factor-missing",
                  fmt::format("the behaviour counts in \"{}\" and the indicator \"{}\" in \"{}\"", unit,
                              named.text, counted_in),
                  fmt::format("add \"factor: …\": how many \"{}\" one \"{}\" makes", counted_in, unit));
    }
  }
}

}  // namespace

void check_behaviours(Scope& scope) {
  for (const Node& behaviour : list_of(scope.root, "behaviours")) {
    const std::string_view unit = text_of(behaviour, "unit");
    scope.referenced(behaviour, "unit", scope.units, "unit");
    check_quantity(scope, behaviour, unit);
    check_limits(scope, behaviour, unit);
    check_evidence(scope, behaviour);
    check_verification(scope, behaviour);
    check_composite(scope, behaviour);
    check_contributions(scope, behaviour);
  }
}

}  // namespace bw
