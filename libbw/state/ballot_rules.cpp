#include "state/ballot_rules.h"

#include <algorithm>

#include "base/error.h"
#include "state/canonical.h"

namespace bw {
namespace {

void require_rule(bool holds, const char* otherwise) {
  if (!holds) throw Error(ErrorCode::invalid, std::string("the rules of a ballot: ") + otherwise);
}

template <class Value>
Value value_of(Result<Value> result) {
  if (!result) throw Error(ErrorCode::invalid, "the rules of a ballot: " + result.reason());
  return *std::move(result);
}

bool is_option_id(const std::string& id) {
  return !id.empty() && id.size() <= max_option_id_bytes && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
  });
}

void require_sound_options(const std::vector<std::string>& options) {
  require_rule(!options.empty() && options.size() <= max_ballot_options,
               "an election has from 1 to 100 options");
  require_rule(std::all_of(options.begin(), options.end(), is_option_id),
               "the id of an option is not made of up to 100 of A-Z, a-z, 0-9, _, -, . and :");
  require_rule(std::adjacent_find(options.begin(), options.end(), std::greater_equal<>()) == options.end(),
               "options are not sorted, each once");
}

Fraction fraction_of(const Json& json) {
  return value_of(Fraction::parse(json.get_ref<const std::string&>()));
}

TieRule tie_rule_of(const Json& json) {
  return json == text_of(TieRule::lot) ? TieRule::lot : TieRule::status_quo;
}

BallotRules read_rules(const Json& json) {
  BallotRules rules;
  rules.method = value_of(parse_voting_method(json.at("method").get_ref<const std::string&>()));
  rules.quorum = {fraction_of(json.at("quorum").at("share")),
                  json.at("quorum").at("people").get<std::uint64_t>()};
  if (rules.is_decision()) {
    const Json& threshold = json.at("threshold");
    rules.threshold = {fraction_of(threshold.at("share")), threshold.at("at_least").get<bool>()};
  } else {
    rules.options = json.at("options").get<std::vector<std::string>>();
    rules.seats = json.at("seats").get<std::uint32_t>();
    rules.ties = tie_rule_of(json.at("ties"));
  }
  rules.may_change = json.at("may_change").get<bool>();
  rules.delegation = json.at("delegation").get<bool>();
  rules.opens = json.at("opens").get<std::int64_t>();
  rules.closes = json.at("closes").get<std::int64_t>();
  if (json.contains("reveal_until")) rules.reveal_until = json["reveal_until"].get<std::int64_t>();
  require_sound(rules);
  return rules;
}

}  // namespace

std::string_view text_of(TieRule rule) {
  return rule == TieRule::lot ? "lot" : "status_quo";
}

Json BallotRules::json() const {
  Json json{
      {"closes", closes},         {"delegation", delegation},
      {"may_change", may_change}, {"method", text_of(method)},
      {"opens", opens},           {"quorum", {{"people", quorum.people}, {"share", quorum.share.text()}}}};
  if (is_decision()) {
    json["threshold"] = {{"at_least", threshold.at_least}, {"share", threshold.share.text()}};
  } else {
    json["options"] = options;
    json["seats"] = seats;
    json["ties"] = text_of(ties);
  }
  if (reveal_until) json["reveal_until"] = *reveal_until;
  return json;
}

BallotRules BallotRules::from_json(const Json& json) {
  return read_canonical("the rules of a ballot", json, read_rules);
}

void require_sound(const BallotRules& rules) {
  constexpr std::int64_t last = strict_json::max_integer;
  require_rule(0 <= rules.opens && rules.opens < rules.closes && rules.closes <= last,
               "voting does not open before it closes");
  require_rule(!rules.reveal_until || (rules.closes < *rules.reveal_until && *rules.reveal_until <= last),
               "the time for opening commitments does not end after the close");
  require_rule(rules.quorum.people <= static_cast<std::uint64_t>(last),
               "more people are asked for than there can be");
  if (rules.is_decision()) {
    require_rule(rules.options.empty() && rules.seats == 1 && rules.ties == TieRule::status_quo,
                 "a decision has neither options nor seats nor ties");
    return;
  }
  require_sound_options(rules.options);
  require_rule(rules.seats >= 1 && rules.seats <= rules.options.size(),
               "there are not from 1 seat to one for each option");
  require_rule(rules.threshold == Threshold{}, "an election has no threshold");
  require_rule(!(rules.delegation && rules.method == VotingMethod::quadratic),
               "the credits of a quadratic ballot cannot be delegated");
}

}  // namespace bw
