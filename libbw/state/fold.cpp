#include "state/fold.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "state/canonical.h"
#include "state/measure.h"
#include "stream/entry.h"

namespace bw {
namespace {

// Which kinds of authority can change whose key is whose, or whether it may speak.
bool concerns_persons(std::string_view kind) {
  return kind == "identity.linked" || kind == "identity.revoked" || kind == "identity.disputed" ||
         kind == "identity.recovered" || kind.starts_with("steward.");
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
  const Scene scene = this->scene(entry.recorded);
  for (const auto& tool : tools_) tool->pass(scene);
  if (Authority::interprets(entry.kind)) {
    rule(entry, scene);
  } else {
    judge(entry, scene);
  }
  recorded_ = entry.recorded;
  ++size_;
}

Scene Fold::scene(std::int64_t recorded) {
  return {authority_, people_, rules_, archive_, size_, recorded, *this, listener_};
}

void Fold::pass(std::int64_t recorded) {
  const Scene scene = this->scene(std::max(recorded, recorded_));
  for (const auto& tool : tools_) tool->pass(scene);
}

Ruling Fold::objection_to(const Occurrence& entry, const Scene& scene) const {
  for (const auto& tool : tools_) {
    if (Ruling objection = tool->object_to(entry, scene)) return objection;
  }
  return std::nullopt;
}

Ruling Fold::objection_to(const Event& adoption, const std::shared_ptr<const Definition>& definition) {
  const std::string line = entry_line(adoption.line, recorded_);
  Archive archive = archive_;
  archive.definition = [&](const Digest& /*digest*/) { return definition; };
  return objection_to(cut_open(size_, line),
                      {authority_, people_, rules_, archive, size_, recorded_, *this, nullptr});
}

void Fold::rule(const Occurrence& entry, const Scene& scene) {
  // The stream decides what is adopted, the state what is in force: authority follows all the same.
  Ruling objection;
  if (entry.kind == "definition.adopted") objection = objection_to(entry, scene);
  Ruling verdict = authority_.apply(entry.parsed(), entry.index, entry.recorded);
  if (!verdict) verdict = std::move(objection);
  if (verdict) {
    ++ineffective_;
  } else {
    follow(entry, scene);
  }
  if (listener_ != nullptr) listener_->judged(entry, verdict);
}

void Fold::follow(const Occurrence& entry, const Scene& scene) {
  people_.of(entry.actor);
  if (concerns_persons(entry.kind)) {
    people_.follow(authority_.persons(), [&](PersonNumber from, PersonNumber into) {
      ledger_.merge(from, into);
      for (const auto& tool : tools_) tool->merge(from, into);
    });
  }
  if (entry.kind != "definition.adopted") return;
  const Digest& digest = authority_.adopted()->digest;
  rules_ = {digest, entry.id(), entry.index + 1, archive_.definition(digest)};
  for (const auto& tool : tools_) tool->read_rules(rules_);
  for (const auto& tool : tools_) tool->adopt(rules_, scene);
}

void Fold::judge(const Occurrence& entry, const Scene& scene) {
  const auto judge = judges_.find(entry.kind);
  if (judge == judges_.end()) return;
  Ruling verdict;
  if (!people_.may_speak(entry.actor)) verdict = "its key was revoked, or is disputed";
  if (!verdict) verdict = objection_to(entry, scene);
  if (!verdict) verdict = judge->second->judge(entry, scene);
  if (verdict) {
    ++ineffective_;
  } else {
    for (const auto& tool : tools_) tool->hear(entry, scene);
  }
  if (listener_ != nullptr) listener_->judged(entry, verdict);
}

Ruling Fold::transfer(const Transfer& transfer, const Scene& scene) {
  if (Ruling refusal = ledger_.transfer(transfer.from, transfer.to, transfer.amount, transfer.unit))
    return refusal;
  if (listener_ != nullptr) listener_->moved(transfer, scene.index, scene.recorded);
  return std::nullopt;
}

std::vector<PersonNumber> Fold::group(std::string_view name, const Scene& scene) const {
  for (const auto& tool : tools_) {
    if (auto persons = tool->group(name, scene)) return *std::move(persons);
  }
  std::vector<PersonNumber> persons;
  const auto add = [&](const std::set<Did>& keys) {
    for (const Did& key : keys) persons.push_back(scene.people.of(key));
  };
  if (name == "stewards") add(scene.authority.stewards());
  if (name == "members") add(scene.authority.members());
  std::sort(persons.begin(), persons.end());
  persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
  return persons;
}

bool Fold::belongs(PersonNumber person, std::string_view group, const Scene& scene) const {
  for (const auto& tool : tools_) {
    if (const auto belongs = tool->belongs(person, group, scene)) return *belongs;
  }
  const std::vector<PersonNumber> persons = this->group(group, scene);
  return std::binary_search(persons.begin(), persons.end(), person);
}

Decimal Fold::figure(PersonNumber person, std::string_view name, const Scene& scene) const {
  for (const auto& tool : tools_) {
    if (const auto figure = tool->figure(person, name, scene)) return *figure;
  }
  return {};
}

Decimal Fold::figure_of(PersonNumber person, std::string_view name) {
  return figure(person, name, scene(recorded_));
}

bool Fold::is_in(PersonNumber person, std::string_view group) {
  return belongs(person, group, scene(recorded_));
}

Ruling Fold::consider(const Decision& decision, const Scene& scene) const {
  for (const auto& tool : tools_) {
    if (auto ruling = tool->consider(decision, scene)) return *std::move(ruling);
  }
  return fmt::format("no tool of this world carries out a decision about \"{}\"", decision.kind);
}

Ruling Fold::carry_out(const Decision& decision, const Scene& scene) {
  for (const auto& tool : tools_) {
    if (auto ruling = tool->carry_out(decision, scene)) return *std::move(ruling);
  }
  return fmt::format("no tool of this world carries out a decision about \"{}\"", decision.kind);
}

void Fold::count(const Counted& claim, const Scene& scene) {
  for (const auto& tool : tools_) tool->count(claim, scene);
}

bool Fold::can_carry(const Behaviour& behaviour, Decimal total) const {
  return is_within_measure(total, Decimal(1)) &&
         std::all_of(tools_.begin(), tools_.end(),
                     [&](const auto& tool) { return tool->can_carry(behaviour, total); });
}

Json Fold::json() const {
  Json tools = Json::object();
  for (const auto& tool : tools_) tools[std::string(tool->name())] = tool->json();
  return {{"fold", fold_version},
          {"ineffective", ineffective_},
          {"ledger", ledger_.json()},
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
  ledger_ = Ledger::from_json(member(json, "ledger"));
  if (const Json& rules = member(json, "rules"); !rules.is_null()) rules_ = Rules::from_json(rules, archive_);
  for (const auto& tool : tools_)
    tool->restore(member(member(json, "tools"), std::string(tool->name()).c_str()), archive_);
  for (const auto& tool : tools_) tool->read_rules(rules_);
  ineffective_ = member(json, "ineffective").get<std::uint64_t>();
  recorded_ = member(json, "recorded").get<std::int64_t>();
  size_ = member(json, "size").get<std::uint64_t>();
}

}  // namespace bw
