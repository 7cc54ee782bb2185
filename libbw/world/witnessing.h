#pragma once
// Being a witness of worlds: this machine's witness (tlog/witness.h) looks at a world's stream, whole, and
// says that its checkpoint continues what it cosigned before. What it said is left in a ref at home
// (world/cosignatures.h), or handed over by other ways. Addresses are looked at through copies of its own,
//
//     witness/mirrors/<first 32 hex digits of SHA-256(address)>      bare; may be deleted, is then fetched
//     anew
//     witness/mirrors/<the same>.lock                                held while the copy is used
//
// below the user's state folder, beside the witness's key and records.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "git/remote_url.h"
#include "tlog/witness.h"
#include "world/world.h"

namespace bw {

std::filesystem::path witness_folder(const Environment& environment);
// Makes the key; without a name it gets one of its own, `bw/witness/<16 random hex digits>`.
Witness make_witness(const Environment& environment, const std::optional<std::string>& name);
std::optional<Witness> find_witness(const Environment& environment);
// Error(refused) where there is none.
Witness require_witness(const Environment& environment);

// The witness's copy of the world at an address. While it is held no other process uses it.
struct Mirror {
  FileLock held;
  World world;
};
// Brought up to date and verified; what a process that was killed left in it is cleared away first.
// Error(refused) naming both heads where its stream was rewritten; if a log key signed what contradicts this
// witness, both are kept.
Mirror mirror_of(const Environment& environment, const Witness& witness, const git::RemoteUrl& url);

struct CosignedWorld {
  Note note;                   // the present checkpoint with this witness's cosignature
  std::vector<TreeSize> also;  // earlier checkpoints that others had cosigned, cosigned before it
  bool named = false;          // whether the world names this witness
  std::vector<std::string> warnings;
};

// Cosigns the checkpoint of a verified stream, and before it what other witnesses of the world already
// cosigned and this one has not seen yet, so that witnesses who come at different times meet at the same
// checkpoints. It is left in this repository; with `to`, there as well. Errors: refused where the stream does
// not continue what was cosigned before, or is ahead of this clock; cannot where `to` does not take it.
CosignedWorld cosign_world(const Environment& environment, const Witness& witness, World& world,
                           const std::optional<git::RemoteUrl>& to);

// What asks a C2SP witness for the present checkpoint, who cosigned `old_size` entries before (0: none).
WitnessRequest request_for(const World& world, TreeSize old_size);

}  // namespace bw
