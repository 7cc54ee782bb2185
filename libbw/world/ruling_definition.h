#pragma once
// The definition that rules a world, for those who only need its model: read from where this machine keeps
// what it loaded before (definition/known_definition.h), and loaded from the stream where it does not.

#include <optional>

#include "definition/model.h"
#include "world/environment.h"
#include "world/world.h"

namespace bw {

// Nothing where this version cannot read it. Error(invalid) where none was adopted, or the stream lacks it.
std::optional<Definition> find_ruling_definition(const Environment& environment, const World& world);
// The same; Error(invalid) where this version cannot read it.
Definition ruling_definition(const Environment& environment, const World& world);

}  // namespace bw
