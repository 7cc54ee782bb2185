#include "world/checkpoint_memory.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "stream/log_reader.h"
#include "tlog/proof.h"
#include "world/split.h"

namespace bw {
namespace {

constexpr std::size_t max_memory_bytes = 256u << 20;
constexpr const char* split_prefix = "split-";
constexpr const char* given_up_name = "seen.jsonl";

std::filesystem::path folder_of(const Environment& environment, const WorldId& world) {
  return environment.state_folder / "checkpoints" / world.text();
}
std::filesystem::path memory_path(const Environment& environment, const WorldId& world) {
  return folder_of(environment, world) / "seen.jsonl";
}
// What this copy was last found to agree with, so that a copy that only grows is not read again from its
// beginning: the digest of the memory, and the checkpoint of the copy.
struct Agreed {
  std::string memory;
  std::string checkpoint;

  static std::filesystem::path path(const git::Repository& repository) {
    return repository.git_folder() / "bw" / "agreed-checkpoint";
  }
  static Agreed read(const git::Repository& repository) {
    const std::string content = read_file_if_exists(path(repository), Note::max_bytes).value_or("");
    const std::size_t end = content.find('\n');
    if (end == std::string::npos) return {};
    return {content.substr(0, end), content.substr(end + 1)};
  }
  void write(const git::Repository& repository) const {
    write_file(path(repository), memory + "\n" + checkpoint, 0600);
  }
};

std::string memory_digest(const Environment& environment, const WorldId& world) {
  return sha256(read_file_if_exists(memory_path(environment, world), max_memory_bytes).value_or("")).hex();
}

std::optional<SeenCheckpoint> parse_line(std::string_view line) {
  const auto json = strict_json::parse(line);
  if (!json || !json->is_object() || !json->contains("note") || !(*json)["note"].is_string() ||
      !json->contains("seen") || !(*json)["seen"].is_number_unsigned()) {
    return std::nullopt;
  }
  SeenCheckpoint seen{{}, (*json)["note"].get<std::string>(), Timestamp{(*json)["seen"].get<std::int64_t>()}};
  const auto note = Note::parse(seen.note);
  const auto checkpoint = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(Reason{});
  if (!checkpoint) return std::nullopt;
  seen.checkpoint = *checkpoint;
  return seen;
}

// What was written whole; the rest is a torn append.
std::string whole_lines(const std::filesystem::path& path) {
  std::string content = read_file_if_exists(path, max_memory_bytes).value_or("");
  content.erase(content.rfind('\n') + 1);
  return content;
}

void keep(const Environment& environment, const WorldId& world, TreeSize size, const std::string& note) {
  const std::filesystem::path path = memory_path(environment, world);
  std::filesystem::create_directories(path.parent_path());
  const FileLock lock(folder_of(environment, world) / "lock");
  const std::vector<SeenCheckpoint> before = seen_checkpoints(environment, world);
  if (!before.empty() && before.back().checkpoint.size >= size) return;  // another process was faster
  const std::string line = strict_json::text({{"note", note}, {"seen", environment.now().seconds}}) + "\n";
  const std::string content = whole_lines(path);
  if (read_file_if_exists(path, max_memory_bytes).value_or("") == content) {
    append_file(path, line);
  } else {
    write_file(path, content + line, 0600);
  }
}

std::filesystem::path keep_evidence(const Environment& environment, const WorldId& world,
                                    const SeenCheckpoint& seen, const Checkpoint& here,
                                    const std::string& note_here) {
  std::filesystem::path evidence =
      folder_of(environment, world) / fmt::format("{}{}-{:.16}", split_prefix, here.size, here.root.hex());
  try {
    write_file(evidence / "seen", seen.note, 0600);
    write_file(evidence / "here", note_here, 0600);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
  }
  return evidence;
}

[[noreturn]] void raise_alarm(const SeenCheckpoint& seen, const Checkpoint& here,
                              const std::filesystem::path& evidence) {
  throw TwoHistories(
      ErrorCode::invalid,
      fmt::format("two histories of this world: at size {} this machine saw the root {}, but the copy here, "
                  "of size {} and root {}, does not begin with that",
                  seen.checkpoint.size, seen.checkpoint.root.hex(), here.size, here.root.hex()),
      fmt::format("both signed checkpoints are kept in {}; show them to the stewards and to whoever follows "
                  "this world, and use neither copy until they say which history stands",
                  evidence.string()));
}

std::vector<SeenCheckpoint> read_checkpoints(const std::filesystem::path& path, const WorldId& world) {
  const std::string content = whole_lines(path);
  std::vector<SeenCheckpoint> result;
  std::size_t number = 0;
  for (const std::string_view line : split(content, '\n')) {
    ++number;
    if (line.empty()) continue;
    auto seen = parse_line(line);
    if (!seen || seen->checkpoint.origin != log_origin(world)) {
      throw Error(ErrorCode::invalid, fmt::format("{} line {} is damaged", path.string(), number),
                  "move that file away; checkpoints are then remembered anew");
    }
    result.push_back(*std::move(seen));
  }
  return result;
}

// A history that stewards gave up is known again by the first checkpoint that was seen of it alone, also in a
// copy that has less of it than this machine has seen of the one that stands.
void require_not_given_up(const Environment& environment, const git::Repository& repository,
                          const StreamState& verified) {
  const WorldId& world = verified.authority.world();
  for (const std::filesystem::path& evidence : split_evidence(environment, world)) {
    const std::vector<SeenCheckpoint> given_up = read_checkpoints(evidence / given_up_name, world);
    if (given_up.empty()) continue;
    const Relation relation = relation_of(given_up.front().checkpoint, repository, verified);
    if (relation != Relation::same && relation != Relation::older) continue;
    throw TwoHistories(
        ErrorCode::invalid,
        fmt::format("two histories of this world: the copy here, of size {} and root {}, is of the one that "
                    "the world's stewards gave up",
                    verified.covered(), verified.checkpoint->root.hex()),
        fmt::format("clone the world again; what speaks for both is kept in {}", evidence.string()));
  }
}

// Stewards named the stream that is here: what was seen of the other history goes to the evidence.
void forget_other_history(const Environment& environment, const git::Repository& repository,
                          const StreamState& verified, const std::filesystem::path& evidence) {
  const WorldId& world = verified.authority.world();
  const FileLock lock(folder_of(environment, world) / "lock");
  std::string kept;
  std::string moved;
  for (const SeenCheckpoint& seen : seen_checkpoints(environment, world)) {
    const std::string line = strict_json::text({{"note", seen.note}, {"seen", seen.seen.seconds}}) + "\n";
    // From the first that contradicts on, all that is larger was seen of the same other history.
    const bool other =
        !moved.empty() || relation_of(seen.checkpoint, repository, verified) == Relation::split;
    (other ? moved : kept) += line;
  }
  if (moved.empty()) return;  // another process did it
  append_file(evidence / given_up_name, moved);
  write_file(memory_path(environment, world), kept, 0600);
}

}  // namespace

std::vector<std::filesystem::path> split_evidence(const Environment& environment, const WorldId& world) {
  std::vector<std::filesystem::path> folders;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(environment, world), none)) {
    if (entry.path().filename().string().starts_with(split_prefix)) folders.push_back(entry.path());
  }
  return folders;
}

