#include "world/fork.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "definition/edit.h"
#include "definition/yaml.h"
#include "git/transport.h"
#include "stream/commit_author.h"
#include "world/home.h"
#include "world/init.h"
#include "world/new_folder.h"
#include "world/world_files.h"

namespace bw {
namespace {

constexpr const char* upstream_stream = "refs/bw/upstream/stream";
constexpr const char* upstream_main = "refs/remotes/upstream/main";

// What the parent's stream proves about it.
struct Parent {
  Authority authority;
  ForkParent lineage;
};

// The stream is kept beside ours, as the evidence of the lineage. Its openings are not: they belong to
// people who gave them to the parent, and may be withdrawn there.
void fetch_parent(const Environment& environment, git::Repository& repository, const git::RemoteUrl& source) {
  git::add_remote(repository, "upstream", source);
  git::fetch(repository, source,
             {fmt::format("+refs/heads/main:{}", upstream_main),
              fmt::format("+refs/heads/stream:{}", upstream_stream)},
             transport_options(environment));
  if (!repository.ref(upstream_stream)) {
    throw Error(ErrorCode::invalid, source.shown() + " holds no world: it has no branch \"stream\"",
                "check the address; a plain repository is cloned with \"git clone\"");
  }
  if (!repository.ref(upstream_main)) {
    throw Error(ErrorCode::invalid, source.shown() + " has no branch \"main\" to begin from");
  }
}

Parent verify_parent(const Environment& environment, const git::Repository& repository,
                     const git::RemoteUrl& source) {
  StreamVerification verification =
      verify_stream(repository, *repository.ref(upstream_stream), {}, verify_options(environment));
  if (!verification.ok()) {
    const StreamProblem& first = verification.problems.front();
    throw Error(
        ErrorCode::invalid,
        fmt::format("the stream of {} does not verify: {}: {}", source.shown(), first.where, first.what),
        "do not build on it; tell whoever keeps that copy");
  }
  const StreamState& state = verification.state;
  const WorldId& world = state.authority.world();
  if (source.pin() && *source.pin() != world.text()) {
    throw Error(ErrorCode::invalid,
                fmt::format("{} holds world {}, not {} as the address demands", source.shown(), world.text(),
                            *source.pin()),
                "do not trust this copy; ask whoever gave you the address");
  }
  if (!state.checkpoint) {
    throw Error(ErrorCode::invalid, source.shown() + " has no checkpoint that a fork could name",
                "one of its stewards makes one with \"bw submit\"");
  }
  return {state.authority, {world, state.checkpoint->size, state.checkpoint->root}};
}

struct Inheritance {
  std::vector<Did> known;
  std::vector<std::string> unknown;
};

std::string commits_text(std::size_t count, const git::Oid& latest) {
  const std::string id = latest.hex().substr(0, 12);
  return count == 1 ? fmt::format("commit {}", id) : fmt::format("{} commits, the latest {}", count, id);
}

// Who signed the commits of `main`, and which of them the parent's stream vouches for. A key that only
// its own signature presents proves nothing about who holds it.
Inheritance inherit(const git::Repository& repository, const git::Oid& main, const Authority& authority) {
  struct Commits {
    std::size_t count = 0;
    git::Oid latest;
  };
  std::map<Did, Commits> signers;
  std::map<std::string, Commits> unsigned_commits;  // by reason
  const auto count = [](Commits& commits, const git::Oid& oid) {
    if (commits.count++ == 0) commits.latest = oid;
  };
  for (const git::Oid& oid : repository.reachable(main, {})) {
    try {
      const auto signer = commit_signer(repository.read_commit(oid));
      count(signer ? signers[*signer] : unsigned_commits[signer.reason()], oid);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid) throw;
      unsigned_commits["a commit that cannot be read"].latest = oid;
      ++unsigned_commits["a commit that cannot be read"].count;
    }
  }

