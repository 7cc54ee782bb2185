#pragma once
// The governance tool: proposals are opened by a procedure of the definition, discussed, voted on, and what
// passes is carried out by the tool whose matter it is. It judges
//
//     proposal.opened     {"kind","procedure","subject"}       the words stand beside it, as details
//     proposal.withdrawn  {"proposal"}                         by who opened it, before voting begins
//     vote.cast           {"choice","proposal"}                the choice as state/choice.h has it
//     vote.delegated      {"proposal","to"}
//     vote.committed      {"commitment","proposal"}            of a secret ballot (state/ballot.h)
//     vote.revealed       {"choice","proposal","salt"}         after the close
//
// Stages end by the log's clock. The electorate is that of the moment at which voting begins.
// Where the rules bind the definition, one that no vote has passed is not in force, whoever adopts it.

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "state/tool.h"
#include "tools/governance/proposal.h"

namespace bw {

class GovernanceTool : public Tool {
public:
  std::string_view name() const override { return "governance"; }
  std::vector<std::string_view> kinds() const override;
  void check_rules(const RulesDraft& draft) const override { check_governance_rules(draft); }
  void read_form(std::string_view kind, BodyReader& body) const override;
  Ruling object_to(const Occurrence& entry, const Scene& scene) const override;
  void read_rules(const Rules& rules) override;
  void adopt(const Rules& rules, const Scene& scene) override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void pass(const Scene& scene) override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  // Nothing where the world has not adopted this tool.
  const std::optional<GovernanceRules>& rules() const { return rules_; }
  // In the order in which they were opened.
  const std::vector<Proposal>& proposals() const { return proposals_; }
  // Null where the log has no such proposal.
  const Proposal* find(const EventId& id) const;

private:
  struct Passed {
    EventId proposal;
    std::int64_t until = 0;
  };

  Ruling open(const Occurrence& entry, const Scene& scene);
  Ruling withdraw(Proposal& proposal, PersonNumber person);
  void begin_voting(Proposal& proposal, const Scene& scene) const;
  void decide(Proposal& proposal, const Scene& scene);
  void note_due();

  std::optional<GovernanceRules> rules_;
  std::vector<Proposal> proposals_;
  std::map<EventId, std::size_t> places_;
  std::map<Digest, Passed> passed_definitions_;  // that nobody has adopted yet
  // Of all open proposals; nothing happens before.
  std::int64_t next_due_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace bw
