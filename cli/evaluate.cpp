// bw evaluate: what people contributed, per person and period.

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "tools/evaluation/evaluation_tool.h"
#include "world/attestation.h"

namespace bw::cli {
namespace {

const EvaluationTool& evaluation_of(const Seen& seen) {
  return seen.fold->tool<EvaluationTool>();
}

void require_rules(const Seen& seen) {
  if (evaluation_of(seen).rules()) return;
  throw Error(ErrorCode::invalid, seen.world.name() + " has adopted no rules of evaluation",
              "bw tool add evaluation writes a commented file to begin with");
}

struct NamedEvaluate {
  std::optional<std::string> person;
};

int show_contributions(Session& session, const NamedEvaluate& given) {
  const Seen seen = look_ahead(session);
  require_rules(seen);
  std::optional<std::string> only;
  if (given.person) only = did_in(*given.person);
  Json contributions = Json::array();
  Table table({{"PERIOD"}, {"PERSON"}, {"CATEGORY"}, {"CONTRIBUTION", Align::right}, {""}});
  for (const auto& [period, persons] : evaluation_of(seen).periods()) {
    const bool closed = evaluation_of(seen).is_closed(period);
    for (const auto& [person, contribution] : persons) {
      const std::string did = seen.fold->people().name(person).text();
      if (only && did != *only) continue;
      for (const auto& [category, amount] : contribution) {
        contributions.push_back({{"period", period},
                                 {"closed", closed},
                                 {"person", did},
                                 {"category", category},
                                 {"contribution", amount.text()}});
        table.row({seen.clock(period).substr(0, 10),
                   {seen.name(person), Style::name},
                   category,
                   amount.text(),
                   closed ? "closed" : "running"});
      }
    }
  }
  if (session.json()) {
    session.print_json({{"contributions", contributions}, {"late", evaluation_of(seen).late()}});
  } else if (table.empty()) {
    session.note("Nothing was contributed yet.");
  } else {
    session.page();
    session.print(table);
  }
  return 0;
}

int list_results(Session& session) {
  const Seen seen = look_ahead(session);
  require_rules(seen);
  Json list = Json::array();
  Table table({{"RESULT"}, {"CATEGORY"}, {"BY"}, {"REVIEWS", Align::right}, {"OUTCOME", Align::right}});
  for (const auto& [id, result] : evaluation_of(seen).results()) {
    const Json outcome = result.outcome ? Json(result.outcome->text()) : Json(nullptr);
    list.push_back({{"id", id.text()},
                    {"category", result.category},
                    {"author", seen.fold->people().name(result.author).text()},
                    {"reviews", result.scores.size()},
                    {"outcome", outcome}});
    table.row({{id.short_text(), Style::name},
               result.category,
               seen.name(result.author),
               std::to_string(result.scores.size()),
               result.outcome ? result.outcome->text() : ""});
  }
  if (session.json()) {
    session.print_json({{"results", list}});
  } else if (table.empty()) {
    session.note("No result was submitted yet.");
  } else {
    session.print(table);
  }
  return 0;
}

struct Submission {
  std::string category;
  std::optional<std::string> note;
  std::vector<std::filesystem::path> evidence;
};

int submit_result(Session& session, const Submission& given) {
  return record_and_tell(
      session, "result.submitted", {{"category", given.category}},
      explanation_openings({given.note, given.evidence, Visibility::public_}, session.environment.random));
}

struct Reviewing {
  std::string result, score;
};

int review_result(Session& session, const Reviewing& given) {
  const World world = open_world_of(session);
  const EventId result = resolve_event(session.environment, world, given.result);
  return record_and_tell(session, "result.reviewed",
                         {{"result", result.text()}, {"score", amount_in(given.score)}});
}

struct Division {
  std::string category;
  std::vector<std::string> shares;
};

int divide_units(Session& session, const Division& given) {
  std::map<std::string, std::int64_t> units;
  for (const std::string& share : given.shares) {
    const std::size_t equals = std::min(share.find('='), share.size());
    const std::string digits = share.substr(std::min(equals + 1, share.size()));
    std::int64_t count = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size() || count <= 0)
      throw Error(ErrorCode::usage, fmt::format("\"{}\" is no share", printable(share)),
                  "write ACTOR=UNITS, such as z6Mk…=40");
    units[did_in(share.substr(0, equals))] += count;
  }
  Json shares = Json::array();
  for (const auto& [to, count] : units) shares.push_back({{"to", to}, {"units", count}});
  return record_and_tell(session, "units.allocated", {{"category", given.category}, {"shares", shares}});
}

}  // namespace

