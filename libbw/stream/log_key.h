#pragma once
// LogKey file: the Ed25519 note keys with which this machine signs checkpoints of one world, and the
// last checkpoint that any of them signed. One key at a time is in use for each actor of this machine.
// A key that ended, because it was retired or because it is another actor's, stays where it is and a
// fresh one is made beside it. The record is one for all of them: a fresh key never signs what an
// earlier one would have refused. It is durably stored before the signature leaves, under a lock that
// two processes share.

#include <filesystem>
#include <functional>
#include <optional>

#include "base/error.h"
#include "base/random.h"
#include "tlog/checkpoint.h"

namespace bw {

class LogKeyFile {
public:
  // Whether a key that lies in the folder may be used; empty: any may.
  using Usable = std::function<bool(const NoteVerifier&)>;

  // The first usable key. `folder` is private to this user and world; a key is made where none is usable.
  static LogKeyFile open_or_create(const std::filesystem::path& folder, const std::string& origin,
                                   const Random& random, const Usable& usable = {});
  static std::optional<LogKeyFile> open(const std::filesystem::path& folder, const Usable& usable = {});

  const NoteVerifier& verifier() const { return signer_.verifier(); }
  const NoteSigner& signer() const { return signer_; }

  // What this machine signed last, with whichever key. Error(invalid) where the record is damaged.
  std::optional<Checkpoint> last_signed() const;

  // `extends(earlier)` says whether the tree of `checkpoint` begins with that of `earlier`, which is
  // smaller. Throws Error(refused) where it does not, or where `checkpoint` is smaller; Error(invalid) for
  // a checkpoint of another log.
  Note sign(const Checkpoint& checkpoint,
            const std::function<bool(const Checkpoint& earlier)>& extends) const;

private:
  LogKeyFile(std::filesystem::path folder, NoteSigner signer)
      : folder_(std::move(folder)), signer_(std::move(signer)) {}

  std::filesystem::path folder_;
  NoteSigner signer_;
};

// Error(refused): a stream that does not continue what this machine signed.
Error signed_another_history(const Checkpoint& earlier);

}  // namespace bw
