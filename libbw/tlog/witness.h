#pragma once
// A witness: a key of this machine, and of each log the checkpoint that it cosigned last. It cosigns only
// what continues that, and what it is about to say is on the disk before it is said: neither a crash, nor a
// second process, nor a log that tells another story ever gets two histories out of one witness. Below one
// folder, private to the user:
//
//     witness.key               PRIVATE+KEY+<name>+<id>+<base64 of 0x04 || seed>
//     logs/<SHA-256 of the origin, hex>/
//         checkpoint            the note that was cosigned last, as it was given out
//         keys                  the keys of that log, a vkey a line
//         split-<size>-<root>/  `seen` and `here`: two notes that the log signed and that contradict each
//                               other, kept as evidence; the first 16 of a log
//         rolled-back/, unproved/  the same of the last that was shorter, or not proved to continue: both can
//                               be an honest mistake of whoever brought it
//
// `logs/` is laid out as https://c2sp.org/tlog-witness wants its monitoring prefix, so that any web server
// can show it, less the files that are no `checkpoint`. It knows logs only by their origins: a world's, a
// journal's, or anybody's.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "tlog/cosignature.h"
#include "tlog/witness_request.h"

namespace bw {

class Witness {
public:
  // Error(refused) where the folder holds a key already, Error(invalid) where `name` cannot name one.
  static Witness create(const std::filesystem::path& folder, const std::string& name, const Random& random);
  // Nothing where there is no key.
  static std::optional<Witness> open(const std::filesystem::path& folder);

  const NoteVerifier& verifier() const { return signer_.verifier(); }

  // What was cosigned last of a log; Error(invalid) where the record is damaged.
  std::optional<Note> latest(std::string_view origin) const;
  std::vector<Note> latest_of_all() const;

  // The keys by which requests of a log are judged.
  std::vector<NoteVerifier> log_keys(std::string_view origin) const;
  void set_log_keys(std::string_view origin, const std::vector<NoteVerifier>& keys) const;
  void trust(const NoteVerifier& log) const;  // adds it

  // Whether the tree of a checkpoint begins with that of `earlier`, which is smaller.
  using Extends = std::function<bool(const Checkpoint& earlier)>;
  // The checkpoint with this witness's cosignature. The caller has checked that the log signed it, and left
  // out what others signed. Throws Error(refused) where it does not continue what was cosigned before, naming
  // both and where they are kept.
  Note cosign(const Note& checkpoint, const Extends& extends, Timestamp now) const;
  // Only the check: throws as above, and signs nothing.
  void require_continuation(const Note& checkpoint, const Extends& extends) const;

  // The answer to a request, judged by the keys that are trusted; whatever it is, nothing is thrown for it.
  struct Reply {
    WitnessAnswer answer = WitnessAnswer::malformed;
    std::string reason;  // a sentence; empty where it was cosigned
    std::string body;    // what the specification lets a witness send: signature lines, or the size
    std::optional<std::filesystem::path> evidence;
    std::optional<Checkpoint> checkpoint;
  };
  Reply answer(std::string_view request, Timestamp now) const;

private:
  Witness(std::filesystem::path folder, NoteSigner signer)
      : folder_(std::move(folder)), signer_(std::move(signer)) {}
  std::filesystem::path log_folder(std::string_view origin) const;
  // These two under the log's lock.
  void check_continuation(const Note& checkpoint, const Extends& extends) const;
  Note cosign_and_record(Note checkpoint, Timestamp now) const;
  std::filesystem::path keep_evidence(const std::string& kind, const Note& seen, const Note& here) const;
  std::filesystem::path keep_split(const Note& seen, const Note& here) const;

  std::filesystem::path folder_;
  NoteSigner signer_;
};

}  // namespace bw
