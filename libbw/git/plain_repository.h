#pragma once
// PlainRepository: what the plain files of a repository say about it, read without libgit2, whose loading
// takes longer than all else that a short command does (git/libgit2_functions.h): where it is, what a ref
// names, what a setting is. It knows only the plain case, a work tree of one's own with its `.git` folder
// and nothing unusual in its configuration; of anything else it says so, and libgit2 is asked.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "git/repository.h"

namespace bw::git {

template <class T>
struct PlainAnswer {
  bool known = false;      // otherwise libgit2 must be asked
  std::optional<T> value;  // nothing: it is known not to exist
};

class PlainRepository {
public:
  // The repository that holds `folder`, searching upwards as git does. Nothing where that is not plain, or
  // there is none.
  static std::optional<PlainRepository> discover(const std::filesystem::path& folder);

  const std::filesystem::path& git_folder() const { return git_folder_; }
  std::filesystem::path work_tree() const { return git_folder_.parent_path(); }

  // `name` is a safe ref name (git/remote_url.h).
  PlainAnswer<Oid> ref(std::string_view name) const;
  // The repository's own setting: "bw.world", "remote.origin.url".
  PlainAnswer<std::string> config(std::string_view key) const;

private:
  explicit PlainRepository(std::filesystem::path git_folder) : git_folder_(std::move(git_folder)) {}
  std::filesystem::path git_folder_;
};

}  // namespace bw::git
