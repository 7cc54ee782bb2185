#include "world/init.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "definition/edit.h"
#include "stream/commit_author.h"
#include "tools/toolset.h"
#include "world/appending.h"
#include "world/new_folder.h"
#include "world/registry.h"
#include "world/world_files.h"

namespace bw {
namespace {

std::string world_name(const LoadedDefinition& loaded) {
  return loaded.definition->name.in("en");
}

EventDraft draft_of(const Environment& environment, std::string kind, Json body,
                    std::optional<WorldId> world) {
  return {.at = environment.now(),
          .kind = std::move(kind),
          .body = std::move(body),
          .details = {},
          .world = world};
}

Json dids_json(const std::vector<Did>& dids) {
  Json list = Json::array();
  for (const Did& did : dids) list.push_back(did.text());
  return list;
}

Json parent_json(const std::optional<ForkParent>& parent) {
  if (!parent) return nullptr;
  return {{"root", parent->root.hex()}, {"size", parent->size}, {"world", parent->world.text()}};
}

// A stream of one commit of entries and one checkpoint, made by the same steps as any later append.
void append_genesis(const Environment& environment, World& world, const Signer& signer,
                    const Genesis& genesis) {
  const LoadedDefinition loaded = definition_at(world.repository, genesis.main);
  if (!loaded.valid()) {
    throw Error(ErrorCode::invalid, "the definition is not valid: " + loaded.problems.front().message,
                "run \"bw validate\" to see everything");
  }
  const Event created = sign_event(draft_of(environment, "world.created",
                                            {{"home", genesis.home ? Json(*genesis.home) : Json(nullptr)},
                                             {"k", 1},
                                             {"name", genesis.name},
                                             {"parent", parent_json(genesis.parent)},
                                             {"signers", dids_json(genesis.inherited_signers)},
                                             {"stewards", {signer.did().text()}}},
                                            std::nullopt),
                                   make_nonce(environment.random), signer);
  const WorldId id = created.world_id();
  Additions additions;
  additions.events = {created};
  for (Event& event : announce_my_keys(environment, {}, id, signer))
    additions.events.push_back(std::move(event));
  additions.events.push_back(sign_event(draft_of(environment, "definition.adopted",
                                                 {{"commit", genesis.main.hex()},
                                                  {"definition", loaded.digest.hex()},
                                                  {"previous", nullptr},
                                                  {"signers", {signer.did().text()}}},
                                                 id),
                                        make_nonce(environment.random), signer));
  additions.definitions.emplace(loaded.digest, loaded.files);
  const git::Oid commit = append_entries(world.repository, {}, additions, environment.now(), signer);
  if (!world.repository.update_ref(stream_ref, commit, std::nullopt, "bw: genesis")) {
    throw Error(ErrorCode::refused, "the repository has a branch \"stream\" already");
  }
  world.repository.set_config("bw.world", id.text());
  if (genesis.home) {
    world.repository.set_config("bw.home", "remote");
  } else {
    make_home_here(world.repository);
  }
}

// The smallest template has no name worth keeping: its folder's is taken where that can be one.
std::optional<std::string> chosen_name(const InitOptions& options) {
  if (options.name || options.template_name != "minimal") return options.name;
  const std::string folder =
      (std::filesystem::absolute(options.folder) / "").lexically_normal().parent_path().filename().string();
  const bool can_be_one =
      !folder.empty() && folder.size() <= 100 && is_utf8(folder) && printable(folder) == folder;
  return can_be_one ? std::optional(folder) : std::nullopt;
}

}  // namespace

std::vector<Template> list_templates() {
  std::vector<Template> templates;
  for (const embedded::File& file : embedded::templates()) {
    const std::size_t slash = file.path.find('/');
    if (slash == std::string_view::npos || file.path.substr(slash + 1) != definition_file) continue;
    const LoadedDefinition loaded =
        load_definition(memory_source(world_files(std::string(file.path.substr(0, slash)))));
    std::string summary;
    if (loaded.definition) {
      summary = loaded.definition->summary.empty() ? loaded.definition->name.in("en")
                                                   : loaded.definition->summary.in("en");
    }
    templates.push_back({std::string(file.path.substr(0, slash)), summary});
  }
  return templates;
}

void require_world_name(const std::string& name) {
  constexpr std::size_t most = 512;
  if (!name.empty() && name.size() <= most && is_utf8(name) && printable(name) == name) return;
  throw Error(ErrorCode::usage,
              fmt::format("a world cannot be called \"{}\"", truncate_to_width(printable(name), 60)),
              fmt::format("a name is one line of 1 to {} bytes, without control characters", most));
}

World begin_stream(const Environment& environment, git::Repository repository, const Signer& signer,
                   const Genesis& genesis) {
  require_world_name(genesis.name);
  World world{std::move(repository), {}};
  append_genesis(environment, world, signer, genesis);
  refresh(environment, world);
  configure_identity(environment, world);
  // Nothing to add: this only makes the checkpoint, at home, over what genesis brought.
  if (!genesis.home)
    append_at_home(environment, world, signer, [](const StreamState&) { return Composition{}; });
  remember_world(environment,
                 {world.id(), world.name(), std::filesystem::absolute(world.folder()), SyncWish::manual});
  return world;
}

World init_world(const Environment& environment, const Identity& identity, const Signer& signer,
                 const InitOptions& options) {
  std::map<std::string, std::string> files = world_files(options.template_name);
  const std::optional<std::string> chosen = chosen_name(options);
  if (chosen) require_world_name(*chosen);
  std::string& definition = files.at(definition_file);
  if (chosen) definition = set_value(definition, {"name"}, *chosen);
  YamlValue steward = {{"did", identity.did.text()}};
  if (!identity.name.empty()) steward["name"] = identity.name;
  definition = append_item(definition, {"stewards"}, steward);
  const LoadedDefinition loaded = load_definition(memory_source(files));
  if (!loaded.valid() && !loaded.problems.empty() && loaded.problems.front().file == definition_file) {
    throw Error(ErrorCode::invalid, "the definition would not be valid: " + loaded.problems.front().message);
  }

  NewFolder folder(options.folder);
  git::Repository repository = git::Repository::create(folder.path(), false);
  std::vector<git::TreeEdit> edits;
  edits.reserve(files.size());
  for (const auto& [path, content] : files) {
    edits.push_back(
        {path, repository.write_blob(content), is_program(path) ? git::Mode::executable : git::Mode::file});
  }
  const git::Oid main =
      repository.commit({.tree = repository.edit_tree(std::nullopt, edits),
                         .parents = {},
                         .author = appender(signer.did()),
                         .time = environment.now(),
                         .message = fmt::format("Begin the world from template {}\n", options.template_name)},
                        commit_signer_with(signer));
  repository.set_ref(main_ref, main, "bw: init");
  repository.checkout_head(std::nullopt);
  install_hooks(repository);
  const std::string name = chosen ? *chosen : world_name(definition_at(repository, main));
  World world =
      begin_stream(environment, std::move(repository), signer, {name, options.home, std::nullopt, {}, main});
  folder.keep();
  return world;
}

}  // namespace bw
