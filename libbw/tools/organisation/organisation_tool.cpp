#include "tools/organisation/organisation_tool.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "state/fold.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

constexpr std::array<LifecycleStep, 14> membership_steps = {
    {{"stranger", "applied", "person", "applicant"},
     {"stranger", "admitted", "founding", "member"},
     {"stranger", "admitted", "vote", "member"},
     {"applicant", "admitted", "admitter", "member"},
     {"applicant", "admitted", "vote", "member"},
     {"applicant", "left", "person", "left"},
     {"member", "suspended", "suspender", "suspended"},
     {"member", "left", "person", "left"},
     {"member", "expelled", "vote", "expelled"},
     {"suspended", "resumed", "suspender", "member"},
     {"suspended", "left", "person", "left"},
     {"suspended", "expelled", "expeller", "expelled"},
     {"suspended", "expelled", "vote", "expelled"},
     {"left", "applied", "person", "applicant"}}};

constexpr std::array<LifecycleStep, 5> contract_steps = {{{"offered", "signed", "partner", "in force"},
                                                          {"offered", "ended", "offerer", "ended"},
                                                          {"offered", "ended", "partner", "ended"},
                                                          {"in force", "ended", "offerer", "ended"},
                                                          {"in force", "ended", "partner", "ended"}}};

PersonNumber person_in(const Json& body, const Scene& scene, const char* member = "person") {
  return scene.people.of(body.at(member).get<std::string>());
}

std::string_view act_of(std::string_view kind) {
  return kind.substr(kind.find('.') + 1);
}

Json sorted_numbers(const std::set<PersonNumber>& persons) {
  return Json(persons);
}

}  // namespace

const Lifecycle& membership_lifecycle() {
  static const Lifecycle lifecycle(membership_steps);
  return lifecycle;
}

const Lifecycle& contract_lifecycle() {
  static const Lifecycle lifecycle(contract_steps);
  return lifecycle;
}

std::vector<std::string_view> OrganisationTool::kinds() const {
  return {"member.applied",   "member.endorsed",  "member.admitted", "member.left",
          "member.suspended", "member.resumed",   "member.expelled", "role.given",
          "role.taken",       "body.seated",      "body.vacated",    "skill.claimed",
          "skill.confirmed",  "contract.offered", "contract.signed", "contract.ended"};
}

void OrganisationTool::read_form(std::string_view kind, BodyReader& body) const {
  const bool about_others = kind == "member.endorsed" || kind == "member.admitted" ||
                            kind == "member.suspended" || kind == "member.resumed" ||
                            kind == "member.expelled" || kind == "skill.confirmed" ||
                            kind.starts_with("role.") || kind.starts_with("body.");
  if (about_others) body.did("person");
  if (kind.starts_with("role.")) body.text("role");
  if (kind.starts_with("body.")) body.text("body");
  if (kind.starts_with("skill.")) body.text("skill");
  if (kind == "contract.signed" || kind == "contract.ended") body.event("contract");
  if (kind != "contract.offered") return;
  body.digest("terms");
  if (!body.has("until") || !body.any("until").is_null()) body.size("until");
  body.did("with");
}

void OrganisationTool::read_rules(const Rules& rules) {
  rules_.reset();
  const yaml::Node* tree = rules.definition ? rules.definition->rules_of("organisation") : nullptr;
  if (tree != nullptr) rules_ = read_organisation_rules(*tree);
}

void OrganisationTool::adopt(const Rules& /*rules*/, const Scene& scene) {
  if (!rules_ || founded_) return;
  founded_ = true;
  std::set<PersonNumber> founders;
  for (const Did& key : scene.authority.stewards()) founders.insert(scene.people.of(key));
  if (rules_->membership.everyone_founds) {
    for (const Did& key : scene.authority.members()) founders.insert(scene.people.of(key));
  }
  for (const PersonNumber person : founders)
    memberships_[person] = {"member", scene.recorded, scene.index, {}, {}, {}};
}

