#include "definition/schema.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <regex>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/text.h"

namespace bw {
namespace {

using yaml::Kind;
using yaml::Node;

constexpr std::size_t max_problems = 200;
// std::regex needs stack for each character; everything with a pattern is far shorter.
constexpr std::size_t max_matched_bytes = 1024;

constexpr std::array<std::string_view, 11> annotations = {"$schema",   "$id",       "title",   "description",
                                                          "default",   "examples",  "format",  "definitions",
                                                          "x-bw-file", "x-bw-form", "x-bw-ref"};
constexpr std::array<std::string_view, 20> applied = {
    "$ref",      "allOf",         "oneOf",         "type",          "enum",         "pattern",    "minLength",
    "maxLength", "minimum",       "maximum",       "properties",    "required",     "minItems",   "maxItems",
    "items",     "propertyNames", "minProperties", "maxProperties", "dependencies", "uniqueItems"};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view in_words(std::string_view type) {
  if (type == "object") return "a mapping";
  if (type == "array") return "a list";
  if (type == "string") return "a text";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  return "empty";
}

std::string_view in_words(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "empty";
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return "a whole number";
    case Kind::real:
      return "a number";
    case Kind::string:
      return "a text";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a mapping";
  }
  return "";
}

bool has_type(const Node& node, std::string_view type) {
  switch (node.kind) {
    case Kind::null:
      return type == "null";
    case Kind::boolean:
      return type == "boolean";
    case Kind::integer:
      return type == "integer" || type == "number";
    case Kind::real:
      return type == "number";
    case Kind::string:
      return type == "string";
    case Kind::sequence:
      return type == "array";
    case Kind::mapping:
      return type == "object";
  }
  return false;
}

std::string subject(const Node& node) {
  return node.key.empty() ? "this value" : fmt::format("\"{}\"", printable(node.key));
}

std::vector<std::string> words(const Json& list) {
  std::vector<std::string> out;
  for (const Json& value : list) out.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  return out;
}

// "a, b or c"
std::string either(const std::vector<std::string>& options) {
  if (options.size() < 2) return fmt::format("{}", fmt::join(options, ""));
  return fmt::format("{} or {}", fmt::join(options.begin(), options.end() - 1, ", "), options.back());
}

std::string_view schema_text(std::string_view name) {
  for (const embedded::File& file : embedded::schemas())
    if (file.path == name) return file.content;
  throw Error(ErrorCode::invalid, fmt::format("no schema is called \"{}\"", name));
}

// Makes every reference to another schema one to its own definitions, and collects those of the others.
void localise_references(Json& schema, Json& others) {
  if (schema.is_array()) {
    for (Json& part : schema) localise_references(part, others);
  }
  if (!schema.is_object()) return;
  for (auto& [keyword, value] : schema.items()) {
    if (keyword != "$ref" || !value.is_string()) {
      localise_references(value, others);
      continue;
    }
    const std::string reference = value.get<std::string>();
    const std::size_t hash = reference.find('#');
    if (hash == 0 || hash == std::string::npos) continue;
    const Json other = Json::parse(schema_text(reference.substr(0, hash)));
    others.update(other.at("definitions"));
    value = reference.substr(hash);
  }
}

}  // namespace

struct Schema::Compiled {
  Json root;
  std::unordered_map<std::string, std::regex> patterns;

  const Json& resolve(const std::string& reference) const {
    return root.at(Json::json_pointer(reference.substr(1)));
  }
  void prepare(const Json& schema);
};

// Meets every subschema once: compiles its pattern, refuses what would not be applied.
void Schema::Compiled::prepare(const Json& schema) {
  for (const auto& [keyword, value] : schema.items()) {
    if (keyword == "pattern") {
      const auto& pattern = value.get_ref<const std::string&>();
      patterns.try_emplace(pattern, pattern, std::regex::ECMAScript | std::regex::optimize);
    } else if (keyword == "properties" || keyword == "definitions") {
      for (const Json& part : value) prepare(part);
    } else if (keyword == "items" || keyword == "propertyNames") {
      prepare(value);
    } else if (keyword == "allOf" || keyword == "oneOf") {
      for (const Json& part : value) prepare(part);
    } else if (keyword == "additionalProperties") {
      if (value.is_object()) prepare(value);
    } else if (keyword == "$ref") {
      resolve(value.get_ref<const std::string&>());
    } else if (std::ranges::find(annotations, keyword) == annotations.end() &&
               std::ranges::find(applied, keyword) == applied.end()) {
      throw Error(ErrorCode::invalid, fmt::format("the schema keyword \"{}\" is not applied", keyword));
    }
  }
}

