#include "tlog/witness.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"

namespace bw {
namespace {

constexpr std::size_t max_key_bytes = 4096;
constexpr std::size_t max_keys_bytes = 1u << 20;
constexpr std::size_t max_evidence = 16;

std::filesystem::path key_path(const std::filesystem::path& folder) {
  return folder / "witness.key";
}
std::filesystem::path logs_path(const std::filesystem::path& folder) {
  return folder / "logs";
}

std::optional<Note> read_record(const std::filesystem::path& log_folder) {
  const std::filesystem::path path = log_folder / "checkpoint";
  const auto content = read_file_if_exists(path, Note::max_bytes);
  if (!content) return std::nullopt;
  auto note = Note::parse(*content);
  const auto checkpoint = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(Reason{note.reason()});
  if (!checkpoint) {
    throw Error(
        ErrorCode::invalid, fmt::format("{} is damaged: {}", path.string(), checkpoint.reason()),
        "without it this witness does not know what it said: it must not go on under its key; make another "
        "with \"bw witness init\" after moving the folder away");
  }
  return *std::move(note);
}

// One that `read_record` gave.
Checkpoint checkpoint_of(const Note& note) {
  return *Checkpoint::parse(note.text);
}

}  // namespace

Witness Witness::create(const std::filesystem::path& folder, const std::string& name, const Random& random) {
  const FileLock lock(folder / "lock");
  if (const auto present = open(folder)) {
    throw Error(ErrorCode::refused,
                fmt::format("this machine is the witness {} already", present->verifier().name),
                "see its key with \"bw witness show\"");
  }
  NoteSigner signer = NoteSigner::generate(name, random, NoteKeyType::cosignature);
  create_file(key_path(folder), signer.text() + "\n", 0600);
  return {folder, std::move(signer)};
}

std::optional<Witness> Witness::open(const std::filesystem::path& folder) {
  const std::filesystem::path path = key_path(folder);
  const auto text = read_file_if_exists(path, max_key_bytes);
  if (!text) return std::nullopt;
  const std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
  auto signer = NoteSigner::parse(line, NoteKeyType::cosignature);
  if (!signer) throw Error(ErrorCode::invalid, path.string() + " is no witness key: " + signer.reason());
  return Witness(folder, *std::move(signer));
}

std::filesystem::path Witness::log_folder(std::string_view origin) const {
  return logs_path(folder_) / sha256(origin).hex();
}

std::optional<Note> Witness::latest(std::string_view origin) const {
  return read_record(log_folder(origin));
}

std::vector<Note> Witness::latest_of_all() const {
  std::vector<std::filesystem::path> folders;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(logs_path(folder_), error))
    folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::vector<Note> notes;
  for (const std::filesystem::path& folder : folders) {
    if (auto note = read_record(folder)) notes.push_back(*std::move(note));
  }
  return notes;
}

std::vector<NoteVerifier> Witness::log_keys(std::string_view origin) const {
  const std::filesystem::path path = log_folder(origin) / "keys";
  const auto content = read_file_if_exists(path, max_keys_bytes);
  std::vector<NoteVerifier> keys;
  if (!content) return keys;
  for (const std::string_view line : split(*content, '\n')) {
    if (line.empty()) continue;
    auto key = NoteVerifier::parse(line);
    if (!key) throw Error(ErrorCode::invalid, path.string() + " is damaged: " + key.reason());
    if (key->name == origin) keys.push_back(*std::move(key));
  }
  return keys;
}

void Witness::set_log_keys(std::string_view origin, const std::vector<NoteVerifier>& keys) const {
  std::string lines;
  for (const NoteVerifier& key : keys) lines += key.vkey() + "\n";
  const std::filesystem::path path = log_folder(origin) / "keys";
  if (read_file_if_exists(path, max_keys_bytes) != lines) write_file(path, lines, 0600);
}

void Witness::trust(const NoteVerifier& log) const {
  const FileLock lock(log_folder(log.name) / "lock");
  std::vector<NoteVerifier> keys = log_keys(log.name);
  if (std::find(keys.begin(), keys.end(), log) != keys.end()) return;
  keys.push_back(log);
  set_log_keys(log.name, keys);
}

Note Witness::cosign_and_record(Note checkpoint, Timestamp now) const {
  bw::cosign(checkpoint, signer_, now);
  write_file(log_folder(origin_of(checkpoint)) / "checkpoint", checkpoint.bytes(), 0600);
  return checkpoint;
}