Ruling OrganisationTool::object_to(const Occurrence& entry, const Scene& scene) const {
  if (!rules_) return std::nullopt;
  const auto power = rules_->powers.find(entry.kind);
  if (power == rules_->powers.end()) return std::nullopt;
  const PersonNumber person = scene.people.of(entry.actor);
  const bool may = std::any_of(power->second.begin(), power->second.end(), [&](const std::string& group) {
    return scene.fold.belongs(person, group, scene);
  });
  if (may) return std::nullopt;
  return fmt::format("here only {} may say \"{}\"", fmt::join(power->second, " or "), entry.kind);
}

bool OrganisationTool::is_member(PersonNumber person) const {
  const auto found = memberships_.find(person);
  return found != memberships_.end() && found->second.state == "member";
}

const std::vector<OrganisationTool::Seat>& OrganisationTool::seats(std::string_view body) const {
  static const std::vector<Seat> none;
  const auto found = seats_.find(body);
  return found == seats_.end() ? none : found->second;
}

Ruling OrganisationTool::judge(const Occurrence& entry, const Scene& scene) {
  if (!rules_) return "this world has adopted no rules of organisation";
  const Json body = entry.body();
  if (entry.kind.starts_with("member.")) return judge_member(entry, body, scene);
  if (entry.kind.starts_with("role.")) return judge_role(entry, body, scene);
  if (entry.kind.starts_with("body.")) return judge_seat(entry, body, scene);
  if (entry.kind.starts_with("skill.")) return judge_skill(entry, body, scene);
  return judge_contract(entry, body, scene);
}

std::set<std::string_view> OrganisationTool::roles_towards(PersonNumber by, const Scene& scene) const {
  const MembershipRules& membership = rules_->membership;
  std::set<std::string_view> roles;
  const auto add = [&](std::string_view role, const std::string& group) {
    if (!group.empty() && scene.fold.belongs(by, group, scene)) roles.insert(role);
  };
  add("admitter", membership.admitted_by);
  add("suspender", membership.suspended_by);
  add("expeller", membership.expelled_by);
  return roles;
}

Ruling OrganisationTool::step(PersonNumber person, std::string_view act,
                              const std::set<std::string_view>& roles, const Scene& scene) {
  const auto known = memberships_.find(person);
  const std::string_view state = known == memberships_.end() ? "stranger" : known->second.state;
  const auto next = membership_lifecycle().after(state, act, roles);
  if (!next) return next.reason();
  Membership& membership = memberships_[person];
  membership.state = *next;
  membership.since = scene.recorded;
  membership.index = scene.index;
  if (*next == "left" || *next == "expelled") leave(person);
  return std::nullopt;
}

void OrganisationTool::leave(PersonNumber person) {
  Membership& membership = memberships_[person];
  membership.roles.clear();
  membership.endorsers.clear();
  for (auto& [body, seats] : seats_)
    std::erase_if(seats, [&](const Seat& seat) { return seat.person == person; });
}

Ruling OrganisationTool::judge_member(const Occurrence& entry, const Json& body, const Scene& scene) {
  const PersonNumber by = scene.people.of(entry.actor);
  const std::string_view act = act_of(entry.kind);
  if (act == "applied" || act == "left") {
    Ruling ruling = step(by, act, {"person"}, scene);
    const bool waits_for_nobody =
        rules_->membership.admitted_by.empty() && rules_->membership.endorsements == 0;
    if (!ruling && act == "applied" && waits_for_nobody) return step(by, "admitted", {"admitter"}, scene);
    return ruling;
  }
  const PersonNumber whom = person_in(body, scene);
  if (act == "endorsed") return endorse(by, whom, scene);
  if (whom == by) return "nobody does that to herself";
  std::set<std::string_view> roles = roles_towards(by, scene);
  const auto known = memberships_.find(whom);
  if (act == "admitted" && known != memberships_.end() && roles.contains("admitter")) {
    const auto have = static_cast<int>(known->second.endorsers.size());
    if (have < rules_->membership.endorsements)
      return fmt::format("{} of {} endorsements are there", have, rules_->membership.endorsements);
  }
  if (act == "expelled" && known != memberships_.end() && known->second.state == "suspended") {
    const std::int64_t heard = known->second.since + rules_->membership.hearing.seconds;
    if (scene.recorded < heard) return fmt::format("the hearing goes on until {}", Timestamp{heard}.text());
  }
  return step(whom, act, roles, scene);
}

