#include "definition/edit.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/error.h"
#include "base/text.h"
#include "definition/outline.h"
#include "definition/path_names.h"
#include "definition/yaml.h"

namespace bw {
namespace {

using yaml::Node;
using yaml::Outline;

// The nodes on the way to a value, from the root, each with the bytes of its block.
struct Step {
  const Node* node;
  std::size_t from;
  std::size_t to;
  std::size_t index = 0;  // in the step before
  std::optional<Outline> outline;
};

Error nowhere(const YamlPath& path) {
  return {ErrorCode::invalid, fmt::format("there is no \"{}\" in the file", printable(path_text(path))), ""};
}

Error not_editable(const YamlPath& path) {
  return {ErrorCode::refused,
          fmt::format("\"{}\" is written in a way that cannot be edited by a command",
                      printable(path_text(path))),
          "edit the file by hand, or write the list or mapping one item a line first"};
}

std::optional<std::size_t> child_index(const Node& node, const std::string& step) {
  if (node.is_mapping()) {
    const auto found = std::ranges::find(node.children, step, &Node::key);
    if (found == node.children.end()) return std::nullopt;
    return static_cast<std::size_t>(found - node.children.begin());
  }
  const std::vector<std::string> keys = item_keys(node);
  if (const auto found = std::ranges::find(keys, step); found != keys.end())
    return static_cast<std::size_t>(found - keys.begin());
  std::size_t position = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), position);
  const bool number = error == std::errc() && end == step.data() + step.size();
  return keys.empty() && number && position < node.children.size() ? std::optional(position) : std::nullopt;
}

class Source {
public:
  explicit Source(std::string_view text) : text_(text) {
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
    yaml::Document document = yaml::parse(text_, "the file");
    for (const Problem& problem : document.problems) {
      throw Error(ErrorCode::invalid,
                  fmt::format("the file is no valid YAML at {}:{}: {}", problem.line, problem.column,
                              problem.message),
                  problem.hint);
    }
    root_ = std::move(*document.root);
  }

  const Node& root() const { return root_; }
  std::string_view text() const { return text_; }

  // As many steps as the path leads along existing nodes; the root is the first.
  std::vector<Step> walk(const YamlPath& path) const {
    std::vector<Step> steps;
    steps.push_back({&root_, 0, text_.size(), 0, yaml::outline(text_, root_, 0, text_.size())});
    for (const std::string& name : path) {
      const Step& parent = steps.back();
      const auto index = child_index(*parent.node, name);
      if (!index) break;
      // Its source is that of the anchor, which others may mean as well.
      if (parent.node->through_alias) throw not_editable(path);
      Step step{&parent.node->children[*index], 0, 0, *index, std::nullopt};
      if (parent.outline) {
        const yaml::Block& block = parent.outline->blocks[*index];
        step.from = std::min(text_.find('\n', block.own), text_.size() - 1) + 1;
        step.to = block.end;
        step.outline = yaml::outline(text_, *step.node, step.from, step.to);
      }
      steps.push_back(std::move(step));
    }
    return steps;
  }

  std::string replaced(std::size_t begin, std::size_t end, std::string_view with) const {
    std::string out = text_;
    return out.replace(begin, end - begin, with);
  }

private:
  std::string text_;
  Node root_;
};

const Node* resolve(const Node& root, const YamlPath& path) {
  const Node* node = &root;
  for (const std::string& step : path) {
    const auto index = child_index(*node, step);
    if (!index) return nullptr;
    node = &node->children[*index];
  }
  return node;
}

// Parses the result and compares it with what was wanted at `path`; no value: the path must be gone.
std::string checked(std::string text, const YamlPath& path, const YamlValue* value) {
  const yaml::Document document = yaml::parse(text, "");
  const Node* found = document.root ? resolve(*document.root, path) : nullptr;
  bool fine = document.problems.empty() && document.root;
  if (fine && value) {
    const yaml::Document wanted = yaml::parse(block_yaml(*value), "");
    fine = found && wanted.root && yaml::same(*found, *wanted.root);
  }
  if (!fine) throw not_editable(path);
  return text;
}

// A decimal that stood without quotes goes on doing so.
std::string scalar_text(const Node& old, const YamlValue& value) {
  if (value.is_string() && (old.kind == yaml::Kind::integer || old.kind == yaml::Kind::real) &&
      Decimal::parse(value.get_ref<const std::string&>()))
    return value.get<std::string>();
  return flow_yaml(value);
}

bool is_one_line(std::string_view text) {
  return text.find('\n') == std::string_view::npos;
}

// "key:" with its value, for a mapping whose keys stand in `column`; the first line is not indented.
std::string member_lines(const std::string& key, const YamlValue& value, std::size_t column) {
  return block_yaml(YamlValue{{key, value}}, column).substr(column);
}

