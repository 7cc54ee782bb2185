#include "stream/log_reader.h"

#include <fmt/format.h>

#include "base/error.h"

namespace bw {
namespace {

[[noreturn]] void missing(std::uint64_t index) {
  throw Error(ErrorCode::invalid, fmt::format("entry {} is not in the log", index),
              "run \"bw verify\" to see what is wrong with the stream");
}

}  // namespace

std::string read_log_file(const git::Repository& repository, const git::Oid& tree,
                          std::uint64_t file_number) {
  const auto file = repository.find(tree, log_path(file_number));
  return file ? repository.read_blob(file->oid, max_log_file_bytes) : std::string();
}

void read_entries(LogFiles& files, std::uint64_t first, std::uint64_t end, const VisitLine& visit) {
  for (std::uint64_t index = first; index < end;) {
    const std::uint64_t number = index / entries_per_file;
    const auto file = files.file(number);
    for (; index < end && index / entries_per_file == number; ++index) {
      const std::uint64_t position = index % entries_per_file;
      if (position >= file->lines.size()) missing(index);
      if (!visit(index, file->lines[position])) return;
    }
  }
}

void read_entries(const git::Repository& repository, const git::Oid& tree, std::uint64_t first,
                  std::uint64_t end, const VisitLine& visit) {
  LogFiles files(repository, tree);
  read_entries(files, first, end, visit);
}

void read_entries_backwards(const git::Repository& repository, const git::Oid& tree, std::uint64_t end,
                            const VisitLine& visit) {
  LogFiles files(repository, tree);
  while (end > 0) {
    const std::uint64_t number = (end - 1) / entries_per_file;
    const auto file = files.file(number);
    for (; end > number * entries_per_file; --end) {
      const std::uint64_t position = (end - 1) % entries_per_file;
      if (position >= file->lines.size()) missing(end - 1);
      if (!visit(end - 1, file->lines[position])) return;
    }
  }
}

std::vector<Digest> read_leaf_hashes(const git::Repository& repository, const git::Oid& tree, TreeSize size) {
  std::vector<Digest> leaves;
  leaves.reserve(size);
  read_entries(repository, tree, 0, size, [&](std::uint64_t, std::string_view line) {
    leaves.push_back(leaf_hash(line));
    return true;
  });
  return leaves;
}

std::optional<Note> read_checkpoint_note(const git::Repository& repository, const git::Oid& tree,
                                         std::string_view path) {
  const auto entry = repository.find(tree, path);
  if (!entry || entry->mode != git::Mode::file) return std::nullopt;
  const auto note = Note::parse(repository.read_blob(entry->oid, Note::max_bytes));
  if (!note || !Checkpoint::parse(note->text)) return std::nullopt;
  return *note;
}

Entry read_entry(const git::Repository& repository, const git::Oid& tree, std::uint64_t index) {
  std::optional<Entry> entry;
  read_entries(repository, tree, index, index + 1, [&](std::uint64_t, std::string_view line) {
    auto parsed = parse_entry(line);
    if (!parsed) throw Error(ErrorCode::invalid, fmt::format("entry {}: {}", index, parsed.reason()));
    entry = *std::move(parsed);
    return false;
  });
  return *std::move(entry);
}

}  // namespace bw
