#include "git/libgit2.h"

#include <algorithm>

#include "git/loose_objects.h"
#include "git/tree_object.h"

namespace bw::git {
namespace {

constexpr std::size_t max_tree_bytes = 64u << 20;

bool start_libgit2() {
  if (git_libgit2_init() < 0) throw Error(ErrorCode::cannot, "cannot start libgit2: " + last_message());
  // What was acknowledged must survive a crash: objects and refs are synced to disk.
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
  // On by default; said here because what we promise about corrupt objects stands on it.
  git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
  git_libgit2_opts(GIT_OPT_SET_ODB_PACKED_PRIORITY, pack_priority);
  // Memory must not grow with the history.
  git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, static_cast<ssize_t>(16) << 20);
  return true;
}

// Why an object cannot be had. A failure of the operating system says nothing about the object; any
// other means that its stored bytes are not what they should be.
Error object_error(const Repository::State& state, const Oid& oid, int result) {
  if (result == GIT_ENOTFOUND) {
    const bool shallow = git_repository_is_shallow(state.get()) == 1;
    return {
        ErrorCode::invalid, "object " + oid.hex() + " is missing",
        shallow ? "this clone is shallow: run `git fetch --unshallow`" : "fetch it again, or run `git fsck`"};
  }
  const git_error* error = git_error_last();
  if (error != nullptr && error->klass == GIT_ERROR_OS) {
    return {ErrorCode::cannot, "cannot read object " + oid.hex() + ": " + last_message()};
  }
  return {ErrorCode::invalid, "object " + oid.hex() + " is corrupt: " + last_message(),
          "run `git fsck`; a fresh clone holds a good copy"};
}

}  // namespace

void ensure_libgit2() {
  [[maybe_unused]] static const bool started = start_libgit2();
}

std::string last_message() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "no reason given";
}

void check(int result, const std::string& what) {
  if (result >= 0) return;
  throw Error(ErrorCode::cannot, what + ": " + last_message(),
              result == GIT_ELOCKED
                  ? "another process holds the lock; where none runs, \"bw doctor\" removes it"
                  : "");
}

git_oid to_git(const Oid& oid) {
  git_oid result;
  std::copy(oid.bytes.begin(), oid.bytes.end(), std::begin(result.id));
  return result;
}

Oid from_git(const git_oid& oid) {
  Oid result;
  std::copy(std::begin(oid.id), std::end(oid.id), result.bytes.begin());
  return result;
}

std::size_t object_size(const Repository::State& state, const Oid& oid, git_object_t type) {
  const git_oid name = to_git(oid);
  std::size_t size = 0;
  git_object_t found = GIT_OBJECT_INVALID;
  const int result = git_odb_read_header(&size, &found, state.objects(), &name);
  if (result < 0) throw object_error(state, oid, result);
  if (found != type) {
    throw Error(ErrorCode::invalid, "object " + oid.hex() + " is a " + git_object_type2string(found) +
                                        " where a " + git_object_type2string(type) + " should be");
  }
  return size;
}

Object read_object(const Repository::State& state, const Oid& oid, git_object_t type, std::size_t max_bytes) {
  // First only the header, so that an enormous object is never unpacked.
  if (object_size(state, oid, type) > max_bytes) {
    throw Error(ErrorCode::invalid,
                "object " + oid.hex() + " is larger than " + std::to_string(max_bytes) + " bytes");
  }
  const git_oid name = to_git(oid);
  Handle<git_odb_object, git_odb_object_free> handle;
  const int result = git_odb_read(into(handle), state.objects(), &name);
  if (result < 0) throw object_error(state, oid, result);
  Object object(std::move(handle));
  if (object.bytes().size() > max_bytes) {
    throw Error(ErrorCode::invalid, "object " + oid.hex() + " is corrupt: it is larger than it says");
  }
  return object;
}

Oid write_object(const Repository::State& state, git_object_t type, std::string_view bytes) {
  git_oid oid;
  check(git_odb_write(&oid, state.objects(), bytes.data(), bytes.size(), type),
        "cannot write to the repository");
  return from_git(oid);
}

std::vector<TreeEntry> read_tree(const Repository::State& state, const Oid& oid) {
  const Object object = read_object(state, oid, GIT_OBJECT_TREE, max_tree_bytes);
  Result<std::vector<TreeEntry>> entries = parse_tree(object.bytes());
  if (!entries) throw Error(ErrorCode::invalid, "tree " + oid.hex() + ": " + entries.reason());
  return *std::move(entries);
}

}  // namespace bw::git
