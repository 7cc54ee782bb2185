#include "tools/governance/rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "definition/values.h"

namespace bw {
namespace {

using yaml::Node;

constexpr Duration usual_time_to_carry_out{2'592'000};

// The schema has said that it is one.
Fraction share_of(const Node& node, std::string_view key) {
  const auto share = Fraction::parse(text_of(node, key));
  return share ? *share : Fraction();
}

BallotRules read_ballot(const Node& node) {
  BallotRules rules;
  if (const auto method = parse_voting_method(text_of(node, "method"))) rules.method = *method;
  if (const Node* quorum = node.find("quorum"))
    rules.quorum = {share_of(*quorum, "share"), static_cast<std::uint64_t>(whole(*quorum, "people", 0))};
  if (const Node* threshold = node.find("threshold")) {
    rules.threshold.at_least = threshold->find("at_least") != nullptr;
    rules.threshold.share = share_of(*threshold, rules.threshold.at_least ? "at_least" : "more_than");
  }
  if (text_of(node, "ties") == "lot") rules.ties = TieRule::lot;
  rules.may_change = flag_of(node, "may_change");
  rules.delegation = flag_of(node, "delegation");
  return rules;
}

Procedure read_procedure(const Node& node) {
  Procedure procedure;
  procedure.id = node.id();
  procedure.title = words(node, "title");
  for (const Node& kind : list_of(node, "decides")) procedure.decides.push_back(kind.text);
  procedure.who = text_of(node, "who");
  procedure.proposers = optional_text(node, "proposers").value_or(procedure.who);
  procedure.weights = text_of(node, "weights");
  procedure.discussion = duration(node, "discussion").value_or(Duration{});
  procedure.voting = duration(node, "voting").value_or(Duration{});
  procedure.reveal = duration(node, "reveal");
  procedure.ballot = read_ballot(node);
  return procedure;
}

void check_shares(const Node& node, Complaints& complaints) {
  for (const char* part : {"quorum", "threshold"}) {
    const Node* rule = node.find(part);
    if (rule == nullptr) continue;
    for (const Node& share : rule->children) {
      if (share.key == "people") continue;
      if (const auto parsed = Fraction::parse(share.text); !parsed)
        complaints.error(share, "share", fmt::format("\"{}\" is {}", share.text, parsed.reason()),
                         "write it in lowest terms, such as \"2/3\"");
    }
  }
}

void check_times(const Node& node, Complaints& complaints) {
  for (const char* key : {"discussion", "voting", "reveal"}) {
    const Node* time = node.find(key);
    if (time == nullptr) continue;
    const auto length = Duration::parse(time->text);
    if (!length) {
      complaints.error(*time, "duration", fmt::format("\"{}\" is {}", time->text, length.reason()),
                       "write it like 7d, 12h or 90m");
    } else if (length->seconds == 0) {
      complaints.error(*time, "no-time", fmt::format("\"{}\" gives no time", key),
                       "give some, or delete the line");
    }
  }
}

void check_method(const Node& node, Complaints& complaints) {
  const Node& at = *node.find("method");
  const Procedure procedure = read_procedure(node);
  const bool decision = procedure.ballot.is_decision();
  for (const std::string& kind : procedure.decides) {
    if (kind == "text" || (kind == "election") != decision) continue;
    complaints.error(at, "method", fmt::format("{} cannot decide on \"{}\"", at.text, kind),
                     decision ? "elections need approval, quadratic or ranked"
                              : "a yes or no needs one_person or weighted");
  }
  const bool weighed = at.text == "weighted" || at.text == "quadratic";
  if (weighed != !procedure.weights.empty()) {
    complaints.error(
        at, "weights",
        weighed ? at.text + " does not say by what votes are weighed" : at.text + " has no use for weights",
        weighed ? "add `weights: points:…` or `weights: contribution`" : "delete them");
  }
  if (!decision && node.find("threshold") != nullptr)
    complaints.error(*node.find("threshold"), "threshold", "an election has no threshold", "delete it");
  if (decision && node.find("ties") != nullptr)
    complaints.error(*node.find("ties"), "ties", "a yes or no has no ties to break", "delete the line");
  if (at.text == "quadratic" && procedure.ballot.delegation)
    complaints.error(*node.find("delegation"), "delegation",
                     "the credits of a quadratic ballot cannot be delegated", "delete the line");
}

}  // namespace

bool Procedure::decides_on(std::string_view kind) const {
  return std::find(decides.begin(), decides.end(), kind) != decides.end();
}

GovernanceRules read_governance_rules(const Node& rules) {
  GovernanceRules read;
  read.procedures = ById(items(rules, "procedures", read_procedure));
  for (const Node& kind : list_of(rules, "binding")) read.binding.insert(kind.text);
  read.carry_out_within = duration(rules, "carry_out_within").value_or(usual_time_to_carry_out);
  return read;
}

void check_governance_rules(const RulesDraft& draft) {
  for (const Node& procedure : list_of(draft.rules, "procedures")) {
    check_shares(procedure, draft.complaints);
    check_times(procedure, draft.complaints);
    check_method(procedure, draft.complaints);
  }
  const GovernanceRules rules = read_governance_rules(draft.rules);
  for (const Node& kind : list_of(draft.rules, "binding")) {
    const bool decided = std::any_of(rules.procedures.begin(), rules.procedures.end(),
                                     [&](const Procedure& each) { return each.decides_on(kind.text); });
    if (!decided) {
      draft.complaints.error(kind, "no-procedure",
                             fmt::format("\"{}\" needs a vote, and no procedure decides on it", kind.text),
                             "nothing could ever change: add a procedure");
    }
  }
}

}  // namespace bw
