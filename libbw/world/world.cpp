#include "world/world.h"

#include <fmt/format.h>

#include "base/error.h"
#include "stream/definition_set.h"
#include "tools/toolset.h"
#include "world/checkpoint_memory.h"
#include "world/new_folder.h"
#include "world/verified_stream.h"

namespace bw {
namespace {

constexpr std::size_t max_file_bytes = 16u << 20;

void require_ok(const StreamVerification& verification) {
  if (verification.ok()) return;
  const StreamProblem& first = verification.problems.front();
  throw Error(ErrorCode::invalid, fmt::format("the stream does not verify: {}: {}", first.where, first.what),
              "run \"bw verify\" to see everything that is wrong with it");
}

git::Oid require_stream(const git::Repository& repository) {
  if (const auto head = repository.ref(stream_ref)) return *head;
  throw Error(ErrorCode::invalid,
              fmt::format("{} is a Git repository but no world: it has no branch \"stream\"",
                          repository.work_tree().value_or(repository.git_folder()).string()),
              "make a world with \"bw init\", or get one with \"bw clone\"");
}

void require_finished(const git::Repository& repository) {
  const auto folder = repository.work_tree();
  if (!folder || !NewFolder::is_unfinished(*folder)) return;
  throw Error(
      ErrorCode::invalid,
      fmt::format("{} is not finished: the command that makes the world there was interrupted, or still runs",
                  folder->string()),
      "where it was interrupted, give it again; it begins anew");
}

// A clone knows which world it holds; a stream of another one must not slip under it.
void check_identity(git::Repository& repository, const WorldId& world) {
  const auto expected = repository.config("bw.world");
  if (!expected) {
    repository.set_config("bw.world", world.text());
  } else if (*expected != world.text()) {
    throw Error(ErrorCode::invalid,
                fmt::format("branch \"stream\" is that of world {}, this repository is of world {}",
                            world.text(), *expected),
                "the branch was replaced: fetch it again from where you trust it");
  }
}

void remember(const Environment& environment, World& world, const StreamState& verified) {
  try {
    world.contradiction.clear();
    remember_checkpoint(environment, world.repository, verified);
  } catch (const TwoHistories& alarm) {
    if (!world.arbitrates) throw;
    world.contradiction = alarm.what();
  }
}

World open_as(const Environment& environment, const std::filesystem::path& folder, bool arbitrates) {
  auto repository = git::Repository::discover(folder);
  if (!repository) {
    throw Error(ErrorCode::invalid, folder.string() + " is not inside a Git repository",
                "go into a world, name one with -C or --world, or make one with \"bw init\"");
  }
  require_finished(*repository);
  require_stream(*repository);
  World world{*std::move(repository), {}};
  world.arbitrates = arbitrates;
  world.stream = remembered_stream(environment, world.repository).value_or(StreamState{});
  refresh(environment, world);
  check_identity(world.repository, world.id());
  remember(environment, world, world.stream);
  configure_identity(environment, world);
  return world;
}

}  // namespace

std::filesystem::path World::folder() const {
  return repository.work_tree().value_or(repository.git_folder());
}

VerifyOptions verify_options(const Environment& environment) {
  VerifyOptions options{.now = environment.now(), .threads = environment.threads, .progress = {}};
  if (environment.progress) {
    options.progress = [&environment, last = std::uint64_t{0}](std::uint64_t entries) mutable {
      if (entries < last + 10'000) return;
      last = entries;
      environment.report(fmt::format("verified {} entries", entries));
    };
  }
  return options;
}

World open_world(const Environment& environment, const std::filesystem::path& folder) {
  return open_as(environment, folder, false);
}

World open_world_to_arbitrate(const Environment& environment, const std::filesystem::path& folder) {
  return open_as(environment, folder, true);
}

void refresh(const Environment& environment, World& world) {
  const git::Oid head = require_stream(world.repository);
  if (world.stream.head == head) return;
  const bool known = world.stream.head && world.repository.has_object(*world.stream.head);
  if (known && !world.repository.is_ancestor(*world.stream.head, head)) {
    throw Error(
        ErrorCode::invalid,
        fmt::format("branch \"stream\" was rewritten: {} does not follow {}, which was verified here before",
                    head.hex(), world.stream.head->hex()),
        fmt::format("keep both heads as evidence; go back with: git update-ref {} {}", stream_ref,
                    world.stream.head->hex()));
  }
  if (!known) world.stream = {};
  StreamVerification verification =
      verify_stream(world.repository, head, std::move(world.stream), verify_options(environment));
  require_ok(verification);
  world.stream = std::move(verification.state);
  remember_stream(environment, world.repository, world.stream);
  configure_repository(world);
}

StreamState verify_continuation(const Environment& environment, const World& world, const git::Oid& head) {
  if (world.stream.head == head) return world.stream;
  if (!world.repository.is_ancestor(*world.stream.head, head)) {
    throw Error(ErrorCode::refused,
                fmt::format("the stream was rewritten elsewhere: {} there does not follow {} here",
                            head.hex(), world.stream.head->hex()),
                "keep both as evidence and ask the other stewards; nothing was changed here");
  }
  StreamVerification verification =
      verify_stream(world.repository, head, world.stream, verify_options(environment));
  require_ok(verification);
  return std::move(verification.state);
}

bool advance_stream(const Environment& environment, World& world, StreamState verified) {
  if (world.stream.head == verified.head) return true;
  remember(environment, world, verified);
  if (!world.repository.update_ref(stream_ref, *verified.head, world.stream.head, "bw: advance"))
    return false;
  world.stream = std::move(verified);
  remember_stream(environment, world.repository, world.stream);
  configure_repository(world);
  return true;
}

LoadedDefinition adopted_definition(const World& world) {
  const auto& adopted = world.stream.authority.adopted();
  if (!adopted) {
    throw Error(ErrorCode::invalid, "the world " + world.name() + " has not adopted a definition yet",
                "a steward adopts one with \"bw adopt\"");
  }
  const git::Oid tree = world.repository.read_commit(*world.stream.head).tree;
  return load_definition(memory_source(read_definition_set(world.repository, tree, adopted->digest)));
}

LoadedDefinition work_tree_definition(const World& world) {
  const auto folder = world.repository.work_tree();
  if (!folder) throw Error(ErrorCode::invalid, "a bare repository has no work tree");
  return load_definition(folder_source(*folder));
}

LoadedDefinition definition_at(const git::Repository& repository, const git::Oid& commit) {
  return definition_in_tree(repository, repository.read_commit(commit).tree);
}

LoadedDefinition definition_in_tree(const git::Repository& repository, const git::Oid& tree) {
  FileSource source;
  source.read = [&](const std::string& path) -> std::optional<std::string> {
    const auto entry = repository.find(tree, path);
    if (!entry) return std::nullopt;
    if (entry->mode != git::Mode::file && entry->mode != git::Mode::executable) {
      throw Error(ErrorCode::invalid, path + " is no regular file");
    }
    return repository.read_blob(entry->oid, max_file_bytes);
  };
  source.tools = [&] {
    std::vector<std::string> paths;
    const auto folder = repository.find(tree, "tools");
    if (folder && folder->mode == git::Mode::tree) {
      for (const git::TreeEntry& entry : repository.list(folder->oid)) paths.push_back("tools/" + entry.name);
    }
    return paths;
  };
  return load_definition(source);
}

Journal open_journal(const Environment& environment, const WorldId& world) {
  return {environment.data_folder / "journals" / world.text(), world};
}

}  // namespace bw
