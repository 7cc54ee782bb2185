#pragma once
// What is in a backup, before it is encrypted (crypto/backup_cipher.h). A piece is one line of strict JSON,
// then the bytes of its parts, one behind the other:
//
//     {"number":3,"parts":[{"from":0,"path":"worlds.json","sha256":"…","size":120},…],"previous":"…","v":1}
//
// A part continues a file at `from`, where the pieces before have brought it, or begins it anew at 0;
// `sha256` is that of the whole file up to the part's end. `previous` is the SHA-256 of the sealed piece
// before (null in the first), so that the last piece vouches for all. The manifest names that last one:
//
//     {"at":"…","last":"…","pieces":4,"v":1}

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "stream/ids.h"

namespace bw {

inline constexpr std::size_t max_part_bytes = std::size_t{4} << 20;  // of all parts of a piece together
inline constexpr std::size_t max_parts = 200;
inline constexpr std::uint64_t max_pieces = 1'000'000;

// A file of the user's that a backup may hold. Nothing but these is ever written by a restore.
struct BackupPath {
  enum class Kind { worlds, config, journal, checkpoints, large, table };
  Kind kind = Kind::worlds;
  std::optional<WorldId> world;  // of a journal's files
  std::string text;              // "journals/<world id>/large/<event id>.jsonl"

  static std::optional<BackupPath> parse(std::string_view text);
  // Files that only grow by lines; the others are written once, or replaced whole.
  bool grows() const { return kind == Kind::journal || kind == Kind::checkpoints; }
  friend bool operator==(const BackupPath&, const BackupPath&) = default;
};

struct BackupPart {
  BackupPath path;
  std::uint64_t from = 0;
  std::string bytes;
  Digest digest;  // of the file, up to the end of this part
};

struct BackupPiece {
  std::uint64_t number = 0;
  std::optional<Digest> previous;
  std::vector<BackupPart> parts;

  std::string content() const;
  // Whatever is accepted, `content()` gives back.
  static Result<BackupPiece> parse(std::string_view content);
};

struct BackupManifest {
  Timestamp at;
  std::uint64_t pieces = 0;  // at least 1
  Digest last;               // SHA-256 of the last piece, sealed

  std::string content() const;
  static Result<BackupManifest> parse(std::string_view content);
};

// What a sealed piece, and the manifest, is bound to: "bw.backup.v1", the backup's name, and its number as 8
// big-endian bytes; of the manifest, eight bytes 0xFF.
std::string piece_context(std::string_view name, std::uint64_t number);
std::string manifest_context(std::string_view name);

}  // namespace bw
