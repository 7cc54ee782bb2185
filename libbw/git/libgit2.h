#pragma once
// libgit2 behind one door, for the sources of this folder only: its one-time settings, owned handles,
// its error codes as bw::Error, and objects whose bytes were checked against their name.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/error.h"
#include "git/libgit2_functions.h"
#include "git/plain_repository.h"
#include "git/repository.h"

namespace bw::git {

// Starts libgit2 on first use, with the settings that every repository of ours relies on.
void ensure_libgit2();

// The owner of anything that libgit2 hands out.
template <const auto& Free>
struct FreedBy {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
template <class T, const auto& Free>
using Handle = std::unique_ptr<T, FreedBy<Free>>;

// For libgit2's out-parameters: `git_odb_read(into(object), …)`.
template <class T, const auto& Free>
class Into {
public:
  explicit Into(Handle<T, Free>& handle) : handle_(handle) {}
  ~Into() { handle_.reset(thing_); }
  Into(const Into&) = delete;
  Into& operator=(const Into&) = delete;
  operator T**() { return &thing_; }  // NOLINT(google-explicit-constructor): that is its use

private:
  Handle<T, Free>& handle_;
  T* thing_ = nullptr;
};
template <class T, const auto& Free>
Into<T, Free> into(std::unique_ptr<T, FreedBy<Free>>& handle) {
  return Into<T, Free>(handle);
}

// What libgit2 said about the failure of the last call on this thread.
std::string last_message();

// Throws Error(cannot) with `what` and libgit2's message where `result` is an error code.
void check(int result, const std::string& what);

// Calls again while another process holds a lock file, for some seconds.
template <class Call>
int retry_while_locked(Call call) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::chrono::milliseconds pause{1};
  while (true) {
    const int result = call();
    if (result != GIT_ELOCKED || std::chrono::steady_clock::now() >= limit) return result;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{50});
  }
}

git_oid to_git(const Oid& oid);
Oid from_git(const git_oid& oid);

// What a Repository is made of: known from its plain files where that is possible, and opened by libgit2 when
// more is wanted.
struct Repository::State {
  explicit State(PlainRepository found) : plain(std::move(found)) {}
  explicit State(Handle<git_repository, git_repository_free> opened) : repository_(std::move(opened)) {
    open_objects();
  }

  git_repository* get() const;
  git_odb* objects() const {
    get();
    return objects_.get();
  }

  const std::optional<PlainRepository> plain = {};

private:
  void open_objects() const;

  mutable Handle<git_repository, git_repository_free> repository_;
  mutable Handle<git_odb, git_odb_free> objects_;
};

// The bytes of an object.
class Object {
public:
  explicit Object(Handle<git_odb_object, git_odb_object_free> handle) : handle_(std::move(handle)) {}
  std::string_view bytes() const {
    return {static_cast<const char*>(git_odb_object_data(handle_.get())), git_odb_object_size(handle_.get())};
  }

private:
  Handle<git_odb_object, git_odb_object_free> handle_;
};

// Error(invalid) naming the object where it is missing, of another type, larger than `max_bytes`, or
// where its bytes do not hash to its name.
Object read_object(const Repository::State& state, const Oid& oid, git_object_t type, std::size_t max_bytes);
std::size_t object_size(const Repository::State& state, const Oid& oid, git_object_t type);
Oid write_object(const Repository::State& state, git_object_t type, std::string_view bytes);

std::vector<TreeEntry> read_tree(const Repository::State& state, const Oid& oid);

}  // namespace bw::git
