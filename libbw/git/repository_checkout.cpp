#include <algorithm>
#include <set>

#include "base/text.h"
#include "git/libgit2.h"
#include "git/repository.h"

namespace bw::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_files = 1'000'000;

using Tree = Handle<git_tree, git_tree_free>;

Tree open_tree(const Repository::State& state, const Oid& oid) {
  const git_oid name = to_git(oid);
  Tree tree;
  check(git_tree_lookup(into(tree), state.get(), &name), "cannot open tree " + oid.hex());
  return tree;
}

[[noreturn]] void refuse(const std::set<std::string>& paths) {
  std::string names;
  std::size_t shown = 0;
  for (const std::string& path : paths) {
    if (++shown > 5) {
      names += " and " + std::to_string(paths.size() - 5) + " more";
      break;
    }
    names += (names.empty() ? "" : ", ") + printable(path);
  }
  throw Error(ErrorCode::refused, "uncommitted changes would be overwritten: " + names,
              "commit them, or set them aside with `git stash`, then try again");
}

// Staged changes among the paths that are about to change. libgit2's safe checkout looks only at the
// files.
std::set<std::string> staged(const Repository::State& state, git_tree* before,
                             const std::vector<TreeChange>& changes) {
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  Handle<git_diff, git_diff_free> diff;
  check(git_diff_tree_to_index(into(diff), state.get(), before, nullptr, &options), "cannot read the index");
  std::set<std::string> result;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    const git_diff_file& now = git_diff_get_delta(diff.get(), i)->new_file;
    const auto change = std::lower_bound(changes.begin(), changes.end(), now.path,
                                         [](const TreeChange& a, const char* path) { return a.path < path; });
    if (change == changes.end() || change->path != now.path) continue;
    const bool as_wanted = change->after && change->after->oid == from_git(now.id);
    if (!as_wanted) result.insert(now.path);
  }
  return result;
}

// Whether what lies at `path` is what the commit wants there.
bool is_as_wanted(const Repository::State& state, const fs::path& root, const TreeChange& change) {
  const fs::path path = root / change.path;
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(path, ignored);
  if (!change.after) return status.type() == fs::file_type::not_found;
  const bool executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
  const bool regular = change.after->mode == Mode::file || change.after->mode == Mode::executable;
  if (!regular || status.type() != fs::file_type::regular ||
      executable != (change.after->mode == Mode::executable)) {
    return false;
  }
  git_oid found;
  return git_repository_hashfile(&found, state.get(), path.c_str(), GIT_OBJECT_BLOB, change.path.c_str()) ==
             0 &&
         from_git(found) == change.after->oid;
}

// Whether a folder on the way to `path` is really a symbolic link (or a file) that the commit before
// did not put there: libgit2 would write through it.
bool leads_elsewhere(const fs::path& root, const std::string& path, const std::set<std::string>& removed) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    std::error_code ignored;
    const fs::file_type type = fs::symlink_status(root / folder, ignored).type();
    if (type == fs::file_type::not_found) return false;
    if (type != fs::file_type::directory) return !removed.contains(folder);
  }
  return false;
}

void put_into_index(git_index* index, const TreeChange& change) {
  const int result = change.after ? git_index_add_bypath(index, change.path.c_str())
                                  : git_index_remove_bypath(index, change.path.c_str());
  check(result, "cannot update the index for " + printable(change.path));
}

int note_conflict(git_checkout_notify_t, const char* path, const git_diff_file*, const git_diff_file*,
                  const git_diff_file*, void* conflicts) {
  static_cast<std::set<std::string>*>(conflicts)->insert(path);
  return 0;
}

// Only `paths`, and none of them where one has a conflict. `before` is null where nothing was there.
void check_out(const Repository::State& state, git_tree* before, git_tree* after,
               std::vector<std::string> paths) {
  std::vector<char*> pointers;
  pointers.reserve(paths.size());
  for (std::string& path : paths) pointers.push_back(path.data());
  std::set<std::string> conflicts;
  git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
  options.checkout_strategy = GIT_CHECKOUT_SAFE | GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH;
  // An index in memory stands for nothing: the empty tree would have to be written as an object.
  Handle<git_index, git_index_free> nothing;
  if (before == nullptr) check(git_index_new(into(nothing)), "cannot make an index");
  options.baseline = before;
  options.baseline_index = nothing.get();
  options.paths = {pointers.data(), pointers.size()};
  options.notify_flags = GIT_CHECKOUT_NOTIFY_CONFLICT;
  options.notify_cb = note_conflict;
  options.notify_payload = &conflicts;
  const int result = git_checkout_tree(state.get(), reinterpret_cast<const git_object*>(after), &options);
  if (!conflicts.empty()) refuse(conflicts);
  check(result, "cannot write the work tree");
}

}  // namespace

bool Repository::has_uncommitted_changes(std::string_view path) const {
  if (!work_tree()) return false;
  std::string literal(path);
  char* paths[] = {literal.data()};
  git_status_options options = GIT_STATUS_OPTIONS_INIT;
  options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
  options.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
  if (!path.empty()) {
    options.flags |= GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS;
    options.pathspec = {paths, 1};
  }
  Handle<git_status_list, git_status_list_free> list;
  check(git_status_list_new(into(list), state_->get(), &options), "cannot compare the work tree with HEAD");
  return git_status_list_entrycount(list.get()) > 0;
}

void Repository::checkout_head(const std::optional<Oid>& before) {
  if (!work_tree()) return;
  const std::optional<Oid> head = ref("HEAD");
  if (!head) throw Error(ErrorCode::invalid, "HEAD names a branch without commits");
  const Oid wanted = read_commit(*head).tree;
  const std::optional<Oid> present = before ? std::optional(read_commit(*before).tree) : std::nullopt;
  // Also checks every name before any of them becomes a file.
  list_recursive(wanted, max_files);
  const std::vector<TreeChange> changes = compare(present, wanted);
  const Tree baseline = present ? open_tree(*state_, *present) : Tree();
  if (const std::set<std::string> paths = staged(*state_, baseline.get(), changes); !paths.empty())
    refuse(paths);

  std::set<std::string> removed;
  for (const TreeChange& change : changes) {
    if (!change.after) removed.insert(change.path);
  }
  std::vector<std::string> to_write;
  std::vector<TreeChange> there_already;
  std::set<std::string> conflicts;
  for (const TreeChange& change : changes) {
    if (leads_elsewhere(*work_tree(), change.path, removed)) {
      conflicts.insert(change.path);
    } else if (is_as_wanted(*state_, *work_tree(), change)) {
      there_already.push_back(change);
    } else {
      to_write.push_back(change.path);
    }
  }
  if (!conflicts.empty()) refuse(conflicts);
  // libgit2 takes an empty list for everything.
  if (!to_write.empty()) {
    check_out(*state_, baseline.get(), open_tree(*state_, wanted).get(), std::move(to_write));
  }
  Handle<git_index, git_index_free> index;
  check(git_repository_index(into(index), state_->get()), "cannot open the index");
  for (const TreeChange& change : there_already) put_into_index(index.get(), change);
  check(git_index_write(index.get()), "cannot write the index");
}

}  // namespace bw::git
