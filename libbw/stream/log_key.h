#pragma once
// LogKey file: the Ed25519 note key with which this machine signs checkpoints of one world, and the
// last checkpoint that it signed. A log key never signs what is inconsistent with that: the record is
// durably stored before the signature leaves, under a lock that two processes share.

#include <filesystem>
#include <functional>
#include <optional>

#include "base/random.h"
#include "tlog/checkpoint.h"

namespace bw {

class LogKeyFile {
public:
  // `folder` is private to this user and world; the key is made where there is none.
  static LogKeyFile open_or_create(const std::filesystem::path& folder, const std::string& origin,
                                   const Random& random);
  static std::optional<LogKeyFile> open(const std::filesystem::path& folder);

  const NoteVerifier& verifier() const { return signer_.verifier(); }
  const NoteSigner& signer() const { return signer_; }

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

}  // namespace bw
