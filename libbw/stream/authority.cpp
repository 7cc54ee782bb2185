#include "stream/authority.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "stream/body_reader.h"
#include "stream/entry.h"

namespace bw {
namespace {

constexpr std::int64_t proposal_lifetime = std::int64_t{30} * 86400;
constexpr std::size_t max_keys = 16;
constexpr std::size_t max_signers = 400;
constexpr std::size_t max_open_proposals = 1000;
constexpr std::size_t max_name_bytes = 512;

std::set<Did> read_dids(const Json& list, BodyReader& reader) {
  std::set<Did> dids;
  for (const Json& item : list) {
    const auto did = Did::parse(item.is_string() ? item.get<std::string>() : "");
    if (!did) {
      reader.refuse("a list of actors holds something that is no did:key");
      return {};
    }
    dids.insert(*did);
  }
  return dids;
}

bool proves_possession(const std::array<std::uint8_t, 32>& key, std::string_view statement,
                       const std::string& proof) {
  const auto bytes = from_base64url(proof);
  Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return false;
  std::copy(bytes->begin(), bytes->end(), signature.begin());
  return verify_ed25519(key, statement, signature);
}

// Why a key may not be announced so; empty where it may.
std::string check_key(const Json& item, const Did& actor, const WorldId& world, std::optional<NoteVerifier>& log_key) {
  BodyReader reader(item);
  const std::string use = reader.text("use");
  const std::string key = reader.text("key");
  if (use == "box") {
    // An X25519 key cannot sign. The actor's own signature announces it, and a key that its announcer
    // cannot open harms only him.
    const auto bytes = from_base64url(key);
    if (!bytes || bytes->size() != 32) reader.refuse("a box key is not 32 bytes in base64url");
    return reader.problem();
  }
  std::array<std::uint8_t, 32> public_key{};
  if (use == "log" || use == "witness") {
    const auto verifier = NoteVerifier::parse(key);
    if (!verifier) return "the key: " + verifier.reason();
    public_key = verifier->public_key;
    if (use == "log") {
      if (verifier->name != log_origin(world)) return "a log key bears the name of another log";
      log_key = *verifier;
    }
  } else if (use == "credential" || use == "recovery") {
    const auto did = Did::parse(key);
    if (!did) return "the key: " + did.reason();
    public_key = did->public_key();
  } else {
    return "the use \"" + use + "\" of a key is not known";
  }
  const std::string proof = reader.text("proof");
  if (!proves_possession(public_key, possession_statement(use, actor, world, key), proof)) {
    reader.refuse("the proof of possession does not verify");
  }
  return reader.problem();
}

}  // namespace

std::string possession_statement(std::string_view use, const Did& actor, const WorldId& world,
                                 std::string_view key) {
  return fmt::format("bw.announce.v1\n{}\n{}\n{}\n{}\n", use, actor.text(), world.text(), key);
}

std::string log_origin(const WorldId& world) { return "bw/" + world.text(); }

bool Authority::interprets(std::string_view kind) {
  return kind == "world.created" || kind == "definition.adopted" || kind.starts_with("identity.") ||
         kind.starts_with("steward.");
}

std::optional<std::string> Authority::objection(const Event& event, std::int64_t recorded) const {
  Authority trial = *this;
  return trial.apply(event, 0, recorded);
}

std::optional<std::string> Authority::apply(const Event& event, std::uint64_t index, std::int64_t recorded) {
  if (event.kind == "world.created") return create(event);
  if (!exists()) return "the stream does not begin with world.created";
  if (event.kind == "identity.announced") return announce(event, index);
  if (event.kind == "identity.retired") return retire(event, index);
  if (event.kind == "definition.adopted") return adopt(event, index);
  if (event.kind == "steward.proposed") return propose(event, recorded);
  if (event.kind == "steward.approved") return approve(event, recorded);
  if (interprets(event.kind)) return "the kind " + event.kind + " is not known";
  return std::nullopt;
}

std::optional<std::string> Authority::create(const Event& event) {
  if (exists()) return "a world is created once";
  const Json body = event.body();
  BodyReader reader(body);
  const auto home = reader.text_or_null("home");
  reader.number("k", 1, 1);
  const std::string name = reader.text("name");
  if (name.empty() || name.size() > max_name_bytes) reader.refuse("a world's name has 1 to 512 bytes");
  std::optional<ForkParent> parent;
  if (const Json* json = reader.object_or_null("parent")) {
    BodyReader parent_reader(*json);
    parent = ForkParent{WorldId{parent_reader.digest("world")}, parent_reader.size("size"), parent_reader.digest("root")};
    if (std::string reason = parent_reader.problem(); !reason.empty()) reader.refuse("parent: " + reason);
  }
  std::set<Did> signers = read_dids(reader.array("signers", max_signers), reader);
  const std::set<Did> stewards = read_dids(reader.array("stewards", 1), reader);
  if (stewards != std::set<Did>{event.actor}) reader.refuse("the creator is the first steward");
  if (std::string reason = reader.problem(); !reason.empty()) return reason;
  world_ = event.world_id();
  name_ = name;
  home_ = home;
  parent_ = parent;
  stewards_ = stewards;
  members_ = stewards;
  definition_signers_ = std::move(signers);
  return std::nullopt;
}

std::optional<std::string> Authority::announce(const Event& event, std::uint64_t index) {
  const Json body = event.body();
  BodyReader reader(body);
  std::vector<NoteVerifier> announced_log_keys;
  for (const Json& item : reader.array("keys", max_keys)) {
    std::optional<NoteVerifier> log_key;
    if (std::string reason = check_key(item, event.actor, world(), log_key); !reason.empty()) return reason;
    if (!log_key) continue;
    const bool known = std::any_of(log_keys_.begin(), log_keys_.end(),
                                   [&](const LogKey& other) { return other.verifier == *log_key; });
    if (known) return "this log key was announced before";
    announced_log_keys.push_back(*log_key);
  }
  if (std::string reason = reader.problem(); !reason.empty()) return reason;
  for (const NoteVerifier& key : announced_log_keys) log_keys_.push_back({key, event.actor, index, std::nullopt});
  members_.insert(event.actor);
  return std::nullopt;
}

std::optional<std::string> Authority::retire(const Event& event, std::uint64_t index) {
  const Json body = event.body();
  BodyReader reader(body);
  const Json& keys = reader.array("keys", max_keys);
  if (std::string reason = reader.problem(); !reason.empty()) return reason;
  for (LogKey& key : log_keys_) {
    const bool named = std::find(keys.begin(), keys.end(), Json(key.verifier.vkey())) != keys.end();
    if (named && !key.until && key.owner == event.actor) key.until = index;
  }
  return std::nullopt;
}

std::optional<std::string> Authority::adopt(const Event& event, std::uint64_t index) {
  if (!is_steward(event.actor)) return "only a steward adopts a definition";
  const Json body = event.body();
  BodyReader reader(body);
  const std::string commit = reader.text("commit");
  if (commit.size() != 40 || !from_hex(commit)) reader.refuse("\"commit\" is not 40 hexadecimal digits");
  const Digest digest = reader.digest("definition");
  const std::optional<Digest> previous = reader.digest_or_null("previous");
  std::set<Did> signers = read_dids(reader.array("signers", max_signers), reader);
  if (std::string reason = reader.problem(); !reason.empty()) return reason;
  const std::optional<Digest> current = adopted_ ? std::optional(adopted_->digest) : std::nullopt;
  if (previous != current) return "another definition was adopted in between";
  adopted_ = AdoptedDefinition{digest, commit, index};
  definition_signers_.merge(signers);
  return std::nullopt;
}

std::optional<std::string> Authority::change_objection(const StewardChange& change) const {
  using Act = StewardChange::Act;
  switch (change.act) {
    case Act::add_steward:
      if (is_steward(*change.did)) return "this actor is a steward already";
      break;
    case Act::remove_steward:
      if (!is_steward(*change.did)) return "this actor is no steward";
      if (stewards_.size() <= threshold_) return "fewer stewards would remain than must decide together";
      break;
    case Act::set_threshold:
      if (change.number < 1 || change.number > stewards_.size()) return "a threshold is from 1 to the number of stewards";
      break;
    case Act::set_witness_quorum:
      if (change.number > witnesses_.size()) return "a quorum is at most the number of witnesses";
      break;
    case Act::remove_witness:
      if (witnesses_.size() <= witness_quorum_) return "fewer witnesses would remain than the quorum";
      break;
    default: break;
  }
  return std::nullopt;
}

std::optional<std::string> Authority::propose(const Event& event, std::int64_t recorded) {
  if (!is_steward(event.actor)) return "only a steward proposes a change of authority";
  const Json body = event.body();
  BodyReader reader(body);
  const Json* json = reader.object_or_null("change");
  if (std::string reason = reader.problem(); !reason.empty()) return reason;
  const auto change = StewardChange::parse(json != nullptr ? *json : Json());
  if (!change) return change.reason();
  if (auto objection = change_objection(*change)) return objection;
  std::erase_if(open_, [&](const auto& item) { return item.second.recorded + proposal_lifetime < recorded; });
  if (open_.size() >= max_open_proposals) return "a thousand proposals are open";
  open_[event.id] = OpenProposal{event.id, *change, {event.actor}, recorded};
  return enact_if_passed(event.id);
}

std::optional<std::string> Authority::approve(const Event& event, std::int64_t recorded) {
  if (!is_steward(event.actor)) return "only a steward approves a change of authority";
  const Json body = event.body();
  BodyReader reader(body);
  const EventId id{reader.digest("proposal")};
  if (std::string reason = reader.problem(); !reason.empty()) return reason;
  const auto proposal = open_.find(id);
  if (proposal == open_.end()) return "no such proposal is open";
  if (proposal->second.recorded + proposal_lifetime < recorded) return "the proposal is older than 30 days";
  if (!proposal->second.approvals.insert(event.actor).second) return "this steward approved it before";
  return enact_if_passed(id);
}

std::optional<std::string> Authority::enact_if_passed(const EventId& id) {
  const OpenProposal& proposal = open_.at(id);
  // Only approvals of those who are stewards now count.
  const auto current = std::count_if(proposal.approvals.begin(), proposal.approvals.end(),
                                     [&](const Did& did) { return is_steward(did); });
  if (static_cast<std::uint64_t>(current) < threshold_) return std::nullopt;
  const StewardChange change = proposal.change;
  open_.erase(id);
  if (auto objection = change_objection(change)) return objection;
  enact(change);
  return std::nullopt;
}

void Authority::enact(const StewardChange& change) {
  using Act = StewardChange::Act;
  switch (change.act) {
    case Act::add_steward: stewards_.insert(*change.did); break;
    case Act::remove_steward: stewards_.erase(*change.did); break;
    case Act::add_sequencer: sequencers_.insert(*change.did); break;
    case Act::remove_sequencer: sequencers_.erase(*change.did); break;
    case Act::add_device: devices_.insert(*change.did); break;
    case Act::remove_device: devices_.erase(*change.did); break;
    case Act::add_witness: witnesses_.insert(*change.witness); break;
    case Act::remove_witness: witnesses_.erase(*change.witness); break;
    case Act::set_threshold: threshold_ = change.number; break;
    case Act::set_witness_quorum: witness_quorum_ = change.number; break;
    case Act::set_home: home_ = change.home; break;
  }
}

}  // namespace bw
