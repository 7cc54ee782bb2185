#include "git/repository.h"

#include "base/bytes.h"
#include "git/libgit2.h"
#include "git/loose_objects.h"

namespace bw::git {
namespace {

namespace fs = std::filesystem;

// Whether there is a repository at `path`, or above it where `upwards`, whoever owns it.
bool lies_there(const fs::path& path, bool upwards) {
  git_buf found = GIT_BUF_INIT;
  const bool any = git_repository_discover(&found, path.c_str(), 1, nullptr) == 0;
  const fs::path folder = any ? fs::path(found.ptr) : fs::path();
  git_buf_dispose(&found);
  std::error_code ignored;
  return any &&
         (upwards || fs::equivalent(folder, path, ignored) || fs::equivalent(folder, path / ".git", ignored));
}

Error open_error(const fs::path& path, int result, bool upwards) {
  // libgit2 1.5 says "not found" too where the owner is another and no safe.directory is configured.
  if (result == GIT_EOWNER || (result == GIT_ENOTFOUND && lies_there(path, upwards))) {
    return {ErrorCode::refused, path.string() + " belongs to another user, so git does not trust it",
            "if you trust it: git config --global --add safe.directory '" + path.string() + "'"};
  }
  if (result == GIT_ENOTFOUND) {
    return {ErrorCode::invalid, path.string() + " is not a Git repository"};
  }
  const std::string reason = last_message();
  const bool extension = reason.find("extension") != std::string::npos;
  return {
      ErrorCode::cannot, "cannot open the Git repository " + path.string() + ": " + reason,
      extension ? "partial clones and SHA-256 repositories are not supported: make a plain `git clone`" : ""};
}

// Nothing where there is none, searching upwards.
Handle<git_repository, git_repository_free> open_upwards(const fs::path& folder) {
  ensure_libgit2();
  Handle<git_repository, git_repository_free> repository;
  const int result =
      git_repository_open_ext(into(repository), folder.c_str(), GIT_REPOSITORY_OPEN_CROSS_FS, nullptr);
  if (result == GIT_ENOTFOUND && !lies_there(folder, true)) return repository;
  if (result < 0) throw open_error(folder, result, true);
  return repository;
}

}  // namespace

git_repository* Repository::State::get() const {
  if (!repository_) {
    repository_ = open_upwards(plain->work_tree());
    if (!repository_) {
      throw Error(ErrorCode::cannot, "the Git repository " + plain->git_folder().string() + " has gone away");
    }
    open_objects();
  }
  return repository_.get();
}

void Repository::State::open_objects() const {
  check(git_repository_odb(into(objects_), repository_.get()), "cannot open the object database");
  const fs::path objects = fs::path(git_repository_commondir(repository_.get())) / "objects";
  check(git_odb_add_backend(objects_.get(), make_loose_objects(objects), loose_priority),
        "cannot open the object database");
  // A commit-graph file is a cache that nothing verifies; history is what the commits say.
  check(git_odb_set_commit_graph(objects_.get(), nullptr), "cannot open the object database");
}

std::string Oid::hex() const {
  return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<Oid> Oid::from_hex(std::string_view text) {
  const std::optional<std::string> decoded = bw::from_hex(text);
  Oid oid;
  if (!decoded || decoded->size() != oid.bytes.size()) return std::nullopt;
  std::copy(decoded->begin(), decoded->end(), oid.bytes.begin());
  return oid;
}

Repository::Repository(std::unique_ptr<State> state) : state_(std::move(state)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

std::optional<Repository> Repository::discover(const fs::path& folder) {
  if (auto plain = PlainRepository::discover(folder)) {
    return Repository(std::make_unique<State>(*std::move(plain)));
  }
  auto repository = open_upwards(folder);
  if (!repository) return std::nullopt;
  return Repository(std::make_unique<State>(std::move(repository)));
}

Repository Repository::open(const fs::path& path) {
  ensure_libgit2();
  Handle<git_repository, git_repository_free> repository;
  const int result =
      git_repository_open_ext(into(repository), path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (result < 0) throw open_error(path, result, false);
  return Repository(std::make_unique<State>(std::move(repository)));
}

Repository Repository::create(const fs::path& path, bool bare) {
  ensure_libgit2();
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT |
                  (bare ? static_cast<unsigned>(GIT_REPOSITORY_INIT_BARE) : 0u);
  options.initial_head = "main";
  Handle<git_repository, git_repository_free> repository;
  const int result = git_repository_init_ext(into(repository), path.c_str(), &options);
  if (result == GIT_EEXISTS) {
    throw Error(ErrorCode::refused, path.string() + " is a Git repository already");
  }
  check(result, "cannot create a Git repository at " + path.string());
  return Repository(std::make_unique<State>(std::move(repository)));
}

fs::path Repository::git_folder() const {
  if (state_->plain) return state_->plain->git_folder();
  // libgit2 ends the paths of folders in a slash.
  return fs::path(git_repository_commondir(state_->get())).parent_path();
}

std::optional<fs::path> Repository::work_tree() const {
  if (state_->plain) return state_->plain->work_tree();
  const char* path = git_repository_workdir(state_->get());
  if (path == nullptr) return std::nullopt;
  return fs::path(path).parent_path();
}

Oid Repository::write_blob(std::string_view content) {
  return write_object(*state_, GIT_OBJECT_BLOB, content);
}

std::string Repository::read_blob(const Oid& oid, std::size_t max_bytes) const {
  return std::string(read_object(*state_, oid, GIT_OBJECT_BLOB, max_bytes).bytes());
}

std::size_t Repository::blob_size(const Oid& oid) const {
  return object_size(*state_, oid, GIT_OBJECT_BLOB);
}

bool Repository::has_object(const Oid& oid) const {
  const git_oid name = to_git(oid);
  return git_odb_exists(state_->objects(), &name) == 1;
}

}  // namespace bw::git
