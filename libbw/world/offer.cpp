#include "world/offer.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "definition/difference.h"
#include "definition/edit.h"
#include "definition/load.h"
#include "definition/merge.h"
#include "definition/path_names.h"
#include "definition/yaml.h"

namespace bw {
namespace {

using yaml::Node;

bool is_yaml(std::string_view path) {
  return path.ends_with(".yaml");
}

std::optional<std::string> file_in(const DefinitionFiles& files, const std::string& path) {
  const auto found = files.find(path);
  return found == files.end() ? std::nullopt : std::optional(found->second);
}

// The value in the form in which edits are given. A number travels as its digits, so that none is rounded.
YamlValue edit_value(const Node& node) {
  YamlValue value;
  switch (node.kind) {
    case yaml::Kind::null:
      break;
    case yaml::Kind::boolean:
      value = node.text == "true" || node.text == "True" || node.text == "TRUE";
      break;
    case yaml::Kind::integer:
    case yaml::Kind::real:
    case yaml::Kind::string:
      value = node.text;
      break;
    case yaml::Kind::sequence:
      value = YamlValue::array();
      for (const Node& child : node.children) value.push_back(edit_value(child));
      break;
    case yaml::Kind::mapping:
      value = YamlValue::object();
      for (const Node& child : node.children) value[child.key] = edit_value(child);
      break;
  }
  return value;
}

// The children of a mapping by key, of a list by id; nothing where the value is one whole.
std::optional<std::vector<std::string>> child_names(const Node& node) {
  std::vector<std::string> names;
  if (node.is_mapping()) {
    for (const Node& child : node.children) names.push_back(child.key);
    return names;
  }
  names = item_keys(node);
  const bool whole = node.is_scalar() || (names.empty() && !node.children.empty());
  return whole ? std::nullopt : std::optional(names);
}

const Node* child_of(const Node& node, const std::string& name) {
  if (node.is_mapping()) return node.find(name);
  const auto names = item_keys(node);
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &node.children[static_cast<std::size_t>(found - names.begin())];
}

const Node* node_at(const Node& root, const YamlPath& path) {
  const Node* node = &root;
  for (const std::string& step : path) {
    if (node != nullptr) node = child_of(*node, step);
  }
  return node;
}

// Puts parts of a text back to what they are in `base`, in place, so that comments on the rest stay.
class PutBack {
public:
  // Whether a path stays as it is (`whole`), holds something that stays (`part`), or is put back.
  enum class Choice { whole, part, none };
  using Choose = std::function<Choice(const YamlPath&)>;

  PutBack(std::string text, Choose choose) : text_(std::move(text)), choose_(std::move(choose)) {}

  std::string to(const Node& base, const Node& mine) {
    YamlPath path;
    descend(base, mine, path);
    return text_;
  }

private:
  void descend(const Node& base, const Node& mine, YamlPath& path) {
    if (base.is_sequence() && !keeps_its_places(base, mine, path)) {
      text_ = set_value(text_, path, composed(base, mine, path));
      return;
    }
    for (const std::string& name : names_of_both(base, mine)) {
      path.push_back(name);
      put_back(base.is_sequence(), child_of(base, name), child_of(mine, name), path);
      path.pop_back();
    }
  }

  void put_back(bool in_list, const Node* base, const Node* mine, YamlPath& path) {
    const Choice choice = choose_(path);
    if (choice == Choice::whole || (base != nullptr && mine != nullptr && yaml::same(*base, *mine))) return;
    if (base == nullptr) {
      if (choice == Choice::none) text_ = remove_value(text_, path);
      if (choice == Choice::part && mine->is_sequence()) keep_chosen_items(*mine, path);
    } else if (mine != nullptr && (choice == Choice::part || in_list) && have_parts(*base, *mine)) {
      descend(*base, *mine, path);
    } else {
      text_ = set_value(text_, path, edit_value(*base));
    }
  }

  // Of a list that is new. (A new item is kept whole, even where only a field of it was chosen, since it
  // could not be without the others.)
  void keep_chosen_items(const Node& mine, YamlPath& path) {
    const std::vector<std::string> names = item_keys(mine);
    for (const std::string& name : names) {
      path.push_back(name);
      if (choose_(path) == Choice::none) text_ = remove_value(text_, path);
      path.pop_back();
    }
  }

