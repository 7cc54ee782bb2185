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
void check_values(Scope& scope, const Node& node, const std::vector<std::string>& languages) {
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

}  // namespace

std::vector<Problem> check_meaning(const Node& root, std::string_view file) {
  Scope scope(root, file);
  std::vector<std::string> languages;
  for (const Node& language : list_of(root, "languages")) languages.push_back(language.text);
  if (languages.size() > 20) languages.clear();  // refused by the schema
  check_values(scope, root, languages);
  check_head(scope);
  check_plan(scope);
  check_indicators(scope);
  check_goals(scope);
  check_behaviours(scope);
  check_people(scope);
  return std::move(scope.problems);
}

}  // namespace bw