Ruling OrganisationTool::endorse(PersonNumber by, PersonNumber whom, const Scene& scene) {
  if (!is_member(by)) return "only members endorse";
  const auto found = memberships_.find(whom);
  if (found == memberships_.end() || found->second.state != "applicant") return "that person does not apply";
  if (!found->second.endorsers.insert(by).second) return "this member has endorsed that person already";
  const bool enough = static_cast<int>(found->second.endorsers.size()) >= rules_->membership.endorsements;
  if (enough && rules_->membership.admitted_by.empty()) return step(whom, "admitted", {"admitter"}, scene);
  return std::nullopt;
}

Ruling OrganisationTool::judge_role(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("role").get<std::string>();
  const RoleRules* role = rules_->roles.find(id);
  if (role == nullptr) return fmt::format("the rules have no role \"{}\"", id);
  const PersonNumber by = scene.people.of(entry.actor);
  if (!scene.fold.belongs(by, role->given_by, scene))
    return fmt::format("this role is given and taken by {}", role->given_by);
  const PersonNumber whom = person_in(body, scene);
  if (!is_member(whom)) return "that person is no member";
  auto& roles = memberships_[whom].roles;
  if (entry.kind == "role.taken")
    return roles.erase(id) == 1 ? Ruling() : Ruling("that person does not have the role");
  return roles.insert(id).second ? Ruling() : Ruling("that person has the role already");
}

Ruling OrganisationTool::objection_to_seat(const BodyRules& body, PersonNumber person,
                                           const Scene& scene) const {
  if (body.seats == 0) return "every member sits in that body";
  if (!is_member(person)) return "only members take seats";
  if (!scene.fold.belongs(person, body.eligible, scene))
    return fmt::format("only {} can take a seat there", body.eligible);
  if (!body.figure.empty()) {
    const Decimal has = scene.fold.figure(person, body.figure, scene);
    if (has < body.at_least)
      return fmt::format("a seat there needs {} of {}, and that person has {}", body.at_least.text(),
                         body.figure, has.text());
  }
  const auto sits_in = [&](const std::string& other) {
    const auto& seats = this->seats(other);
    return std::any_of(seats.begin(), seats.end(), [&](const Seat& seat) { return seat.person == person; });
  };
  for (const BodyRules& other : rules_->bodies) {
    const auto excludes = [](const BodyRules& one, const std::string& another) {
      return std::find(one.not_with.begin(), one.not_with.end(), another) != one.not_with.end();
    };
    if ((excludes(body, other.id) || excludes(other, body.id)) && sits_in(other.id))
      return fmt::format("nobody sits in {} and {} at once", body.id, other.id);
  }
  return std::nullopt;
}

void OrganisationTool::seat(const BodyRules& body, PersonNumber person, std::int64_t recorded) {
  std::optional<std::int64_t> until;
  if (body.term) until = recorded + body.term->seconds;
  seats_[body.id].push_back({person, recorded, until});
  note_due();
}

Ruling OrganisationTool::judge_seat(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("body").get<std::string>();
  const BodyRules* rules = rules_->bodies.find(id);
  if (rules == nullptr) return fmt::format("the rules have no body \"{}\"", id);
  const PersonNumber by = scene.people.of(entry.actor);
  const PersonNumber whom = person_in(body, scene);
  auto& seats = seats_[id];
  const auto found =
      std::find_if(seats.begin(), seats.end(), [&](const Seat& each) { return each.person == whom; });
  const bool own = by == whom && entry.kind == "body.vacated";
  if (!own && rules->appointed_by.empty()) return "seats of that body are given by election";
  if (!own && !scene.fold.belongs(by, rules->appointed_by, scene))
    return fmt::format("seats of that body are given and taken by {}", rules->appointed_by);
  if (entry.kind == "body.vacated") {
    if (found == seats.end()) return "that person has no seat there";
    seats.erase(found);
    return std::nullopt;
  }
  if (by == whom) return "nobody seats herself";
  if (found != seats.end()) return "that person has a seat there already";
  if (seats.size() >= static_cast<std::size_t>(rules->seats)) return "all seats of that body are taken";
  if (Ruling objection = objection_to_seat(*rules, whom, scene)) return objection;
  seat(*rules, whom, entry.recorded);
  return std::nullopt;
}

