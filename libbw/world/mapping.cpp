#include "world/mapping.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/yaml.h"

namespace bw {
namespace {

constexpr std::size_t max_attributes = 32;  // of a row (stream/table.h)
constexpr std::size_t max_key_bytes = 64;

bool is_attribute_key(std::string_view key) {
  return !key.empty() && key.size() <= max_key_bytes && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Reads one mapping and collects everything that is wrong with it.
class Reader {
public:
  Reader(std::string_view file, std::vector<Problem>& problems) : file_(file), problems_(problems) {}

  Mapping read(const yaml::Node& root) {
    Mapping mapping;
    if (!root.is_mapping()) {
      report(root.mark, "wrong-type", "a mapping file is a list of names with values",
             "begin it with: mapping: 1");
      return mapping;
    }
    static const std::array<std::string, 10> known = {"mapping",    "format",    "delimiter", "at",
                                                      "behaviour",  "quantity",  "unit",      "place",
                                                      "attributes", "skip_empty"};
    only(root, known);
    read_version(root);
    read_form(root, mapping);
    mapping.at = required(root, "at").value_or(Source{});
    mapping.behaviour = required(root, "behaviour").value_or(Source{});
    mapping.quantity = optional(root, "quantity");
    mapping.unit = optional(root, "unit");
    if (const yaml::Node* place = root.find("place")) read_place(*place, mapping);
    if (const yaml::Node* attributes = root.find("attributes")) read_attributes(*attributes, mapping);
    return mapping;
  }

private:
  void report(Mark mark, const char* code, std::string message, std::string hint = {}) {
    problems_.push_back(
        {Severity::error, file_, mark.line, mark.column, code, std::move(message), std::move(hint)});
  }

  void only(const yaml::Node& node, std::span<const std::string> known) {
    for (const yaml::Node& child : node.children) {
      if (std::find(known.begin(), known.end(), child.key) != known.end()) continue;
      std::string hint = did_you_mean(child.key, known);
      if (hint.empty()) hint = fmt::format("known here: {}", fmt::join(known, ", "));
      report(child.key_mark, "unknown-key", fmt::format("\"{}\" is not known here", printable(child.key)),
             hint);
    }
  }

  void read_version(const yaml::Node& root) {
    const yaml::Node* version = root.find("mapping");
    if (version == nullptr) {
      report(root.mark, "missing", "the format version is missing", "begin the file with: mapping: 1");
    } else if (version->text != "1" || !version->is_scalar()) {
      report(version->mark, "unknown-version", "mapping version " + yaml::brief(*version) + " is not known",
             "write 1");
    }
  }

  void read_form(const yaml::Node& root, Mapping& mapping) {
    if (const yaml::Node* format = root.find("format")) {
      if (format->text == "csv") {
        mapping.format = Mapping::Format::csv;
      } else if (format->text == "jsonl") {
        mapping.format = Mapping::Format::jsonl;
      } else {
        report(format->mark, "unknown-format", "the format is csv or jsonl, not " + yaml::brief(*format));
      }
    }
    if (const yaml::Node* delimiter = root.find("delimiter")) {
      const std::string& text = delimiter->text;
      if (!delimiter->is_scalar() || text.size() != 1 || text == "\"" || text == "\n" || text == "\r") {
        report(delimiter->mark, "bad-delimiter",
               "the delimiter is one ASCII character, not " + yaml::brief(*delimiter),
               R"(write ",", ";" or "\t")");
      } else {
        mapping.delimiter = text.front();
      }
    }
    if (const yaml::Node* skip = root.find("skip_empty")) {
      if (skip->kind != yaml::Kind::boolean) report(skip->mark, "wrong-type", "skip_empty is true or false");
      mapping.skip_empty = skip->text != "false" && skip->text != "False" && skip->text != "FALSE";
    }
  }

  std::optional<Source> source(const yaml::Node& node) {
    static const std::array<std::string, 2> known = {"column", "value"};
    const yaml::Node* column = node.find("column");
    const yaml::Node* value = node.find("value");
    if (!node.is_mapping() || (column == nullptr) == (value == nullptr)) {
      report(node.mark, "wrong-type",
             fmt::format("{} is {{column: NAME}} or {{value: TEXT}}", printable(node.key)));
      return std::nullopt;
    }
    only(node, known);
    const yaml::Node& scalar = column != nullptr ? *column : *value;
    if (!scalar.is_scalar() || scalar.kind == yaml::Kind::null || scalar.text.empty()) {
      report(scalar.mark, "wrong-type", scalar.key + " is a text, not " + yaml::brief(scalar));
      return std::nullopt;
    }
    Source result{{}, scalar.text, scalar.mark};
    if (column != nullptr) result = {scalar.text, {}, scalar.mark};
    return result;
  }

  std::optional<Source> optional(const yaml::Node& parent, std::string_view key) {
    const yaml::Node* node = parent.find(key);
    return node != nullptr ? source(*node) : std::nullopt;
  }

  std::optional<Source> required(const yaml::Node& parent, std::string_view key) {
    const yaml::Node* node = parent.find(key);
    if (node != nullptr) return source(*node);
    report(parent.mark, "missing", fmt::format("\"{}\" is missing", key),
           fmt::format("add: {}: {{column: NAME}}", key));
    return std::nullopt;
  }

  void read_place(const yaml::Node& node, Mapping& mapping) {
    static const std::array<std::string, 2> known = {"lat", "lon"};
    if (!node.is_mapping()) {
      report(node.mark, "wrong-type", "place is {lat: {column: NAME}, lon: {column: NAME}}");
      return;
    }
    only(node, known);
    mapping.latitude = required(node, "lat");
    mapping.longitude = required(node, "lon");
  }

  void read_attributes(const yaml::Node& node, Mapping& mapping) {
    if (!node.is_mapping()) {
      report(node.mark, "wrong-type",
             "attributes is a list of names with sources, like district: {column: NAME}");
      return;
    }
    if (node.children.size() > max_attributes) {
      report(node.mark, "too-many", fmt::format("more than {} attributes", max_attributes));
    }
    for (const yaml::Node& child : node.children) {
      if (!is_attribute_key(child.key)) {
        report(child.key_mark, "bad-name",
               fmt::format("the attribute name \"{}\" is not of a-z, 0-9 and _", printable(child.key)));
      }
      if (auto found = source(child)) mapping.attributes.emplace_back(child.key, *std::move(found));
    }
  }

  std::string file_;
  std::vector<Problem>& problems_;
};

}  // namespace

MappingFile parse_mapping(std::string_view text, std::string_view file) {
  const yaml::Document document = yaml::parse(text, file);
  MappingFile result{{}, document.problems};
  if (document.root) {
    Mapping mapping = Reader(file, result.problems).read(*document.root);
    if (!has_errors(result.problems)) result.mapping = std::move(mapping);
  }
  sort_problems(result.problems);
  return result;
}

Mapping plain_mapping(const std::vector<std::string>& header) {
  const auto column = [&](const char* name) -> std::optional<Source> {
    const bool there = std::find(header.begin(), header.end(), name) != header.end();
    return there ? std::optional(Source{name, {}, {}}) : std::nullopt;
  };
  Mapping mapping;
  mapping.at = Source{"at", {}, {}};
  mapping.behaviour = Source{"behaviour", {}, {}};
  mapping.quantity = column("quantity");
  mapping.unit = column("unit");
  if (column("lat") && column("lon")) {
    mapping.latitude = column("lat");
    mapping.longitude = column("lon");
  }
  return mapping;
}

}  // namespace bw
