#pragma once
// Brings backups home (world/backup.h): every backup at a repository that opens with my seed, of whichever
// machine, into what is here. Nothing that is here is lost or changed; what is here already is passed over,
// so that twice changes nothing. A backup is checked as a whole before anything of it is taken.

#include <string>
#include <vector>

#include "git/remote_url.h"
#include "stream/journal_merge.h"
#include "world/environment.h"

namespace bw {

struct RestoredBackup {
  std::string name;
  std::optional<Timestamp> at;  // when it was made; nothing where it could not be read
  std::uint64_t pieces = 0;
  std::string problem;  // why nothing of it was taken; empty where all is well
};

struct RestoredJournal {
  WorldId world;
  JournalMerge merged;
};

struct Restored {
  std::vector<RestoredBackup> backups;
  std::size_t others = 0;                 // backups there that are other people's
  std::vector<RestoredJournal> journals;  // one for each journal of each backup, in their order
  std::vector<std::string> worlds;        // names of worlds that this machine did not know
  std::vector<std::string> settings;      // keys that were not set here
  std::vector<std::string> warnings;

  bool ok() const;  // nothing there was damaged
};

// Errors: invalid where no backup there is mine; refused where the personal seed is encrypted and nobody can
// be asked; cannot where the repository cannot be reached. A damaged backup is a problem in its row.
Restored restore_backups(const Environment& environment, const git::RemoteUrl& url);

}  // namespace bw
