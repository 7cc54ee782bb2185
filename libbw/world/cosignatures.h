#pragma once
// Cosignatures on their way to a world: a witness leaves what it said in a ref, at home or wherever it may
// push,
//
//     refs/bw/cosignature/<SHA-256 of the witness's vkey, hex>
//
// a commit without parents whose tree holds, for each of a few checkpoints, a file named by its size: the
// note, signed by the log and by the witness. Anyone may be able to push there, so nothing is believed for
// its name: of a ref only those notes count that are a checkpoint of the verified stream, are signed by its
// log, and carry a cosignature of the witness whose name it bears. No more is looked at than the checkpoints
// that a stream remembers, of the witnesses that the world names.
//
// Where enough witnesses stand behind one checkpoint, an appender puts it into the stream as `cosigned`.

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "git/remote_url.h"
#include "tlog/cosignature.h"
#include "world/world.h"

namespace bw {

inline constexpr std::string_view cosignature_prefix = "refs/bw/cosignature/";
std::string cosignature_ref(const NoteVerifier& witness);

// The notes that count under a witness's ref, smallest first, at most 16: what is not of that form, not of
// this stream, or cosigned in the future (5 minutes ahead of `now`) is nothing.
std::vector<Note> read_cosignatures(const git::Repository& repository, const StreamState& verified,
                                    const NoteVerifier& witness, const git::Oid& oid, Timestamp now);

// Adds notes to what lies under the witness's ref here. Returns the new commit.
git::Oid leave_cosignatures(const Environment& environment, World& world, const NoteVerifier& witness,
                            const std::vector<Note>& notes);

// Brings here what these addresses have and is newer than what is here, of the world's witnesses. What went
// wrong, a sentence for each address.
std::vector<std::string> gather_cosignatures(const Environment& environment, World& world,
                                             const std::vector<git::RemoteUrl>& addresses);

// What a witness told by other ways: a cosigned note, or signature lines below the present checkpoint. They
// are kept in the refs here. Returns the witnesses whose cosignatures counted. Error(invalid) where none did.
std::vector<std::string> take_cosignatures(const Environment& environment, World& world,
                                           const std::string& text);

}  // namespace bw
