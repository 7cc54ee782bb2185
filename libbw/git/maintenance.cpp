#include "git/maintenance.h"

#include <array>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/detached.h"
#include "base/error.h"
#include "base/text.h"
#include "git/git_command.h"
#include "git/libgit2.h"

namespace bw::git {
namespace {

namespace fs = std::filesystem;

// 25 single appends or so: about half a megabyte.
constexpr std::size_t worth_packing = 256;
constexpr std::size_t sampled_folders = 16;  // of 256; names of objects are uniform
constexpr std::chrono::seconds patience_for_all{24 * 3600};

// What users may have set otherwise and what decides here what is dropped, and when.
const std::vector<std::string> settings_for_packing = {
    "gc.pruneExpire=2.weeks.ago", "gc.reflogExpire=90.days.ago", "gc.reflogExpireUnreachable=90.days.ago",
    "gc.packRefs=true",           "gc.autoDetach=false",         "repack.writeBitmaps=false",
    "core.fsync=committed"};

bool is_object_folder(const std::string& name) {
  return name.size() == 2 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::size_t files_in(const fs::path& folder) {
  std::error_code none;
  std::size_t count = 0;
  for (auto entry = fs::directory_iterator(folder, none); !none && entry != fs::directory_iterator();
       entry.increment(none))
    ++count;
  return count;
}

std::uint64_t allocated(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_blocks) * 512 : 0;
}

// As the repository, the user and the system say, in the order in which git lets them overrule each other;
// not as we say to every git that we run.
bool is_switched_off(const Repository& repository) {
  const Finished finished = run_git(
      &repository, {},
      {"config", "--includes", "--show-scope", "--get-regexp", "^(gc\\.auto|maintenance\\.auto)$"}, {});
  bool automatic = true;
  bool maintained = true;
  for (const std::string_view line : split(finished.output, '\n')) {  // "<scope>\t<key> <value>"
    if (line.empty() || line.starts_with("command\t")) continue;
    const std::string_view value = line.substr(line.find(' ') + 1);
    if (line.find("\tgc.auto ") != std::string_view::npos)
      automatic = value != "0";
    else
      maintained = value != "false" && value != "no" && value != "off" && value != "0";
  }
  return !automatic || !maintained;
}

// Held by whoever packs in the background, to its end.
class PackingLock {
public:
  explicit PackingLock(const fs::path& path)
      : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }
  ~PackingLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  PackingLock(const PackingLock&) = delete;
  PackingLock& operator=(const PackingLock&) = delete;
  int descriptor() const { return descriptor_; }

private:
  int descriptor_;
};

}  // namespace

ObjectSizes object_sizes(const Repository& repository) {
  const fs::path objects = repository.git_folder() / "objects";
  ObjectSizes sizes;
  std::error_code gone;  // something packs at this moment
  auto entry = fs::recursive_directory_iterator(objects, gone);
  for (; !gone && entry != fs::recursive_directory_iterator(); entry.increment(gone)) {
    if (!entry->is_regular_file(gone)) continue;
    const fs::path path = entry->path();
    sizes.bytes += allocated(path);
    if (path.extension() == ".pack") ++sizes.packs;
    if (is_object_folder(path.parent_path().filename())) ++sizes.loose;
  }
  return sizes;
}

bool wants_packing(const Repository& repository) {
  const fs::path objects = repository.git_folder() / "objects";
  std::size_t count = 0;
  for (std::size_t i = 0; i < sampled_folders; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    count += files_in(objects / (std::string(1, digits[i]) + "7"));
  }
  return count * (256 / sampled_folders) >= worth_packing;
}

bool pack_in_background(const Repository& repository) {
  const PackingLock lock(repository.git_folder() / "bw" / "packing.lock");
  if (lock.descriptor() < 0 || is_switched_off(repository)) return false;
  std::vector<std::string> settings = settings_for_packing;
  settings.emplace_back("pack.threads=1");
  return start_detached(git_command(&repository, settings, {"repack", "-d", "-l", "-q", "--geometric=2"}, {}),
                        lock.descriptor());
}

void keep_packed(const Repository& repository) {
  if (wants_packing(repository)) pack_in_background(repository);
}

void pack_all(const Repository& repository) {
  TransportOptions options;
  options.patience = patience_for_all;
  const Finished finished = run_git(&repository, settings_for_packing, {"gc", "--quiet"}, options);
  if (finished.status == 0) return;
  throw Error(ErrorCode::cannot,
              "git cannot pack " + repository.git_folder().string() + ": " + reason_in(finished.error_output),
              "where another \"git gc\" is at work, wait for it; else see \"bw doctor\"");
}

}  // namespace bw::git
