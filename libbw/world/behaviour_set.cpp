#include "world/behaviour_set.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "definition/values.h"
#include "definition/yaml.h"
#include "stream/definition_set.h"
#include "world/claim.h"
#include "world/registry.h"

namespace bw {
namespace {

// What belongs to the world that says it.
constexpr std::array<std::string_view, 5> own_keys = {"contributes", "gate", "composite", "imported",
                                                      "verification"};

YamlValue value_of(const yaml::Node& node) {
  switch (node.kind) {
    case yaml::Kind::null:
      return nullptr;
    case yaml::Kind::boolean:
      return node.text == "true";
    case yaml::Kind::integer: {
      std::int64_t number = 0;
      const auto read = std::from_chars(node.text.data(), node.text.data() + node.text.size(), number);
      if (read.ec == std::errc() && read.ptr == node.text.data() + node.text.size()) return number;
      return node.text;
    }
    case yaml::Kind::real:  // exact decimals are written as texts
    case yaml::Kind::string:
      return node.text;
    case yaml::Kind::sequence: {
      YamlValue list = YamlValue::array();
      for (const yaml::Node& child : node.children) list.push_back(value_of(child));
      return list;
    }
    case yaml::Kind::mapping:
      break;
  }
  YamlValue mapping = YamlValue::object();
  for (const yaml::Node& child : node.children) mapping[child.key] = value_of(child);
  return mapping;
}

yaml::Node tree_of(const std::string& text) {
  yaml::Document document = yaml::parse(text, definition_file);
  if (!document.root || has_errors(document.problems))
    throw Error(ErrorCode::invalid, "betterworld.yaml is no valid YAML", "bw validate says where");
  return *std::move(document.root);
}

const yaml::Node* item_of(const yaml::Node& root, std::string_view list, std::string_view id) {
  for (const yaml::Node& item : list_of(root, list))
    if (item.id() == id) return &item;
  return nullptr;
}

// Where a behaviour comes from: its world and its id there.
std::pair<WorldId, std::string> origin_of(const WorldId& world, const Behaviour& behaviour) {
  if (behaviour.imported) return {behaviour.imported->world, behaviour.imported->behaviour};
  return {world, behaviour.id};
}

}  // namespace

BehaviourImport import_behaviour(const std::string& text, const World& source, const std::string& id) {
  const LoadedDefinition loaded = adopted_definition(source);
  if (!loaded.definition)
    throw Error(ErrorCode::invalid, source.name() + " has no definition that can be read");
  require_behaviour(*loaded.definition, id);
  const yaml::Node there = tree_of(loaded.files.at(definition_file));
  const yaml::Node here = tree_of(text);
  YamlValue item = value_of(*item_of(there, "behaviours", id));
  BehaviourImport result{text, {}};
  for (const std::string_view key : own_keys) {
    if (item.erase(std::string(key)) == 1 && key != "imported")
      result.notes.push_back(fmt::format("\"{}\" of {} is that world's own, and was left out", key, id));
  }
  item["imported"] = {{"world", source.id().text()}, {"definition", loaded.digest.hex()}, {"behaviour", id}};
  if (const yaml::Node* before = item_of(here, "behaviours", id)) {
    const yaml::Node* imported = before->find("imported");
    if (imported == nullptr || text_of(*imported, "world") != source.id().text()) {
      throw Error(ErrorCode::refused, fmt::format("a behaviour of this world is called \"{}\" already", id),
                  "rename one of the two");
    }
    // What this world says of it stays.
    for (const yaml::Node& child : before->children) {
      if (child.key != "imported" && std::find(own_keys.begin(), own_keys.end(), child.key) != own_keys.end())
        item[child.key] = value_of(child);
    }
    result.definition = remove_value(result.definition, {"behaviours", id});
    result.notes.clear();
  }
  const std::string unit = item.at("unit").get<std::string>();
  if (item_of(here, "units", unit) == nullptr)
    result.definition = append_item(result.definition, {"units"}, value_of(*item_of(there, "units", unit)));
  result.definition = append_item(result.definition, {"behaviours"}, item);
  return result;
}

std::vector<ImportUpdate> import_updates(const Environment& environment, const Definition& definition) {
  std::vector<ImportUpdate> updates;
  const std::vector<KnownWorld> known = known_worlds(environment);
  for (const Behaviour& behaviour : definition.behaviours) {
    if (!behaviour.imported) continue;
    const auto source = std::find_if(known.begin(), known.end(), [&](const KnownWorld& world) {
      return world.id == behaviour.imported->world;
    });
    if (source == known.end()) continue;
    const World world = open_world(environment, source->folder);
    const LoadedDefinition now = adopted_definition(world);
    if (now.digest == behaviour.imported->definition) {
      updates.push_back({behaviour.id, world.name(), false});
      continue;
    }
    const git::Oid tree = stream_tree(world);
    const auto then = read_definition_set(world.repository, tree, behaviour.imported->definition);
    const auto text = then.find(definition_file);
    if (text == then.end()) continue;
    const yaml::Node before = tree_of(text->second);
    const yaml::Node after = tree_of(now.files.at(definition_file));
    const yaml::Node* old_item = item_of(before, "behaviours", behaviour.imported->behaviour);
    const yaml::Node* new_item = item_of(after, "behaviours", behaviour.imported->behaviour);
    if (old_item == nullptr || new_item == nullptr) continue;
    updates.push_back({behaviour.id, world.name(), !yaml::same(*old_item, *new_item)});
  }
  return updates;
}

double Overlap::share() const {
  const std::size_t all = here + there - shared.size();
  return all == 0 ? 0 : static_cast<double>(shared.size()) / static_cast<double>(all);
}

Overlap overlap_of(const World& world, const Definition& definition, const World& other,
                   const Definition& others) {
  Overlap overlap{{}, definition.behaviours.size(), others.behaviours.size()};
  for (const Behaviour& mine : definition.behaviours) {
    const bool shared =
        std::any_of(others.behaviours.begin(), others.behaviours.end(), [&](const Behaviour& theirs) {
          return origin_of(world.id(), mine) == origin_of(other.id(), theirs) ||
                 (mine.id == theirs.id && mine.unit == theirs.unit);
        });
    if (shared) overlap.shared.push_back(mine.id);
  }
  return overlap;
}

}  // namespace bw
