#include "world/merge_definition.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "stream/commit_author.h"
#include "world/adopt.h"
#include "world/moving_work_tree.h"
#include "world/plain_git.h"

// One `git merge --no-commit` in the work tree does everything that is not ours: other files, renames,
// criss-cross histories. Our driver is switched off in that run (it is the program `bw`, which may not be
// installed where the library is used), so that git leaves each definition file that both sides changed
// as three stages in the index; those are merged here, in process. Whatever cannot be decided then stands
// exactly as git leaves it, and `git status`, `git commit` and `git merge --abort` go on from there.
// (`git merge-tree` would not touch the work tree, but its conflicts would have to be written there by a
// second mechanism.)

namespace bw {
namespace {

constexpr std::size_t max_file_bytes = 16u << 20;

void require_clean_main(const World& world) {
  const auto& repository = world.repository;
  if (!repository.work_tree())
    throw Error(ErrorCode::refused, "a bare repository has no work tree to merge in");
  if (is_work_tree_between(repository)) {
    throw Error(ErrorCode::refused,
                "an earlier merge or pull was interrupted while it changed the files here",
                "put them in order with \"bw doctor\"");
  }
  if (find_commit(repository, "MERGE_HEAD")) {
    throw Error(ErrorCode::refused, "a merge is going on here already",
                "end it with \"git commit -S\", or give it up with \"git merge --abort\"");
  }
  if (repository.head_branch() != "main") {
    throw Error(ErrorCode::refused, "the branch that is checked out is not main",
                "go there with: git switch main");
  }
  if (repository.has_uncommitted_changes("")) {
    throw Error(ErrorCode::refused, "files have changes that are not committed",
                "commit them, or set them aside with \"git stash\"");
  }
}

void require_valid(const LoadedDefinition& loaded, const std::string& label) {
  if (loaded.valid()) return;
  const auto first = std::find_if(loaded.problems.begin(), loaded.problems.end(),
                                  [](const Problem& problem) { return problem.severity == Severity::error; });
  throw Error(ErrorCode::invalid,
              fmt::format("with {} the definition would not be valid: {}:{}:{}: {}", printable(label),
                          first->file, first->line, first->column, first->message),
              "nothing was changed; merge by hand with \"git merge --no-commit\", mend it and commit");
}

std::string message_of(const std::string& label, const std::vector<Change>& changes) {
  std::string message = fmt::format("Merge {}\n", printable(label));
  if (!changes.empty()) message += "\n";
  for (const Change& change : changes) message += printable(change.sentence) + "\n";
  return message;
}

// A path that git left unmerged, and the blobs of its stages: 1 base, 2 ours, 3 theirs.
using Unmerged = std::map<std::string, std::map<int, git::Oid>>;

Unmerged unmerged_paths(const git::Repository& repository) {
  const Finished finished = run_plain_git(repository, {"ls-files", "--unmerged", "-z"});
  if (finished.status != 0)
    throw Error(ErrorCode::cannot, "cannot read the index: " + printable(finished.error_output));
  Unmerged result;
  for (const std::string_view record : split(finished.output, '\0')) {  // "<mode> <oid> <stage>\t<path>"
    const std::size_t tab = record.find('\t');
    if (tab == std::string_view::npos || tab < 10) continue;
    const auto fields = split(record.substr(0, tab), ' ');
    const auto oid = fields.size() == 3 ? git::Oid::from_hex(fields[1]) : std::nullopt;
    if (oid) result[std::string(record.substr(tab + 1))][fields[2].front() - '0'] = *oid;
  }
  return result;
}

bool is_definition_yaml(std::string_view path) {
  constexpr std::string_view tools = "tools/";
  if (path == definition_file) return true;
  return path.starts_with(tools) && path.ends_with(".yaml") && path.find('/', tools.size()) == path.npos;
}

// Merges one file that both sides changed by meaning, into the work tree. Returns whether it is settled.
bool settle(const git::Repository& repository, const std::string& path, const std::map<int, git::Oid>& stages,
            const MergeLabels& labels, std::vector<MergeConflict>& conflicts) {
  const auto text = [&](int stage) {
    const auto found = stages.find(stage);
    return found == stages.end() ? std::string() : repository.read_blob(found->second, max_file_bytes);
  };
  if (!is_definition_yaml(path) || !stages.contains(2) || !stages.contains(3)) {
    const char* what = !stages.contains(3)   ? "changed here, removed there"
                       : !stages.contains(2) ? "removed here, changed there"
                                             : "changed on both sides";
    conflicts.push_back({path, fmt::format("file {}: {}", printable(path), what), 1});
    return false;
  }
  MergedYaml merged = merge_yaml(text(1), text(2), text(3), labels);
  const bool settled = merged.conflicts.empty();
  const std::string place = path == definition_file ? "" : path + ": ";
  for (MergeConflict& conflict : merged.conflicts) {
    conflict.sentence = place + conflict.sentence;
    conflicts.push_back(std::move(conflict));
  }
  write_file(*repository.work_tree() / path, merged.text);
  return settled;
}

// What git's merge writes lies in a folder of its own at first: with the files that are merged by meaning the
// tree that it proposes is not the one that is committed, and would stay behind with nothing that names it.
class ProposedObjects {
public:
  explicit ProposedObjects(const git::Repository& repository)
      : repository_(repository), folder_(repository.git_folder() / "bw" / "proposed-objects") {
    const Finished finished =
        run_plain_git(repository, {"rev-parse", "--path-format=absolute", "--git-path", "objects"});
    if (finished.status != 0)
      throw Error(ErrorCode::cannot,
                  "git does not say where its objects are: " + printable(finished.error_output));
    objects_ = finished.output.substr(0, finished.output.find('\n'));
    remove();  // of a merge that was killed
    write_file(folder_ / "info" / "alternates", objects_.string() + "\n", 0600);
  }
  ~ProposedObjects() { remove(); }
  ProposedObjects(const ProposedObjects&) = delete;
  ProposedObjects& operator=(const ProposedObjects&) = delete;

