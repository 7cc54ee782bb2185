#pragma once
// Reading entries of a verified stream from the tree of its head, a log file at a time.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "git/repository.h"
#include "stream/entry.h"
#include "stream/log_files.h"
#include "tlog/checkpoint.h"

namespace bw {

// Calls `visit(index, line)` for the entries `first` … `end`−1, in order; stops where it returns false.
// Lines are without LF and are valid during the call. Error(invalid) where the tree lacks one.
using VisitLine = std::function<bool(std::uint64_t index, std::string_view line)>;
void read_entries(const git::Repository& repository, const git::Oid& tree, std::uint64_t first,
                  std::uint64_t end, const VisitLine& visit);
// The same through files that the caller looks into as well.
void read_entries(LogFiles& files, std::uint64_t first, std::uint64_t end, const VisitLine& visit);

// The same, newest first.
void read_entries_backwards(const git::Repository& repository, const git::Oid& tree, std::uint64_t end,
                            const VisitLine& visit);

// The leaf hashes of the entries 0 … `size`−1, 32 bytes each, for proofs and for the root of an earlier size.
// Error(invalid) where the tree lacks one.
std::vector<Digest> read_leaf_hashes(const git::Repository& repository, const git::Oid& tree, TreeSize size);

// The file `checkpoint` (`cosigned`), a signed note whose text parses as a checkpoint; nothing where there is
// none, or something else.
std::optional<Note> read_checkpoint_note(const git::Repository& repository, const git::Oid& tree,
                                         std::string_view path = "checkpoint");

// One entry. Error(invalid) where it does not exist or does not parse.
Entry read_entry(const git::Repository& repository, const git::Oid& tree, std::uint64_t index);

// The text of one log file; empty where it does not exist yet.
std::string read_log_file(const git::Repository& repository, const git::Oid& tree, std::uint64_t file_number);

}  // namespace bw
