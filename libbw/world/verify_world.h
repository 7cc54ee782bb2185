#pragma once
// Verifying a whole world from nothing: no key, no network, and nothing remembered.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "world/backing.h"
#include "world/world.h"

namespace bw {

struct WorldVerification {
  StreamVerification stream;
  std::vector<std::string> opening_faults;  // openings on branch `details` that match nothing: warnings
  std::optional<WitnessedHead> witnessed;   // nothing where the world asks for no witnesses
  std::vector<StreamProblem> problems;      // of the stream and of what stands beside it, first first
  bool ok() const { return problems.empty(); }
};

// Error(invalid) where there is no repository or no stream.
WorldVerification verify_world(const Environment& environment, const std::filesystem::path& folder);

}  // namespace bw