namespace {

class Check {
public:
  Check(const Json& root, const std::unordered_map<std::string, std::regex>& patterns, std::string_view file)
      : root_(root), patterns_(patterns), file_(file) {}

  std::vector<Problem> problems;
  std::vector<const Node*> files;
  std::vector<Reference> references;

  void apply(const Json& schema, const Node& node) {
    if (problems.size() >= max_problems) return;
    if (const auto reference = schema.find("$ref"); reference != schema.end()) {
      const auto& text = reference->get_ref<const std::string&>();
      apply(root_.at(Json::json_pointer(text.substr(1))), node);
      return;  // draft-07: nothing beside a $ref counts
    }
    if (const auto type = schema.find("type"); type != schema.end() && !check_type(schema, *type, node))
      return;
    if (const auto values = schema.find("enum"); values != schema.end()) check_enum(*values, node);
    if (node.kind == Kind::string) check_string(schema, node);
    if (node.kind == Kind::integer || node.kind == Kind::real) check_number(schema, node);
    if (node.is_sequence()) check_sequence(schema, node);
    if (node.is_mapping()) check_mapping(schema, node);
    if (const auto parts = schema.find("allOf"); parts != schema.end())
      for (const Json& part : *parts) apply(part, node);
    if (const auto options = schema.find("oneOf"); options != schema.end())
      check_one_of(schema, *options, node);
    if (schema.value("x-bw-file", false) && node.kind == Kind::string) files.push_back(&node);
    if (const auto list = schema.find("x-bw-ref"); list != schema.end() && node.kind == Kind::string)
      references.push_back({&node, list->get<std::string>()});
  }

private:
  void add(const Mark& mark, std::string code, std::string message, std::string hint = "") {
    problems.push_back({Severity::error, std::string(file_), mark.line, mark.column, std::move(code),
                        std::move(message), std::move(hint)});
  }

  bool check_type(const Json& schema, const Json& type, const Node& node) {
    const std::vector<std::string> allowed =
        type.is_array() ? words(type) : std::vector{type.get<std::string>()};
    if (std::ranges::any_of(allowed, [&](const std::string& name) { return has_type(node, name); }))
      return true;
    std::vector<std::string> wanted;
    wanted.reserve(allowed.size());
    for (const std::string& name : allowed) wanted.emplace_back(in_words(name));
    const bool text_fits = std::ranges::find(allowed, "string") != allowed.end();
    const std::string form = schema.value("x-bw-form", "");
    std::string hint;
    if (node.kind == Kind::null) {
      hint = "give it a value, or delete the line";
    } else if (text_fits && node.is_scalar() && form.empty()) {
      hint = fmt::format("put it in quotes: \"{}\"", printable(node.text.substr(0, 60)));
    } else {
      hint = "write " + (form.empty() ? either(wanted) : form);
    }
    add(node.mark, "wrong-type",
        fmt::format("{} must be {}, but it is {}", subject(node), either(wanted), in_words(node.kind)),
        std::move(hint));
    return false;
  }

  void check_enum(const Json& values, const Node& node) {
    const Json value = node.is_scalar() ? yaml::to_json(node, max_matched_bytes) : Json();
    if (std::ranges::find(values, value) != values.end()) return;
    const std::vector<std::string> allowed = words(values);
    std::string meant = did_you_mean(node.text.substr(0, max_matched_bytes), allowed);
    if (meant.empty()) meant = "write one of the values that are allowed";
    add(node.mark, "not-allowed",
        fmt::format("{} cannot be {}; allowed: {}", subject(node), yaml::brief(node, 40), either(allowed)),
        std::move(meant));
  }