Ruling OrganisationTool::judge_skill(const Occurrence& entry, const Json& body, const Scene& scene) {
  const std::string id = body.at("skill").get<std::string>();
  if (rules_->skills.find(id) == nullptr) return fmt::format("the rules have no skill \"{}\"", id);
  const PersonNumber by = scene.people.of(entry.actor);
  if (!is_member(by)) return "only members do that";
  if (entry.kind == "skill.claimed") {
    const bool fresh = memberships_[by].skills.try_emplace(id).second;
    return fresh ? Ruling() : Ruling("this member has that skill already");
  }
  const PersonNumber whom = person_in(body, scene);
  const auto found = memberships_.find(whom);
  if (whom == by) return "nobody confirms her own skill";
  if (found == memberships_.end() || !found->second.skills.contains(id))
    return "that person does not claim the skill";
  const bool fresh = found->second.skills[id].insert(by).second;
  return fresh ? Ruling() : Ruling("this member has confirmed it already");
}

Ruling OrganisationTool::judge_contract(const Occurrence& entry, const Json& body, const Scene& scene) {
  const PersonNumber by = scene.people.of(entry.actor);
  if (entry.kind == "contract.offered") {
    const PersonNumber with = person_in(body, scene, "with");
    if (with == by) return "nobody makes a contract with herself";
    Contract contract{contract_lifecycle().begins(),
                      by,
                      with,
                      Digest::from_hex(body.at("terms").get<std::string>()).value(),
                      std::nullopt,
                      entry.recorded};
    if (!body.at("until").is_null()) contract.until = body.at("until").get<std::int64_t>();
    if (contract.until && *contract.until <= entry.recorded) return "it would have ended already";
    contracts_.emplace(entry.id(), contract);
    note_due();
    return std::nullopt;
  }
  const auto found = contracts_.find(EventId::parse(body.at("contract").get<std::string>()).value());
  if (found == contracts_.end()) return "the log has no such contract before it";
  std::set<std::string_view> roles;
  if (found->second.by == by) roles.insert("offerer");
  if (found->second.with == by) roles.insert("partner");
  const auto next = contract_lifecycle().after(found->second.state, act_of(entry.kind), roles);
  if (!next) return next.reason();
  found->second.state = *next;
  found->second.since = entry.recorded;
  return std::nullopt;
}

void OrganisationTool::pass(const Scene& scene) {
  if (next_due_ > scene.recorded) return;
  for (auto& [body, seats] : seats_)
    std::erase_if(seats, [&](const Seat& seat) { return seat.until && *seat.until <= scene.recorded; });
  for (auto& [id, contract] : contracts_) {
    if (contract.until && *contract.until <= scene.recorded && contract.state != "ended") {
      contract.state = "ended";
      contract.since = *contract.until;
    }
  }
  note_due();
}

void OrganisationTool::note_due() {
  next_due_ = never;
  for (const auto& [body, seats] : seats_) {
    for (const Seat& seat : seats) next_due_ = std::min(next_due_, seat.until.value_or(never));
  }
  for (const auto& [id, contract] : contracts_) {
    if (contract.state != "ended") next_due_ = std::min(next_due_, contract.until.value_or(never));
  }
}

std::optional<std::vector<PersonNumber>> OrganisationTool::group(std::string_view name,
                                                                 const Scene& scene) const {
  const bool mine = name == "members" || name.starts_with("role:") || name.starts_with("body:");
  if (!rules_ || !mine) return std::nullopt;
  std::vector<PersonNumber> persons;
  for (const auto& [person, membership] : memberships_) {
    if (belongs(person, name, scene).value_or(false)) persons.push_back(person);
  }
  return persons;
}

