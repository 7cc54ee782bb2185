#include "tools/governance/proposal.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

using Stage = Proposal::Stage;

constexpr std::array<std::pair<Stage, std::string_view>, 6> stages = {{{Stage::discussion, "discussion"},
                                                                       {Stage::voting, "voting"},
                                                                       {Stage::revealing, "revealing"},
                                                                       {Stage::passed, "passed"},
                                                                       {Stage::failed, "failed"},
                                                                       {Stage::withdrawn, "withdrawn"}}};
constexpr std::array<Outcome, 4> outcomes = {Outcome::passed, Outcome::rejected, Outcome::no_quorum,
                                             Outcome::tied};

// Texts in order, each once.
std::vector<std::string> read_options(BodyReader& reader, const char* member) {
  std::vector<std::string> options;
  for (const Json& option : reader.array(member, max_ballot_options)) {
    if (!option.is_string()) {
      reader.refuse(fmt::format("\"{}\" is no list of texts", member));
      return {};
    }
    options.push_back(option.get<std::string>());
  }
  const bool sorted =
      std::adjacent_find(options.begin(), options.end(), std::greater_equal<>()) == options.end();
  if (options.size() < 2 || !sorted)
    reader.refuse(fmt::format("\"{}\" are not at least two, sorted, each once", member));
  return options;
}

void read_candidates(BodyReader& reader) {
  reader.text("body");
  const auto candidates = read_options(reader, "candidates");
  for (const std::string& candidate : candidates) {
    if (!Did::parse(candidate)) reader.refuse("a candidate is no did");
  }
  const std::uint32_t seats = reader.number("seats", 1, max_ballot_options);
  if (seats > candidates.size()) reader.refuse("there are more seats than candidates");
}

Json result_json(const Proposal::Result& result) {
  return {{"counts", result.counts},
          {"not_carried_out", result.not_carried_out},
          {"outcome", text_of(result.outcome)},
          {"winners", result.winners}};
}

Proposal::Result result_from(const Json& json) {
  Proposal::Result result;
  const std::string outcome = json.at("outcome").get<std::string>();
  const auto found =
      std::find_if(outcomes.begin(), outcomes.end(), [&](Outcome each) { return text_of(each) == outcome; });
  if (found == outcomes.end()) throw Error(ErrorCode::invalid, "the written state has an unknown outcome");
  result.outcome = *found;
  result.counts = json.at("counts");
  result.winners = json.at("winners").get<std::vector<std::string>>();
  result.not_carried_out = json.at("not_carried_out").get<std::string>();
  return result;
}

}  // namespace

std::string_view text_of(Stage stage) {
  return std::find_if(stages.begin(), stages.end(), [&](const auto& each) { return each.first == stage; })
      ->second;
}

std::int64_t Proposal::due() const {
  if (stage == Stage::discussion) return rules.opens;
  return stage == Stage::voting ? rules.closes : rules.ends();
}

std::optional<std::string> subject_problem(std::string_view kind, const Json& subject, bool elects) {
  if (subject.dump().size() > max_subject_bytes) return "its subject is too large";
  if (kind == "text" && !elects) {
    if (subject.is_null()) return std::nullopt;
    return "a text has no subject; its words stand beside the event";
  }
  if (!subject.is_object()) return "its subject has another form";
  BodyReader reader(subject);
  if (kind == "text") read_options(reader, "options");
  if (kind == "definition") reader.digest("definition");
  if (kind == "admission" || kind == "expulsion") reader.did("person");
  if (kind == "election") read_candidates(reader);
  if (kind == "spend") {
    reader.text("account");
    if (reader.decimal("amount") <= Decimal(0)) reader.refuse("the amount is not more than 0");
    reader.did("to");
    reader.text("unit");
  }
  const std::string problem = reader.problem();
  return problem.empty() ? std::nullopt : std::optional("its subject: " + problem);
}

void set_options(BallotRules& rules, std::string_view kind, const Json& subject) {
  if (rules.is_decision()) return;
  rules.options = subject.at(kind == "election" ? "candidates" : "options").get<std::vector<std::string>>();
  rules.seats = kind == "election" ? subject.at("seats").get<std::uint32_t>() : 1;
}

Json Proposal::json() const {
  return {{"ballot", ballot ? ballot->json() : Json(nullptr)},
          {"id", id.text()},
          {"index", index},
          {"kind", kind},
          {"procedure", procedure},
          {"proposer", proposer},
          {"recorded", recorded},
          {"result", result ? result_json(*result) : Json(nullptr)},
          {"rules", rules.json()},
          {"size_at_close", size_at_close},
          {"stage", text_of(stage)},
          {"subject", subject},
          {"weights", weights},
          {"who", who}};
}

Proposal Proposal::from_json(const Json& json) {
  Proposal read;
  const auto id = EventId::parse(json.at("id").get<std::string>());
  const std::string stage = json.at("stage").get<std::string>();
  const auto found =
      std::find_if(stages.begin(), stages.end(), [&](const auto& each) { return each.second == stage; });
  if (!id || found == stages.end())
    throw Error(ErrorCode::invalid, "the written state has a proposal that is none");
  read.id = *id;
  read.index = json.at("index").get<std::uint64_t>();
  read.recorded = json.at("recorded").get<std::int64_t>();
  read.proposer = json.at("proposer").get<PersonNumber>();
  read.procedure = json.at("procedure").get<std::string>();
  read.kind = json.at("kind").get<std::string>();
  read.subject = json.at("subject");
  read.who = json.at("who").get<std::string>();
  read.weights = json.at("weights").get<std::string>();
  read.rules = BallotRules::from_json(json.at("rules"));
  read.stage = found->first;
  if (!json.at("ballot").is_null()) read.ballot = Ballot::from_json(json.at("ballot"));
  read.size_at_close = json.at("size_at_close").get<std::uint64_t>();
  if (!json.at("result").is_null()) read.result = result_from(json.at("result"));
  return read;
}

}  // namespace bw
