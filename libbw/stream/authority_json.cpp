// Authority as JSON, for the cache of what was verified.

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"
#include "stream/authority.h"

namespace bw {
namespace {

Json dids_json(const std::set<Did>& dids) {
  Json list = Json::array();
  for (const Did& did : dids) list.push_back(did.text());
  return list;
}

// The value of a result that only damage can have made empty.
template <class T>
T intact(Result<T> result) {
  if (!result) throw Error(ErrorCode::invalid, "a saved authority is damaged: " + result.reason());
  return *std::move(result);
}
template <class T>
T intact(std::optional<T> value) {
  if (!value) throw Error(ErrorCode::invalid, "a saved authority is damaged");
  return *std::move(value);
}

std::set<Did> dids_from(const Json& list) {
  std::set<Did> dids;
  for (const Json& item : list) dids.insert(intact(Did::parse(item.get<std::string>())));
  return dids;
}

Json log_keys_json(const std::vector<LogKey>& keys) {
  Json list = Json::array();
  for (const LogKey& key : keys) {
    list.push_back({{"from", key.from},
                    {"key", key.verifier.vkey()},
                    {"owner", key.owner.text()},
                    {"until", key.until ? Json(*key.until) : Json(nullptr)}});
  }
  return list;
}

Json proposals_json(const std::map<EventId, OpenProposal>& open) {
  Json list = Json::array();
  for (const auto& [id, proposal] : open) {
    list.push_back({{"approvals", dids_json(proposal.approvals)},
                    {"change", proposal.change.json()},
                    {"id", id.text()},
                    {"recorded", proposal.recorded}});
  }
  return list;
}

}  // namespace

Json Authority::json() const {
  Json json = {{"definition_signers", dids_json(definition_signers_)},
               {"devices", dids_json(devices_)},
               {"home", home_ ? Json(*home_) : Json(nullptr)},
               {"left", Json::object()},
               {"log_keys", log_keys_json(log_keys_)},
               {"members", dids_json(members_)},
               {"name", name_},
               {"open", proposals_json(open_)},
               {"persons", persons_.json()},
               {"sequencers", dids_json(sequencers_)},
               {"stewards", dids_json(stewards_)},
               {"threshold", threshold_},
               {"witness_quorum", witness_quorum_},
               {"witnesses", witnesses_},
               {"world", world_ ? Json(world_->text()) : Json(nullptr)}};
  for (const auto& [did, recorded] : left_) json["left"][did.text()] = recorded;
  json["box_keys"] = Json::object();
  for (const auto& [did, key] : box_keys_)
    json["box_keys"][did.text()] = to_base64url({reinterpret_cast<const char*>(key.data()), key.size()});
  if (clock_reset_) json["clock_reset"] = {clock_reset_->recorded, clock_reset_->index};
  if (named_root_) json["named_root"] = {named_root_->size, named_root_->root.hex(), named_root_->index};
  if (parent_) {
    json["parent"] = {
        {"root", parent_->root.hex()}, {"size", parent_->size}, {"world", parent_->world.text()}};
  }
  if (adopted_) {
    json["adopted"] = {
        {"commit", adopted_->commit}, {"digest", adopted_->digest.hex()}, {"index", adopted_->index}};
  }
  return json;
}

Authority Authority::from_json(const Json& json) {
  const auto id = [](const Json& item) { return intact(EventId::parse(item.get<std::string>())); };
  const auto world = [](const Json& item) { return intact(WorldId::parse(item.get<std::string>())); };
  const auto digest = [](const Json& item) { return intact(Digest::from_hex(item.get<std::string>())); };
  Authority authority;
  if (!json.at("world").is_null()) authority.world_ = world(json.at("world"));
  authority.name_ = json.at("name");
  if (!json.at("home").is_null()) authority.home_ = json.at("home").get<std::string>();
  authority.threshold_ = json.at("threshold");
  authority.witness_quorum_ = json.at("witness_quorum");
  authority.witnesses_ = json.at("witnesses");
  authority.stewards_ = dids_from(json.at("stewards"));
  authority.sequencers_ = dids_from(json.at("sequencers"));
  authority.devices_ = dids_from(json.at("devices"));
  authority.members_ = dids_from(json.at("members"));
  authority.definition_signers_ = dids_from(json.at("definition_signers"));
  for (const auto& [did, recorded] : json.at("left").items()) {
    authority.left_.emplace(intact(Did::parse(did)), recorded.get<std::int64_t>());
  }
  for (const auto& [did, key] : json.at("box_keys").items()) {
    const std::string bytes = intact(from_base64url(key.get<std::string>()));
    BoxKey& box = authority.box_keys_[intact(Did::parse(did))];
    if (bytes.size() != box.size()) throw Error(ErrorCode::invalid, "a saved authority is damaged");
    std::copy(bytes.begin(), bytes.end(), box.begin());
  }
  authority.persons_ = Persons::from_json(json.at("persons"));
  if (json.contains("clock_reset")) {
    const Json& reset = json.at("clock_reset");
    authority.clock_reset_ = ClockReset{reset.at(0), reset.at(1)};
  }
  if (json.contains("named_root")) {
    const Json& named = json.at("named_root");
    authority.named_root_ = NamedRoot{named.at(0), digest(named.at(1)), named.at(2)};
  }
  for (const Json& item : json.at("log_keys")) {
    const Json& until = item.at("until");
    authority.add_log_key({intact(NoteVerifier::parse(item.at("key").get<std::string>())),
                           intact(Did::parse(item.at("owner").get<std::string>())), item.at("from"),
                           until.is_null() ? std::nullopt : std::optional<std::uint64_t>(until)});
  }
  for (const Json& item : json.at("open")) {
    const EventId proposal = id(item.at("id"));
    authority.open_.emplace(proposal, OpenProposal{proposal, intact(StewardChange::parse(item.at("change"))),
                                                   dids_from(item.at("approvals")), item.at("recorded")});
  }
  if (json.contains("parent")) {
    const Json& parent = json.at("parent");
    authority.parent_ = ForkParent{world(parent.at("world")), parent.at("size"), digest(parent.at("root"))};
  }
  if (json.contains("adopted")) {
    const Json& adopted = json.at("adopted");
    authority.adopted_ =
        AdoptedDefinition{digest(adopted.at("digest")), adopted.at("commit"), adopted.at("index")};
  }
  return authority;
}

}  // namespace bw
