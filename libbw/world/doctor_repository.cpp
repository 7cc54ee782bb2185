#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "git/transport.h"
#include "world/examination.h"
#include "world/home.h"
#include "world/moving_work_tree.h"
#include "world/plain_git.h"
#include "world/repository_settings.h"
#include "world/verified_stream.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_ref_file = 4096;
constexpr std::size_t max_reflog = 64u << 20;
constexpr std::size_t max_object_file = std::size_t{8} << 30;

// What is damaged is kept: .git/bw/aside/<where it was>.
void put_aside(const git::Repository& repository, const fs::path& path) {
  const fs::path place =
      repository.git_folder() / "bw" / "aside" / fs::relative(path, repository.git_folder());
  std::error_code error;
  fs::create_directories(place.parent_path(), error);
  if (!error) fs::rename(path, place, error);
  if (error) {
    throw Error(ErrorCode::cannot,
                fmt::format("cannot move {} to {}: {}", path.string(), place.string(), error.message()));
  }
}

bool is_ref_text(std::string_view text) {
  if (text.starts_with("ref: ")) return true;
  return text.size() >= 40 && git::Oid::from_hex(text.substr(0, 40)) &&
         (text.size() == 40 || text[40] == '\n');
}

// The last commit that the ref's log names and that is here.
std::optional<git::Oid> last_in_reflog(const git::Repository& repository, const std::string& ref) {
  const std::string text =
      read_file_if_exists(repository.git_folder() / "logs" / ref, max_reflog).value_or("");
  std::optional<git::Oid> last;
  for (const std::string_view line : split(text, '\n')) {  // "<old> <new> <who> …"
    const auto oid = line.size() > 81 ? git::Oid::from_hex(line.substr(41, 40)) : std::nullopt;
    if (oid && repository.has_object(*oid)) last = oid;
  }
  return last;
}

std::optional<git::Oid> remembered_head(const Environment& environment, const git::Repository& repository) {
  const auto state = remembered_stream(environment, repository);
  return state ? state->head : std::nullopt;
}

// For branch `stream`, the furthest of those that are known: all of one history, or none.
std::optional<git::Oid> known_value(const Environment& environment, const git::Repository& repository,
                                    const std::string& ref) {
  if (ref != stream_ref) return last_in_reflog(repository, ref);
  std::optional<git::Oid> furthest;
  for (const auto& candidate : {remembered_head(environment, repository), last_in_reflog(repository, ref),
                                repository.ref("refs/bw/home/stream")}) {
    if (!candidate || !repository.has_object(*candidate) || furthest == candidate) continue;
    if (!furthest || repository.is_ancestor(*furthest, *candidate)) furthest = candidate;
  }
  return furthest;
}

void mend_ref(const Environment& environment, git::Repository& repository, const std::string& ref,
              const fs::path& file) {
  const auto value = known_value(environment, repository, ref);
  if (!value && ref.starts_with("refs/heads/")) {
    throw Error(ErrorCode::invalid, "no earlier value of it is known here",
                "get it from another copy: git fetch URL " + ref + ":" + ref);
  }
  put_aside(repository, file);
  if (value) repository.set_ref(ref, *value, "bw: doctor");
}

void examine_ref_file(Examination& examination, git::Repository& repository, const fs::path& file) {
  const std::string ref = fs::relative(file, repository.git_folder());
  if (ref.ends_with(".lock") || is_ref_text(read_file(file, max_ref_file))) return;
  examination.found(
      "broken-ref", ref, "its file holds no name of a commit",
      "it has the last value that is known of it, or is gone where none is; the file lies in bw/aside",
      "give it the last value that is known of it",
      [&] { mend_ref(examination.environment, repository, ref, file); });
}