  // An item cannot be put back into the middle of a list, nor moved: such a list is written anew.
  bool keeps_its_places(const Node& base, const Node& mine, YamlPath& path) const {
    const std::vector<std::string> before = *child_names(base);
    const std::vector<std::string> now = *child_names(mine);
    std::vector<std::string> stay;
    for (const std::string& name : before) {
      path.push_back(name);
      const bool given_up = choose_(path) == Choice::whole;
      path.pop_back();
      if (std::find(now.begin(), now.end(), name) != now.end())
        stay.push_back(name);
      else if (!given_up)
        return false;
    }
    auto next = stay.begin();
    for (const std::string& name : now) next += next != stay.end() && *next == name ? 1 : 0;
    return next == stay.end();
  }

  YamlValue composed(const Node& base, const Node& mine, YamlPath& path) const {
    YamlValue value = base.is_sequence() ? YamlValue::array() : YamlValue::object();
    for (const std::string& name : names_of_both(base, mine)) {
      path.push_back(name);
      const Choice choice = choose_(path);
      const Node* before = child_of(base, name);
      const Node* now = child_of(mine, name);
      const Node* taken =
          choice == Choice::whole || (choice == Choice::part && before == nullptr) ? now : before;
      if (taken != nullptr) {
        const bool mixed =
            choice == Choice::part && before != nullptr && now != nullptr && have_parts(*before, *now);
        YamlValue child = mixed ? composed(*before, *now, path) : edit_value(*taken);
        if (base.is_sequence())
          value.push_back(std::move(child));
        else
          value[name] = std::move(child);
      }
      path.pop_back();
    }
    return value;
  }

  static bool have_parts(const Node& base, const Node& mine) {
    return base.kind == mine.kind && child_names(base) && child_names(mine);
  }

  static std::vector<std::string> names_of_both(const Node& base, const Node& mine) {
    std::vector<std::string> names = *child_names(base);
    const std::vector<std::string> more = *child_names(mine);
    for (const std::string& name : more) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
  }

  std::string text_;
  Choose choose_;
};

bool begins_with(const YamlPath& path, const YamlPath& beginning) {
  return path.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), path.begin());
}

yaml::Document parsed(const std::string& text) {
  yaml::Document document = yaml::parse(text, definition_file);
  if (document.root && document.root->is_mapping() && !has_errors(document.problems)) return document;
  throw Error(ErrorCode::invalid, fmt::format("{} is no valid YAML", definition_file),
              "run \"bw validate\" to see what is wrong");
}

// What `only` asks for: parts of betterworld.yaml and whole files.
struct Selection {
  std::vector<YamlPath> parts;
  std::set<std::string> files;
};

Selection selection_of(const DefinitionFiles& base, const DefinitionFiles& mine, const Node& base_root,
                       const Node& my_root, const std::vector<std::string>& only) {
  Selection selection;
  for (const std::string& text : only) {
    const YamlPath path = yaml_path(text);
    if (base.contains(text) || mine.contains(text)) {
      selection.files.insert(text);
      if (text == definition_file) selection.parts.emplace_back();
    } else if (node_at(base_root, path) != nullptr || node_at(my_root, path) != nullptr) {
      selection.parts.push_back(path);
    } else {
      std::vector<std::string> changed;
      for (const Change& change : difference(base, mine)) {
        changed.push_back(change.path.empty() ? change.file : change.path);
      }
      const std::string hint = did_you_mean(text, changed);
      throw Error(ErrorCode::usage, fmt::format("the definition has no part \"{}\"", printable(text)),
                  hint.empty() ? "\"bw diff --json\" names the parts that changed" : hint);
    }
  }
  return selection;
}

PutBack::Choose only_of(const Selection& selection) {
  return [&selection](const YamlPath& path) {
    for (const YamlPath& part : selection.parts) {
      if (begins_with(path, part)) return PutBack::Choice::whole;
    }
    for (const YamlPath& part : selection.parts) {
      if (begins_with(part, path)) return PutBack::Choice::part;
    }
    return PutBack::Choice::none;
  };
}