  bool matches(const Json& pattern, std::string_view text) const {
    return text.size() <= max_matched_bytes &&
           std::regex_search(text.begin(), text.end(), patterns_.at(pattern.get_ref<const std::string&>()));
  }

  void check_string(const Json& schema, const Node& node) {
    const std::size_t length = characters(node.text);
    if (length < schema.value("minLength", std::size_t{0})) {
      add(node.mark, "too-short", fmt::format("{} must not be empty", subject(node)),
          "write something, or delete the line");
    } else if (const auto most = schema.find("maxLength");
               most != schema.end() && length > most->get<std::size_t>()) {
      add(node.mark, "too-long",
          fmt::format("{} has {} characters; at most {} are allowed", subject(node), length,
                      most->get<std::size_t>()),
          schema.contains("x-bw-form") ? "write " + schema.value("x-bw-form", "") : "make it shorter");
    } else if (const auto pattern = schema.find("pattern");
               pattern != schema.end() && !matches(*pattern, node.text)) {
      const std::string form = schema.value("x-bw-form", "of another form");
      add(node.mark, "malformed", fmt::format("{} cannot be \"{}\"", subject(node), yaml::brief(node, 40)),
          "write " + form);
    }
  }

  void check_number(const Json& schema, const Node& node) {
    const auto least = schema.find("minimum");
    const auto most = schema.find("maximum");
    const Json value = yaml::to_json(node);
    if ((least != schema.end() && value < *least) || (most != schema.end() && value > *most)) {
      const std::string from = least != schema.end() ? " from " + least->dump() : "";
      const std::string to = most != schema.end() ? " to " + most->dump() : "";
      add(node.mark, "out-of-range",
          fmt::format("{} cannot be {}; it goes{}{}", subject(node), yaml::brief(node, 40), from, to),
          "write a number within that");
    }
  }

  void check_sequence(const Json& schema, const Node& node) {
    const std::size_t size = node.children.size();
    if (size < schema.value("minItems", std::size_t{0}))
      add(node.mark, "too-few", fmt::format("{} must not be empty", subject(node)),
          "add something, or delete the line");
    if (const auto most = schema.find("maxItems"); most != schema.end() && size > most->get<std::size_t>()) {
      add(node.mark, "too-many",
          fmt::format("{} has {} items; at most {} are allowed", subject(node), size,
                      most->get<std::size_t>()),
          "delete some of them");
    }
    if (schema.value("uniqueItems", false)) {
      std::set<std::string> seen;
      for (const Node& child : node.children) {
        if (!seen.insert(yaml::to_json(child).dump()).second) {
          add(child.mark, "not-unique", fmt::format("{} stands in this list twice", yaml::brief(child, 40)),
              "delete one of the two");
        }
      }
    }
    if (const auto items = schema.find("items"); items != schema.end())
      for (const Node& child : node.children) apply(*items, child);
  }

  void check_mapping(const Json& schema, const Node& node) {
    check_keys(schema, node);
    const Json none = Json::object();
    const Json& properties = schema.contains("properties") ? schema["properties"] : none;
    const auto others = schema.find("additionalProperties");
    for (const Node& child : node.children) {
      if (const auto known = properties.find(child.key); known != properties.end()) {
        apply(*known, child);
      } else if (others != schema.end() && others->is_object()) {
        apply(*others, child);
      } else if (others != schema.end() && *others == Json(false) && problems.size() < max_problems) {
        unknown_key(properties, child);
      }
    }
  }

  void unknown_key(const Json& properties, const Node& child) {
    std::vector<std::string> known;
    for (const auto& [name, part] : properties.items()) known.push_back(name);
    std::string hint = did_you_mean(child.key, known);
    if (hint.empty()) hint = fmt::format("known here: {}", fmt::join(known, ", "));
    add(child.key_mark, "unknown-key", fmt::format("the key \"{}\" is not known here", printable(child.key)),
        std::move(hint));
  }