// A value in one line, or none yet, is exchanged in its place, so that a comment behind it stays there; a
// new list or mapping begins below its key, unless it replaces one in flow style.
std::string replace_value(const Source& source, const std::vector<Step>& steps, const YamlPath& path,
                          const YamlValue& value) {
  const Node& old = *steps.back().node;
  const Step& parent = steps[steps.size() - 2];
  const std::string_view text = source.text();
  const std::string_view written = text.substr(old.span.begin, old.span.end - old.span.begin);
  const bool member = parent.outline && parent.node->is_mapping();
  const bool wants_lines = value.is_structured() && !value.empty();
  const bool was_flow = !old.is_scalar() && !old.children.empty();
  if (!old.block && is_one_line(written)) {
    if (!wants_lines || was_flow || !member) {
      return source.replaced(old.span.begin, old.span.end,
                             (written.empty() ? " " : "") + scalar_text(old, value));
    }
    const std::size_t end = parent.outline->blocks[steps.back().index].end;
    const std::size_t line = text.find('\n', old.span.end) + 1;
    std::size_t colon = old.span.begin;
    while (text[colon - 1] == ' ') --colon;
    return source.replaced(colon, end,
                           std::string(text.substr(old.span.end, line - old.span.end)) +
                               block_yaml(value, parent.outline->column + 2) +
                               std::string(text.substr(line, end - line)));
  }
  if (!member) throw not_editable(path);
  const yaml::Block& block = parent.outline->blocks[steps.back().index];
  return source.replaced(block.own, block.end, member_lines(path.back(), value, parent.outline->column));
}

std::string add_member(const Source& source, const Step& mapping, const YamlPath& path,
                       const YamlValue& value) {
  const Node& node = *mapping.node;
  if (!node.is_mapping()) throw nowhere(path);
  if (mapping.outline) {
    const std::size_t column = mapping.outline->column;
    const std::size_t at = mapping.outline->end();
    return source.replaced(at, at, std::string(column, ' ') + member_lines(path.back(), value, column));
  }
  const std::size_t close = node.span.end - 1;
  if (node.block || node.through_alias || source.text()[close] != '}') throw not_editable(path);
  const std::string flow = flow_yaml(YamlValue{{path.back(), value}});
  const std::string member = flow.substr(1, flow.size() - 2);
  const std::size_t at = node.children.empty() ? close : node.children.back().span.end;
  return source.replaced(at, at, (node.children.empty() ? "" : ", ") + member);
}

}  // namespace

YamlPath yaml_path(std::string_view text) {
  YamlPath path;
  for (const std::string_view step : split(text, '/')) path.emplace_back(step);
  return path;
}

std::string set_value(std::string_view text, const YamlPath& path, const YamlValue& value) {
  if (path.empty()) throw nowhere(path);
  const Source source(text);
  const std::vector<Step> steps = source.walk(path);
  if (steps.size() < path.size()) throw nowhere(path);
  if (steps.size() == path.size())
    return checked(add_member(source, steps.back(), path, value), path, &value);
  return checked(replace_value(source, steps, path, value), path, &value);
}

std::string append_item(std::string_view text, const YamlPath& path, const YamlValue& item) {
  const Source source(text);
  const std::vector<Step> steps = source.walk(path);
  const Node* list = steps.size() == path.size() + 1 ? steps.back().node : nullptr;
  if (!list || list->kind == yaml::Kind::null || (list->is_sequence() && list->children.empty()))
    return set_value(text, path, YamlValue::array({item}));
  if (!list->is_sequence()) throw nowhere(path);
  const std::string key = telling_key(*list);
  YamlPath item_path = path;
  if (!key.empty() && item.is_object() && item.contains(key) && item[key].is_string()) {
    item_path.push_back(item[key].get<std::string>());
    if (child_index(*list, item_path.back())) {
      throw Error(ErrorCode::invalid,
                  fmt::format("\"{}\" has an item \"{}\" already", printable(path_text(path)),
                              printable(item_path.back())),
                  "choose another id");
    }
  } else {
    item_path.push_back(std::to_string(list->children.size()));
  }
  if (const auto& outline = steps.back().outline) {
    const std::string lines = block_yaml(YamlValue::array({item}), outline->column);
    return checked(source.replaced(outline->end(), outline->end(), lines), item_path, &item);
  }
  if (list->block || list->through_alias) throw not_editable(path);
  const std::size_t at = list->children.back().span.end;
  return checked(source.replaced(at, at, ", " + flow_yaml(item)), item_path, &item);
}

std::string remove_value(std::string_view text, const YamlPath& path) {
  const Source source(text);
  const std::vector<Step> steps = source.walk(path);
  if (path.empty() || steps.size() != path.size() + 1) throw nowhere(path);
  const Step& parent = steps[steps.size() - 2];
  const std::vector<Node>& siblings = parent.node->children;
  const std::size_t index = steps.back().index;
  if (siblings.size() == 1) {
    const YamlPath above(path.begin(), path.end() - 1);
    if (above.empty()) throw not_editable(path);
    return set_value(text, above, parent.node->is_mapping() ? YamlValue::object() : YamlValue::array());
  }
  const bool last = index + 1 == siblings.size();
  if (parent.outline) {
    const std::vector<yaml::Block>& blocks = parent.outline->blocks;
    const bool behind_dash = index == 0 && parent.outline->shares_line;
    return checked(source.replaced(blocks[index].begin, behind_dash ? blocks[1].own : blocks[index].end, ""),
                   path, nullptr);
  }
  if (parent.node->block || parent.node->through_alias) throw not_editable(path);
  const auto begin_of = [](const Node& node) {
    return node.key.empty() ? node.span.begin : node.key_span.begin;
  };
  return checked(last ? source.replaced(siblings[index - 1].span.end, siblings[index].span.end, "")
                      : source.replaced(begin_of(siblings[index]), begin_of(siblings[index + 1]), ""),
                 path, nullptr);
}

}  // namespace bw
