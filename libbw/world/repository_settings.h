#pragma once
// What configure_repository (world/world.h) sets, and whether it is set.

#include <string>
#include <vector>

#include "world/world.h"

namespace bw {

// The names of the settings, and of the file, that are not as configure_repository makes them.
std::vector<std::string> wrong_settings(const World& world);

}  // namespace bw