  std::map<std::string, std::string> environment() const {
    return {{"GIT_OBJECT_DIRECTORY", folder_.string()}};
  }
  void take_what_the_index_names() {
    const Finished staged = run_plain_git(repository_, {"ls-files", "--stage", "-z"}, {}, environment());
    if (staged.status != 0)
      throw Error(ErrorCode::cannot, "git cannot read its index: " + printable(staged.error_output));
    // "<mode> <oid> <stage>\t<path>"
    std::set<std::string, std::less<>> named;
    for (const std::string_view record : split(staged.output, '\0')) {
      const auto fields = split(record.substr(0, std::min(record.find('\t'), record.size())), ' ');
      if (fields.size() == 3) named.emplace(fields[1]);
    }
    take([&](const std::string& oid) { return named.contains(oid); });
  }
  void take_all() {
    take([](const std::string&) { return true; });
  }

private:
  template <class Wanted>
  void take(const Wanted& wanted) {
    std::vector<std::filesystem::path> files;
    for (const auto& each : std::filesystem::recursive_directory_iterator(folder_)) {
      const std::string oid = each.path().parent_path().filename().string() + each.path().filename().string();
      if (each.is_regular_file() && git::Oid::from_hex(oid) && wanted(oid)) files.push_back(each.path());
    }
    for (const std::filesystem::path& file : files) {
      const auto place = objects_ / file.parent_path().filename() / file.filename();
      std::error_code failure;
      std::filesystem::create_directories(place.parent_path(), failure);
      if (!failure) std::filesystem::rename(file, place, failure);
      if (failure)
        throw Error(ErrorCode::cannot, "cannot write " + place.string() + ": " + failure.message());
    }
  }
  void remove() const {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  const git::Repository& repository_;
  std::filesystem::path folder_;
  std::filesystem::path objects_;
};

// A merge in the work tree, given up unless it is kept.
class WorkTreeMerge {
public:
  WorkTreeMerge(World& world, const Did& me, const git::Oid& theirs, const std::string& label)
      : repository_(world.repository), me_(me), objects_(world.repository) {
    moving_.emplace(repository_, *repository_.ref(main_ref), theirs);
    const Finished finished = run_plain_git(
        repository_,
        {"-c", "merge.betterworld.driver=false",  // a conflict in every file that both sides changed
         "-c", "merge.betterworld.recursive=binary", "-c", "rerere.enabled=false", "-c",
         "submodule.recurse=false", "merge", "--no-ff", "--no-commit", "--no-verify-signatures",
         "--no-autostash", "--no-stat", "--no-rerere-autoupdate", "-m",
         fmt::format("Merge {}", printable(label)), theirs.hex()},
        me_, objects_.environment());
    began_ = true;
    if (finished.status <= 1 && find_commit(repository_, "MERGE_HEAD")) {
      try {
        objects_.take_what_the_index_names();
      } catch (...) {
        give_up();
        throw;
      }
      return;
    }
    give_up();
    const bool in_the_way = finished.error_output.find("would be overwritten") != std::string::npos;
    throw Error(in_the_way ? ErrorCode::refused : ErrorCode::cannot,
                "git cannot merge here: " + printable(finished.error_output, true), "nothing was changed");
  }
  ~WorkTreeMerge() { give_up(); }
  WorkTreeMerge(const WorkTreeMerge&) = delete;
  WorkTreeMerge& operator=(const WorkTreeMerge&) = delete;

  void stage(const std::string& path) {
    const Finished finished =
        run_plain_git(repository_, {"--literal-pathspecs", "add", "--force", "--", path}, me_);
    if (finished.status != 0) {
      throw Error(ErrorCode::cannot,
                  "git cannot stage " + printable(path) + ": " + printable(finished.error_output));
    }
  }