std::optional<bool> OrganisationTool::belongs(PersonNumber person, std::string_view group,
                                              const Scene& /*scene*/) const {
  if (!rules_) return std::nullopt;
  if (group == "members") return is_member(person);
  if (group.starts_with("role:"))
    return is_member(person) && memberships_.at(person).roles.contains(group.substr(5));
  if (!group.starts_with("body:")) return std::nullopt;
  const BodyRules* body = rules_->bodies.find(group.substr(5));
  if (body == nullptr || !is_member(person)) return false;
  const auto& seats = this->seats(body->id);
  return body->seats == 0 ||
         std::any_of(seats.begin(), seats.end(), [&](const Seat& seat) { return seat.person == person; });
}

std::optional<Ruling> OrganisationTool::consider(const Decision& decision, const Scene& scene) const {
  const bool mine =
      decision.kind == "admission" || decision.kind == "expulsion" || decision.kind == "election";
  if (!mine || !rules_) return std::nullopt;
  if (decision.kind == "election") {
    const std::string id = decision.subject.at("body").get<std::string>();
    const BodyRules* body = rules_->bodies.find(id);
    if (body == nullptr) return Ruling(fmt::format("the rules have no body \"{}\"", id));
    if (decision.who == "body:" + id) return Ruling("a body does not elect itself");
    if (decision.subject.at("seats").get<std::int64_t>() > body->seats)
      return Ruling(fmt::format("that body has {} seats", body->seats));
    for (const Json& candidate : decision.subject.at("candidates")) {
      if (Ruling objection = objection_to_seat(*body, scene.people.of(candidate.get<std::string>()), scene))
        return Ruling(candidate.get<std::string>() + ": " + *objection);
    }
    return Ruling();
  }
  const auto known = memberships_.find(person_in(decision.subject, scene));
  const std::string_view state = known == memberships_.end() ? "stranger" : known->second.state;
  const auto next =
      membership_lifecycle().after(state, decision.kind == "admission" ? "admitted" : "expelled", {"vote"});
  return next ? Ruling() : Ruling(next.reason());
}

// Who is elected takes the place of those whose term would end first, where not enough seats are free.
std::optional<Ruling> OrganisationTool::carry_out(const Decision& decision, const Scene& scene) {
  auto considered = consider(decision, scene);
  if (!considered || *considered) return considered;
  if (decision.kind != "election") {
    return step(person_in(decision.subject, scene), decision.kind == "admission" ? "admitted" : "expelled",
                {"vote"}, scene);
  }
  const BodyRules& body = *rules_->bodies.find(decision.subject.at("body").get<std::string>());
  auto& seats = seats_[body.id];
  for (const std::string& winner : decision.winners) {
    const PersonNumber person = scene.people.of(winner);
    std::erase_if(seats, [&](const Seat& each) { return each.person == person; });
    if (seats.size() >= static_cast<std::size_t>(body.seats)) {
      const auto first = std::min_element(seats.begin(), seats.end(), [](const Seat& a, const Seat& b) {
        return a.until.value_or(never) < b.until.value_or(never);
      });
      seats.erase(first);
    }
    seat(body, person, scene.recorded);
  }
  return Ruling();
}

