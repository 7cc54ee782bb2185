#include "world/registry.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/strict_json.h"
#include "base/text.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_registry = 16u << 20;
constexpr std::size_t shortest_id_prefix = 4;

fs::path registry_file(const Environment& environment) {
  return environment.data_folder / "worlds.json";
}

fs::path settled(const fs::path& folder) {
  std::error_code error;
  fs::path path = fs::weakly_canonical(folder, error);
  if (error) path = fs::absolute(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

std::optional<KnownWorld> world_of(const Json& row) {
  const auto member = [&](const char* name) {
    return row.is_object() && row.contains(name) && row[name].is_string() ? row[name].get<std::string>()
                                                                          : std::string();
  };
  const auto id = WorldId::parse(member("id"));
  const auto sync = parse_sync_wish(member("sync"));
  const std::string folder = member("folder");
  if (!id || folder.empty()) return std::nullopt;
  KnownWorld world{*id, member("name"), folder, sync.value_or(SyncWish::manual)};
  if (!row.contains("behaviours") || !row["behaviours"].is_object()) return world;
  for (const auto& [behaviour, text] : row["behaviours"].items()) {
    const auto wish = text.is_string() ? parse_sync_wish(text.get<std::string>()) : std::nullopt;
    if (wish) world.behaviours.emplace(behaviour, *wish);
  }
  return world;
}

std::vector<KnownWorld> read_registry(const Environment& environment) {
  const fs::path path = registry_file(environment);
  const auto text = read_file_if_exists(path, max_registry);
  if (!text) return {};
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("worlds") || !json["worlds"].is_array()) {
    throw Error(ErrorCode::invalid, path.string() + " is damaged",
                "move it away: a world is known again once a command has run in its folder");
  }
  std::vector<KnownWorld> worlds;
  for (const Json& row : json["worlds"]) {
    if (auto world = world_of(row)) worlds.push_back(*std::move(world));
  }
  return worlds;
}

void sort_by_name(std::vector<KnownWorld>& worlds) {
  std::sort(worlds.begin(), worlds.end(), [](const KnownWorld& a, const KnownWorld& b) {
    return std::tie(a.name, a.folder) < std::tie(b.name, b.folder);
  });
}

// Reads, changes and writes under the lock; writes nothing where nothing changed.
void change_registry(const Environment& environment,
                     const std::function<bool(std::vector<KnownWorld>& worlds)>& change) {
  const FileLock lock(environment.data_folder / "worlds.lock");
  std::vector<KnownWorld> worlds = read_registry(environment);
  if (!change(worlds)) return;
  sort_by_name(worlds);
  Json rows = Json::array();
  for (const KnownWorld& world : worlds) {
    Json row = {{"id", world.id.text()},
                {"name", world.name},
                {"folder", world.folder.string()},
                {"sync", text_of(world.sync)}};
    for (const auto& [behaviour, wish] : world.behaviours) row["behaviours"][behaviour] = text_of(wish);
    rows.push_back(std::move(row));
  }
  write_file(registry_file(environment),
             Json{{"worlds", rows}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n", 0600);
}

std::string folded(std::string_view text) {
  return is_utf8(text) ? casefold(text) : std::string(text);
}

using Fits = std::function<bool(const KnownWorld&)>;

// From the exact to the vague; the first way that fits anything decides.
std::vector<Fits> ways_to_name(std::string_view name) {
  const std::string wanted = folded(name);
  const std::string text(name);
  const fs::path folder = settled(fs::path(text));
  return {
      [wanted](const KnownWorld& world) { return folded(world.name) == wanted; },
      [text](const KnownWorld& world) {
        return text.size() >= shortest_id_prefix && world.id.text().starts_with(text);
      },
      [wanted](const KnownWorld& world) { return folded(world.folder.filename().string()) == wanted; },
      [folder](const KnownWorld& world) { return world.folder == folder; },
  };
}

[[noreturn]] void refuse_ambiguous(std::string_view name, const std::vector<KnownWorld>& fitting) {
  std::string hint = "name one by its folder:";
  for (const KnownWorld& world : fitting) hint += " " + world.folder.string();
  throw Error(ErrorCode::usage, "several worlds are called \"" + printable(name) + "\"", hint);
}

[[noreturn]] void refuse_unknown(std::string_view name, const std::vector<KnownWorld>& worlds) {
  std::vector<std::string> names;
  names.reserve(2 * worlds.size());
  for (const KnownWorld& world : worlds) names.push_back(world.name);
  for (const KnownWorld& world : worlds) names.push_back(world.folder.filename().string());
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = "`bw world list` shows the worlds that this machine knows";
  throw Error(ErrorCode::usage, "no world here is called \"" + printable(name) + "\"", hint);
}

}  // namespace

std::string_view text_of(SyncWish wish) {
  switch (wish) {
    case SyncWish::immediate:
      return "immediate";
    case SyncWish::periodic:
      return "periodic";
    case SyncWish::manual:
      break;
  }
  return "manual";
}

std::optional<SyncWish> parse_sync_wish(std::string_view text) {
  for (const SyncWish wish : {SyncWish::immediate, SyncWish::periodic, SyncWish::manual}) {
    if (text_of(wish) == text) return wish;
  }
  return std::nullopt;
}

std::vector<KnownWorld> known_worlds(const Environment& environment) {
  std::vector<KnownWorld> worlds = read_registry(environment);
  sort_by_name(worlds);
  return worlds;
}

std::optional<KnownWorld> known_world_at(const Environment& environment, const fs::path& folder) {
  for (KnownWorld& world : read_registry(environment)) {
    if (world.folder == settled(folder)) return std::move(world);
  }
  return std::nullopt;
}

void remember_world(const Environment& environment, const KnownWorld& world) {
  const auto entry_after = [&](const std::optional<KnownWorld>& before) {
    KnownWorld entry = world;
    entry.folder = settled(world.folder);
    if (before && before->id == entry.id)
      entry.behaviours.insert(before->behaviours.begin(), before->behaviours.end());
    return entry;
  };
  // Nearly every command comes here with nothing new, and should not wait for a lock then.
  const auto before = known_world_at(environment, world.folder);
  if (before && before == entry_after(before)) return;
  change_registry(environment, [&](std::vector<KnownWorld>& worlds) {
    const auto known = std::find_if(worlds.begin(), worlds.end(), [&](const KnownWorld& other) {
      return other.folder == settled(world.folder);
    });
    const KnownWorld entry = entry_after(known == worlds.end() ? std::nullopt : std::optional(*known));
    if (known != worlds.end()) worlds.erase(known);
    worlds.push_back(entry);
    return true;
  });
}

void remember_behaviour_wish(const Environment& environment, const fs::path& folder,
                             const std::string& behaviour, std::optional<SyncWish> wish) {
  change_registry(environment, [&, path = settled(folder)](std::vector<KnownWorld>& worlds) {
    const auto known = std::find_if(worlds.begin(), worlds.end(),
                                    [&](const KnownWorld& world) { return world.folder == path; });
    if (known == worlds.end())
      throw Error(ErrorCode::invalid, "no world is known in " + path.string(),
                  "bw world sync WISH remembers it");
    known->behaviours.erase(behaviour);
    if (wish) known->behaviours.emplace(behaviour, *wish);
    return true;
  });
}

void forget_world(const Environment& environment, const fs::path& folder) {
  change_registry(environment, [path = settled(folder)](std::vector<KnownWorld>& worlds) {
    return std::erase_if(worlds, [&](const KnownWorld& known) { return known.folder == path; }) > 0;
  });
}

KnownWorld find_world(const Environment& environment, std::string_view name) {
  const std::vector<KnownWorld> worlds = known_worlds(environment);
  for (const Fits& fits : ways_to_name(name)) {
    std::vector<KnownWorld> fitting;
    std::copy_if(worlds.begin(), worlds.end(), std::back_inserter(fitting), fits);
    if (fitting.size() > 1) refuse_ambiguous(name, fitting);
    if (fitting.size() == 1) return fitting.front();
  }
  refuse_unknown(name, worlds);
}

}  // namespace bw
