#include "world/hub_layout.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "base/strict_json.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr int layout_format = 1;
constexpr std::size_t max_settings_bytes = 4096;

// Accidents only: whoever can write to the folder can also remove this.
constexpr std::string_view update_hook = R"(#!/bin/sh
# The stream of a world only grows. $1: the ref, $2: its value before, $3: the new one.
[ "$1" = refs/heads/stream ] || exit 0
case $2 in *[!0]*) ;; *) exit 0 ;; esac
git merge-base --is-ancestor "$2" "$3" 2>/dev/null && exit 0
echo "the stream of a world is never rewritten" >&2
exit 1
)";

// A folder itself, not a link to one.
bool is_own_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(fs::symlink_status(path, error)) && !error;
}

void require_own_folder(const fs::path& path) {
  if (is_own_folder(path)) return;
  throw Error(ErrorCode::invalid,
              "this Hub is damaged: " + path.string() + " is missing or is no folder of its own",
              "ask whoever keeps the Hub, or use another copy");
}

WorldId read_settings(const HubLayout& layout) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(layout.settings(), error))) {
    throw Error(ErrorCode::invalid, layout.folder.string() + " is no Hub: it holds no hub.json",
                "make one with \"bw hub init DIR\"");
  }
  std::string text = read_file(layout.settings(), max_settings_bytes, Links::refuse);
  if (text.ends_with('\n')) text.pop_back();
  const auto json = strict_json::parse(text);
  const auto damaged = [&](const std::string& why) {
    return Error(ErrorCode::invalid, layout.settings().string() + " is damaged: " + why);
  };
  if (!json) throw damaged(json.reason());
  if (!json->is_object() || !json->contains("format") || !json->contains("world"))
    throw damaged("members are missing");
  if (json->at("format") != layout_format) {
    throw Error(ErrorCode::invalid,
                layout.folder.string() + " is a Hub of a format that this version does not know",
                "use a newer version of bw");
  }
  const Json& id = json->at("world");
  const auto world = id.is_string() ? WorldId::parse(id.get<std::string>()) : std::nullopt;
  if (!world) throw damaged("\"world\" is not the id of a world");
  return *world;
}

}  // namespace

HubLayout::HubLayout(const fs::path& hub_folder) : folder(fs::absolute(hub_folder).lexically_normal()) {
  if (!folder.has_filename()) folder = folder.parent_path();  // "hub/" and "hub" are one
}

Hub open_hub(const Environment& environment, const fs::path& folder) {
  const HubLayout layout(folder);
  const WorldId id = read_settings(layout);
  require_own_folder(layout.world());
  require_own_folder(layout.repositories());
  // Opened at exactly this place: a search upwards could end in somebody else's repository.
  git::Repository::open(layout.world());
  World world = open_world(environment, layout.world());
  if (world.id() != id) {
    throw Error(ErrorCode::invalid, "this Hub is damaged: its world is " + world.id().text() + ", not " +
                                        id.text() + " as hub.json says");
  }
  return {layout, std::move(world)};
}

void write_hub_settings(const HubLayout& layout, const WorldId& world) {
  fs::create_directories(layout.repositories());
  create_file(layout.settings(),
              strict_json::text({{"format", layout_format}, {"world", world.text()}}) + "\n");
}

git::Repository open_published(const HubLayout& layout, const WorldId& world) {
  const fs::path path = layout.repository_of(world);
  if (!is_own_folder(path))
    throw Error(ErrorCode::invalid, path.string() + " is missing or is no folder of its own");
  return git::Repository::open(path);
}

git::Repository open_or_create_published(const HubLayout& layout, const WorldId& world,
                                         const Random& random) {
  const fs::path path = layout.repository_of(world);
  std::error_code error;
  if (fs::exists(fs::symlink_status(path, error))) return open_published(layout, world);
  // Made beside its place and renamed into it, so that nobody ever meets half a repository, and of two
  // who make it at once the slower one finds that of the faster.
  const fs::path made = layout.repositories() / (".new-" + to_hex(random(8)));
  try {
    git::Repository repository = git::Repository::create(made, true);
    repository.set_config("receive.fsckObjects", "true");
    write_file(made / "hooks" / "update", update_hook, 0755);
  } catch (...) {
    fs::remove_all(made, error);
    throw;
  }
  fs::rename(made, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove_all(made, ignored);
    if (!is_own_folder(path))
      throw Error(ErrorCode::cannot, "cannot make " + path.string() + ": " + error.message());
  }
  return open_published(layout, world);
}

}  // namespace bw
