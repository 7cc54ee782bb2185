#include "definition/difference.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "definition/load.h"
#include "definition/path_names.h"
#include "definition/yaml.h"

namespace bw {
namespace {

using yaml::Node;
using Path = std::vector<std::string>;

// The positions in `order` (a permutation of 0 … n−1) outside a longest increasing run: the fewest items
// that must have moved.
std::set<std::size_t> moved_items(const std::vector<std::size_t>& order) {
  std::vector<std::size_t> tails;  // position in `order` of the smallest end of a run of each length
  std::vector<std::size_t> previous(order.size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto place = std::ranges::lower_bound(tails, order[i], {}, [&](std::size_t p) { return order[p]; });
    if (place != tails.begin()) previous[i] = *(place - 1);
    if (place == tails.end()) {
      tails.push_back(i);
    } else {
      *place = i;
    }
  }
  std::set<std::size_t> moved;
  for (std::size_t i = 0; i < order.size(); ++i) moved.insert(i);
  for (std::size_t i = tails.empty() ? order.size() : tails.back(); i < order.size(); i = previous[i])
    moved.erase(i);
  return moved;
}

class Comparison {
public:
  explicit Comparison(std::string file) : file_(std::move(file)) {}

  std::vector<Change> changes;

  void compare(const Node& before, const Node& after, Path& path) {
    if (yaml::same(before, after)) return;
    if (before.is_mapping() && after.is_mapping()) {
      compare_mappings(before, after, path);
    } else if (before.is_sequence() && after.is_sequence()) {
      compare_lists(before, after, path);
    } else {
      changed(before, after, path);
    }
  }

private:
  void compare_mappings(const Node& before, const Node& after, Path& path) {
    std::map<std::string_view, const Node*> old;
    for (const Node& child : before.children) old.emplace(child.key, &child);
    for (const Node& child : after.children) {
      path.push_back(child.key);
      if (const auto found = old.find(child.key); found != old.end()) {
        compare(*found->second, child, path);
        old.erase(found);
      } else {
        added(child, path);
      }
      path.pop_back();
    }
    for (const Node& child : before.children) {
      if (!old.contains(child.key)) continue;
      path.push_back(child.key);
      removed(child, path);
      path.pop_back();
    }
  }

  void compare_lists(const Node& before, const Node& after, Path& path) {
    const Path old_keys = item_keys(before);
    const Path new_keys = item_keys(after);
    const bool keyed = (!old_keys.empty() || before.children.empty()) &&
                       (!new_keys.empty() || after.children.empty()) &&
                       !(old_keys.empty() && new_keys.empty());
    if (!keyed) {
      changed(before, after, path);
      return;
    }
    std::map<std::string_view, std::size_t> old;
    for (std::size_t i = 0; i < old_keys.size(); ++i) old.emplace(old_keys[i], i);
    std::vector<std::size_t> order;
    for (const std::string& key : new_keys)
      if (const auto found = old.find(key); found != old.end()) order.push_back(found->second);
    const std::set<std::size_t> moved = moved_items(order);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < new_keys.size(); ++i) {
      path.push_back(new_keys[i]);
      if (const auto found = old.find(new_keys[i]); found != old.end()) {
        if (moved.contains(kept)) move(path);
        ++kept;
        compare(before.children[found->second], after.children[i], path);
        old.erase(found);
      } else {
        added(after.children[i], path);
      }
      path.pop_back();
    }
    for (std::size_t i = 0; i < old_keys.size(); ++i) {
      if (!old.contains(old_keys[i])) continue;
      path.push_back(old_keys[i]);
      removed(before.children[i], path);
      path.pop_back();
    }
  }

  // A whole section that comes or goes is told item by item.
  bool each_item(const Node& node, Path& path, void (Comparison::*tell)(const Node&, Path&)) {
    const Path keys = item_keys(node);
    if (keys.empty() || path.size() != 1) return false;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      path.push_back(keys[i]);
      (this->*tell)(node.children[i], path);
      path.pop_back();
    }
    return true;
  }

  void added(const Node& node, Path& path) {
    if (each_item(node, path, &Comparison::added)) return;
    const PathName name = name_of_path(path);
    const std::string shown = yaml::brief(node);
    add(ChangeKind::added, path, std::nullopt, shown,
        name.field.empty() ? fmt::format("{} added", titled(name.item, node))
                           : fmt::format("{}{} added: {}", prefix(name), name.field, shown));
  }

  void removed(const Node& node, Path& path) {
    if (each_item(node, path, &Comparison::removed)) return;
    const PathName name = name_of_path(path);
    const std::string shown = yaml::brief(node);
    add(ChangeKind::removed, path, shown, std::nullopt,
        name.field.empty() ? fmt::format("{} removed", titled(name.item, node))
                           : fmt::format("{}{} removed (was {})", prefix(name), name.field, shown));
  }

