#include "world/verify_world.h"

#include <fmt/format.h>

#include "base/error.h"
#include "stream/details_branch.h"
#include "world/checkpoint_memory.h"

namespace bw {

namespace {

// What this machine saw of the world before, through this copy or any other.
void compare_with_memory(const Environment& environment, const git::Repository& repository,
                         const StreamState& state, WorldVerification& verification) {
  if (!state.checkpoint || !verification.stream.ok()) return;
  try {
    remember_checkpoint(environment, repository, state);
    if (const auto seen = seen_beyond(environment, state)) {
      verification.stream.warnings.push_back(
          fmt::format("this machine saw a checkpoint of size {} on {}, {} entries more than this copy has",
                      seen->checkpoint.size, seen->seen.text(), seen->checkpoint.size - state.covered()));
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid) throw;
    verification.problems.push_back({"checkpoint", std::string(error.what()) + "; " + error.hint()});
  }
}

}  // namespace

WorldVerification verify_world(const Environment& environment, const std::filesystem::path& folder) {
  const auto repository = git::Repository::discover(folder);
  if (!repository)
    throw Error(ErrorCode::invalid, folder.string() + " is not inside a Git repository",
                "go into a world, make one with \"bw init\", or get one with \"bw clone\"");
  const auto head = repository->ref(stream_ref);
  if (!head)
    throw Error(ErrorCode::invalid,
                folder.string() + " is a Git repository but no world: it has no branch \"stream\"",
                "make a world with \"bw init\", or get one with \"bw clone\"");

  WorldVerification verification;
  verification.stream = verify_stream(*repository, *head, {}, verify_options(environment));
  verification.problems = verification.stream.problems;
  const StreamState& state = verification.stream.state;
  const auto expected = repository->config("bw.world");
  if (expected && state.authority.exists() && *expected != state.authority.world().text()) {
    verification.problems.push_back(
        {"branch stream", "it is that of another world than this repository was made or cloned for"});
  }
  if (!state.checkpoint) verification.problems.push_back({"branch stream", "there is no checkpoint"});
  compare_with_memory(environment, *repository, state, verification);
  if (verification.stream.ok() && state.head) {
    verification.witnessed = witnessed_head(*repository, state, environment.now());
    if (verification.witnessed && !verification.witnessed->warning.empty())
      verification.stream.warnings.push_back(verification.witnessed->warning);
  }
  const auto details = repository->ref(details_ref);
  if (details && state.head) {
    try {
      verification.opening_faults =
          check_openings(*repository, *details, repository->read_commit(*state.head).tree, state);
    } catch (const Error& error) {
      verification.opening_faults.push_back(std::string("details: ") + error.what());
    }
  }
  return verification;
}

}  // namespace bw
