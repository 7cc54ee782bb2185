#include "world/badges.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "credential/baking.h"
#include "tools/achievement/achievement_tool.h"
#include "world/act.h"
#include "world/world_state.h"

namespace bw {
namespace {

// Credential keys as the log announces them, by key.
struct CredentialKeys : Listener {
  std::map<std::string, Did> owners;
  void judged(const Occurrence& entry, const Ruling& verdict) override {
    if (verdict || !entry.kind.starts_with("identity.")) return;
    const Json body = entry.body();
    if (!body.contains("keys") || !body.at("keys").is_array()) return;
    for (const Json& key : body.at("keys")) {
      if (entry.kind == "identity.retired" && key.is_string()) owners.erase(key.get<std::string>());
      if (!key.is_object() || key.value("use", "") != "credential") continue;
      owners.insert_or_assign(key.at("key").get<std::string>(), *Did::parse(entry.actor));
    }
  }
  void changed(const FigureChange& /*change*/) override {}
};

Json announced_credential_key(const PersonalSeed& seed, const Did& actor, const WorldId& world) {
  const Did key = Did::from_public_key(seed.credential_public_key());
  const Signature proof =
      seed.credential_key().sign(possession_statement("credential", actor, world, key.text()));
  return {{"key", key.text()},
          {"proof", to_base64url({reinterpret_cast<const char*>(proof.data()), proof.size()})},
          {"use", "credential"}};
}

const Badge& require_badge(const Fold& state, const std::string& id) {
  const auto& badges = state.tool<AchievementTool>().badges();
  const Badge* badge = badges ? badges->find(id) : nullptr;
  if (badge == nullptr)
    throw Error(ErrorCode::invalid, fmt::format("the rules have no badge \"{}\"", id),
                "bw badge list shows them");
  return *badge;
}

}  // namespace

ExportedBadge export_badge(const Environment& environment, const World& world, const Signer& signer,
                           const std::string& id, const Did& recipient, const std::string& language) {
  CredentialKeys keys;
  const auto state = fold_world(environment, world, world.stream.covered(), &keys);
  const Badge& badge = require_badge(*state, id);
  const Timestamp now = environment.now();
  const auto person = state->people().find(recipient);
  const auto* held = person ? state->tool<AchievementTool>().find(id, *person, now.seconds) : nullptr;
  if (held == nullptr)
    throw Error(ErrorCode::refused, fmt::format("{} does not hold the badge {}", recipient.short_id(), id),
                "bw badge list shows who does");
  const PersonalSeed seed = read_personal_seed(environment);
  const std::string title = badge.title.in(language);
  const std::string description = badge.description.empty() ? title : badge.description.in(language);
  credential::Badge made{.issuer = Did::from_public_key(seed.credential_public_key()),
                         .issuer_name = world.name(),
                         .recipient = recipient,
                         .achievement = {credential::achievement_urn(world.id().digest, id), title,
                                         description, badge.criteria.in(language)},
                         .valid_from = {held->since}};
  if (held->until) made.valid_until = Timestamp{*held->until};
  const auto index = world.stream.ids.find(held->cause);
  made.evidence.push_back({.id = credential::event_urn({world.id().digest, held->cause.digest, index}),
                           .name = "Event of the world's log",
                           .narrative = fmt::format("bw prove {} proves it", held->cause.short_text())});
  ExportedBadge exported{credential::sign(credential::make_badge(made), seed.credential_key(), now), id,
                         title, world.name(), std::nullopt};
  if (!keys.owners.contains(made.issuer.text()))
    exported.announced = record_act(environment, world, signer, "identity.announced",
                                    {{"keys", {announced_credential_key(seed, signer.did(), world.id())}}});
  return exported;
}

VerifiedBadge verify_badge(const Environment& environment, const World* world, std::string_view file) {
  const auto text = credential::extract(file);
  if (!text) throw Error(ErrorCode::invalid, "the file holds no badge: " + text.reason());
  const auto read = credential::read(*text);
  if (!read) throw Error(ErrorCode::invalid, "the file holds no badge: " + read.reason());
  VerifiedBadge verified{read->badge, credential::verify(*read, environment.now()), std::nullopt};
  if (world == nullptr) return verified;
  const std::string prefix = credential::achievement_urn(world->id().digest, "x");
  const std::string own = prefix.substr(0, prefix.size() - 1);
  if (!read->badge.achievement.id.starts_with(own)) return verified;
  CredentialKeys keys;
  const auto state = fold_world(environment, *world, world->stream.covered(), &keys);
  VerifiedBadge::Standing standing;
  if (const auto owner = keys.owners.find(read->badge.issuer.text()); owner != keys.owners.end()) {
    standing.issuer = owner->second;
    standing.issuer_is_steward = world->stream.authority.is_steward(owner->second);
  }
  const auto person = state->people().find(read->badge.recipient);
  const std::string id = read->badge.achievement.id.substr(own.size());
  standing.holds =
      person && state->tool<AchievementTool>().find(id, *person, environment.now().seconds) != nullptr;
  for (const auto& evidence : read->badge.evidence) {
    const auto reference = credential::parse_event_urn(evidence.id);
    if (reference && reference->world == world->id().digest && world->stream.ids.find({reference->event}))
      standing.event_in_log = true;
  }
  verified.standing = standing;
  return verified;
}

}  // namespace bw
