#include "stream/stream_state.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"

namespace bw {
namespace {

// Changes whenever a verified state of an earlier program must not be trusted any more.
constexpr std::string_view state_version = "bw-verified-6";

Json digests_json(const std::vector<Digest>& digests) {
  Json list = Json::array();
  for (const Digest& digest : digests) list.push_back(digest.hex());
  return list;
}

Digest digest_from(const Json& json) {
  return Digest::from_hex(json.get<std::string>()).value();
}

Json roots_json(const std::map<TreeSize, Digest>& roots) {
  Json list = Json::array();
  for (const auto& [size, root] : roots) list.push_back({size, root.hex()});
  return list;
}

std::map<TreeSize, Digest> roots_from(const Json& list) {
  std::map<TreeSize, Digest> roots;
  for (const Json& item : list) roots.emplace(item.at(0), digest_from(item.at(1)));
  return roots;
}

std::optional<Checkpoint> checkpoint_from(const Json& json, const char* name) {
  if (!json.contains(name)) return std::nullopt;
  const auto checkpoint = Checkpoint::parse(json.at(name).get<std::string>());
  if (!checkpoint) throw Error(ErrorCode::invalid, checkpoint.reason());
  return *checkpoint;
}

// Throws Error(invalid), Json::exception or std::bad_optional_access where the content is none.
StreamState read_state(std::string_view content, const std::filesystem::path& runs) {
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
  state.boundaries = roots_from(json.at("boundaries"));
  state.recent = roots_from(json.at("recent"));
  state.checkpoint = checkpoint_from(json, "checkpoint");
  state.cosigned = checkpoint_from(json, "cosigned");
  state.withdrawn = Withdrawals::from_json(json.at("withdrawn"));
  state.ids = EventIndex::restore(json.at("ids"), content.substr(std::min(end + 1, content.size())), runs);
  if (state.ids.size() != state.tree.size()) throw Error(ErrorCode::invalid, "its parts do not agree");
  return state;
}

}  // namespace

std::string StreamState::bytes() const {
  Json json = {{"authority", authority.json()},
               {"boundaries", roots_json(boundaries)},
               {"frontier", digests_json(tree.frontier())},
               {"head", head ? Json(head->hex()) : Json(nullptr)},
               {"ids", ids.runs_json()},
               {"last_recorded", last_recorded},
               {"recent", roots_json(recent)},
               {"size", tree.size()},
               {"version", state_version},
               {"withdrawn", withdrawn.json()}};
  if (checkpoint) json["checkpoint"] = checkpoint->text();
  if (cosigned) json["cosigned"] = cosigned->text();
  const std::string content = json.dump() + "\n" + ids.recent_bytes();
  return sha256(content).hex() + "\n" + content;
}

StreamState StreamState::from_bytes(std::string_view bytes, const std::filesystem::path& runs) {
  constexpr std::size_t digest_line = 65;
  if (bytes.size() <= digest_line || bytes[digest_line - 1] != '\n' ||
      sha256(bytes.substr(digest_line)).hex() != bytes.substr(0, digest_line - 1)) {
    throw Error(ErrorCode::invalid, "a saved state is damaged");
  }
  const std::string_view content = bytes.substr(digest_line);
  try {
    return read_state(content, runs);
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::invalid, std::string("a saved state is damaged: ") + error.what());
  } catch (const std::bad_optional_access&) {
    throw Error(ErrorCode::invalid, "a saved state is damaged");
  }
}

}  // namespace bw