void declare_evaluate(Commands& commands) {
  Command& noun = commands.add("evaluate", Purpose::together, "See and judge what people contributed");
  noun.description =
      "Each category is evaluated by the method that tools/evaluation.yaml picks for it: by deeds, by what "
      "they moved, "
      "by reviewers, or by members who divide units among each other.";

  Command& showing = noun.verb("show", "Show contributions by person and period");
  NamedEvaluate& which = showing.runs(show_contributions);
  showing.argument(which.person, "ACTOR", "only this person's");
  showing.description = "A period closes when the world's grace after its end is over, and then stands.";
  showing.examples = {{"bw evaluate show", "Everyone's"}};
  showing.json = {
      {"contributions", "for each: period (when it began), closed, person, category, contribution"},
      {"late", "how many changes came too late for their period"}};
  showing.see_also = {"board", "explain"};

  Command& listing = noun.verb("results", "List results and their reviews");
  listing.runs(list_results);
  listing.description = "An outcome is there once enough reviewers have scored.";
  listing.examples = {{"bw evaluate results", "What is to be reviewed"}};
  listing.json = {{"results", "for each: id, category, author, reviews, outcome"}};
  listing.see_also = {"show"};

  Command& submitting = noun.verb("submit", "Submit a result for review");
  Submission& submission = submitting.runs(submit_result);
  submitting.argument(submission.category, "CATEGORY", "one whose results are reviewed");
  submitting.option("--note", submission.note, "TEXT", "what it is, in words for everyone");
  submitting.option("--evidence", submission.evidence, "FILE", "a file that shows it, for everyone");
  submitting.description = "Reviewers whom the rules name score it.";
  submitting.examples = {{"bw evaluate submit articles --note https://example.org/article", "An article"}};
  submitting.json = recorded_members();
  submitting.exit_codes = {{4, "the rules have no such category"}};
  submitting.see_also = {"submit"};

  Command& reviewing = noun.verb("review", "Score a result");
  Reviewing& reviewed = reviewing.runs(review_result);
  reviewing.argument(reviewed.result, "RESULT", "the result").offer(event_candidates);
  reviewing.argument(reviewed.score, "SCORE", "from 0 to the highest of the category");
  reviewing.description = "Once for each reviewer, and never one's own.";
  reviewing.examples = {{"bw evaluate review 3f2a91 80", "80 of 100"}};
  reviewing.json = recorded_members();
  reviewing.exit_codes = {{4, "you do not review that, or have already"}};
  reviewing.see_also = {"submit"};

  Command& dividing = noun.verb("divide", "Divide your units of this period among others");
  Division& division = dividing.runs(divide_units);
  dividing.argument(division.category, "CATEGORY", "one in which units are divided");
  dividing.argument(division.shares, "ACTOR=UNITS", "who gets how many");
  dividing.description = "The last division of a period counts. It is credited when the period closes.";
  dividing.examples = {
      {"bw evaluate divide team z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK=100", "All to one"}};
  dividing.json = recorded_members();
  dividing.exit_codes = {{4, "you have fewer units, or somebody is not among those who share"}};
  dividing.see_also = {"submit"};
}

}  // namespace bw::cli
