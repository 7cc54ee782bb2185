#pragma once
// Making a world: a Git repository with a signed first commit on `main` (definition, schemas, README,
// hooks and CI workflow), the orphan `stream` with genesis, log key, adopted definition and checkpoint,
// and the repository's own Git configuration.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "world/identity.h"
#include "world/world.h"

namespace bw {

struct Template {
  std::string name;     // folder in examples/
  std::string summary;  // of its betterworld.yaml, in English where it has that
};
std::vector<Template> list_templates();

struct InitOptions {
  std::filesystem::path folder;  // created; must be empty or missing
  std::string template_name = "minimal";
  std::optional<std::string>
      name;  // replaces the template's `name`; of `minimal` the folder's does otherwise
  std::optional<std::string> home;  // null: this machine
};

World init_world(const Environment& environment, const Identity& identity, const Signer& signer,
                 const InitOptions& options);

// Error(usage) where a world cannot be called so: one line of 1 to 512 bytes of UTF-8, nothing invisible in
// it.
void require_world_name(const std::string& name);

// The events and first commits of a new stream over an existing commit of `main` (init and fork).
struct Genesis {
  std::string name;
  std::optional<std::string> home;
  std::optional<ForkParent> parent;
  std::vector<Did> inherited_signers;
  git::Oid main;
};
// Writes the stream and refs/heads/stream; returns the world, configured and remembered.
World begin_stream(const Environment& environment, git::Repository repository, const Signer& signer,
                   const Genesis& genesis);

}  // namespace bw
