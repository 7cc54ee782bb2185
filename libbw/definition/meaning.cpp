#include "definition/meaning.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "base/time.h"
#include "crypto/did.h"
#include "definition/date.h"
#include "definition/meaning_scope.h"

namespace bw {
namespace {

using yaml::Kind;
using yaml::Node;

constexpr std::size_t max_text_bytes = 16u << 10;
constexpr std::array<std::string_view, 5> text_keys = {"name", "title", "description", "summary", "vision"};
constexpr std::array<std::string_view, 3> date_keys = {"starts", "ends", "due"};

// What holds for a value wherever it stands: lengths, dates, translations.
void check_values(Complaints& scope, const Node& node, const std::vector<std::string>& languages) {
  if (node.kind == Kind::string && node.text.size() > max_text_bytes) {
    scope.error(node, "too-long",
                fmt::format("a text has {} bytes; at most {} are allowed", node.text.size(), max_text_bytes),
                "say it shorter, or link to a page");
  }
  if (std::ranges::find(date_keys, node.key) != date_keys.end() && node.kind == Kind::string) {
    if (const auto date = Date::parse(node.text); !date) {
      scope.error(node, "date", fmt::format("\"{}\" is {}", yaml::brief(node, 40), date.reason()),
                  "write the day as YYYY-MM-DD");
    }
  }
  const bool translated = node.is_mapping() && std::ranges::find(text_keys, node.key) != text_keys.end();
  if (translated) {
    std::vector<std::string> missing;
    for (const std::string& language : languages)
      if (!node.find(language)) missing.push_back(language);
    if (!missing.empty()) {
      scope.warning(node, "missing-translation",
                    fmt::format("\"{}\" is not given in {}", node.key, fmt::join(missing, ", ")),
                    "add it, or take the language out of `languages`");
    }
  }
  for (const Node& child : node.children) check_values(scope, child, languages);
}

void check_head(Scope& scope) {
  if (const Node* offset = scope.root.find("utc_offset"); offset && offset->kind == Kind::string) {
    if (const auto parsed = UtcOffset::parse(offset->text); !parsed) {
      scope.error(*offset, "utc-offset",
                  fmt::format("\"{}\" is {}", yaml::brief(*offset, 40), parsed.reason()),
                  "offsets go from -14:00 to +14:00");
    }
  }
  for (const char* key : {"grace", "freshness"}) {
    const Node* length = scope.root.find(key);
    if (!length || length->kind != Kind::string) continue;
    if (const auto parsed = Duration::parse(length->text); !parsed) {
      scope.error(*length, "duration", fmt::format("\"{}\" is {}", yaml::brief(*length, 40), parsed.reason()),
                  "write it like 30d, 12h or 90m");
    } else if (length->key == "freshness" && parsed->seconds < 3600) {
      scope.error(*length, "freshness-too-short", "no witness looks at a log so often that this would hold",
                  "give at least 1h");
    }
  }
}

void check_plan(Scope& scope) {
  for (const Node& phase : list_of(scope.root, "action_plan")) {
    const auto starts = Date::parse(text_of(phase, "starts"));
    const auto ends = Date::parse(text_of(phase, "ends"));
    if (starts && ends && *ends < *starts) {
      scope.error(*phase.find("ends"), "dates-reversed",
                  fmt::format("the phase ends on {}, before it starts on {}", ends->text(), starts->text()),
                  "exchange the two dates");
    }
  }
}

void check_indicators(Scope& scope) {
  for (const Node& indicator : list_of(scope.root, "indicators"))
    scope.referenced(indicator, "unit", scope.units, "unit");
}

void check_people(Scope& scope) {
  std::set<std::string_view> seen;
  for (const Node& steward : list_of(scope.root, "stewards")) {
    const Node* did = steward.find("did");
    if (!did || did->kind != Kind::string) continue;
    if (const auto parsed = Did::parse(did->text); !parsed) {
      scope.error(*did, "did", fmt::format("no DID: {}", parsed.reason()), "`bw id show` prints it");
    } else if (!seen.insert(did->text).second) {
      scope.error(*did, "duplicate-steward", "this steward is named already", "keep one of the two");
    }
  }
  for (const Node& way : list_of(scope.root, "submit")) {
    const Node* by = way.find("by");
    const Node* to = way.find("to");
    if (!by || !by->is_scalar()) continue;
    if (by->text == "inbox") {
      if (to) scope.error(*to, "submit", "the inbox is that of the home repository", "delete the line");
    } else if (!to) {
      scope.error(*by, "submit", fmt::format("`by: {}` does not say where to", yaml::brief(*by, 20)),
                  by->text == "mail" ? "add \"to: name@example.org\"" : "add \"to: https://…\"");
    } else if (by->text == "mail" && to->text.find('@') == std::string::npos) {
      scope.error(*to, "submit", "this is no mail address", "write it like name@example.org");
    } else if (by->text == "url" && !to->text.starts_with("https://") && !to->text.starts_with("http://")) {
      scope.error(*to, "submit", "this is no URL", "write it like https://example.org/inbox");
    }
  }
}

std::vector<std::string> languages_of(const Node& root) {
  std::vector<std::string> languages;
  for (const Node& language : list_of(root, "languages")) languages.push_back(language.text);
  if (languages.size() > 20) languages.clear();  // refused by the schema
  return languages;
}

// "points/shop" → the file it is in and the list there: tools/points.yaml, shop.
std::pair<std::string, std::string> place_of(const std::string& list) {
  const std::size_t slash = list.find('/');
  if (slash == std::string::npos) return {"betterworld.yaml", list};
  return {"tools/" + list.substr(0, slash) + ".yaml", list.substr(slash + 1)};
}

// "behaviours" → "behaviour"; "bodies" → "body".
std::string singular(const std::string& list) {
  if (list.ends_with("ies")) return list.substr(0, list.size() - 3) + "y";
  return list.ends_with('s') ? list.substr(0, list.size() - 1) : list;
}

// A name that needs no declaration, or `prefix:` and the id of an item of a list.
struct PersonName {
  std::string_view prefix;
  std::string_view list;  // empty: the prefix is the whole name
};
constexpr std::array<PersonName, 5> groups = {{{"stewards", ""},
                                               {"members", ""},
                                               {"body", "organisation/bodies"},
                                               {"role", "organisation/roles"},
                                               {"badge", "achievement/badges"}}};
constexpr std::array<PersonName, 3> figures = {
    {{"points", "incentive/points"}, {"contribution", ""}, {"influence", ""}}};

void resolve_item(const Trees& trees, const Node& at, std::string_view id, const std::string& in,
                  Complaints& complaints) {
  const auto [file, list] = place_of(in);
  const auto tree = trees.find(file);
  if (tree == trees.end()) {
    complaints.error(at, "unknown-" + singular(list),
                     fmt::format("no {} is called \"{}\", for there is no {}", singular(list),
                                 printable(id.substr(0, 64)), file),
                     "add that file, or delete the line");
    return;
  }
  std::vector<std::string> known;
  for (const Node& item : list_of(tree->second, list)) {
    if (item.id() == id) return;
    known.emplace_back(item.id());
  }
  complaints.unknown(at, singular(list), known, fmt::format("declare it under \"{}\" in {}", list, file));
}

template <std::size_t N>
void resolve_name(const Trees& trees, const Node& at, const std::array<PersonName, N>& names,
                  std::string_view what, Complaints& complaints) {
  const std::string_view text = at.text;
  const std::size_t colon = text.find(':');
  for (const PersonName& name : names) {
    if (name.list.empty() ? text == name.prefix : text.substr(0, colon) == name.prefix) {
      if (name.list.empty()) return;
      const std::string_view id = colon == std::string_view::npos ? "" : text.substr(colon + 1);
      return resolve_item(trees, at, id, std::string(name.list), complaints);
    }
  }
  std::vector<std::string> known;
  for (const PersonName& name : names)
    known.push_back(std::string(name.prefix) + (name.list.empty() ? "" : ":…"));
  complaints.unknown(at, what, known, fmt::format("write {}", fmt::join(known, ", ")));
}

void resolve(const Trees& trees, const Reference& reference, Complaints& complaints) {
  const Node& at = *reference.node;
  if (reference.list == "@group-or-itself" && at.text == "itself") return;
  if (reference.list.starts_with("@group")) return resolve_name(trees, at, groups, "group", complaints);
  if (reference.list == "@figure") return resolve_name(trees, at, figures, "figure", complaints);
  resolve_item(trees, at, at.text, reference.list, complaints);
}

}  // namespace

std::vector<Problem> check_references(const Schema& schema, const Trees& trees, const std::string& file) {
  Complaints complaints(file);
  for (const Reference& reference : schema.references(trees.at(file))) resolve(trees, reference, complaints);
  return std::move(complaints.problems);
}

std::vector<Problem> check_rules_meaning(const Schema& schema, const Trees& trees, const std::string& file) {
  Complaints complaints(file);
  const Node& rules = trees.at(file);
  const auto root = trees.find("betterworld.yaml");
  check_values(complaints, rules,
               root == trees.end() ? std::vector<std::string>() : languages_of(root->second));
  for (const Node& list : rules.children)
    if (list.is_sequence()) declared_in(rules, list.key, complaints);
  for (const Reference& reference : schema.references(rules)) resolve(trees, reference, complaints);
  return std::move(complaints.problems);
}

std::vector<Problem> check_meaning(const Node& root, std::string_view file) {
  Scope scope(root, file);
  check_values(scope, root, languages_of(root));
  check_head(scope);
  check_plan(scope);
  check_indicators(scope);
  check_formulas(scope);
  check_goals(scope);
  check_behaviours(scope);
  check_people(scope);
  return std::move(scope.problems);
}

}  // namespace bw
