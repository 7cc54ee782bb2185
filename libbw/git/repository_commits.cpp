#include <algorithm>

#include "git/commit_object.h"
#include "git/libgit2.h"
#include "git/repository.h"

namespace bw::git {
namespace {

constexpr std::size_t max_commit_bytes = 4u << 20;

using RevisionWalk = Handle<git_revwalk, git_revwalk_free>;

// libgit2 says only "object not found" where a walk meets a hole.
[[noreturn]] void fail_walk(const Oid& head) {
  throw Error(ErrorCode::invalid,
              "the history of commit " + head.hex() + " cannot be followed: " + last_message(),
              "run `git fsck`; of a shallow clone fetch the rest with `git fetch --unshallow`");
}

RevisionWalk start_walk(const Repository::State& state, const Oid& head, const std::vector<Oid>& hidden) {
  RevisionWalk walk;
  check(git_revwalk_new(into(walk), state.get()), "cannot walk the history");
  git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL);
  const git_oid start = to_git(head);
  if (git_revwalk_push(walk.get(), &start) < 0) fail_walk(head);
  for (const Oid& oid : hidden) {
    const git_oid name = to_git(oid);
    if (git_revwalk_hide(walk.get(), &name) < 0) fail_walk(oid);
  }
  return walk;
}

template <class See>
void walk_all(const Repository::State& state, const Oid& head, const std::vector<Oid>& hidden,
              const See& see) {
  const RevisionWalk walk = start_walk(state, head, hidden);
  git_oid oid;
  int result = 0;
  while ((result = git_revwalk_next(&oid, walk.get())) == 0) see(oid);
  if (result != GIT_ITEROVER) fail_walk(head);
}

}  // namespace

Oid Repository::commit(const CommitDraft& draft, const CommitSigner& sign) {
  object_size(*state_, draft.tree, GIT_OBJECT_TREE);
  for (const Oid& parent : draft.parents) object_size(*state_, parent, GIT_OBJECT_COMMIT);
  const std::string unsigned_bytes = commit_bytes(draft);
  const std::string bytes = sign ? with_signature(unsigned_bytes, sign(unsigned_bytes)) : unsigned_bytes;
  // Whatever the signer returned, nothing is written that would not be read back as meant.
  const Result<Commit> written = parse_commit(bytes);
  if (!written || written->signed_bytes != unsigned_bytes) {
    throw Error(ErrorCode::invalid, "a signature could not be put into a commit: " +
                                        (written ? "it breaks out of its header" : written.reason()));
  }
  return write_object(*state_, GIT_OBJECT_COMMIT, bytes);
}

Commit Repository::read_commit(const Oid& oid) const {
  const Object object = read_object(*state_, oid, GIT_OBJECT_COMMIT, max_commit_bytes);
  Result<Commit> parsed = parse_commit(object.bytes());
  if (!parsed) throw Error(ErrorCode::invalid, "commit " + oid.hex() + " is malformed: " + parsed.reason());
  Commit commit = *std::move(parsed);
  commit.oid = oid;
  return commit;
}

bool Repository::is_ancestor(const Oid& ancestor, const Oid& descendant) const {
  if (ancestor == descendant) return true;
  const git_oid below = to_git(descendant);
  const git_oid above = to_git(ancestor);
  const int result = git_graph_descendant_of(state_->get(), &below, &above);
  if (result < 0) fail_walk(descendant);
  return result == 1;
}

std::optional<Oid> Repository::merge_base(const Oid& a, const Oid& b) const {
  for (const Oid& oid : {a, b}) object_size(*state_, oid, GIT_OBJECT_COMMIT);
  const git_oid first = to_git(a);
  const git_oid second = to_git(b);
  git_oid base;
  const int result = git_merge_base(&base, state_->get(), &first, &second);
  if (result == GIT_ENOTFOUND) return std::nullopt;
  if (result < 0) fail_walk(a);
  return from_git(base);
}

std::vector<Oid> Repository::first_parent_history(const Oid& head, const std::optional<Oid>& until) const {
  std::vector<Oid> history;
  std::optional<Oid> at = head;
  while (at && at != until) {
    history.push_back(*at);
    const Commit commit = read_commit(*at);
    at = commit.parents.empty() ? std::nullopt : std::optional(commit.parents.front());
  }
  if (at != until) {
    throw Error(ErrorCode::invalid,
                "commit " + until->hex() + " is not among the first parents of " + head.hex());
  }
  std::reverse(history.begin(), history.end());
  return history;
}

std::vector<Oid> Repository::reachable(const Oid& head, const std::vector<Oid>& hidden) const {
  std::vector<Oid> result;
  walk_all(*state_, head, hidden, [&](const git_oid& oid) { result.push_back(from_git(oid)); });
  return result;
}

std::size_t Repository::count_reachable(const Oid& head, const std::optional<Oid>& hidden) const {
  std::size_t count = 0;
  walk_all(*state_, head, hidden ? std::vector{*hidden} : std::vector<Oid>{},
           [&](const git_oid&) { ++count; });
  return count;
}

}  // namespace bw::git
