#include "stream/authority.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "stream/body_reader.h"
#include "stream/entry.h"
#include "stream/patience.h"

namespace bw {
namespace {

constexpr std::size_t max_keys = 16;
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

bool has_expired(const OpenProposal& proposal, std::int64_t now) {
  return !is_in_time(proposal.recorded, now);
}

bool proves_possession(const std::array<std::uint8_t, 32>& key, std::string_view statement,
                       const std::string& proof) {
  const auto bytes = from_base64url(proof);
  Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return false;
  std::copy(bytes->begin(), bytes->end(), signature.begin());
  return verify_ed25519(key, statement, signature);
}

std::optional<BoxKey> parse_box_key(std::string_view text) {
  const auto bytes = from_base64url(text);
  BoxKey key{};
  if (!bytes || bytes->size() != key.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

// What an announced key is kept as here; other uses are the business of whoever uses them.
struct KeptKey {
  std::optional<NoteVerifier> log;
  std::optional<BoxKey> box;
};

// Why a key may not be announced so; empty where it may.
std::string check_key(const Json& item, const Did& actor, const WorldId& world, KeptKey& kept) {
  BodyReader reader(item);
  const std::string use = reader.text("use");
  const std::string key = reader.text("key");
  if (use == "box") {
    // An X25519 key cannot sign. The actor's own signature announces it, and a key that its announcer
    // cannot open harms only him.
    kept.box = parse_box_key(key);
    if (!kept.box) reader.refuse("a box key is not 32 bytes in base64url");
    return reader.problem();
  }
  std::array<std::uint8_t, 32> public_key{};
  if (use == "log" || use == "witness") {
    const auto verifier =
        NoteVerifier::parse(key, use == "log" ? NoteKeyType::ed25519 : NoteKeyType::cosignature);
    if (!verifier) return "the key: " + verifier.reason();
    public_key = verifier->public_key;
    if (use == "log") {
      if (verifier->name != log_origin(world)) return "a log key bears the name of another log";
      kept.log = *verifier;
    }
  } else if (use == "credential" || use == "recovery") {
    const auto did = Did::parse(key);
    if (!did) return "the key: " + did.reason();
    public_key = did->public_key();
    if (use == "recovery" && reader.has("consent")) reader.text("consent");  // judged with its person
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

std::string log_origin(const WorldId& world) {
  return "bw/" + world.text();
}

bool Authority::interprets(std::string_view kind) {
  return kind == "world.created" || kind == "definition.adopted" || kind.starts_with("identity.") ||
         kind.starts_with("steward.");
}

const LogKey* Authority::find_log_key(const std::string& vkey) const {
  const auto position = log_key_positions_.find(vkey);
  return position == log_key_positions_.end() ? nullptr : &log_keys_[position->second];
}

void Authority::add_log_key(LogKey key) {
  log_key_positions_.emplace(key.verifier.vkey(), log_keys_.size());
  log_keys_.push_back(std::move(key));
}

std::optional<std::string> Authority::objection(const Event& event, std::int64_t recorded) const {
  const auto effect = judge(event, 0, recorded);
  return effect ? std::nullopt : std::optional(effect.reason());
}

std::optional<std::string> Authority::apply(const Event& event, std::uint64_t index, std::int64_t recorded) {
  // Nearly all entries of a log; they change nothing, whoever speaks.
  if (!interprets(event.kind) && exists()) return silence_of(event);
  const auto effect = judge(event, index, recorded);
  if (!effect) return effect.reason();
  const std::set<Did> before = appenders();
  (*effect)(*this);
  for (const Did& key : before) {
    if (!may_append(key)) left_[key] = recorded;
  }
  return std::nullopt;
}

Result<Authority::Effect> Authority::judge(const Event& event, std::uint64_t index,
                                           std::int64_t recorded) const {
  if (event.kind == "world.created") return create(event);
  if (!exists()) return Reason{"the stream does not begin with world.created"};
  if (auto silence = silence_of(event)) return Reason{*std::move(silence)};
  if (event.kind == "identity.announced") return announce(event, index);
  if (event.kind == "identity.retired") return retire(event, index);
  if (event.kind == "definition.adopted") return adopt(event, index);
  if (event.kind == "identity.linked") return link(event, index, recorded);
  if (event.kind == "identity.revoked") return revoke(event, index, recorded);
  if (event.kind == "identity.disputed") return dispute(event, index, recorded);
  if (event.kind == "identity.recovered") return recover(event, index, recorded);
  if (event.kind == "identity.endorsed") return endorse(event, recorded);
  if (event.kind == "steward.proposed") return propose(event, index, recorded);
  if (event.kind == "steward.approved") return approve(event, index, recorded);
  if (interprets(event.kind)) return Reason{"the kind " + event.kind + " is not known"};
  return Effect{[](Authority&) {}};
}

Result<Authority::Effect> Authority::create(const Event& event) const {
  if (exists()) return Reason{"a world is created once"};
  const Json body = event.body();
  BodyReader reader(body);
  Authority made;
  made.world_ = event.world_id();
  made.home_ = reader.text_or_null("home");
  reader.number("k", 1, 1);
  made.name_ = reader.text("name");
  if (made.name_.empty() || made.name_.size() > max_name_bytes) {
    reader.refuse("a world's name has 1 to 512 bytes");
  }
  if (const Json* json = reader.object_or_null("parent")) {
    BodyReader parent(*json);
    made.parent_ = ForkParent{WorldId{parent.digest("world")}, parent.size("size"), parent.digest("root")};
    if (std::string reason = parent.problem(); !reason.empty()) reader.refuse("parent: " + reason);
  }
  made.definition_signers_ = read_dids(reader.array("signers", max_definition_signers), reader);
  made.stewards_ = read_dids(reader.array("stewards", 1), reader);
  if (made.stewards_ != std::set<Did>{event.actor}) reader.refuse("the creator is the first steward");
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  made.members_ = made.stewards_;
  return Effect{[made = std::move(made)](Authority& authority) { authority = made; }};
}

Result<Authority::Effect> Authority::announce(const Event& event, std::uint64_t index) const {
  const Json body = event.body();
  BodyReader reader(body);
  std::map<std::string, NoteVerifier> announced;
  std::optional<BoxKey> box;
  for (const Json& item : reader.array("keys", max_keys)) {
    KeptKey kept;
    if (std::string reason = check_key(item, event.actor, world(), kept); !reason.empty()) {
      return Reason{std::move(reason)};
    }
    if (kept.box) box = kept.box;
    if (!kept.log) continue;
    const std::string vkey = kept.log->vkey();
    if (find_log_key(vkey) != nullptr || !announced.emplace(vkey, *kept.log).second) {
      return Reason{"this log key was announced before"};
    }
  }
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const auto recovery = announced_recovery(body.at("keys"), event.actor);
  if (!recovery) return Reason{recovery.reason()};
  return Effect{[announced = std::move(announced), box, actor = event.actor, index,
                 recovery = *recovery](Authority& authority) {
    for (const auto& [vkey, key] : announced) authority.add_log_key({key, actor, index, std::nullopt});
    if (box) authority.box_keys_[actor] = *box;
    if (recovery) authority.persons_.set_recovery(actor, recovery);
    authority.members_.insert(actor);
  }};
}

// Keys of other uses are the business of whoever uses them; here only log and box keys end.
Result<Authority::Effect> Authority::retire(const Event& event, std::uint64_t index) const {
  const Json body = event.body();
  BodyReader reader(body);
  std::vector<std::size_t> ended;
  bool ends_box = false;
  const auto box = box_keys_.find(event.actor);
  for (const Json& item : reader.array("keys", max_keys)) {
    if (!item.is_string()) return Reason{"\"keys\" is not a list of keys"};
    const std::string text = item.get<std::string>();
    if (box != box_keys_.end() && parse_box_key(text) == box->second) ends_box = true;
    const auto position = log_key_positions_.find(text);
    if (position == log_key_positions_.end()) continue;
    const LogKey& key = log_keys_[position->second];
    if (!persons_.are_one(key.owner, event.actor)) {
      return Reason{"a log key is retired by the person who announced it"};
    }
    if (!key.until) ended.push_back(position->second);
  }
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  return Effect{[ended = std::move(ended), ends_box, actor = event.actor, index](Authority& authority) {
    for (const std::size_t position : ended) authority.log_keys_[position].until = index;
    if (ends_box) authority.box_keys_.erase(actor);
  }};
}

Result<Authority::Effect> Authority::adopt(const Event& event, std::uint64_t index) const {
  if (!is_steward(event.actor)) return Reason{"only a steward adopts a definition"};
  const Json body = event.body();
  BodyReader reader(body);
  const std::string commit = reader.text("commit");
  if (commit.size() != 40 || !from_hex(commit)) reader.refuse("\"commit\" is not 40 hexadecimal digits");
  const Digest digest = reader.digest("definition");
  const std::optional<Digest> previous = reader.digest_or_null("previous");
  std::set<Did> signers = read_dids(reader.array("signers", max_definition_signers), reader);
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const std::optional<Digest> current = adopted_ ? std::optional(adopted_->digest) : std::nullopt;
  if (previous != current) return Reason{"another definition was adopted in between"};
  return Effect{[adopted = AdoptedDefinition{digest, commit, index},
                 signers = std::move(signers)](Authority& authority) {
    authority.adopted_ = adopted;
    authority.definition_signers_.insert(signers.begin(), signers.end());
  }};
}

std::optional<std::string> Authority::change_objection(const StewardChange& change,
                                                       std::int64_t recorded) const {
  using Act = StewardChange::Act;
  const std::optional<Did> who = change.did ? std::optional(persons_.name_of(*change.did)) : std::nullopt;
  const auto unless = [](bool possible, const char* why) {
    return possible ? std::nullopt : std::optional<std::string>(why);
  };
  switch (change.act) {
    case Act::add_steward:
      return unless(!stewards_.contains(*who), "this actor is a steward already");
    case Act::remove_steward:
      if (!stewards_.contains(*who)) return "this actor is no steward";
      return unless(able_stewards(who) >= threshold_,
                    "fewer stewards would remain than must decide together");
    case Act::add_sequencer:
      return unless(!sequencers_.contains(*who), "this actor is a sequencer already");
    case Act::remove_sequencer:
      return unless(sequencers_.contains(*who), "this actor is no sequencer");
    case Act::add_device:
      return unless(!devices_.contains(*who), "this actor is a device already");
    case Act::remove_device:
      return unless(devices_.contains(*who), "this actor is no device");
    case Act::add_witness:
      return unless(!names_witness(*change.witness), "this witness, or its key, is named already");
    case Act::remove_witness:
      if (!witnesses_.contains(*change.witness)) return "no such witness is named";
      return unless(witnesses_.size() > witness_quorum_, "fewer witnesses would remain than the quorum");
    case Act::set_threshold:
      return unless(change.number >= 1 && change.number <= able_stewards(),
                    "a threshold is from 1 to the number of stewards");
    case Act::set_witness_quorum:
      if (change.number > max_witness_quorum) return "a note has no room for so many cosignatures";
      return unless(change.number <= witnesses_.size(), "a quorum is at most the number of witnesses");
    case Act::recover_actor:
      return recovery_objection(change, recorded);
    case Act::settle_person:
      return settlement_objection(change);
    case Act::reset_clock:
      return unless(change.recorded <= recorded, "the log's clock is not ahead of that");
    case Act::set_home:
    case Act::name_root:  // whether the log has it is seen where the log is read
      break;
  }
  return std::nullopt;
}

// Under another name the same key would count for two.
bool Authority::names_witness(const std::string& vkey) const {
  const auto key_of = [](const std::string& text) {
    return text.substr(text.find('+') + std::string_view("+01234567+").size());
  };
  return std::any_of(witnesses_.begin(), witnesses_.end(),
                     [&](const std::string& named) { return key_of(named) == key_of(vkey); });
}

bool Authority::decided_by(const std::set<Did>& approvals) const {
  const auto current = std::count_if(approvals.begin(), approvals.end(), [&](const Did& person) {
    return stewards_.contains(person) && !persons_.is_disputed(person);
  });
  return static_cast<std::uint64_t>(current) >= threshold_;
}

Result<Authority::Effect> Authority::propose(const Event& event, std::uint64_t index,
                                             std::int64_t recorded) const {
  if (!is_steward(event.actor)) return Reason{"only a steward proposes a change of authority"};
  const Json body = event.body();
  BodyReader reader(body);
  const Json* json = reader.object_or_null("change");
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const auto change = StewardChange::parse(json != nullptr ? *json : Json());
  if (!change) return Reason{change.reason()};
  if (auto objection = change_objection(*change, recorded)) return Reason{*objection};
  const auto open = std::count_if(open_.begin(), open_.end(),
                                  [&](const auto& item) { return !has_expired(item.second, recorded); });
  if (static_cast<std::size_t>(open) >= max_open_proposals) return Reason{"a thousand proposals are open"};
  OpenProposal proposal{event.id, *change, {persons_.name_of(event.actor)}, recorded};
  return Effect{[proposal = std::move(proposal), index](Authority& authority) {
    std::erase_if(authority.open_,
                  [&](const auto& item) { return has_expired(item.second, proposal.recorded); });
    if (authority.decided_by(proposal.approvals)) {
      authority.enact(proposal.change, {proposal.id, index, proposal.recorded});
    } else {
      authority.open_.emplace(proposal.id, proposal);
    }
  }};
}

Result<Authority::Effect> Authority::approve(const Event& event, std::uint64_t index,
                                             std::int64_t recorded) const {
  if (!is_steward(event.actor)) return Reason{"only a steward approves a change of authority"};
  const Json body = event.body();
  BodyReader reader(body);
  const EventId id{reader.digest("proposal")};
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  const auto found = open_.find(id);
  if (found == open_.end()) return Reason{"no such proposal is open"};
  const OpenProposal& proposal = found->second;
  if (has_expired(proposal, recorded)) return Reason{"the proposal is older than 30 days"};
  const Did person = persons_.name_of(event.actor);
  if (proposal.approvals.contains(person)) return Reason{"this steward approved it before"};
  std::set<Did> approvals = proposal.approvals;
  approvals.insert(person);
  if (!decided_by(approvals)) {
    return Effect{[id, person](Authority& authority) { authority.open_.at(id).approvals.insert(person); }};
  }
  if (auto objection = change_objection(proposal.change, recorded)) return Reason{*objection};
  return Effect{
      [id, change = proposal.change, moment = Moment{event.id, index, recorded}](Authority& authority) {
        authority.open_.erase(id);
        authority.enact(change, moment);
      }};
}

std::vector<BoxKey> Authority::steward_box_keys() const {
  std::vector<BoxKey> keys;
  for (const auto& [did, key] : box_keys_) {
    if (is_steward(did)) keys.push_back(key);
  }
  return keys;
}

void Authority::enact(const StewardChange& change, const Moment& moment) {
  using Act = StewardChange::Act;
  const std::optional<Did> who = change.did ? std::optional(persons_.name_of(*change.did)) : std::nullopt;
  switch (change.act) {
    case Act::add_steward:
      stewards_.insert(*who);
      break;
    case Act::remove_steward:
      stewards_.erase(*who);
      break;
    case Act::add_sequencer:
      sequencers_.insert(*who);
      break;
    case Act::remove_sequencer:
      sequencers_.erase(*who);
      break;
    case Act::add_device:
      devices_.insert(*who);
      break;
    case Act::remove_device:
      devices_.erase(*who);
      break;
    case Act::add_witness:
      witnesses_.insert(*change.witness);
      break;
    case Act::remove_witness:
      witnesses_.erase(*change.witness);
      break;
    case Act::set_threshold:
      threshold_ = change.number;
      break;
    case Act::set_witness_quorum:
      witness_quorum_ = change.number;
      break;
    case Act::set_home:
      home_ = change.home;
      break;
    case Act::recover_actor:
      replace_keys(*change.person, *change.did, moment);
      break;
    case Act::settle_person:
      persons_.settle(*change.person, change.keys, moment);
      break;
    case Act::reset_clock:
      reset_clock(change, moment);
      break;
    case Act::name_root:
      named_root_ = NamedRoot{change.size, change.root, moment.index};
      break;
  }
}

// What was recorded meanwhile, by the clock that ran away, counts as recorded at the moment to which it is
// set.
void Authority::reset_clock(const StewardChange& change, const Moment& moment) {
  clock_reset_ = ClockReset{change.recorded, moment.index};
  for (auto& [id, proposal] : open_) proposal.recorded = std::min(proposal.recorded, change.recorded);
  for (auto& [key, recorded] : left_) recorded = std::min(recorded, change.recorded);
  persons_.reset_clock(change.recorded);
}

}  // namespace bw
