#include "tools/organisation/rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "definition/values.h"

namespace bw {
namespace {

using yaml::Node;

constexpr Duration usual_hearing{1'209'600};

MembershipRules read_membership(const Node& node) {
  MembershipRules rules;
  rules.everyone_founds = text_of(node, "founders") == "everyone";
  rules.endorsements = whole(node, "endorsements", 0);
  rules.admitted_by = text_of(node, "admitted_by");
  if (rules.admitted_by == "itself") rules.admitted_by.clear();
  rules.suspended_by = optional_text(node, "suspended_by")
                           .value_or(rules.admitted_by.empty() ? "stewards" : rules.admitted_by);
  rules.expelled_by = text_of(node, "expelled_by");
  rules.hearing = duration(node, "hearing").value_or(usual_hearing);
  return rules;
}

RoleRules read_role(const Node& node) {
  return {std::string(node.id()), words(node, "title"), std::string(text_of(node, "given_by"))};
}

BodyRules read_body(const Node& node) {
  BodyRules body;
  body.id = node.id();
  body.title = words(node, "title");
  body.seats = whole(node, "seats", 0);
  body.term = duration(node, "term");
  body.eligible = optional_text(node, "eligible").value_or("members");
  if (const Node* needs = node.find("needs")) {
    body.figure = text_of(*needs, "figure");
    body.at_least = decimal(*needs, "at_least").value_or(Decimal{});
  }
  body.appointed_by = text_of(node, "appointed_by");
  for (const Node& other : list_of(node, "not_with")) body.not_with.push_back(other.text);
  return body;
}

Skill read_skill(const Node& node) {
  return {std::string(node.id()), words(node, "title")};
}

}  // namespace

OrganisationRules read_organisation_rules(const Node& rules) {
  OrganisationRules read;
  if (const Node* membership = rules.find("membership")) read.membership = read_membership(*membership);
  read.roles = ById(items(rules, "roles", read_role));
  read.bodies = ById(items(rules, "bodies", read_body));
  read.skills = ById(items(rules, "skills", read_skill));
  for (const Node& power : list_of(rules, "powers")) {
    for (const Node& kind : list_of(power, "kinds")) {
      for (const Node& group : list_of(power, "who")) read.powers[kind.text].push_back(group.text);
    }
  }
  return read;
}

void check_organisation_rules(const RulesDraft& draft) {
  for (const Node& body : list_of(draft.rules, "bodies")) {
    if (const Node* by = body.find("appointed_by"); by && by->text == fmt::format("body:{}", body.id()))
      draft.complaints.error(*by, "own-seats", "a body does not give its own seats",
                             "name another group, or delete the line for elections only");
    for (const Node& other : list_of(body, "not_with")) {
      if (other.text == body.id())
        draft.complaints.error(other, "not-with-itself", "nobody could ever sit in this body",
                               "delete the line");
    }
    if (const Node* term = body.find("term");
        term && duration(body, "term").value_or(Duration{}).seconds == 0)
      draft.complaints.error(*term, "no-time", "the term gives no time", "give some, or delete the line");
  }
  for (const Node& power : list_of(draft.rules, "powers")) {
    for (const Node& kind : list_of(power, "kinds")) {
      if (kind.text == "member.left" || kind.text.starts_with("vote."))
        draft.complaints.error(kind, "free-kind", fmt::format("\"{}\" is everyone's own", kind.text),
                               "delete it; who votes is said by the procedures");
    }
  }
}

}  // namespace bw
