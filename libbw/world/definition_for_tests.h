#pragma once
// For tests of what happens to definitions: commits on a world's `main`, and text with a few words changed.

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "definition/difference.h"
#include "git/git_test.h"
#include "git/remote_url.h"
#include "stream/commit_author.h"
#include "world/test_world.h"

namespace bw::testing {

// `text` with its one `from` replaced.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

inline std::string file_on_main(const World& world, const std::string& path = "betterworld.yaml") {
  const git::Oid tree = world.repository.read_commit(*world.repository.ref(main_ref)).tree;
  const auto entry = world.repository.find(tree, path);
  REQUIRE(entry);
  return world.repository.read_blob(entry->oid, 1u << 20);
}

enum class Signed { yes, no };

// A commit of `who` on `main`, checked out. Content that is missing removes the file.
inline git::Oid commit_file(const TestPerson& who, World& world, const std::string& path,
                            const std::optional<std::string>& content, Signed is_signed = Signed::yes) {
  git::Repository& repository = world.repository;
  const auto before = repository.ref(main_ref);
  std::vector<git::TreeEdit> edits(1);
  edits[0].path = path;
  if (content) edits[0].blob = repository.write_blob(*content);
  const git::Oid commit =
      repository.commit({.tree = repository.edit_tree(repository.read_commit(*before).tree, edits),
                         .parents = {*before},
                         .author = appender(who.did()),
                         .time = who.environment.now(),
                         .message = "Change " + path + "\n"},
                        is_signed == Signed::yes ? commit_signer_with(*who.signer) : git::CommitSigner{});
  REQUIRE(repository.update_ref(main_ref, commit, before, "test"));
  repository.checkout_head(before);
  return commit;
}

// The definition on `main` with one place changed.
inline git::Oid change(const TestPerson& who, World& world, std::string_view from, std::string_view to) {
  return commit_file(who, world, "betterworld.yaml", with(file_on_main(world), from, to));
}

inline git::RemoteUrl address(const std::filesystem::path& path) {
  const auto url = git::RemoteUrl::parse(path.string());
  REQUIRE(url);
  return *url;
}

inline std::vector<std::string> sentences(const std::vector<Change>& changes) {
  std::vector<std::string> result;
  result.reserve(changes.size());
  for (const Change& change : changes) result.push_back(change.sentence);
  return result;
}

// One behaviour, as an item to be put at the end of test_definition.
inline std::string behaviour(const std::string& id) {
  return "  - {id: " + id + ", title: Something, unit: hour}\n";
}

}  // namespace bw::testing