std::filesystem::path Witness::keep_evidence(const std::string& kind, const Note& seen,
                                             const Note& here) const {
  std::filesystem::path evidence = log_folder(origin_of(here)) / kind;
  write_file(evidence / "seen", seen.bytes(), 0600);
  write_file(evidence / "here", here.bytes(), 0600);
  return evidence;
}

std::filesystem::path Witness::keep_split(const Note& seen, const Note& here) const {
  const Checkpoint head = checkpoint_of(here);
  const std::filesystem::path folder = log_folder(head.origin);
  const std::string kind = fmt::format("split-{}-{:.16}", head.size, head.root.hex());
  const auto kept =
      std::count_if(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator(),
                    [](const auto& entry) { return entry.path().filename().string().starts_with("split-"); });
  // A log that splits without end is known by the first few.
  return static_cast<std::size_t>(kept) < max_evidence ? keep_evidence(kind, seen, here) : folder;
}

void Witness::check_continuation(const Note& checkpoint, const Extends& extends) const {
  const auto seen = latest(origin_of(checkpoint));
  if (!seen) return;
  const Checkpoint head = checkpoint_of(checkpoint);
  const Checkpoint before = checkpoint_of(*seen);
  const bool shorter = head.size < before.size;
  if (!shorter && (head.size == before.size ? head.root == before.root : extends(before))) return;
  const std::filesystem::path evidence =
      shorter ? keep_evidence("rolled-back", *seen, checkpoint) : keep_split(*seen, checkpoint);
  const std::string fault =
      shorter ? fmt::format("the log shows only {}: it was rolled back, or this copy is old", head.size)
              : fmt::format("the log of {} with root {} does not begin with them: it has two histories",
                            head.size, head.root.hex());
  throw Error(
      ErrorCode::refused,
      fmt::format("not cosigned: this witness cosigned {} entries with root {}, and {}", before.size,
                  before.root.hex(), fault),
      fmt::format("both are kept in {}; ask the log's keepers and its other witnesses", evidence.string()));
}

void Witness::require_continuation(const Note& checkpoint, const Extends& extends) const {
  const auto head = Checkpoint::parse(checkpoint.text);
  if (!head) throw Error(ErrorCode::invalid, head.reason());
  const FileLock lock(log_folder(head->origin) / "lock");
  check_continuation(checkpoint, extends);
}

Note Witness::cosign(const Note& checkpoint, const Extends& extends, Timestamp now) const {
  const auto head = Checkpoint::parse(checkpoint.text);
  if (!head) throw Error(ErrorCode::invalid, head.reason());
  const FileLock lock(log_folder(head->origin) / "lock");
  check_continuation(checkpoint, extends);
  return cosign_and_record(checkpoint, now);
}

Witness::Reply Witness::answer(std::string_view request, Timestamp now) const {
  const auto parsed = WitnessRequest::parse(request);
  if (!parsed) return {WitnessAnswer::malformed, parsed.reason(), "", {}, {}};
  const std::string origin(origin_of(parsed->checkpoint));
  // Without a key nothing is looked up, made or locked for whoever asks.
  const std::vector<NoteVerifier> keys = log_keys(origin);
  if (keys.empty()) {
    auto judgement = judge(*parsed, keys, std::nullopt);
    return {judgement.answer, std::move(judgement.reason), "", {}, {}};
  }
  const FileLock lock(log_folder(origin) / "lock");
  const auto seen = latest(origin);
  const auto before = seen ? std::optional(checkpoint_of(*seen)) : std::nullopt;
  WitnessJudgement judgement = judge(*parsed, keys, before);
  Reply reply{judgement.answer, std::move(judgement.reason), "", {}, judgement.checkpoint};
  if (reply.answer == WitnessAnswer::other_size) {
    reply.body = fmt::format("{}\n", before ? before->size : 0);
  } else if (reply.answer == WitnessAnswer::cosigned) {
    const Note cosigned = cosign_and_record(signed_by(parsed->checkpoint, keys), now);
    reply.body = signature_lines({cosigned.signatures.back()});
  }
  if (seen && reply.checkpoint && reply.checkpoint->size == before->size &&
      reply.checkpoint->root != before->root) {
    reply.evidence = keep_split(*seen, signed_by(parsed->checkpoint, keys));
  } else if (seen && reply.checkpoint && reply.answer == WitnessAnswer::not_consistent) {
    reply.evidence = keep_evidence("unproved", *seen, signed_by(parsed->checkpoint, keys));
  }
  return reply;
}

}  // namespace bw
