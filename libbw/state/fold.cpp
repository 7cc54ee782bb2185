#include "state/fold.h"

#include <fmt/format.h>

#include "base/error.h"

namespace bw {
namespace {

// Which kinds of authority can change whose key is whose, or whether it may speak.
bool concerns_persons(std::string_view kind) {
  return kind == "identity.linked" || kind == "identity.revoked" || kind == "identity.disputed" ||
         kind == "identity.recovered" || kind.starts_with("steward.");
}

const Json& member(const Json& json, const char* name) {
  if (!json.is_object() || !json.contains(name))
    throw Error(ErrorCode::invalid, fmt::format("the written state has no \"{}\"", name));
  return json.at(name);
}

}  // namespace

Fold::Fold(Archive archive, std::vector<std::unique_ptr<Tool>> tools)
    : archive_(std::move(archive)), tools_(std::move(tools)) {
  for (const auto& tool : tools_) {
    for (const std::string_view kind : tool->kinds()) {
      if (!judges_.emplace(kind, tool.get()).second)
        throw Error(ErrorCode::usage, fmt::format("two tools judge \"{}\"", kind));
    }
  }
}

void Fold::throw_no_tool() {
  throw Error(ErrorCode::usage, "the fold has no such tool");
}

void Fold::take(std::string_view line) {
  const Occurrence entry = cut_open(size_, line);
  const Scene scene{authority_, people_, rules_, archive_, size_, entry.recorded, *this, listener_};
  for (const auto& tool : tools_) tool->pass(scene);
  if (Authority::interprets(entry.kind)) {
    rule(entry, scene);
  } else {
    judge(entry, scene);
  }
  recorded_ = entry.recorded;
  ++size_;
}

void Fold::rule(const Occurrence& entry, const Scene& scene) {
  Ruling verdict = authority_.apply(entry.parsed(), entry.index, entry.recorded);
  if (listener_ != nullptr) listener_->judged(entry, verdict);
  if (verdict) {
    ++ineffective_;
    return;
  }
  people_.of(entry.actor);
  if (concerns_persons(entry.kind)) {
    people_.follow(authority_.persons(), [&](PersonNumber from, PersonNumber into) {
      for (const auto& tool : tools_) tool->merge(from, into);
    });
  }
  if (entry.kind != "definition.adopted") return;
  const Digest& digest = authority_.adopted()->digest;
  rules_ = {digest, entry.id(), entry.index + 1, archive_.definition(digest)};
  for (const auto& tool : tools_) tool->adopt(rules_, scene);
}

void Fold::judge(const Occurrence& entry, const Scene& scene) {
  const auto judge = judges_.find(entry.kind);
  if (judge == judges_.end()) return;
  const Ruling verdict = people_.may_speak(entry.actor) ? judge->second->judge(entry, scene)
                                                        : Ruling("its key was revoked, or is disputed");
  if (verdict) ++ineffective_;
  if (listener_ != nullptr) listener_->judged(entry, verdict);
}

void Fold::count(const Counted& claim, const Scene& scene) {
  for (const auto& tool : tools_) tool->count(claim, scene);
}

Json Fold::json() const {
  Json tools = Json::object();
  for (const auto& tool : tools_) tools[std::string(tool->name())] = tool->json();
  return {{"fold", fold_version},
          {"ineffective", ineffective_},
          {"people", people_.json()},
          {"recorded", recorded_},
          {"rules", rules_.from == 0 ? Json(nullptr) : rules_.json()},
          {"size", size_},
          {"tools", std::move(tools)}};
}

Digest Fold::digest() const {
  // Keys are ASCII and numbers are integers, so that this is the JCS text.
  return sha256(json().dump());
}

void Fold::restore(const Json& json, Authority authority) {
  if (member(json, "fold") != fold_version)
    throw Error(ErrorCode::invalid, "the written state is of another version");
  authority_ = std::move(authority);
  people_ = People::from_json(member(json, "people"), authority_.persons());
  if (const Json& rules = member(json, "rules"); !rules.is_null()) rules_ = Rules::from_json(rules, archive_);
  for (const auto& tool : tools_)
    tool->restore(member(member(json, "tools"), std::string(tool->name()).c_str()), archive_);
  ineffective_ = member(json, "ineffective").get<std::uint64_t>();
  recorded_ = member(json, "recorded").get<std::int64_t>();
  size_ = member(json, "size").get<std::uint64_t>();
}

}  // namespace bw
