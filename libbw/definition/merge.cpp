#include "definition/merge.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "definition/conflict_markers.h"
#include "definition/outline.h"
#include "definition/path_names.h"
#include "definition/yaml.h"

namespace bw {
namespace {

using yaml::Node;
using yaml::Outline;
using yaml::Piece;
using Path = std::vector<std::string>;

// A node with the text it stands in and the bytes of its block; no node: it is absent there.
struct Side {
  std::string_view text;
  const Node* node = nullptr;
  std::size_t from = 0;
  std::size_t to = 0;

  std::optional<Outline> outline() const {
    return node ? yaml::outline(text, *node, from, to) : std::nullopt;
  }
};

bool same(const Side& a, const Side& b) {
  if (!a.node || !b.node) return a.node == b.node;
  return yaml::same(*a.node, *b.node);
}

// A child on one side, with its lines.
struct Child {
  Side side;
  Piece piece;  // indented as in ours

  explicit operator bool() const { return side.node != nullptr; }
};

// The children of one collection on one side, by key or id, in order.
struct Children {
  std::vector<std::string> keys;
  std::map<std::string, Child, std::less<>> by_key;

  Child get(const std::string& key) const {
    const auto found = by_key.find(key);
    return found == by_key.end() ? Child{} : found->second;
  }
};

struct Expected {
  Path path;
  const Node* node;
};

std::string shown(const Side& side) {
  return side.node ? yaml::brief(*side.node, 40) : "none";
}

bool holds_nothing(const Side& side) {
  return !side.node || side.node->kind == yaml::Kind::null ||
         (!side.node->is_scalar() && side.node->children.empty());
}

class Merge {
public:
  explicit Merge(const MergeLabels& labels) : labels_(labels) {}

  std::vector<NamedConflict> conflicts;
  std::vector<Expected> expected;  // what the result must say where there is no conflict

  // The lines of ours' collection with theirs' changes; nothing where they cannot be merged line by line.
  std::optional<std::string> collection(const Side& base, const Side& ours, const Side& theirs, Path& path) {
    const auto our_outline = ours.outline();
    const auto their_outline = theirs.outline();
    if (!our_outline || !their_outline || ours.node->kind != theirs.node->kind) return std::nullopt;
    if (!holds_nothing(base) && base.node->kind != ours.node->kind) return std::nullopt;
    const auto base_children = children(base, base.outline(), our_outline->column);
    const auto our_children = children(ours, our_outline, our_outline->column);
    const auto their_children = children(theirs, their_outline, our_outline->column);
    if (!base_children || !our_children || !their_children) return std::nullopt;
    if (ours.node->is_sequence() && !same_telling_key(base, ours, theirs)) return std::nullopt;
    return merged_lines(*base_children, *our_children, *their_children, *our_outline, path);
  }

private:
  struct Slot {
    std::string key;
    std::string lines;
  };

  static bool same_telling_key(const Side& base, const Side& ours, const Side& theirs) {
    const std::string key = telling_key(*ours.node);
    return key == telling_key(*theirs.node) && (holds_nothing(base) || key == telling_key(*base.node));
  }

  static std::optional<Children> children(const Side& side, const std::optional<Outline>& outline,
                                          std::size_t column) {
    Children result;
    if (holds_nothing(side)) return result;
    const Node& node = *side.node;
    if (node.is_sequence()) {
      result.keys = item_keys(node);
      if (result.keys.empty()) return std::nullopt;
    } else {
      for (const Node& child : node.children) result.keys.push_back(child.key);
    }
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      Child child;
      child.side = {side.text, &node.children[i], 0, 0};
      if (outline) {
        child.piece = yaml::piece_of(side.text, *outline, i, column);
        child.side.from = yaml_line_after(side.text, outline->blocks[i].own);
        child.side.to = outline->blocks[i].end;
      }
      result.by_key.emplace(result.keys[i], std::move(child));
    }
    return result;
  }

  static std::size_t yaml_line_after(std::string_view text, std::size_t at) {
    const std::size_t end = text.find('\n', at);
    return end == std::string_view::npos ? text.size() : end + 1;
  }

  std::optional<std::string> merged_lines(const Children& base, const Children& ours, const Children& theirs,
                                          const Outline& outline, Path& path) {
    std::vector<Slot> slots;
    for (const std::string& key : ours.keys) {
      const bool first = slots.empty() && outline.shares_line;
      const std::size_t conflicts_before = conflicts.size();
      path.push_back(key);
      const auto lines =
          merged_child(base.get(key), ours.get(key), theirs.get(key), outline.column, first, path);
      path.pop_back();
      // A marker cannot stand behind a dash: then the whole item is in conflict.
      if (first && conflicts.size() > conflicts_before && is_marker(lines, 0)) return std::nullopt;
      slots.push_back({key, lines});
    }
    for (std::size_t i = 0; i < theirs.keys.size(); ++i) {
      const std::string& key = theirs.keys[i];
      if (ours.by_key.contains(key)) continue;
      path.push_back(key);
      std::string lines = only_theirs(base.get(key), theirs.get(key), outline.column, path);
      path.pop_back();
      if (!lines.empty()) insert(slots, {key, std::move(lines)}, base, theirs, i, outline);
    }
    std::string out;
    for (const Slot& slot : slots) out += slot.lines;
    if (out.empty()) return std::nullopt;  // nothing is left: the collection is replaced as a value
    if (outline.shares_line) {
      // Where the first child went, the next one takes its place behind the dash.
      const std::size_t content = out.find_first_not_of(' ');
      if (is_marker(out, content)) return std::nullopt;
      out.erase(0, content);
      if (out.starts_with('#')) out.insert(0, "\n" + std::string(outline.column, ' '));
    }
    return out;
  }

