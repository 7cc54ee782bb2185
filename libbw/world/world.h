#pragma once
// World: an opened repository whose stream is verified. Opening verifies what is new since the last
// time (the verified state is cached in `.git/bw/`), so everything above may trust `stream` without
// asking again; a stream that does not verify opens only for `bw verify`.

#include <filesystem>
#include <optional>
#include <string>

#include "definition/load.h"
#include "git/remote_url.h"
#include "git/repository.h"
#include "stream/journal.h"
#include "stream/stream_state.h"
#include "stream/verification.h"
#include "world/environment.h"

namespace bw {

struct World {
  git::Repository repository;
  StreamState stream;  // verified, up to refs/heads/stream
  // Where appends go instead of the home that the authority still names, since that one is gone
  // (world/stewardship.h, replace_home). Holds for as long as this World.
  std::optional<git::RemoteUrl> replacement_home = {};
  // Opened to say which of two histories stands: that this copy contradicts what the machine saw (the
  // sentence that says so) keeps nobody from acts of authority in it.
  bool arbitrates = false;
  std::string contradiction = {};

  const WorldId& id() const { return stream.authority.world(); }
  const std::string& name() const { return stream.authority.name(); }
  // The work tree, or the bare repository.
  std::filesystem::path folder() const;
};

// The world that holds `folder`. Errors: invalid "not a repository", "a Git repository that is no
// world", "the stream does not verify: …"; each with what to do.
World open_world(const Environment& environment, const std::filesystem::path& folder);
// The same for stewards who decide about the world's authority: what contradicts what this machine saw is
// no error but told in `contradiction`.
World open_world_to_arbitrate(const Environment& environment, const std::filesystem::path& folder);

// Verifies what `refs/heads/stream` has beyond `world.stream` and saves the state. Error(invalid) where
// it does not verify.
void refresh(const Environment& environment, World& world);

// Verifies `head` as a continuation of `world.stream`, throwing the first problem as Error(invalid);
// moves no ref. Error(refused) naming both heads where history was rewritten.
StreamState verify_continuation(const Environment& environment, const World& world, const git::Oid& head);

// Moves refs/heads/stream to a verified state; false where another process was faster.
[[nodiscard]] bool advance_stream(const Environment& environment, World& world, StreamState verified);

VerifyOptions verify_options(const Environment& environment);

// The adopted definition, from the stream's own copy. Error(invalid) where none was adopted.
LoadedDefinition adopted_definition(const World& world);
// The definition as it stands in the work tree, or in a commit.
LoadedDefinition work_tree_definition(const World& world);
LoadedDefinition definition_at(const git::Repository& repository, const git::Oid& commit);
LoadedDefinition definition_in_tree(const git::Repository& repository, const git::Oid& tree);

// My journal of this world on this machine.
Journal open_journal(const Environment& environment, const WorldId& world);

// Repository-local settings that make plain Git work on a world: the allowed_signers file with everyone
// the stream knows, gpg.format=ssh, the merge driver for betterworld.yaml. Run after every change of
// authority; writes only what differs.
void configure_repository(World& world);

// Settings for my own commits: `git commit` signs with my key, under my short id unless the repository
// names someone else. Changes nothing that is set already; does nothing where I have no identity.
void configure_identity(const Environment& environment, World& world);

}  // namespace bw