  void changed(const Node& before, const Node& after, const Path& path) {
    const PathName name = name_of_path(path);
    std::string old_text = yaml::brief(before);
    std::string new_text = yaml::brief(after);
    const std::string field = name.field.empty() ? "value" : name.field;
    add(ChangeKind::changed, path, old_text, new_text,
        old_text == new_text ? fmt::format("{}{} changed", prefix(name), field)
                             : fmt::format("{}{} {} → {}", prefix(name), field, old_text, new_text));
  }

  void move(const Path& path) {
    add(ChangeKind::moved, path, std::nullopt, std::nullopt,
        fmt::format("{} moved", name_of_path(path).item));
  }

  static std::string prefix(const PathName& name) {
    return name.item.empty() ? std::string() : fmt::format("{}: ", name.item);
  }

  // "behaviour map-aed (Map an AED)"
  static std::string titled(const std::string& item, const Node& node) {
    const Node* title = node.find("title");
    if (title && title->is_mapping() && !title->children.empty()) title = &title->children.front();
    return title && title->is_scalar() ? fmt::format("{} ({})", item, yaml::brief(*title, 40)) : item;
  }

  void add(ChangeKind kind, const Path& path, std::optional<std::string> before,
           std::optional<std::string> after, std::string sentence) {
    changes.push_back(
        {kind, file_, path_text(path), std::move(before), std::move(after), std::move(sentence)});
  }

  std::string file_;
};

Change whole_file(ChangeKind kind, const std::string& file) {
  return {kind,         file,         "",
          std::nullopt, std::nullopt, fmt::format("file {} {}", printable(file), name_of(kind))};
}

std::vector<Change> compare_files(const std::string& file, const std::string& before,
                                  const std::string& after) {
  if (before == after) return {};
  if (file.ends_with(".yaml")) {
    const yaml::Document old_document = yaml::parse(before, file);
    const yaml::Document new_document = yaml::parse(after, file);
    if (old_document.root && new_document.root) {
      Comparison comparison(file);
      Path path;
      comparison.compare(*old_document.root, *new_document.root, path);
      return std::move(comparison.changes);
    }
  }
  return {whole_file(ChangeKind::changed, file)};
}

std::string_view sign_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::added:
      return "+";
    case ChangeKind::removed:
      return "−";
    case ChangeKind::changed:
      return "~";
    case ChangeKind::moved:
      return "↕";
  }
  return "";
}

std::string_view colour_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::added:
      return "32";
    case ChangeKind::removed:
      return "31";
    case ChangeKind::changed:
      return "33";
    case ChangeKind::moved:
      return "36";
  }
  return "";
}

}  // namespace

std::string_view name_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::added:
      return "added";
    case ChangeKind::removed:
      return "removed";
    case ChangeKind::changed:
      return "changed";
    case ChangeKind::moved:
      return "moved";
  }
  return "";
}

std::vector<Change> difference(const DefinitionFiles& before, const DefinitionFiles& after) {
  std::vector<Change> changes;
  for (const auto& [file, content] : after) {
    const auto old = before.find(file);
    if (old == before.end()) {
      changes.push_back(whole_file(ChangeKind::added, file));
    } else {
      for (Change& change : compare_files(file, old->second, content)) changes.push_back(std::move(change));
    }
  }
  for (const auto& [file, content] : before)
    if (!after.contains(file)) changes.push_back(whole_file(ChangeKind::removed, file));
  return changes;
}

std::string changes_as_text(const std::vector<Change>& changes, bool colour) {
  std::string out;
  for (const Change& change : changes) {
    const std::string where =
        change.file == definition_file || change.path.empty() ? "" : printable(change.file) + ": ";
    const std::string line = fmt::format("{} {}{}", sign_of(change.kind), where, change.sentence);
    out += colour ? fmt::format("\x1b[{}m{}\x1b[0m\n", colour_of(change.kind), line) : line + "\n";
  }
  return out;
}

Json changes_as_json(const std::vector<Change>& changes) {
  const auto text_or_null = [](const std::optional<std::string>& text) {
    return text ? Json(*text) : Json();
  };
  Json list = Json::array();
  for (const Change& change : changes) {
    list.push_back({{"kind", name_of(change.kind)},
                    {"file", change.file},
                    {"path", change.path},
                    {"before", text_or_null(change.before)},
                    {"after", text_or_null(change.after)},
                    {"sentence", change.sentence}});
  }
  return list;
}

}  // namespace bw