  // Behind the child that precedes it in theirs, and behind what ours has added there.
  static void insert(std::vector<Slot>& slots, Slot slot, const Children& base, const Children& theirs,
                     std::size_t index, const Outline& outline) {
    auto place = slots.begin();
    for (std::size_t i = index; i-- > 0 && place == slots.begin();) {
      const auto before = std::ranges::find(slots, theirs.keys[i], &Slot::key);
      if (before != slots.end()) place = before + 1;
    }
    if (place == slots.begin() && outline.shares_line && !slots.empty()) ++place;
    while (place != slots.end() && !base.by_key.contains(place->key) && !theirs.by_key.contains(place->key))
      ++place;
    slots.insert(place, std::move(slot));
  }

  // The lines of a child that ours has.
  std::string merged_child(const Child& base, const Child& ours, const Child& theirs, std::size_t column,
                           bool shares_line, Path& path) {
    const auto lines = [&](const Piece& piece) { return yaml::lines_of(piece, column, shares_line); };
    const bool untouched = base && base.piece.body == ours.piece.body;
    if (!theirs) {
      if (!base) return lines(ours.piece);
      if (same(base.side, ours.side)) return "";
      return conflict(ours.piece, {}, column, path, sentence(path, "changed by ours, removed by theirs"));
    }
    if (same(ours.side, theirs.side) || same(base.side, theirs.side)) {
      // No change of meaning in theirs, but perhaps of comments or style.
      const bool keep = !untouched || base.piece.comments != ours.piece.comments;
      return lines(keep ? ours.piece : theirs.piece);
    }
    expected.push_back({path, theirs.side.node});
    const std::size_t expectations = expected.size();
    if (same(base.side, ours.side)) {
      if (untouched) return lines(with_comments(base, ours, theirs));
      if (auto body = scalar_replaced(ours, theirs)) return lines({ours.piece.comments, std::move(*body)});
    }
    expected.pop_back();
    const std::size_t named = conflicts.size();
    if (auto merged = collection(base.side, ours.side, theirs.side, path))
      return lines({ours.piece.comments, spliced(ours, *merged)});
    expected.resize(std::min(expected.size(), expectations - 1));
    if (same(base.side, ours.side)) {
      conflicts.resize(named);
      expected.push_back({path, theirs.side.node});
      return lines({ours.piece.comments, theirs.piece.body});
    }
    return value_conflict(base, ours, theirs, column, path, named);
  }

  static Piece with_comments(const Child& base, const Child& ours, const Child& theirs) {
    const bool ours_changed = base.piece.comments != ours.piece.comments;
    return {ours_changed ? ours.piece.comments : theirs.piece.comments, theirs.piece.body};
  }

  std::string value_conflict(const Child& base, const Child& ours, const Child& theirs, std::size_t column,
                             const Path& path, std::size_t named) {
    if (conflicts.size() > named) {
      // Conflicts inside have names already; only the markers go around the whole.
      for (std::size_t i = named; i < conflicts.size(); ++i) conflicts[i].marker = markers_;
      return marked(ours.piece, theirs.piece, column);
    }
    return conflict(ours.piece, theirs.piece, column, path,
                    sentence(path, fmt::format("base {}, ours {}, theirs {}", shown(base.side),
                                               shown(ours.side), shown(theirs.side))));
  }

  std::string only_theirs(const Child& base, const Child& theirs, std::size_t column, const Path& path) {
    if (base && same(base.side, theirs.side)) return "";  // removed by ours
    if (base)
      return conflict({}, theirs.piece, column, path, sentence(path, "removed by ours, changed by theirs"));
    expected.push_back({path, theirs.side.node});
    return yaml::lines_of(theirs.piece, column, false);
  }

  // Ours with another value: its key, comment and place stay.
  static std::optional<std::string> scalar_replaced(const Child& ours, const Child& theirs) {
    const auto value_of = [](const Side& side) {
      return side.text.substr(side.node->span.begin, side.node->span.end - side.node->span.begin);
    };
    const std::string_view old_value = value_of(ours.side);
    const std::string_view new_value = value_of(theirs.side);
    const bool one_line = old_value.find('\n') == std::string_view::npos &&
                          new_value.find('\n') == std::string_view::npos && !old_value.empty() &&
                          !new_value.empty();
    if (!one_line || ours.side.node->block || theirs.side.node->block || ours.side.node->key.empty())
      return std::nullopt;
    const std::size_t at = ours.side.node->span.begin - ours.side.node->key_span.begin;
    std::string body = ours.piece.body;
    return body.replace(at, old_value.size(), new_value);
  }

