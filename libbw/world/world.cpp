#include "world/world.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "stream/commit_author.h"
#include "stream/definition_set.h"
#include "world/checkpoint_memory.h"
#include "world/identity.h"

namespace bw {
namespace {

constexpr std::size_t max_state_bytes = std::size_t{1} << 30;
constexpr std::size_t max_file_bytes = 16u << 20;

std::filesystem::path private_folder(const git::Repository& repository) {
  return repository.git_folder() / "bw";
}
std::filesystem::path state_path(const git::Repository& repository) {
  return private_folder(repository) / "verified-stream";
}

std::filesystem::path runs_folder(const git::Repository& repository) {
  return private_folder(repository) / "verified-ids";
}

// The state saved after the last verification; empty where there is none or it is damaged, since it
// can always be made again.
StreamState load_state(const git::Repository& repository) {
  const auto bytes = read_file_if_exists(state_path(repository), max_state_bytes);
  if (!bytes) return {};
  try {
    return StreamState::from_bytes(*bytes, runs_folder(repository));
  } catch (const Error&) {
    return {};
  }
}

void save_state(const git::Repository& repository, StreamState& state) {
  try {
    state.ids.settle(runs_folder(repository));
    write_file(state_path(repository), state.bytes(), 0600);
  } catch (const Error& error) {
    // A cache that cannot be written (a repository on a read-only disk) only costs time.
    if (error.code() != ErrorCode::cannot) throw;
  }
}

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

// Where bw is not on PATH, git's own merge leaves markers: without it git would keep only our side. A
// merge base of several bases is not merged by meaning, since that could put markers into it.
constexpr const char* merge_driver =
    "command -v bw >/dev/null 2>&1 || exec git merge-file %A %O %B; exec bw merge-driver %O %A %B %P";

void write_if_changed(const std::filesystem::path& path, const std::string& content) {
  if (read_file_if_exists(path, max_state_bytes) != content) write_file(path, content);
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

using Settings = std::vector<std::pair<std::string, std::string>>;

void set_each(git::Repository& repository, const Settings& settings) {
  for (const auto& [key, value] : settings) {
    if (repository.config(key) != value) repository.set_config(key, value);
  }
}

World open_as(const Environment& environment, const std::filesystem::path& folder, bool arbitrates) {
  auto repository = git::Repository::discover(folder);
  if (!repository) {
    throw Error(ErrorCode::invalid, folder.string() + " is not inside a Git repository",
                "go into a world, name one with -C or --world, or make one with \"bw init\"");
  }
  require_stream(*repository);
  World world{*std::move(repository), {}};
  world.arbitrates = arbitrates;
  world.stream = load_state(world.repository);
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
  save_state(world.repository, world.stream);
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
  save_state(world.repository, world.stream);
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
  return load(memory_source(read_definition_set(world.repository, tree, adopted->digest)));
}

LoadedDefinition work_tree_definition(const World& world) {
  const auto folder = world.repository.work_tree();
  if (!folder) throw Error(ErrorCode::invalid, "a bare repository has no work tree");
  return load(folder_source(*folder));
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
  return load(source);
}

Journal open_journal(const Environment& environment, const WorldId& world) {
  return {environment.data_folder / "journals" / world.text(), world};
}

void configure_repository(World& world) {
  std::string lines;
  for (const Did& did : world.stream.authority.known_keys())
    lines += allowed_signers_line(did, "git,bw.event.v1,bw.bundle.v1,bw.receipt.v1");
  const auto path = private_folder(world.repository) / "allowed_signers";
  try {
    write_if_changed(path, lines);
    set_each(world.repository, {{"gpg.format", "ssh"},
                                {"gpg.ssh.allowedSignersFile", std::filesystem::absolute(path).string()},
                                {"merge.betterworld.name", "merge of world definitions by meaning"},
                                {"merge.betterworld.driver", merge_driver},
                                {"merge.betterworld.recursive", "binary"}});
  } catch (const Error& error) {
    // Reading a world must work where nothing can be written.
    if (error.code() != ErrorCode::cannot) throw;
  }
}

void configure_identity(const Environment& environment, World& world) {
  const auto identity = find_identity(environment);
  if (!identity) return;
  Settings settings = {{"commit.gpgsign", "true"},
                       {"user.email", appender(identity->did).email},
                       {"user.name", appender(identity->did).name},
                       {"user.signingkey", identity->key_file.string()}};
  std::erase_if(settings,
                [&](const auto& setting) { return world.repository.config(setting.first).has_value(); });
  try {
    set_each(world.repository, settings);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
  }
}

}  // namespace bw
