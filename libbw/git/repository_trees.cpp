#include <algorithm>
#include <map>

#include "base/text.h"
#include "git/libgit2.h"
#include "git/repository.h"
#include "git/tree_object.h"

namespace bw::git {
namespace {

constexpr int max_levels = 32;

void check_level(int level) {
  if (level > max_levels) {
    throw Error(ErrorCode::invalid,
                "a tree has more than " + std::to_string(max_levels) + " levels of folders");
  }
}

std::string joined(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + '/' + std::string(name);
}

// Walks trees with one budget for all that is opened: a few small trees that contain each other many
// times over can describe billions of paths.
class Walk {
public:
  Walk(const Repository::State& state, std::size_t max_entries) : state_(state), left_(max_entries) {}

  std::vector<TreeEntry> open(const Oid& tree, int level) {
    check_level(level);
    std::vector<TreeEntry> entries = read_tree(state_, tree);
    if (entries.size() > left_)
      throw Error(ErrorCode::invalid, "tree " + tree.hex() + " holds too many files");
    left_ -= entries.size();
    return entries;
  }

  template <class See>
  void leaves(const Oid& tree, const std::string& folder, int level, const See& see) {
    for (TreeEntry& entry : open(tree, level)) {
      entry.name = joined(folder, entry.name);
      if (entry.mode == Mode::tree) {
        leaves(entry.oid, entry.name, level + 1, see);
      } else {
        see(std::move(entry));
      }
    }
  }

private:
  const Repository::State& state_;
  std::size_t left_;
};

class Comparison {
public:
  Comparison(const Repository::State& state, std::size_t max_entries) : walk_(state, max_entries) {}

  void folders(const Oid& before, const Oid& after, const std::string& folder, int level) {
    if (before == after) return;
    std::map<std::string, std::pair<std::optional<TreeEntry>, std::optional<TreeEntry>>> names;
    for (TreeEntry& entry : walk_.open(before, level)) names[entry.name].first = std::move(entry);
    for (TreeEntry& entry : walk_.open(after, level)) names[entry.name].second = std::move(entry);
    for (auto& [name, sides] : names) {
      auto& [old_side, new_side] = sides;
      const std::string path = joined(folder, name);
      if (old_side && new_side && old_side->mode == new_side->mode && old_side->oid == new_side->oid)
        continue;
      if (is_folder(old_side) && is_folder(new_side)) {
        folders(old_side->oid, new_side->oid, path, level + 1);
        continue;
      }
      add(std::move(old_side), path, level, &TreeChange::before);
      add(std::move(new_side), path, level, &TreeChange::after);
    }
  }

  void added(const Oid& tree) { add(TreeEntry{"", Mode::tree, tree}, "", -1, &TreeChange::after); }

  std::vector<TreeChange> take() {
    std::vector<TreeChange> result;
    result.reserve(changes_.size());
    for (auto& [path, change] : changes_) {
      change.path = path;
      result.push_back(std::move(change));
    }
    return result;
  }

private:
  static bool is_folder(const std::optional<TreeEntry>& entry) { return entry && entry->mode == Mode::tree; }

  // Everything at and below one side of a path.
  void add(std::optional<TreeEntry> entry, const std::string& path, int level,
           std::optional<TreeEntry> TreeChange::*side) {
    if (!entry) return;
    const auto put = [&](TreeEntry leaf) {
      const std::string at = leaf.name;
      changes_[at].*side = std::move(leaf);
    };
    if (entry->mode == Mode::tree) {
      walk_.leaves(entry->oid, path, level + 1, put);
    } else {
      entry->name = path;
      put(*std::move(entry));
    }
  }

  Walk walk_;
  std::map<std::string, TreeChange> changes_;
};

void check_path(std::string_view path) {
  const std::vector<std::string_view> parts = split(path, '/');
  check_level(static_cast<int>(parts.size()) - 1);
  for (const std::string_view part : parts) {
    if (const std::string problem = entry_name_problem(part); !problem.empty()) {
      throw Error(ErrorCode::invalid,
                  "\"" + printable(path) + "\" cannot be a path in a repository: " + problem);
    }
  }
}

// What becomes of one folder: its new tree, or nothing where it is empty.
class Edit {
public:
  explicit Edit(const Repository::State& state) : state_(state) {}

  // `edits` maps paths below this folder to what is put there. One kind of edit at a time: all of
  // them removals, or none.
  using Edits = std::map<std::string, const TreeEdit*>;

