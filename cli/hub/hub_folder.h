#pragma once
// Which Hub a command means: the one it names, else the folder it stands in, else the one that the world
// it stands in was published to, else that of the setting `hub`.

#include <filesystem>
#include <optional>

#include "cli/session.h"

namespace bw::cli {

// Error(usage) where there is none.
std::filesystem::path hub_folder(const Session& session, const std::optional<std::filesystem::path>& given);

}  // namespace bw::cli
