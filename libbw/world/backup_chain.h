#pragma once
// A backup in a Git repository: a branch `bw-backup/<name>` whose commits, unsigned and by nobody, hold
//
//     manifest               sealed, which piece is the last
//     pieces/000 …           sealed, numbered as C2SP tlog-tiles numbers tiles (pieces/x001/234)
//
// Every backup is a commit on top of the one before that adds pieces and a new manifest; no piece is ever
// changed or taken away. Whoever keeps the repository sees how many pieces came when, and how long they are.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/backup_cipher.h"
#include "git/repository.h"
#include "world/backup_piece.h"
#include "world/environment.h"

namespace bw {

// Below the state folder: this machine's copy of what it sent and fetched, and the lock of whoever works on
// it.
std::filesystem::path backup_folder(const Environment& environment);
// The copy, a bare repository that is made where there is none; what a process left that was killed is
// cleared away first. The caller holds the lock.
git::Repository open_backup_copy(const Environment& environment);

inline constexpr std::string_view backup_refs = "refs/heads/bw-backup/";
std::string backup_ref(std::string_view name);

// Reads and checks a whole backup, oldest piece first: that each opens in its place, continues the one before
// and its files, and that the last is the one that the manifest names. Throws Error(invalid) naming the piece
// and what is wrong with it, and whatever `visit` throws. Pieces are visited before the last was checked:
// what was visited counts only once this returns.
BackupManifest read_backup(const git::Repository& repository, const git::Oid& commit, const BackupKeys& keys,
                           const std::string& name, const std::function<void(const BackupPiece&)>& visit);

// What a backup has of a file.
struct BackedUpFile {
  std::uint64_t size = 0;
  Digest digest;
};
using BackupIndex = std::map<std::string, BackedUpFile>;  // by path

// Adds pieces to a backup as parts come in, in memory that does not grow with them.
class BackupWriter {
public:
  // `base`: the last commit; nothing for a new backup. `last`: its manifest.
  BackupWriter(const Environment& environment, git::Repository& repository, const BackupKeys& keys,
               std::string name, const std::optional<git::Oid>& base,
               const std::optional<BackupManifest>& last);

  // The file's bytes from `from` on; the digest is that of the whole file.
  void add(const BackupPath& path, std::uint64_t from, std::string_view bytes, std::string_view whole);

  struct Result {
    std::uint64_t added = 0;         // pieces
    std::uint64_t pieces = 0;        // in all
    std::uint64_t bytes = 0;         // sealed
    std::optional<git::Oid> commit;  // nothing where nothing was added
  };
  // Writes the manifest and the commit; moves no ref.
  Result finish();

private:
  void flush();

  const Environment& environment_;
  git::Repository& repository_;
  const BackupKeys& keys_;
  std::string name_;
  std::optional<git::Oid> base_;
  std::optional<Digest> previous_;
  BackupPiece piece_;
  std::size_t filled_ = 0;
  std::vector<git::TreeEdit> edits_;
  Result result_;
};

}  // namespace bw