  // The body of a child of ours, with the lines of the collection in it replaced.
  static std::string spliced(const Child& ours, const std::string& lines) {
    const auto inner = ours.side.outline();
    const std::size_t own = ours.side.to - ours.piece.body.size();
    return std::string(ours.side.text.substr(own, inner->begin() - own)) + lines +
           std::string(ours.side.text.substr(inner->end(), ours.side.to - inner->end()));
  }

  static std::string sentence(const Path& path, std::string_view what) {
    const PathName name = name_of_path(path);
    if (name.field.empty()) return fmt::format("{}: {}", name.item, what);
    if (name.item.empty()) return fmt::format("field {}: {}", name.field, what);
    return fmt::format("{}, field {}: {}", name.item, name.field, what);
  }

  std::string conflict(const Piece& ours, const Piece& theirs, std::size_t column, const Path& path,
                       std::string text) {
    conflicts.push_back({path, std::move(text), markers_});
    return marked(ours, theirs, column);
  }

  std::string marked(const Piece& ours, const Piece& theirs, std::size_t column) {
    const bool common = ours.comments == theirs.comments;
    const auto side = [&](const Piece& piece) {
      if (piece.body.empty()) return std::string();
      return yaml::lines_of({common ? "" : piece.comments, piece.body}, column, false);
    };
    return (common ? ours.comments : "") + marked_conflict(markers_++, side(ours), side(theirs), labels_);
  }

  const MergeLabels& labels_;
  std::size_t markers_ = 0;
};

const Node* at_path(const Node& root, const Path& path) {
  const Node* node = &root;
  for (const std::string& step : path) {
    if (!node) return nullptr;
    if (node->is_mapping()) {
      node = node->find(step);
    } else {
      const auto keys = item_keys(*node);
      const auto found = std::ranges::find(keys, step);
      node = found == keys.end() ? nullptr : &node->children[static_cast<std::size_t>(found - keys.begin())];
    }
  }
  return node;
}

// Whether the lines, put together, say what was meant; indentation or an alias may have gone wrong.
bool says_what_was_meant(const std::string& text, const std::vector<Expected>& expected) {
  const yaml::Document document = yaml::parse(text, "");
  if (!document.root || has_errors(document.problems)) return false;
  return std::ranges::all_of(expected, [&](const Expected& e) {
    const Node* node = at_path(*document.root, e.path);
    return node && yaml::same(*node, *e.node);
  });
}

std::string with_final_newline(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out.back() != '\n') out += '\n';
  return out;
}

MergedYaml whole_file_conflict(std::string_view ours, std::string_view theirs, const MergeLabels& labels) {
  return {fmt::format("<<<<<<< {}\n{}=======\n{}>>>>>>> {}\n", labels.ours, with_final_newline(ours),
                      with_final_newline(theirs), labels.theirs),
          {{"", "the file was changed by both in ways that cannot be merged line by line", 1}}};
}

const std::string& three_way(const std::string& base, const std::string& ours, const std::string& theirs) {
  return base == ours ? theirs : ours;
}

}  // namespace

MergedYaml merge_yaml(std::string_view base, std::string_view ours, std::string_view theirs,
                      const MergeLabels& labels) {
  if (base == ours || ours == theirs) return {std::string(theirs), {}};
  if (base == theirs) return {std::string(ours), {}};
  const std::string texts[] = {with_final_newline(base), with_final_newline(ours),
                               with_final_newline(theirs)};
  std::optional<Node> roots[3];
  Side sides[3];
  std::string heads[3];
  std::string tails[3];
  for (std::size_t i = 0; i < 3; ++i) {
    yaml::Document document = yaml::parse(texts[i], "");
    if (!document.root || has_errors(document.problems)) return whole_file_conflict(ours, theirs, labels);
    roots[i] = std::move(document.root);
    sides[i] = {texts[i], &*roots[i], 0, texts[i].size()};
    const auto outline = sides[i].outline();
    if (!outline) return whole_file_conflict(ours, theirs, labels);
    heads[i] = texts[i].substr(0, outline->begin());
    tails[i] = texts[i].substr(outline->end());
  }
  Merge merge(labels);
  Path path;
  const auto lines = merge.collection(sides[0], sides[1], sides[2], path);
  if (!lines) return whole_file_conflict(ours, theirs, labels);
  const std::string marked =
      three_way(heads[0], heads[1], heads[2]) + *lines + three_way(tails[0], tails[1], tails[2]);
  if (!says_what_was_meant(decided_for_ours(marked), merge.expected))
    return whole_file_conflict(ours, theirs, labels);
  return with_plain_markers(marked, merge.conflicts);
}

}  // namespace bw
