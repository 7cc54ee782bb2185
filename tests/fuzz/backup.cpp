// Pieces and manifests of backups: as a repository gives them, and as whoever has the key could write them.

#include "crypto/backup_cipher.h"
#include "fuzz.h"
#include "stream/journal_tree.h"
#include "world/backup_piece.h"

void fuzz(std::string_view input) {
  static const bw::BackupKeys keys(
      bw::PersonalSeed::generate([](std::size_t size) { return std::string(size, 's'); }));
  MUST(!bw::open_piece(keys, bw::manifest_context("name"), input));
  MUST(!bw::is_own_backup_name(keys, input));
  if (const auto piece = bw::BackupPiece::parse(input)) MUST(piece->content() == input);
  if (const auto manifest = bw::BackupManifest::parse(input)) MUST(manifest->content() == input);
  if (const auto path = bw::BackupPath::parse(input)) MUST(input.find("..") == std::string_view::npos);
  // What a restore takes from it line by line.
  const std::string line(input.substr(0, input.find('\n')));
  if (const auto read = bw::parse_journal_line(line)) {
    if (const auto* entry = std::get_if<bw::JournalEntry>(&*read)) MUST(bw::parse_event(entry->event.line));
  }
  (void)bw::parse_journal_opening(line);
  if (const auto note = bw::JournalNote::parse(line)) MUST(note->line() == line + "\n");
}