  std::optional<Oid> folder(const std::optional<Oid>& base, const Edits& edits, int level) {
    check_level(level);
    std::map<std::string, TreeEntry> entries;
    if (base) {
      for (TreeEntry& entry : read_tree(state_, *base)) entries[entry.name] = std::move(entry);
    }
    std::map<std::string, Edits> below;
    for (const auto& [path, edit] : edits) {
      const std::size_t slash = path.find('/');
      if (slash != std::string::npos) {
        below[path.substr(0, slash)][path.substr(slash + 1)] = edit;
      } else {
        leaf(entries, path, *edit);
      }
    }
    for (const auto& [name, inside] : below) subfolder(entries, name, inside, level);
    if (entries.empty()) return std::nullopt;
    std::vector<TreeEntry> result;
    result.reserve(entries.size());
    for (auto& [name, entry] : entries) result.push_back(std::move(entry));
    return write_object(state_, GIT_OBJECT_TREE, tree_bytes(std::move(result)));
  }

private:
  static void leaf(std::map<std::string, TreeEntry>& entries, const std::string& name, const TreeEdit& edit) {
    if (!edit.blob) {
      entries.erase(name);
      return;
    }
    const auto found = entries.find(name);
    if (found != entries.end() && (found->second.mode == Mode::tree) != (edit.mode == Mode::tree)) {
      throw Error(ErrorCode::invalid, "\"" + printable(edit.path) + "\" is both a file and a folder");
    }
    entries[name] = {name, edit.mode, *edit.blob};
  }

  void subfolder(std::map<std::string, TreeEntry>& entries, const std::string& name, const Edits& inside,
                 int level) {
    const auto found = entries.find(name);
    const bool is_folder = found != entries.end() && found->second.mode == Mode::tree;
    const TreeEdit& first = *inside.begin()->second;
    if (!is_folder && !first.blob) return;  // nothing there to remove
    if (found != entries.end() && !is_folder) {
      throw Error(ErrorCode::invalid, "\"" + printable(first.path) + "\" lies below a file");
    }
    const std::optional<Oid> base = is_folder ? std::optional(found->second.oid) : std::nullopt;
    if (const std::optional<Oid> tree = folder(base, inside, level + 1)) {
      entries[name] = {name, Mode::tree, *tree};
    } else {
      entries.erase(name);
    }
  }

  const Repository::State& state_;
};

}  // namespace

Oid Repository::empty_tree() {
  return write_object(*state_, GIT_OBJECT_TREE, "");
}

Oid Repository::edit_tree(const std::optional<Oid>& base, std::span<const TreeEdit> edits) {
  std::map<std::string, const TreeEdit*> last;
  for (const TreeEdit& edit : edits) {
    check_path(edit.path);
    if (edit.blob && edit.mode != Mode::submodule && !has_object(*edit.blob)) {
      throw Error(ErrorCode::invalid,
                  "object " + edit.blob->hex() + " for \"" + printable(edit.path) + "\" is missing");
    }
    last[edit.path] = &edit;
  }
  Edit::Edits removals;
  Edit::Edits additions;
  for (const auto& [path, edit] : last) (edit->blob ? additions : removals)[path] = edit;
  std::optional<Oid> tree = base;
  for (const Edit::Edits& round : {removals, additions}) {
    if (!round.empty()) tree = Edit(*state_).folder(tree, round, 0);
  }
  return tree ? *tree : empty_tree();
}

std::vector<TreeEntry> Repository::list(const Oid& tree) const {
  return read_tree(*state_, tree);
}

std::vector<TreeEntry> Repository::list_recursive(const Oid& tree, std::size_t max_entries) const {
  std::vector<TreeEntry> result;
  Walk(*state_, max_entries).leaves(tree, "", 0, [&](TreeEntry entry) {
    result.push_back(std::move(entry));
  });
  std::sort(result.begin(), result.end(),
            [](const TreeEntry& a, const TreeEntry& b) { return a.name < b.name; });
  return result;
}

std::optional<TreeEntry> Repository::find(const Oid& tree, std::string_view path) const {
  const std::vector<std::string_view> parts = split(path, '/');
  TreeEntry at{"", Mode::tree, tree};
  for (const std::string_view part : parts) {
    if (at.mode != Mode::tree) return std::nullopt;
    std::vector<TreeEntry> entries = read_tree(*state_, at.oid);
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const TreeEntry& entry) { return entry.name == part; });
    if (found == entries.end()) return std::nullopt;
    at = std::move(*found);
  }
  return at;
}

std::vector<TreeChange> Repository::compare(const std::optional<Oid>& before, const Oid& after,
                                            std::size_t max_entries) const {
  Comparison comparison(*state_, max_entries);
  if (before) {
    comparison.folders(*before, after, "", 0);
  } else {
    comparison.added(after);
  }
  return comparison.take();
}

}  // namespace bw::git