void OrganisationTool::merge(PersonNumber from, PersonNumber into) {
  if (auto joined = memberships_.extract(from)) {
    const auto [found, fresh] = memberships_.emplace(into, joined.mapped());
    // Of two memberships the one that is one; an expulsion stays with the person.
    const auto rank = [](std::string_view state) {
      constexpr std::array<std::string_view, 5> order = {"left", "applicant", "member", "suspended",
                                                         "expelled"};
      return std::find(order.begin(), order.end(), state) - order.begin();
    };
    if (!fresh) {
      Membership& kept = found->second;
      if (rank(joined.mapped().state) > rank(kept.state)) {
        kept.state = joined.mapped().state;
        kept.since = joined.mapped().since;
        kept.index = joined.mapped().index;
      }
      kept.roles.merge(joined.mapped().roles);
      for (auto& [skill, by] : joined.mapped().skills) kept.skills[skill].merge(by);
    }
  }
  const auto rename = [&](std::set<PersonNumber>& persons, PersonNumber owner) {
    if (persons.erase(from) == 1 && into != owner) persons.insert(into);
    persons.erase(owner);
  };
  for (auto& [person, membership] : memberships_) {
    rename(membership.endorsers, person);
    for (auto& [skill, by] : membership.skills) rename(by, person);
  }
  for (auto& [body, seats] : seats_) {
    const bool both =
        std::any_of(seats.begin(), seats.end(), [&](const Seat& s) { return s.person == into; });
    if (both) std::erase_if(seats, [&](const Seat& seat) { return seat.person == from; });
    for (Seat& seat : seats)
      if (seat.person == from) seat.person = into;
  }
  for (auto& [id, contract] : contracts_) {
    if (contract.by == from) contract.by = into;
    if (contract.with == from) contract.with = into;
  }
}

Json OrganisationTool::json() const {
  Json members = Json::array();
  for (const auto& [person, one] : memberships_) {
    Json skills = Json::object();
    for (const auto& [skill, by] : one.skills) skills[skill] = sorted_numbers(by);
    members.push_back({{"endorsers", sorted_numbers(one.endorsers)},
                       {"index", one.index},
                       {"person", person},
                       {"roles", one.roles},
                       {"since", one.since},
                       {"skills", std::move(skills)},
                       {"state", one.state}});
  }
  Json seats = Json::object();
  for (const auto& [body, taken] : seats_) {
    for (const Seat& seat : taken)
      seats[body].push_back({seat.person, seat.since, seat.until ? Json(*seat.until) : Json(nullptr)});
  }
  Json contracts = Json::object();
  for (const auto& [id, one] : contracts_) {
    contracts[id.text()] = {{"by", one.by},
                            {"since", one.since},
                            {"state", one.state},
                            {"terms", one.terms.hex()},
                            {"until", one.until ? Json(*one.until) : Json(nullptr)},
                            {"with", one.with}};
  }
  return {{"contracts", std::move(contracts)},
          {"founded", founded_},
          {"members", std::move(members)},
          {"seats", std::move(seats)}};
}

void OrganisationTool::restore(const Json& json, const Archive& /*archive*/) {
  const auto state_in = [](const Lifecycle& lifecycle, const Json& text) {
    const auto state = lifecycle.find(text.get<std::string>());
    if (!state)
      throw Error(ErrorCode::invalid, "the written state has an unknown state of a member or contract");
    return *state;
  };
  founded_ = json.at("founded").get<bool>();
  for (const Json& one : json.at("members")) {
    Membership membership{state_in(membership_lifecycle(), one.at("state")),
                          one.at("since").get<std::int64_t>(),
                          one.at("index").get<std::uint64_t>(),
                          one.at("endorsers").get<std::set<PersonNumber>>(),
                          one.at("roles").get<std::set<std::string, std::less<>>>(),
                          {}};
    for (const auto& [skill, by] : one.at("skills").items())
      membership.skills.emplace(skill, by.get<std::set<PersonNumber>>());
    memberships_.emplace(one.at("person").get<PersonNumber>(), std::move(membership));
  }
  const auto until = [](const Json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<std::int64_t>());
  };
  for (const auto& [body, taken] : json.at("seats").items()) {
    for (const Json& seat : taken)
      seats_[body].push_back(
          {seat.at(0).get<PersonNumber>(), seat.at(1).get<std::int64_t>(), until(seat.at(2))});
  }
  for (const auto& [id, one] : json.at("contracts").items()) {
    contracts_.emplace(EventId::parse(id).value(),
                       Contract{state_in(contract_lifecycle(), one.at("state")),
                                one.at("by").get<PersonNumber>(), one.at("with").get<PersonNumber>(),
                                Digest::from_hex(one.at("terms").get<std::string>()).value(),
                                until(one.at("until")), one.at("since").get<std::int64_t>()});
  }
  note_due();
}

}  // namespace bw