void examine_stream_ref(Examination& examination, git::Repository& repository) {
  const auto head = repository.ref(stream_ref);
  const auto verified = remembered_head(examination.environment, repository);
  if (!verified || head == verified || !repository.has_object(*verified)) return;
  if (head && !repository.is_ancestor(*head, *verified)) return;
  examination.found("stream-behind", std::string(stream_ref),
                    fmt::format("it lacks commits that were verified here before, up to {}", verified->hex()),
                    "it was moved forward to there", "move it forward to there", [&] {
                      if (!repository.update_ref(stream_ref, *verified, head, "bw: doctor"))
                        throw Error(ErrorCode::cannot, "something else moved it at this moment", "try again");
                    });
}

// What `git fsck` finds.
struct Damage {
  std::set<std::string> damaged;  // files of loose objects, from the Git folder
  std::set<std::string> missing;  // names of objects
  std::vector<std::string> other;
  bool any() const { return !damaged.empty() || !missing.empty() || !other.empty(); }
};

// The part of the line that is the path of a loose object: "…objects/12/34….".
std::optional<std::string> loose_file_in(std::string_view line) {
  constexpr std::size_t length = 49;  // objects/ab/<38 digits>
  for (std::size_t at = line.find("objects/"); at != std::string_view::npos;
       at = line.find("objects/", at + 1)) {
    const std::string_view path = line.substr(at, length);
    if (path.size() == length && path[10] == '/' &&
        git::Oid::from_hex(std::string(path.substr(8, 2)) + std::string(path.substr(11))))
      return std::string(path);
  }
  return std::nullopt;
}

Damage damage_of(const git::Repository& repository) {
  const Finished finished =
      run_plain_git(repository, {"fsck", "--strict", "--no-dangling", "--no-progress", "--no-reflogs"});
  Damage damage;
  if (finished.status == 0) return damage;
  const std::string said = finished.output + "\n" + finished.error_output;
  for (const std::string_view line : split(said, '\n')) {
    if (const auto file = loose_file_in(line)) {
      damage.damaged.insert(*file);
    } else if (line.size() >= 48 && (line.starts_with("missing ") ||
                                     line.find(": invalid sha1 pointer ") != std::string_view::npos)) {
      damage.missing.insert(std::string(line.substr(line.size() - 40)));
    } else if (!line.empty() && !line.starts_with("broken link") && !line.starts_with("              to")) {
      damage.other.push_back(printable(line));
    }
  }
  return damage;
}

std::vector<git::RemoteUrl> addresses(const Environment& environment, const git::Repository& repository) {
  std::vector<git::RemoteUrl> result;
  const auto add = [&](const std::optional<std::string>& address) {
    const auto url = address ? git::RemoteUrl::parse(*address) : Result<git::RemoteUrl>(Reason{});
    const auto same = [&](const git::RemoteUrl& known) { return known.text() == url->text(); };
    if (url && std::none_of(result.begin(), result.end(), same)) result.push_back(*url);
  };
  if (const auto state = remembered_stream(environment, repository)) add(state->authority.home());
  for (const std::string& remote : repository.remotes()) add(repository.remote_url(remote));
  return result;
}

// Everything that the remote's branches reach goes into our object database, beside what is there.
void copy_objects(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path below = fs::relative(entry.path(), from);
    const bool is_pack = below.native().starts_with("pack/pack-");
    const bool is_loose = below.native().size() == 41 && below.native()[2] == '/';
    if (!entry.is_regular_file() || !(is_pack || is_loose) || fs::exists(to / below)) continue;
    write_file(to / below, read_file(entry.path(), max_object_file), 0444);
  }
}

// Takes what `copy` has until nothing is missing or nothing more is to be had. Returns whether nothing is.
bool take_objects(const git::Repository& copy, const git::Repository& repository, Damage damage) {
  while (damage.any()) {
    // A good copy is of no use where the damaged file still stands.
    for (const std::string& file : damage.damaged) {
      const auto oid = git::Oid::from_hex(file.substr(8, 2) + file.substr(11));
      const fs::path path = repository.git_folder() / file;
      if (copy.has_object(*oid) && fs::exists(path)) put_aside(repository, path);
    }
    copy_objects(copy.git_folder() / "objects", repository.git_folder() / "objects");
    Damage left = damage_of(repository);  // git stops at the first damaged object, so there may be others
    if (left.damaged == damage.damaged && left.missing == damage.missing) return false;
    damage = std::move(left);
  }
  return true;
}

