#include "world/home.h"

#include "base/error.h"

namespace bw {
namespace {

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
  const auto& address = world.stream.authority.home();
  if (!address) {
    const bool here = world.repository.config("bw.home") == "here";
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

}  // namespace bw
