#pragma once
// bw verify --proof: the checks that need no copy of the world. Apart from cli/verify.cpp, which reads a
// whole one.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"
#include "tlog/tlog_proof.h"

namespace bw::cli {

struct ProofGiven {
  std::optional<std::filesystem::path> proof;
  std::optional<std::string> world;
  std::vector<std::string> log_keys;
  std::optional<std::filesystem::path> policy;

  bool any_trust() const { return world || !log_keys.empty() || policy; }
};

// Whom the reader trusts: what is given, else the world one is in.
ProofPolicy policy_of(Session& session, const ProofGiven& given);

// Checks the proof in `given.proof` against what is given, else against the world one is in. 0 or 1.
int verify_proof(Session& session, const ProofGiven& given);

}  // namespace bw::cli
