// The strict pass: whatever it accepts, nlohmann and simdjson read alike, and the value has that one text.

#include "base/strict_json.h"

#include <string>

#include <simdjson.h>

#include "fuzz.h"

void fuzz(std::string_view input) {
  const bool strict = bw::strict_json::problem(input).empty();
  const auto parsed = bw::strict_json::parse(input);
  MUST(strict == static_cast<bool>(parsed));
  if (!strict) return;
  MUST(bw::strict_json::text(*parsed) == input);
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(input);
  simdjson::dom::element element;
  MUST(parser.parse(padded).get(element) == simdjson::SUCCESS);
  const auto again = nlohmann::json::parse(simdjson::minify(element));
  MUST(again == *parsed);
  if (parsed->is_object()) {
    const auto members = bw::strict_json::members(input);
    MUST(members && members->size() == parsed->size());
  }
}