  git::Oid tree() const {
    const Finished finished = run_plain_git(repository_, {"write-tree"}, me_);
    const auto oid =
        git::Oid::from_hex(std::string_view(finished.output).substr(0, finished.output.find('\n')));
    if (finished.status == 0 && oid) return *oid;
    throw Error(ErrorCode::cannot, "git cannot write the merged tree: " + printable(finished.error_output));
  }

  // Leaves files, index and MERGE_HEAD to their user.
  void leave() {
    objects_.take_all();
    began_ = false;
    moving_.reset();
  }
  // The merge commit exists: only git's notes about the merge go.
  void conclude() {
    began_ = false;
    for (int attempt = 0; attempt < 2 && is_noted(); ++attempt)
      run_plain_git(repository_, {"merge", "--quit"}, me_);
    if (is_noted()) moving_->leave_between();
  }

private:
  // Everything was clean before. A git that failed in the middle, as on a full disk, may have left files and
  // index as they were to be without saying that it merges.
  void give_up() {
    if (!began_) return;
    began_ = false;
    if (is_touched()) run_plain_git(repository_, {"merge", "--abort"}, me_);
    if (is_touched()) run_plain_git(repository_, {"reset", "--merge"}, me_);
    if (is_touched() && moving_) moving_->leave_between();
  }

  bool is_noted() const { return std::filesystem::exists(repository_.git_folder() / "MERGE_HEAD"); }
  bool is_touched() const {
    return is_noted() || run_plain_git(repository_, {"diff-index", "--quiet", "HEAD", "--"}).status != 0;
  }

  const git::Repository& repository_;
  Did me_;
  ProposedObjects objects_;
  std::optional<MovingWorkTree> moving_;
  bool began_ = false;
};

void fast_forward(World& world, const git::Oid& ours, const git::Oid& theirs) {
  MovingWorkTree moving(world.repository, ours, theirs);
  if (!world.repository.update_ref(main_ref, theirs, ours, "bw: merge")) {
    throw Error(ErrorCode::cannot, "main was moved by another program", "try again");
  }
  try {
    world.repository.checkout_head(ours);
  } catch (const Error& error) {
    // Where something else moved it meanwhile, that stays.
    static_cast<void>(world.repository.update_ref(main_ref, ours, theirs, "bw: merge given up"));
    // What is refused was not begun.
    if (error.code() != ErrorCode::refused) moving.leave_between();
    throw;
  }
}

}  // namespace

MergedDefinition merge_definition(const Environment& environment, World& world, const Signer& signer,
                                  const git::Oid& theirs, const std::string& label) {
  require_clean_main(world);
  const auto head = world.repository.ref(main_ref);
  if (!head) throw Error(ErrorCode::invalid, "there is no branch \"main\" to merge into");
  const git::Oid ours = *head;
  MergedDefinition result;
  if (world.repository.is_ancestor(theirs, ours)) return result;
  if (!world.repository.merge_base(ours, theirs)) {
    throw Error(ErrorCode::invalid, printable(label) + " shares no history with main",
                "only worlds that were forked from each other, or from the same one, can be merged");
  }
  result.signers = signers_of_main(world.repository, theirs, ours);
  const LoadedDefinition before = definition_at(world.repository, ours);

  if (world.repository.is_ancestor(ours, theirs)) {
    const LoadedDefinition after = definition_at(world.repository, theirs);
    require_valid(after, label);
    fast_forward(world, ours, theirs);
    result.outcome = MergedDefinition::Outcome::fast_forward;
    result.changes = difference(before.files, after.files);
    return result;
  }

  WorkTreeMerge merge(world, signer.did(), theirs, label);
  for (const auto& [path, stages] : unmerged_paths(world.repository)) {
    if (settle(world.repository, path, stages, {"main", label}, result.conflicts)) merge.stage(path);
  }
  if (!result.conflicts.empty()) {
    merge.leave();
    result.outcome = MergedDefinition::Outcome::conflicts;
    return result;
  }
  git::CommitDraft draft{.tree = merge.tree(),
                         .parents = {ours, theirs},
                         .author = appender(signer.did()),
                         .time = environment.now(),
                         .message = {}};
  // Read from what will be committed, not from the work tree, where files may lie that git does not know.
  const LoadedDefinition after = definition_in_tree(world.repository, draft.tree);
  require_valid(after, label);
  result.changes = difference(before.files, after.files);
  draft.message = message_of(label, result.changes);
  const git::Oid commit = world.repository.commit(draft, commit_signer_with(signer));
  if (!world.repository.update_ref(main_ref, commit, ours, "bw: merge")) {
    throw Error(ErrorCode::cannot, "main was moved by another program", "try again");
  }
  merge.conclude();
  result.outcome = MergedDefinition::Outcome::merged;
  return result;
}

MergedYaml run_merge_driver(const std::filesystem::path& base, const std::filesystem::path& ours,
                            const std::filesystem::path& theirs) {
  MergedYaml merged = merge_yaml(read_file(base, max_file_bytes), read_file(ours, max_file_bytes),
                                 read_file(theirs, max_file_bytes));
  write_file(ours, merged.text);
  return merged;
}

}  // namespace bw
