#pragma once
// A Hub for tests, kept by a person of its own, and worlds to list there.

#include <map>
#include <string>

#include "world/hub_layout.h"
#include "world/publish.h"
#include "world/test_world.h"

namespace bw::testing {

inline std::string definition_named(const std::string& name, const std::string& more = {}) {
  return "betterworld: 1\nname: " + name + "\nvision: A vision.\nutc_offset: \"+08:00\"\ngrace: 30d\n" + more;
}

struct TestHub : TestPerson {
  explicit TestHub(const std::string& name = "Keeper") : TestPerson(name), hub_folder(folder.path() / "hub") {
    const World world = make_world(*this, hub_folder / "world");
    write_hub_settings(HubLayout(hub_folder), world.id());
  }

  Hub open() const { return open_hub(environment, hub_folder); }

  std::filesystem::path hub_folder;
};

// A world with a name, made by `person` in a folder of that name.
inline World make_named_world(const TestPerson& person, const std::string& name,
                              const std::string& more = {}) {
  const auto folder = person.folder.path() / name;
  git::Repository repository = git::Repository::create(folder, false);
  const std::vector<git::TreeEdit> edits = {
      {"betterworld.yaml", repository.write_blob(definition_named(name, more))}};
  const git::Oid main = repository.commit({.tree = repository.edit_tree(std::nullopt, edits),
                                           .parents = {},
                                           .author = appender(person.did()),
                                           .time = person.environment.now(),
                                           .message = "Begin\n"},
                                          commit_signer_with(*person.signer));
  repository.set_ref(main_ref, main, "begin");
  repository.checkout_head(std::nullopt);
  return begin_stream(person.environment, std::move(repository), *person.signer,
                      {name, std::nullopt, std::nullopt, {}, main});
}

}  // namespace bw::testing