void fetch_objects(const Environment& environment, git::Repository& repository, const Damage& damage) {
  std::string reasons;
  for (const git::RemoteUrl& url : addresses(environment, repository)) {
    const TemporaryFolder folder;
    const git::Repository copy = git::Repository::create(folder.path() / "copy", true);
    try {
      git::fetch(copy, url.absolute(repository.git_folder()),
                 {"+refs/heads/*:refs/heads/*", "+refs/bw/*:refs/bw/*"}, transport_options(environment));
    } catch (const Error& error) {
      reasons += fmt::format("{}{}", reasons.empty() ? "" : "; ", error.what());
      continue;
    }
    if (take_objects(copy, repository, damage)) return;
  }
  throw Error(ErrorCode::invalid,
              reasons.empty() ? "no remote that is known here has what is missing" : reasons,
              "where another copy of this world has it: git fetch --refetch PATH, then \"bw doctor\" again");
}

std::string listed_objects(const std::set<std::string>& objects) {
  constexpr std::size_t most = 3;
  std::string text;
  std::size_t number = 0;
  for (const std::string& object : objects) {
    if (number++ == most) return text + fmt::format(" and {} more", objects.size() - most);
    text += (text.empty() ? "" : ", ") + object;
  }
  return text;
}

}  // namespace

void examine_refs(Examination& examination, git::Repository& repository) {
  for (const fs::path& path : paths_below(repository.git_folder() / "refs")) {
    std::error_code gone;
    if (fs::is_regular_file(path, gone)) examine_ref_file(examination, repository, path);
  }
  if (examination.is_left("broken-ref")) return;
  examine_stream_ref(examination, repository);
  if (repository.work_tree() && is_work_tree_between(repository)) {
    examination.found("work-tree-between", repository.work_tree()->string(),
                      "a merge or pull was interrupted while it changed the files here",
                      "they are as the last commit has them; what differed lies in .git/bw/aside",
                      "put them to what the last commit has", [&] { settle_work_tree(repository); });
  }
}

void examine_objects(Examination& examination, git::Repository& repository) {
  const Damage damage = damage_of(repository);
  if (!damage.any()) return;
  if (damage.damaged.empty() && damage.missing.empty()) {
    examination.left("damaged-object", repository.git_folder().string(), damage.other.front(),
                     "see everything with \"git fsck --strict\"");
    return;
  }
  const bool damaged = !damage.damaged.empty();
  examination.found(
      damaged ? "damaged-object" : "missing-object",
      listed_objects(damaged ? damage.damaged : damage.missing),
      damaged ? "the bytes of these objects are not what their names say"
              : "these objects are referred to and not here",
      damaged ? "good ones were fetched; the damaged files lie in bw/aside" : "they were fetched",
      "fetch them from a remote", [&] { fetch_objects(examination.environment, repository, damage); });
}

void examine_settings(Examination& examination, World& world) {
  for (const std::string& name : wrong_settings(world)) {
    examination.found("repository-settings", name,
                      "it is not what plain Git needs to accept this world's commits", "it was set again",
                      "set it again", [&] { configure_repository(world); });
  }
  if (world.repository.config("bw.home") != "here" || world.stream.authority.home()) return;
  if (const auto other = marked_as_home_elsewhere(world.repository)) {
    examination.left(
        "homeplace", "bw.homeplace", "this repository is a copy of the world's home at " + printable(*other),
        "append there; or, where that one was moved here or is gone for good: bw world home --here");
  } else if (!world.repository.config("bw.homeplace")) {
    examination.found("homeplace", "bw.homeplace", "the mark of the home does not say where it lies",
                      "it is bound to this folder", "bind it to this folder",
                      [&] { require_home_here(world.repository); });
  }
}

}  // namespace bw
