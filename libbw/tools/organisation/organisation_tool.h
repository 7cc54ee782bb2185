#pragma once
// The organisation tool: who is a member, in which roles and bodies, with which skills, and contracts with
// partners. It judges
//
//     member.applied    {}                        member.endorsed   {"person"}
//     member.admitted   {"person"}                member.left       {}
//     member.suspended  {"person"}                member.resumed    {"person"}
//     member.expelled   {"person"}                after a hearing; or a vote expels (kind "expulsion")
//     role.given        {"person","role"}         role.taken        {"person","role"}
//     body.seated       {"body","person"}         body.vacated      {"body","person"}
//     skill.claimed     {"skill"}                 skill.confirmed   {"person","skill"}
//     contract.offered  {"terms": digest,"until": seconds or null,"with": did}
//     contract.signed   {"contract"}              contract.ended    {"contract"}
//
// It keeps the groups "members", "role:<id>" and "body:<id>", and carries out votes on admissions, expulsions
// and elections. Powers are said of kinds of events: of who has none they are without effect.

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "state/lifecycle.h"
#include "state/tool.h"
#include "tools/organisation/rules.h"

namespace bw {

// Lifecycles as the documentation prints them.
const Lifecycle& membership_lifecycle();
const Lifecycle& contract_lifecycle();

class OrganisationTool : public Tool {
public:
  struct Membership {
    std::string_view state;   // of membership_lifecycle()
    std::int64_t since = 0;   // recorded
    std::uint64_t index = 0;  // of the entry that led there
    std::set<PersonNumber> endorsers;
    std::set<std::string, std::less<>> roles;
    std::map<std::string, std::set<PersonNumber>, std::less<>> skills;  // → who confirmed them
  };
  struct Seat {
    PersonNumber person = 0;
    std::int64_t since = 0;
    std::optional<std::int64_t> until;
  };
  struct Contract {
    std::string_view state;  // of contract_lifecycle()
    PersonNumber by = 0;
    PersonNumber with = 0;
    Digest terms;
    std::optional<std::int64_t> until;
    std::int64_t since = 0;
  };

  std::string_view name() const override { return "organisation"; }
  std::vector<std::string_view> kinds() const override;
  void check_rules(const RulesDraft& draft) const override { check_organisation_rules(draft); }
  void read_form(std::string_view kind, BodyReader& body) const override;
  Ruling object_to(const Occurrence& entry, const Scene& scene) const override;
  void read_rules(const Rules& rules) override;
  void adopt(const Rules& rules, const Scene& scene) override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void pass(const Scene& scene) override;
  std::optional<std::vector<PersonNumber>> group(std::string_view name, const Scene& scene) const override;
  std::optional<bool> belongs(PersonNumber person, std::string_view group, const Scene& scene) const override;
  std::optional<Ruling> consider(const Decision& decision, const Scene& scene) const override;
  std::optional<Ruling> carry_out(const Decision& decision, const Scene& scene) override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  // Nothing where the world has not adopted this tool.
  const std::optional<OrganisationRules>& rules() const { return rules_; }
  // Everyone who ever applied or founded, by number.
  const std::map<PersonNumber, Membership>& memberships() const { return memberships_; }
  bool is_member(PersonNumber person) const;
  // In the order in which they were taken; none of a body without seats.
  const std::vector<Seat>& seats(std::string_view body) const;
  const std::map<EventId, Contract>& contracts() const { return contracts_; }

private:
  Ruling judge_member(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling endorse(PersonNumber by, PersonNumber whom, const Scene& scene);
  Ruling step(PersonNumber person, std::string_view act, const std::set<std::string_view>& roles,
              const Scene& scene);
  Ruling judge_role(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling judge_seat(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling judge_skill(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling judge_contract(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling objection_to_seat(const BodyRules& body, PersonNumber person, const Scene& scene) const;
  void seat(const BodyRules& body, PersonNumber person, std::int64_t recorded);
  void leave(PersonNumber person);
  std::set<std::string_view> roles_towards(PersonNumber by, const Scene& scene) const;

  std::optional<OrganisationRules> rules_;
  bool founded_ = false;
  std::map<PersonNumber, Membership> memberships_;
  std::map<std::string, std::vector<Seat>, std::less<>> seats_;  // by body
  std::map<EventId, Contract> contracts_;
  // Of terms and contracts; nothing ends before.
  std::int64_t next_due_ = std::numeric_limits<std::int64_t>::max();
  void note_due();
};

}  // namespace bw
