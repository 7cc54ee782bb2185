#include "world/moving_work_tree.h"

#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "world/plain_git.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_note_bytes = 1024;
fs::path note_of(const git::Repository& repository) {
  return repository.git_folder() / "bw" / "work-tree";
}
fs::path lock_of(const git::Repository& repository) {
  return repository.git_folder() / "bw" / "work-tree.lock";
}

std::string git_output(const git::Repository& repository, const std::vector<std::string>& arguments) {
  const Finished finished = run_plain_git(repository, arguments);
  if (finished.status == 0) return finished.output;
  throw Error(ErrorCode::cannot,
              "git cannot put the work tree in order: " + printable(finished.error_output, true),
              "see \"git status\"");
}

void copy_aside(const git::Repository& repository, const std::string& path) {
  const fs::path from = *repository.work_tree() / path;
  const fs::path to = repository.git_folder() / "bw" / "aside" / "work-tree" / path;
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(from, error))) return;
  fs::create_directories(to.parent_path(), error);
  if (!error) fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (error)
    throw Error(ErrorCode::cannot, fmt::format("cannot copy {}: {}", from.string(), error.message()));
}

// Files of the commit that was moved to, which HEAD does not have: git would take them for somebody's.
void remove_arrivals(const git::Repository& repository, const git::Oid& head) {
  const std::string note = read_file_if_exists(note_of(repository), max_note_bytes).value_or("");
  const std::string_view commits = std::string_view(note).substr(0, note.find('\n'));
  for (const std::string_view word : split(commits, ' ')) {
    const auto commit = git::Oid::from_hex(word);
    if (!commit || !repository.has_object(*commit)) continue;
    const auto tree = repository.read_commit(*commit).tree;
    for (const git::TreeChange& change : repository.compare(repository.read_commit(head).tree, tree)) {
      if (change.before) continue;  // HEAD has it
      copy_aside(repository, change.path);
      std::error_code gone;
      fs::remove(*repository.work_tree() / change.path, gone);
    }
  }
}

}  // namespace

MovingWorkTree::MovingWorkTree(const git::Repository& repository, const git::Oid& before,
                               const git::Oid& after)
    : note_(note_of(repository)), lock_(lock_of(repository)) {
  write_file(note_, fmt::format("{} {}\n", before.hex(), after.hex()));
}

MovingWorkTree::~MovingWorkTree() {
  if (stays_) return;
  std::error_code ignored;  // the doctor finds a work tree as it should be
  fs::remove(note_, ignored);
}

bool is_work_tree_between(const git::Repository& repository) {
  std::error_code gone;
  if (!fs::exists(note_of(repository), gone)) return false;
  try {
    const FileLock lock(lock_of(repository), no_patience);
    return fs::exists(note_of(repository), gone);
  } catch (const Error&) {
    return false;  // it is being moved
  }
}

void settle_work_tree(git::Repository& repository) {
  const FileLock lock(lock_of(repository));
  const auto head = repository.ref("HEAD");
  if (!head) throw Error(ErrorCode::invalid, "HEAD names a branch without commits");
  const std::string differing = git_output(repository, {"diff", "--name-only", "--no-renames", "-z", "HEAD"});
  for (const std::string_view path : split(differing, '\0')) {
    if (!path.empty()) copy_aside(repository, std::string(path));
  }
  git_output(repository, {"reset", "--hard", "--quiet", "HEAD"});  // ends a merge, too
  remove_arrivals(repository, *head);
  std::error_code error;
  fs::remove(note_of(repository), error);
  if (error)
    throw Error(ErrorCode::cannot, "cannot remove " + note_of(repository).string() + ": " + error.message());
}

}  // namespace bw
