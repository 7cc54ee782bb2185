#include "world/my_keys.h"

#include "base/bytes.h"
#include "base/error.h"
#include "world/act.h"
#include "world/identity.h"

namespace bw {
namespace {

std::string text_of(const Signature& signature) {
  return to_base64url({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

}  // namespace

Event link_key(const Environment& environment, const World& world, const Signer& signer, const Did& key) {
  return record_act(environment, world, signer, "identity.linked", {{"key", key.text()}});
}

Event revoke_key(const Environment& environment, const World& world, const Signer& signer, const Did& key) {
  return record_act(environment, world, signer, "identity.revoked", {{"key", key.text()}});
}

Event dispute_revocation(const Environment& environment, const World& world, const Signer& signer) {
  const Person me = world.stream.authority.persons().of(signer.did());
  for (const PersonKey& key : me.keys) {
    if (key.did != signer.did() || !key.revoked) continue;
    return record_act(environment, world, signer, "identity.disputed",
                      {{"revocation", key.revoked->moment.event.text()}});
  }
  throw Error(ErrorCode::invalid, "the key " + signer.did().text() + " was not revoked in " + world.name());
}

Event endorse_key(const Environment& environment, const World& world, const Signer& signer, const Did& key,
                  const Did& person) {
  return record_act(environment, world, signer, "identity.endorsed",
                    {{"key", key.text()}, {"person", person.text()}});
}

Event recover_person(const Environment& environment, const World& world, const Signer& signer,
                     const PaperKey& paper) {
  const std::string statement = recovery_statement(paper.actor, signer.did(), world.id());
  const Signature proof = paper.personal_seed.recovery_key().sign(statement);
  return record_act(environment, world, signer, "identity.recovered",
                    {{"person", paper.actor.text()}, {"proof", text_of(proof)}});
}

Json announced_recovery_key(const PersonalSeed& seed, const Did& actor, const WorldId& world) {
  const std::string key = Did::from_public_key(seed.recovery_public_key()).text();
  const Signature proof = seed.recovery_key().sign(possession_statement("recovery", actor, world, key));
  return {{"key", key}, {"proof", text_of(proof)}, {"use", "recovery"}};
}

std::optional<Event> announce_recovery(const Environment& environment, const World& world,
                                       const Signer& signer, const PersonalSeed* before) {
  const PersonalSeed seed = read_personal_seed(environment);
  const Did key = Did::from_public_key(seed.recovery_public_key());
  const auto known = world.stream.authority.persons().of(signer.did()).recovery;
  if (known == key) return std::nullopt;
  Json item = announced_recovery_key(seed, signer.did(), world.id());
  if (known && before != nullptr) {
    const std::string statement = replacement_statement(signer.did(), world.id(), key);
    item["consent"] = text_of(before->recovery_key().sign(statement));
  }
  return record_act(environment, world, signer, "identity.announced", {{"keys", {item}}});
}

}  // namespace bw