std::vector<SeenCheckpoint> seen_checkpoints(const Environment& environment, const WorldId& world) {
  return read_checkpoints(memory_path(environment, world), world);
}

Relation relation_of(const Checkpoint& other, const git::Repository& repository,
                     const StreamState& verified) {
  if (other.size > verified.covered()) return Relation::newer;
  if (other.size == verified.covered())
    return other.root == verified.checkpoint->root ? Relation::same : Relation::split;
  const git::Oid tree = repository.read_commit(*verified.head).tree;
  return root_of(read_leaf_hashes(repository, tree, other.size)) == other.root ? Relation::older
                                                                               : Relation::split;
}

void remember_checkpoint(const Environment& environment, const git::Repository& repository,
                         const StreamState& verified) {
  if (!verified.checkpoint) return;
  const WorldId& world = verified.authority.world();
  const std::string here = verified.checkpoint->text();
  const Agreed agreed = Agreed::read(repository);
  if (agreed.checkpoint == here && agreed.memory == memory_digest(environment, world)) return;
  const auto note = read_checkpoint_note(repository, repository.read_commit(*verified.head).tree);
  if (!note) return;
  const std::vector<SeenCheckpoint> seen = seen_checkpoints(environment, world);
  for (auto each = seen.rbegin(); each != seen.rend(); ++each) {
    if (each->checkpoint.size > verified.covered()) continue;
    if (agreed.checkpoint != each->checkpoint.text() &&
        relation_of(each->checkpoint, repository, verified) == Relation::split) {
      const auto evidence = keep_evidence(environment, world, *each, *verified.checkpoint, note->bytes());
      if (!is_named_to_stand(repository, verified, each->checkpoint.size)) {
        raise_alarm(*each, *verified.checkpoint, evidence);
      }
      forget_other_history(environment, repository, verified, evidence);
    }
    break;  // it is proved to begin with all that are smaller
  }
  require_not_given_up(environment, repository, verified);
  try {
    keep(environment, world, verified.covered(), note->bytes());
    Agreed{memory_digest(environment, world), here}.write(repository);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
  } catch (const std::filesystem::filesystem_error&) {
    // No folder to write to: as above.
  }
}

std::optional<SeenCheckpoint> seen_beyond(const Environment& environment, const StreamState& verified) {
  std::vector<SeenCheckpoint> seen = seen_checkpoints(environment, verified.authority.world());
  if (seen.empty() || seen.back().checkpoint.size <= verified.covered()) return std::nullopt;
  return std::move(seen.back());
}

}  // namespace bw
