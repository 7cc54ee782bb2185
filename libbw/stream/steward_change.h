#pragma once
// StewardChange: one decision about a world's authority that stewards take together, as the body of
// `steward.proposed` carries it: {"change":{"act":"add_steward","did":"did:key:…"}}.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strict_json.h"
#include "crypto/did.h"
#include "crypto/hash.h"

namespace bw {

struct StewardChange {
  enum class Act {
    add_steward,
    remove_steward,
    add_sequencer,
    remove_sequencer,
    add_device,
    remove_device,
    add_witness,
    remove_witness,
    set_threshold,
    set_witness_quorum,
    set_home,
    recover_actor,  // `did` takes the place of all keys of `person`
    settle_person,  // of the keys of `person`, who is disputed, `keys` live and the others are revoked
    reset_clock,    // what follows is recorded from `recorded` on
    name_root,      // of two histories that split, the one with `root` at `size` stands
  };
  Act act = Act::add_steward;
  std::optional<Did> did;              // add_, remove_ steward, sequencer, device; recover_actor
  std::optional<std::string> witness;  // add_, remove_ witness: the vkey of a cosigner
  std::uint32_t number = 0;            // set_threshold, set_witness_quorum
  std::optional<std::string> home;     // set_home; nothing: the machine that made the world
  std::optional<Did> person = {};      // recover_actor, settle_person
  std::vector<Did> keys = {};          // settle_person
  std::int64_t recorded = 0;           // reset_clock
  std::uint64_t size = 0;              // name_root
  Digest root = {};

  Json json() const;
  static Result<StewardChange> parse(const Json& json);
  std::string sentence() const;  // "add did:key:z6Mk… as a steward"
};

}  // namespace bw