PutBack::Choice all_but_own(const YamlPath& path) {
  const bool own = path.front() == "name" || path.front() == "stewards";
  return own ? PutBack::Choice::none : PutBack::Choice::whole;
}

// Putting back writes a value anew, in a style of its own, and a style that differs would be offered as if
// I had chosen it. So what was put back only serves as the middle of a three-way merge, whose sides are the
// texts as people wrote them.

// My text, where name and stewards read as in `base`.
std::string without_own(const std::string& base, const std::string& mine) {
  const yaml::Document before = parsed(base);
  const yaml::Document now = parsed(mine);
  const std::string middle = PutBack(base, all_but_own).to(*now.root, *before.root);
  MergedYaml merged = merge_yaml(middle, mine, base);
  if (merged.conflicts.empty()) return std::move(merged.text);
  return PutBack(mine, all_but_own).to(*before.root, *now.root);
}

// `base` with the selected parts of mine.
std::string narrowed(const std::string& base, const std::string& mine, const Selection& selection) {
  const yaml::Document before = parsed(base);
  const yaml::Document now = parsed(mine);
  const auto none = [](const YamlPath&) { return PutBack::Choice::none; };
  const std::string middle = PutBack(mine, none).to(*before.root, *now.root);
  std::string wanted = PutBack(mine, only_of(selection)).to(*before.root, *now.root);
  MergedYaml merged = merge_yaml(middle, base, wanted);
  return merged.conflicts.empty() ? std::move(merged.text) : wanted;
}

}  // namespace

DefinitionFiles offered_files(const DefinitionFiles& base, const DefinitionFiles& mine,
                              const std::vector<std::string>& only, bool leave_own) {
  const auto base_text = file_in(base, definition_file);
  const auto my_text = file_in(mine, definition_file);
  if (!base_text || !my_text) {
    throw Error(ErrorCode::invalid,
                fmt::format("there was no {} before that could be compared", definition_file));
  }
  const bool everything = only.empty();
  const Selection selection =
      selection_of(base, mine, *parsed(*base_text).root, *parsed(*my_text).root, only);
  std::string text = leave_own ? without_own(*base_text, *my_text) : *my_text;
  if (!everything) text = narrowed(*base_text, text, selection);

  DefinitionFiles offered = base;
  offered[definition_file] = std::move(text);
  for (const auto& [path, content] : mine) {
    const bool needed = !is_yaml(path) && !base.contains(path);
    if (path != definition_file && (everything || needed || selection.files.contains(path)))
      offered[path] = content;
  }
  // A tool that I gave up is offered as given up. Other files may serve others, even where my definition
  // names them no more.
  for (const auto& [path, content] : base) {
    if (is_yaml(path) && !mine.contains(path) && (everything || selection.files.contains(path)))
      offered.erase(path);
  }
  return offered;
}

MergedFiles merge_offer(const DefinitionFiles& base, const DefinitionFiles& theirs,
                        const DefinitionFiles& offer) {
  std::set<std::string> paths;
  for (const auto* files : {&base, &theirs, &offer}) {
    for (const auto& [path, content] : *files) paths.insert(path);
  }
  MergedFiles merged;
  for (const std::string& path : paths) {
    const auto before = file_in(base, path);
    const auto present = file_in(theirs, path);
    const auto offered = file_in(offer, path);
    std::optional<std::string> result = offered == before ? present : offered;
    if (offered != before && present != before && present != offered) {
      if (is_yaml(path) && before && present && offered) {
        MergedYaml yaml = merge_yaml(*before, *present, *offered);
        // Asked again from my side, so that "ours" in a sentence is what I offer.
        if (!yaml.conflicts.empty()) yaml.conflicts = merge_yaml(*before, *offered, *present).conflicts;
        for (const MergeConflict& conflict : yaml.conflicts)
          merged.conflicts.push_back(path + ": " + conflict.sentence);
        result = std::move(yaml.text);
      } else {
        merged.conflicts.push_back(path + ": changed on both sides");
      }
    }
    if (result) merged.files.emplace(path, std::move(*result));
  }
  return merged;
}

}  // namespace bw