  void check_keys(const Json& schema, const Node& node) {
    const std::size_t size = node.children.size();
    if (size < schema.value("minProperties", std::size_t{0}))
      add(node.mark, "too-few", fmt::format("{} must not be empty", subject(node)),
          "add something, or delete the line");
    if (const auto most = schema.find("maxProperties");
        most != schema.end() && size > most->get<std::size_t>()) {
      add(node.mark, "too-many",
          fmt::format("{} has {} keys; at most {} are allowed", subject(node), size,
                      most->get<std::size_t>()),
          "delete some of them");
    }
    if (const auto required = schema.find("required"); required != schema.end())
      for (const Json& name : *required) require(node, name.get_ref<const std::string&>(), "");
    if (const auto dependencies = schema.find("dependencies"); dependencies != schema.end()) {
      for (const auto& [cause, names] : dependencies->items()) {
        if (!node.find(cause)) continue;
        for (const Json& name : names)
          require(node, name.get_ref<const std::string&>(), fmt::format("\"{}\" needs it", cause));
      }
    }
    if (const auto names = schema.find("propertyNames"); names != schema.end()) {
      for (const Node& child : node.children) {
        if (const auto pattern = names->find("pattern");
            pattern == names->end() || matches(*pattern, child.key))
          continue;
        add(child.key_mark, "malformed", fmt::format("the key cannot be \"{}\"", printable(child.key)),
            "write " + schema.value("x-bw-form", "another key"));
      }
    }
  }

  void require(const Node& node, const std::string& name, std::string why) {
    if (node.find(name)) return;
    if (why.empty()) why = fmt::format("add a line \"{}: …\"", name);
    add(node.mark, "missing-key", fmt::format("the key \"{}\" is missing", name), std::move(why));
  }

  void check_one_of(const Json& schema, const Json& options, const Node& node) {
    int holding = 0;
    for (const Json& option : options) {
      Check attempt(root_, patterns_, file_);
      attempt.apply(option, node);
      if (!attempt.problems.empty()) continue;
      ++holding;
      files.insert(files.end(), attempt.files.begin(), attempt.files.end());
      references.insert(references.end(), attempt.references.begin(), attempt.references.end());
    }
    if (holding != 1) {
      add(node.mark, "one-of", fmt::format("{} is not one of the forms allowed here", subject(node)),
          "write " + schema.value("x-bw-form", "exactly one of them"));
    }
  }

  const Json& root_;
  const std::unordered_map<std::string, std::regex>& patterns_;
  std::string_view file_;
};

}  // namespace

Schema::Schema(std::string_view text) : compiled_(std::make_unique<Compiled>()) {
  try {
    compiled_->root = Json::parse(text);
    Json others = Json::object();
    localise_references(compiled_->root, others);
    for (const auto& [name, definition] : others.items()) {
      if (!compiled_->root["definitions"].emplace(name, definition).second)
        throw Error(ErrorCode::invalid, fmt::format("two schemas define \"{}\"", name));
    }
    compiled_->prepare(compiled_->root);
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::invalid, fmt::format("no usable JSON Schema: {}", error.what()));
  } catch (const std::regex_error& error) {
    throw Error(ErrorCode::invalid,
                fmt::format("a pattern of the schema is no regular expression: {}", error.what()));
  }
}

Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

const Schema& Schema::named(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, Schema, std::less<>> compiled;
  const std::lock_guard lock(mutex);
  if (const auto found = compiled.find(name); found != compiled.end()) return found->second;
  return compiled.emplace(name, Schema(schema_text(name))).first->second;
}

std::vector<Problem> Schema::check(const yaml::Node& root, std::string_view file) const {
  Check check(compiled_->root, compiled_->patterns, file);
  check.apply(compiled_->root, root);
  sort_problems(check.problems);
  return std::move(check.problems);
}

std::vector<const yaml::Node*> Schema::files_named(const yaml::Node& root) const {
  Check check(compiled_->root, compiled_->patterns, "");
  check.apply(compiled_->root, root);
  return std::move(check.files);
}

std::vector<Reference> Schema::references(const yaml::Node& root) const {
  Check check(compiled_->root, compiled_->patterns, "");
  check.apply(compiled_->root, root);
  return std::move(check.references);
}

}  // namespace bw
