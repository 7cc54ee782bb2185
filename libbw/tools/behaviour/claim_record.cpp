#include "tools/behaviour/claim_record.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace bw {
namespace {

using ClaimState = ClaimRecord::State;

constexpr std::array<std::string_view, 6> claim_states = {"waiting", "counts",    "over-limit",
                                                          "refused", "retracted", "concealed"};

ClaimState state_of(const std::string& name) {
  for (std::size_t i = 0; i < claim_states.size(); ++i) {
    if (claim_states[i] == name) return static_cast<ClaimState>(i);
  }
  throw Error(ErrorCode::invalid, "a claim of the written state is \"" + name + "\"");
}

EventId id_of(const Json& json) {
  const auto id = EventId::parse(json.get<std::string>());
  if (!id) throw Error(ErrorCode::invalid, "the written state names no event where it should");
  return *id;
}

}  // namespace

std::string_view name_of(ClaimState state) {
  return claim_states[static_cast<std::size_t>(state)];
}

Json Word::json() const {
  return {{"bodies", bodies}, {"by", by},         {"confirms", confirms}, {"device", device},
          {"id", id.text()},  {"member", member}, {"steward", steward},   {"supports", supports}};
}

Word Word::from_json(const Json& json) {
  return {.id = id_of(json.at("id")),
          .by = json.at("by").get<PersonNumber>(),
          .supports = json.at("supports").get<bool>(),
          .confirms = json.at("confirms").get<bool>(),
          .steward = json.at("steward").get<bool>(),
          .member = json.at("member").get<bool>(),
          .device = json.at("device").get<bool>(),
          .bodies = json.at("bodies").get<std::vector<std::string>>()};
}

bool ClaimRecord::is_confirmed() const {
  return std::any_of(words.begin(), words.end(), [](const Word& word) { return word.confirms; });
}

Json ClaimRecord::json() const {
  Json all = Json::array();
  for (const Word& word : words) all.push_back(word.json());
  return {{"author", author},
          {"by_device", by_device},
          {"claim", claim.text()},
          {"history", history},
          {"index", index},
          {"rules", rules},
          {"state", name_of(state)},
          {"table", table},
          {"version", version.text()},
          {"why", why},
          {"words", std::move(all)}};
}

ClaimRecord ClaimRecord::from_json(const Json& json) {
  ClaimRecord record{.claim = id_of(json.at("claim")),
                     .index = json.at("index").get<std::uint64_t>(),
                     .author = json.at("author").get<PersonNumber>(),
                     .table = json.at("table").get<bool>(),
                     .state = state_of(json.at("state").get<std::string>()),
                     .why = json.at("why").get<std::string>(),
                     .version = id_of(json.at("version")),
                     .rules = json.at("rules").get<std::uint64_t>(),
                     .by_device = json.at("by_device").get<bool>(),
                     .history = json.at("history").get<bool>(),
                     .words = {}};
  for (const Json& word : json.at("words")) record.words.push_back(Word::from_json(word));
  return record;
}

}  // namespace bw
