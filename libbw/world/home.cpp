#include "world/home.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"

namespace bw {
namespace {

constexpr const char* home_setting = "bw.home";
constexpr const char* place_setting = "bw.homeplace";

// The inode of the folder: it stays when the folder is renamed and the machine restarts, and no copy
// has it. The device is left out, since its number may change with every start. The path is for people.
std::string place_of(const git::Repository& repository) {
  const auto folder = repository.git_folder();
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) {
    throw Error(ErrorCode::cannot, fmt::format("cannot look at {}: {}", folder.string(), ::strerror(errno)));
  }
  return fmt::format("{} {}", status.st_ino, folder.string());
}

std::string inode_in(const std::string& place) {
  return place.substr(0, place.find(' '));
}

// Whether the address is that of this very repository.
bool is_this_repository(const World& world, const git::RemoteUrl& url) {
  if (!url.is_local()) return false;
  std::string path = url.text();
  if (path.starts_with("file://")) path.erase(0, 7);
  std::error_code error;
  for (const auto& own : {world.folder(), world.repository.git_folder()}) {
    if (std::filesystem::equivalent(path, own, error) && !error) return true;
  }
  return false;
}

}  // namespace

Home home_of(const World& world) {
  if (world.replacement_home) return {Home::Kind::remote, world.replacement_home};
  const auto& address = world.stream.authority.home();
  if (!address) {
    const bool here = world.repository.config(home_setting) == "here";
    return {here ? Home::Kind::here : Home::Kind::elsewhere, std::nullopt};
  }
  const auto url = git::RemoteUrl::parse(*address);
  if (!url) {
    throw Error(ErrorCode::invalid, "the world's home is no address that can be used: " + url.reason(),
                "its stewards can name another with: bw steward propose set-home URL");
  }
  if (is_this_repository(world, *url)) return {Home::Kind::here, std::nullopt};
  return {Home::Kind::remote, *url};
}

void make_home_here(git::Repository& repository) {
  repository.set_config(home_setting, "here");
  repository.set_config(place_setting, place_of(repository));
}

std::optional<std::string> marked_as_home_elsewhere(const git::Repository& repository) {
  const auto marked = repository.config(place_setting);
  if (!marked || inode_in(*marked) == inode_in(place_of(repository))) return std::nullopt;
  return marked->substr(std::min(marked->size(), inode_in(*marked).size() + 1));
}

void require_home_here(git::Repository& repository) {
  if (const auto home = marked_as_home_elsewhere(repository)) {
    throw Error(
        ErrorCode::refused,
        fmt::format("this repository is a copy of the world's home at {}; two homes would split the history",
                    printable(*home)),
        "append there; or, where that one was moved here or is gone for good: bw world home --here");
  }
  if (const std::string place = place_of(repository); repository.config(place_setting) != place) {
    repository.set_config(place_setting, place);
  }
}

void claim_home(const Environment& environment, World& world, const Did& me) {
  const StreamLock lock(world);
  refresh(environment, world);
  const Authority& authority = world.stream.authority;
  if (!authority.may_append(me)) {
    throw Error(ErrorCode::refused, me.text() + " is no steward or sequencer of " + world.name());
  }
  if (authority.home()) {
    throw Error(ErrorCode::refused, "the home of " + world.name() + " has an address: " + *authority.home(),
                "stewards move it with: bw steward propose set-home URL");
  }
  make_home_here(world.repository);
}

std::optional<git::RemoteUrl> inbox_of(const World& world) {
  const Home home = home_of(world);
  if (home.kind == Home::Kind::remote) return home.url;
  const auto origin = world.repository.remote_url("origin");
  if (!origin) return std::nullopt;
  const auto url = git::RemoteUrl::parse(*origin);
  if (!url)
    throw Error(ErrorCode::invalid, "the remote \"origin\" is no address that can be used: " + url.reason());
  return *url;
}

git::TransportOptions transport_options(const Environment& environment) {
  return {.progress = environment.progress, .may_prompt = environment.may_prompt};
}

StreamLock::StreamLock(const World& world)
    : lock_(world.repository.git_folder() / "bw" / "append.lock", std::chrono::minutes(5)) {}

CopyElsewhere fetch_copy(const Environment& environment, World& world, const git::RemoteUrl& url,
                         const std::string& space) {
  const std::string stream = "refs/bw/" + space + "/stream";
  const std::string details = "refs/bw/" + space + "/details";
  world.repository.remove_ref(stream);
  world.repository.remove_ref(details);
  git::fetch(world.repository, url,
             {fmt::format("+{}:{}", stream_ref, stream), fmt::format("+{}:{}", details_ref, details)},
             transport_options(environment));
  return {world.repository.ref(stream), world.repository.ref(details)};
}

CopyStanding catch_up_with(const Environment& environment, World& world,
                           const std::optional<git::Oid>& head) {
  if (!head) return CopyStanding::none;
  if (*head == *world.stream.head) return CopyStanding::level;
  if (world.repository.is_ancestor(*head, *world.stream.head)) return CopyStanding::behind;
  if (!advance_stream(environment, world, verify_continuation(environment, world, *head))) {
    // Where something else moved the branch here meanwhile, what it moved to counts.
    refresh(environment, world);
  }
  return CopyStanding::ahead;
}

}  // namespace bw
