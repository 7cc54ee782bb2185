#pragma once
// Backups of what is mine and nowhere else: the journals of all worlds, the list of worlds, the settings;
// never the actor's key. They are encrypted with keys from the personal seed (crypto/backup_cipher.h), sent
// to any Git repository (world/backup_chain.h), and opened again on a new machine once the paper key has
// brought the seed back. Each backup sends only what is new.
//
// A machine has one backup, under a name of its own, and keeps a copy of what it sent below the state folder
// (`backup/copy.git`): so it knows what is there without asking, and finds out where a repository was set
// back. Two machines of one person have two names and never write over each other; a machine whose state was
// copied or put back finds at the repository what it does not know, and refuses.

#include <string>
#include <vector>

#include "git/remote_url.h"
#include "world/environment.h"

namespace bw {

struct BackedUp {
  std::string name;
  std::uint64_t added = 0;   // pieces, by this run
  std::uint64_t pieces = 0;  // in all
  std::uint64_t bytes = 0;   // sealed, by this run
  std::vector<std::string> warnings;
};

// Errors: refused where the backup has what this machine lacks, or where the personal seed is encrypted and
// nobody can be asked; cannot where the repository cannot be reached. `anew`: under a new name, whatever was
// before.
BackedUp back_up(const Environment& environment, const git::RemoteUrl& url, bool anew);

}  // namespace bw
