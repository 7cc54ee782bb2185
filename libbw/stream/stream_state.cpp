#include "stream/stream_state.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"

namespace bw {
namespace {

// Changes whenever a verified state of an earlier program must not be trusted any more.
constexpr std::string_view state_version = "bw-verified-2";

Json digests_json(const std::vector<Digest>& digests) {
  Json list = Json::array();
  for (const Digest& digest : digests) list.push_back(digest.hex());
  return list;
}

Digest digest_from(const Json& json) {
  return Digest::from_hex(json.get<std::string>()).value();
}

// Throws Error(invalid), Json::exception or std::bad_optional_access where the content is none.
StreamState read_state(std::string_view content) {
  const std::size_t end = std::min(content.find('\n'), content.size());
  const Json json = Json::parse(content.substr(0, end));
  if (json.at("version") != state_version) throw Error(ErrorCode::invalid, "a state of another version");
  StreamState state;
  if (!json.at("head").is_null()) state.head = git::Oid::from_hex(json.at("head").get<std::string>()).value();
  state.authority = Authority::from_json(json.at("authority"));
  std::vector<Digest> frontier;
  for (const Json& item : json.at("frontier")) frontier.push_back(digest_from(item));
  state.tree = MerkleTree(json.at("size"), std::move(frontier));
  state.last_recorded = json.at("last_recorded");
  for (const Json& item : json.at("boundaries")) {
    state.boundaries.emplace(item.at(0), digest_from(item.at(1)));
  }
  if (json.contains("checkpoint")) {
    const auto checkpoint = Checkpoint::parse(json.at("checkpoint").get<std::string>());
    if (!checkpoint) throw Error(ErrorCode::invalid, checkpoint.reason());
    state.checkpoint = *checkpoint;
  }
  state.ids = EventIndex::from_bytes(content.substr(std::min(end + 1, content.size())));
  if (state.ids.size() != state.tree.size()) throw Error(ErrorCode::invalid, "its parts do not agree");
  return state;
}

}  // namespace

std::size_t EventIndex::slot_of(const EventId& id) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<EventId>{}(id)&mask;
  while (slots_[slot] != 0 && ids_[slots_[slot] - 1] != id) slot = (slot + 1) & mask;
  return slot;
}

void EventIndex::grow() {
  slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), 0);
  for (std::size_t i = ids_.size(); i-- > 0;) slots_[slot_of(ids_[i])] = static_cast<std::uint32_t>(i + 1);
}

void EventIndex::push_back(const EventId& id) {
  ids_.push_back(id);
  if (ids_.size() * 2 > slots_.size()) {
    grow();
    return;
  }
  std::uint32_t& slot = slots_[slot_of(id)];
  if (slot == 0) slot = static_cast<std::uint32_t>(ids_.size());
}

std::optional<std::uint64_t> EventIndex::find(const EventId& id) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(id)];
  return found == 0 ? std::nullopt : std::optional<std::uint64_t>(found - 1);
}

std::vector<EventId> EventIndex::with_prefix(std::string_view hex, std::size_t most) const {
  std::vector<EventId> found;
  // Whole bytes decide for nearly all of a million ids; text only for those that remain.
  const auto start = from_hex(hex.substr(0, hex.size() / 2 * 2));
  if (!start) return found;
  for (auto id = ids_.begin(); id != ids_.end() && found.size() < most; ++id) {
    if (id->digest.view().starts_with(*start) && id->text().starts_with(hex)) found.push_back(*id);
  }
  return found;
}

std::string EventIndex::bytes() const {
  std::string bytes;
  bytes.reserve(ids_.size() * 32);
  for (const EventId& id : ids_) bytes += id.digest.view();
  return bytes;
}

EventIndex EventIndex::from_bytes(std::string_view bytes) {
  if (bytes.size() % 32 != 0) throw Error(ErrorCode::invalid, "the list of event ids is cut short");
  EventIndex index;
  index.ids_.reserve(bytes.size() / 32);
  for (; !bytes.empty(); bytes.remove_prefix(32)) {
    index.ids_.push_back(EventId{*Digest::from_bytes(bytes.substr(0, 32))});
  }
  std::size_t slots = 64;
  while (slots < index.ids_.size() * 2) slots *= 2;
  index.slots_.assign(slots / 2, 0);
  index.grow();
  return index;
}

std::string StreamState::bytes() const {
  Json json = {{"authority", authority.json()},
               {"frontier", digests_json(tree.frontier())},
               {"head", head ? Json(head->hex()) : Json(nullptr)},
               {"last_recorded", last_recorded},
               {"size", tree.size()},
               {"version", state_version}};
  json["boundaries"] = Json::array();
  for (const auto& [size, root] : boundaries) json["boundaries"].push_back({size, root.hex()});
  if (checkpoint) json["checkpoint"] = checkpoint->text();
  const std::string content = json.dump() + "\n" + ids.bytes();
  return sha256(content).hex() + "\n" + content;
}

StreamState StreamState::from_bytes(std::string_view bytes) {
  constexpr std::size_t digest_line = 65;
  if (bytes.size() <= digest_line || bytes[digest_line - 1] != '\n' ||
      sha256(bytes.substr(digest_line)).hex() != bytes.substr(0, digest_line - 1)) {
    throw Error(ErrorCode::invalid, "a saved state is damaged");
  }
  const std::string_view content = bytes.substr(digest_line);
  try {
    return read_state(content);
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::invalid, std::string("a saved state is damaged: ") + error.what());
  } catch (const std::bad_optional_access&) {
    throw Error(ErrorCode::invalid, "a saved state is damaged");
  }
}

}  // namespace bw