  const std::set<Did> vouched = authority.known_keys();
  Inheritance result;
  for (const auto& [did, commits] : signers) {
    const bool known = vouched.contains(did);
    if (known && result.known.size() < max_definition_signers) {
      result.known.push_back(did);
      continue;
    }
    result.unknown.push_back(fmt::format("{} signed {} and {}", did.text(),
                                         commits_text(commits.count, commits.latest),
                                         known ? "does not fit among the signers that a fork can name"
                                               : "is not known to the parent's stream"));
  }
  for (const auto& [reason, commits] : unsigned_commits) {
    result.unknown.push_back(fmt::format("{}: {}", commits_text(commits.count, commits.latest), reason));
  }
  return result;
}

// The parent's definition with me as its steward, and its own name where one was asked for.
std::string own_definition(std::string text, const Identity& identity,
                           const std::optional<std::string>& name) {
  const yaml::Document document = yaml::parse(text, definition_file);
  if (!document.root || has_errors(document.problems)) {
    throw Error(ErrorCode::invalid, "the definition on the parent's main is no valid YAML",
                "its stewards see what is wrong with \"bw validate\"");
  }
  if (document.root->find("stewards") != nullptr) text = remove_value(text, {"stewards"});
  YamlValue steward = {{"did", identity.did.text()}};
  if (!identity.name.empty()) steward["name"] = identity.name;
  text = append_item(text, {"stewards"}, steward);
  if (!name) return text;
  require_world_name(*name);
  return set_value(text, {"name"}, *name);
}

git::Oid commit_fork(const Environment& environment, git::Repository& repository, const Identity& identity,
                     const Signer& signer, const Parent& parent, const std::optional<std::string>& name) {
  const git::Oid main = *repository.ref(upstream_main);
  const git::Oid tree = repository.read_commit(main).tree;
  const auto entry = repository.find(tree, definition_file);
  if (!entry || entry->mode != git::Mode::file) {
    throw Error(ErrorCode::invalid, fmt::format("the parent's main has no file {}", definition_file));
  }
  const std::string text = own_definition(repository.read_blob(entry->oid, yaml::max_bytes), identity, name);
  const git::TreeEdit edit{definition_file, repository.write_blob(text), git::Mode::file};
  const std::string message =
      fmt::format("Fork the world {}\n\nIts stream had {} entries and the root {}.\n\nParent: {}\n",
                  printable(parent.authority.name()), parent.lineage.size, parent.lineage.root.hex(),
                  parent.lineage.world.text());
  return repository.commit({.tree = repository.edit_tree(tree, {&edit, 1}),
                            .parents = {main},
                            .author = appender(signer.did()),
                            .time = environment.now(),
                            .message = message},
                           commit_signer_with(signer));
}

std::string name_of_world(const git::Repository& repository, const git::Oid& main) {
  const LoadedDefinition loaded = definition_at(repository, main);
  if (loaded.valid()) return loaded.definition->name.in("en");
  const Problem& first = loaded.problems.front();
  throw Error(ErrorCode::invalid,
              fmt::format("the definition on the parent's main is not valid: {}:{}:{}: {}", first.file,
                          first.line, first.column, first.message),
              "its stewards see everything with \"bw validate\"");
}

}  // namespace

Forked fork_world(const Environment& environment, const Identity& identity, const Signer& signer,
                  const ForkOptions& options) {
  NewFolder folder(options.folder);
  const git::RemoteUrl source = options.source.absolute(std::filesystem::current_path());
  git::Repository repository = git::Repository::create(folder.path(), false);
  fetch_parent(environment, repository, source);
  const Parent parent = verify_parent(environment, repository, source);
  Inheritance inheritance = inherit(repository, *repository.ref(upstream_main), parent.authority);

  const git::Oid main = commit_fork(environment, repository, identity, signer, parent, options.name);
  const std::string name = name_of_world(repository, main);
  repository.set_ref(main_ref, main, "bw: fork");
  repository.checkout_head(std::nullopt);
  install_hooks(repository);
  World world = begin_stream(environment, std::move(repository), signer,
                             {name, std::nullopt, parent.lineage, inheritance.known, main});
  folder.keep();
  return {std::move(world), parent.lineage, parent.authority.name(), std::move(inheritance.known),
          std::move(inheritance.unknown)};
}

}  // namespace bw
