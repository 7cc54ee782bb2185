#include "world/adopt.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/commit_author.h"
#include "world/tool_event.h"

namespace bw {
namespace {

git::Oid commit_to_adopt(const World& world, const std::optional<git::Oid>& commit) {
  if (commit) return *commit;
  if (const auto head = world.repository.ref(main_ref)) return *head;
  throw Error(ErrorCode::invalid, "there is no branch \"main\" to adopt from");
}

}  // namespace

std::vector<Did> signers_of_main(const git::Repository& repository, const git::Oid& head,
                                 const std::optional<git::Oid>& until) {
  std::set<Did> signers;
  const std::vector<git::Oid> hidden = until ? std::vector<git::Oid>{*until} : std::vector<git::Oid>{};
  for (const git::Oid& oid : repository.reachable(head, hidden)) {
    const auto signer = commit_signer(repository.read_commit(oid));
    if (!signer) {
      throw Error(ErrorCode::invalid,
                  fmt::format("commit {} on main: {}", oid.hex().substr(0, 12), signer.reason()),
                  "sign it with: git commit --amend -S (bw set up SSH signing in this repository)");
    }
    signers.insert(*signer);
  }
  return {signers.begin(), signers.end()};
}

Adopted adopt(const Environment& environment, World& world, const Signer& signer,
              const std::optional<git::Oid>& commit) {
  Adopted adopted{
      .digest = {}, .commit = commit_to_adopt(world, commit), .index = 0, .unchanged = false, .signers = {}};
  const LoadedDefinition loaded = definition_at(world.repository, adopted.commit);
  if (!loaded.valid()) {
    const Problem& first = loaded.problems.front();
    throw Error(
        ErrorCode::invalid,
        fmt::format("the definition of {} is not valid: {}:{}:{}: {}", adopted.commit.hex().substr(0, 12),
                    first.file, first.line, first.column, first.message),
        "run \"bw validate\" to see everything");
  }
  adopted.digest = loaded.digest;
  if (!world.stream.authority.is_steward(signer.did())) {
    throw Error(ErrorCode::refused, "only a steward of " + world.name() + " adopts a definition",
                "offer it with \"bw contribute\"");
  }
  // Once in the log it would be ineffective, and say so to nobody.
  const auto expected = expected_state(environment, world);
  const bool in_force = expected->rules().digest == loaded.digest;
  const std::uint64_t before = append_at_home(environment, world, signer, [&](const StreamState& state) {
    Composition composition;
    const auto& current = state.authority.adopted();
    adopted.unchanged =
        in_force && current && current->digest == loaded.digest && current->commit == adopted.commit.hex();
    if (adopted.unchanged) return composition;
    const auto until = current ? git::Oid::from_hex(current->commit) : std::nullopt;
    const bool here = until && world.repository.has_object(*until);
    adopted.signers = signers_of_main(world.repository, adopted.commit, here ? until : std::nullopt);
    if (adopted.signers.size() > max_definition_signers) {
      throw Error(ErrorCode::refused,
                  fmt::format("{} people signed the commits that this definition brings in; one adoption "
                              "names at most {}",
                              adopted.signers.size(), max_definition_signers),
                  "adopt in steps, an earlier commit of main first: bw adopt COMMIT");
    }
    Json signers = Json::array();
    for (const Did& did : adopted.signers) signers.push_back(did.text());
    const EventDraft draft{.at = environment.now(),
                           .kind = "definition.adopted",
                           .body = {{"commit", adopted.commit.hex()},
                                    {"definition", loaded.digest.hex()},
                                    {"previous", current ? Json(current->digest.hex()) : Json(nullptr)},
                                    {"signers", signers}},
                           .details = {},
                           .world = state.authority.world()};
    const Event event = sign_event(draft, make_nonce(environment.random), signer);
    if (const auto objection = state.authority.objection(event, environment.now().seconds)) {
      throw Error(ErrorCode::refused, *objection, "see who may do what with \"bw steward list\"");
    }
    if (const Ruling objection =
            expected->objection_to(event, std::make_shared<const Definition>(*loaded.definition)))
      throw Error(ErrorCode::refused, *objection,
                  "where it needs a vote, propose it first: bw propose --help");
    composition.additions.events = {event};
    composition.additions.definitions.emplace(loaded.digest, loaded.files);
    return composition;
  });
  adopted.index = before;
  return adopted;
}

}  // namespace bw
