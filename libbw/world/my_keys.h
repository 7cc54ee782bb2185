#pragma once
// My keys in a world: joining the keys of my devices, ending one, arguing about that, and coming back after a
// loss (stream/persons.h tells what each does). All are events, written to my journal, then submitted.
// Every function throws Error(refused) where the authority objects, and says why.

#include <optional>

#include "crypto/paper_key.h"
#include "world/world.h"

namespace bw {

// Says that `key` is mine too. In force once that key says the same of this one.
Event link_key(const Environment& environment, const World& world, const Signer& signer, const Did& key);
// Ends a key of mine, or this one.
Event revoke_key(const Environment& environment, const World& world, const Signer& signer, const Did& key);
// Disputes whatever revoked this key. Error(invalid) where nothing did.
Event dispute_revocation(const Environment& environment, const World& world, const Signer& signer);
// Says that I know `key` to be held by that person, who lost her own.
Event endorse_key(const Environment& environment, const World& world, const Signer& signer, const Did& key,
                  const Did& person);
// Puts this key in the place of all keys of the person whose paper it is.
Event recover_person(const Environment& environment, const World& world, const Signer& signer,
                     const PaperKey& paper);
// Announces the recovery key that a paper backup holds; nothing where the world knows it. With `before`, a
// paper with the recovery key that it takes the place of. Error(refused) where the world knows another one.
std::optional<Event> announce_recovery(const Environment& environment, const World& world,
                                       const Signer& signer, const PersonalSeed* before);

// The recovery key of a seed as an announcement lists it.
Json announced_recovery_key(const PersonalSeed& seed, const Did& actor, const WorldId& world);

}  // namespace bw
