#include "world/ruling_definition.h"

#include "definition/known_definition.h"
#include "world/correction.h"

namespace bw {

std::optional<Definition> find_ruling_definition(const Environment& environment, const World& world) {
  const std::filesystem::path folder = environment.state_folder / "definitions";
  if (const auto& adopted = world.stream.authority.adopted()) {
    if (auto known = read_known_definition(folder, adopted->digest)) return *std::move(known);
  }
  LoadedDefinition loaded = adopted_definition(world);
  keep_known_definition(folder, loaded);
  return std::move(loaded.definition);
}

Definition ruling_definition(const Environment& environment, const World& world) {
  if (auto definition = find_ruling_definition(environment, world)) return *std::move(definition);
  return require_definition(adopted_definition(world));
}

}  // namespace bw
