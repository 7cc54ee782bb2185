#pragma once
// A Git repository through libgit2: objects, trees, signed commits, refs, configuration. Transport
// (fetch, push, clone) is the installed git's work: git/transport.h. A libgit2 failure is an
// Error(cannot) that carries libgit2's message; a missing ref is an empty optional. Nothing here
// trusts what it reads: an object that is missing, of another type, malformed, or whose bytes do not
// hash to its name is an Error(invalid) that names it. Writes are synced to disk before they return.
// A Repository is used by one thread at a time.

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace bw::git {

// A SHA-1 object name.
struct Oid {
  std::array<std::uint8_t, 20> bytes{};
  std::string hex() const;
  static std::optional<Oid> from_hex(std::string_view text);  // 40 digits
  friend auto operator<=>(const Oid&, const Oid&) = default;
};

enum class Mode : std::uint32_t {
  tree = 040000,
  file = 0100644,
  executable = 0100755,
  link = 0120000,
  submodule = 0160000
};

struct TreeEntry {
  std::string name;  // in list_recursive: the path from the root of the tree
  Mode mode = Mode::file;
  Oid oid;
};

// Sets (or, without a blob, removes) one path in a tree. Removing a folder removes all below it, and
// folders that become empty vanish; removing what is not there does nothing.
struct TreeEdit {
  std::string path;         // with '/'
  std::optional<Oid> blob;  // with Mode::tree, a whole folder
  Mode mode = Mode::file;
};

struct TreeChange {
  std::string path;
  std::optional<TreeEntry> before;
  std::optional<TreeEntry> after;
};

struct Person {
  std::string name;
  std::string email;
};

struct Commit {
  Oid oid;
  Oid tree;
  std::vector<Oid> parents;
  Person author;
  Person committer;
  Timestamp time;  // the committer's
  std::string message;
  std::string signature;     // the gpgsig header (an armoured SSHSIG), empty where unsigned
  std::string signed_bytes;  // the commit object without that header: what was signed
};

struct CommitDraft {
  Oid tree;
  std::vector<Oid> parents;
  Person author;  // also the committer
  Timestamp time;
  std::string message;
};

// Returns the armoured signature over the bytes of a commit object.
using CommitSigner = std::function<std::string(std::string_view commit_bytes)>;

class Repository {
public:
  // The repository that holds `folder` (searching upwards), or that is it. Nothing where there is none.
  static std::optional<Repository> discover(const std::filesystem::path& folder);
  // Exactly this repository (a work tree or a bare one). Error(invalid) where it is none.
  static Repository open(const std::filesystem::path& path);
  // A new repository whose HEAD names refs/heads/main.
  static Repository create(const std::filesystem::path& path, bool bare);

  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  // …/.git, or the bare repository; the one that all linked work trees share.
  std::filesystem::path git_folder() const;
  std::optional<std::filesystem::path> work_tree() const;  // nothing for a bare one

  // Objects. A blob larger than `max_bytes` is an Error(invalid).
  Oid write_blob(std::string_view content);
  std::string read_blob(const Oid& oid, std::size_t max_bytes) const;
  std::size_t blob_size(const Oid& oid) const;
  bool has_object(const Oid& oid) const;

  // Trees. Names are as the tree has them, control characters included; a tree with names such as
  // "..", ".git" or "a/b", with duplicates or out of order is an Error(invalid).
  Oid empty_tree();
  // All removals come first; then a path through or onto something of another kind is an
  // Error(invalid), and so is a blob that does not exist. Of two edits of one path the later counts.
  Oid edit_tree(const std::optional<Oid>& base, std::span<const TreeEdit> edits);
  std::vector<TreeEntry> list(const Oid& tree) const;
  // Every blob, link and submodule below, in bytewise order of the paths; Error(invalid) past
  // `max_entries` (folders count too) or 32 levels.
  std::vector<TreeEntry> list_recursive(const Oid& tree, std::size_t max_entries) const;
  // The entry at `path`, with the last part of the path as its name.
  std::optional<TreeEntry> find(const Oid& tree, std::string_view path) const;
  // The paths whose blobs, links or submodules differ, in bytewise order; subtrees that are equal are
  // not opened. Error(invalid) past `max_entries` opened entries or 32 levels.
  std::vector<TreeChange> compare(const std::optional<Oid>& before, const Oid& after,
                                  std::size_t max_entries = 1'000'000) const;

  // Commits. `commit` writes the object and moves no ref. A message gets its final line feed where it
  // lacks one; a name, email, time or message that git could not carry is an Error(invalid).
  Oid commit(const CommitDraft& draft, const CommitSigner& sign);
  // Refuses commits whose signature could be misread: two of them, unknown kinds, headers out of place.
  Commit read_commit(const Oid& oid) const;
  bool is_ancestor(const Oid& ancestor, const Oid& descendant) const;  // a commit is its own ancestor
  std::optional<Oid> merge_base(const Oid& a, const Oid& b) const;
  // Oldest first, following first parents only, from `until` (excluded; nothing: the root) to `head`.
  // Error(invalid) where `until` is not among them.
  std::vector<Oid> first_parent_history(const Oid& head, const std::optional<Oid>& until) const;
  // Every commit reachable from `head` and not from `hidden`, children before their parents.
  std::vector<Oid> reachable(const Oid& head, const std::vector<Oid>& hidden) const;
  std::size_t count_reachable(const Oid& head, const std::optional<Oid>& hidden) const;

  // Refs. `name` is a full ref name (Error(invalid) where it is not safe, git/remote_url.h); to read,
  // "HEAD" too. `expected`: the value that the ref must have now (nothing: it must not exist); returns
  // false where it has another. Compare and swap holds between processes. Refs with unsafe names are
  // not listed.
  std::optional<Oid> ref(std::string_view name) const;
  [[nodiscard]] bool update_ref(std::string_view name, const Oid& target, const std::optional<Oid>& expected,
                                std::string_view log_message);
  // Whatever the ref had before, and where it did not exist.
  void set_ref(std::string_view name, const Oid& target, std::string_view log_message);
  void remove_ref(std::string_view name);
  std::vector<std::pair<std::string, Oid>> refs(std::string_view prefix) const;  // sorted by name
  std::optional<std::string> head_branch() const;  // short name; nothing where detached

  // Local configuration (of this repository, without the user's and the system's).
  std::optional<std::string> config(std::string_view key) const;
  void set_config(std::string_view key, std::string_view value);
  void remove_config(std::string_view key);
  std::vector<std::string> remotes() const;
  std::optional<std::string> remote_url(std::string_view name) const;

  // Whether the work tree or index differs from HEAD at that file or folder, files that git does not
  // know included; or anywhere, for "", those files excluded.
  bool has_uncommitted_changes(std::string_view path) const;
  // Puts HEAD's tree into index and work tree where nothing uncommitted would be lost; Error(refused)
  // naming the files otherwise, and nothing is changed. `before` is the commit that was checked out
  // until now (HEAD's branch has moved since); nothing: none was.
  void checkout_head(const std::optional<Oid>& before);

  struct State;  // for the sources of this folder: git/libgit2.h

private:
  explicit Repository(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bw::git
