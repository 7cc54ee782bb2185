// bw exam: qualifications that anyone can check.

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "world/examining.h"

namespace bw::cli {
namespace {

constexpr std::size_t max_salts_bytes = 1u << 20;

const ExamTool& exams_of(const Seen& seen) {
  return seen.fold->tool<ExamTool>();
}

const Exam& require_exam(const Seen& seen, const std::string& id) {
  const auto& exams = exams_of(seen).exams();
  if (!exams) {
    throw Error(ErrorCode::invalid, seen.world.name() + " has adopted no exams",
                "bw tool add exam writes a commented file to begin with");
  }
  if (const Exam* exam = exams->find(id)) return *exam;
  throw Error(ErrorCode::invalid, fmt::format("the rules have no exam \"{}\"", printable(id)),
              did_you_mean(id, exams->ids()));
}

int list_exams(Session& session) {
  const Seen seen = look_ahead(session);
  Json exams = Json::array();
  Table table({{"EXAM"}, {"BADGE"}, {"QUESTIONS", Align::right}, {"PASS", Align::right}, {"TITLE"}});
  if (exams_of(seen).exams()) {
    for (const Exam& exam : *exams_of(seen).exams()) {
      exams.push_back({{"id", exam.id}, {"badge", exam.badge}, {"draw", exam.draw}, {"pass", exam.pass}});
      table.row({{exam.id, Style::name},
                 exam.badge,
                 std::to_string(exam.draw),
                 std::to_string(exam.pass),
                 exam.title.in(session.language())});
    }
  }
  Json attempts = Json::array();
  Table tried({{"ATTEMPT"}, {"EXAM"}, {"STATE"}, {"BY"}, {"BEGUN"}});
  for (const auto& [id, attempt] : exams_of(seen).attempts()) {
    attempts.push_back({{"id", id.text()},
                        {"exam", attempt.exam},
                        {"state", name_of(attempt.state)},
                        {"person", seen.fold->people().name(attempt.person).text()},
                        {"begun", attempt.begun},
                        {"right", attempt.right}});
    tried.row({{id.short_text(), Style::name},
               attempt.exam,
               std::string(name_of(attempt.state)),
               seen.name(attempt.person),
               seen.clock(attempt.begun)});
  }
  if (session.json()) {
    session.print_json({{"exams", exams}, {"attempts", attempts}});
    return 0;
  }
  if (table.empty()) session.note("This world has no exams.");
  if (!table.empty()) session.print(table);
  if (!tried.empty()) session.print("\n");
  if (!tried.empty()) session.print(tried);
  return 0;
}

struct NamedExam {
  std::string exam;
};

int begin_exam(Session& session, const NamedExam& given) {
  require_exam(look(session), given.exam);
  return record_and_tell(session, "exam.begun", {{"exam", given.exam}});
}

struct Sitting {
  std::string attempt;
  std::vector<std::string> answers;
};

EventId attempt_meant(Session& session, const World& world, const std::string& prefix) {
  return resolve_event(session.environment, world, prefix);
}

int show_questions(Session& session, const Sitting& given) {
  const World world = open_world_of(session);
  const EventId attempt = attempt_meant(session, world, given.attempt);
  Json list = Json::array();
  for (const ExamQuestion& question : questions_of(session.environment, world, attempt)) {
    Json options = Json::array();
    if (!session.json())
      session.print("{}  {}\n", session.styled(Style::heading, question.id),
                    session.shown(question.text.in(session.language())));
    for (const auto& option : question.options) {
      options.push_back({{"id", option.id}, {"text", option.text.in(session.language())}});
      if (!session.json())
        session.print("  {}  {}\n", session.styled(Style::name, option.id),
                      session.shown(option.text.in(session.language())));
    }
    list.push_back(
        {{"id", question.id}, {"text", question.text.in(session.language())}, {"options", options}});
  }
  if (session.json()) session.print_json({{"attempt", attempt.text()}, {"questions", list}});
  return 0;
}

int answer_exam(Session& session, const Sitting& given) {
  World world = open_world_of(session);
  const Acting me = acting(session);
  const EventId attempt = attempt_meant(session, world, given.attempt);
  std::map<std::string, std::string> answers;
  for (const std::string& each : given.answers) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos ||
        !answers.emplace(each.substr(0, equals), each.substr(equals + 1)).second)
      throw Error(ErrorCode::usage, fmt::format("\"{}\" is no answer", printable(each)),
                  "write question=option, each question once");
  }
  return tell_recorded(
      session, world, *me.signer,
      {record_answers(session.environment, world, *me.signer, attempt, answers),
       {"only a commitment leaves your journal; tell the answers with bw exam tell once it is in "
        "the log"}});
}

int tell_answers(Session& session, const Sitting& given) {
  World world = open_world_of(session);
  const Acting me = acting(session);
  const EventId attempt = attempt_meant(session, world, given.attempt);
  return tell_recorded(session, world, *me.signer,
                       {record_told_answers(session.environment, world, *me.signer, attempt), {}});
}

struct Marking {
  std::string attempt;
  std::filesystem::path salts;
};

int mark_exam(Session& session, const Marking& given) {
  const World world = open_world_of(session);
  const EventId attempt = attempt_meant(session, world, given.attempt);
  const Json salts = Json::parse(read_file(given.salts, max_salts_bytes), nullptr, false);
  if (!salts.is_object())
    throw Error(ErrorCode::invalid, "the file of salts is no JSON object",
                "it holds what bw exam key printed: {\"question\": \"salt\", …}");
  Json told = Json::object();
  for (const ExamQuestion& question : questions_of(session.environment, world, attempt)) {
    if (question.key && salts.contains(question.id)) told[question.id] = salts.at(question.id);
  }
  return record_and_tell(session, "exam.marked", {{"attempt", attempt.text()}, {"salts", told}});
}

struct Hiding {
  std::string exam, question, option;
};

int make_answer_key(Session& session, const Hiding& given) {
  const std::string salt = session.environment.random(exam_salt_bytes);
  const Digest made = exam_key(given.exam, given.question, salt, given.option);
  if (session.json()) {
    session.print_json({{"key", made.hex()}, {"salt", to_base64url(salt)}});
    return 0;
  }
  session.print("key: {}\n", made.hex());
  session.note("Keep the salt for marking, where nobody else reads it: \"{}\": \"{}\"", given.question,
               to_base64url(salt));
  return 0;
}

std::vector<Candidate> attempt_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> candidates;
  for (const auto& [id, attempt] : exams_of(seen).attempts())
    candidates.push_back({id.short_text(), attempt.exam});
  return candidates;
}

void declare_sitting(Command& noun) {
  Command& beginning = noun.verb("begin", "Begin an exam");
  NamedExam& begun = beginning.runs(begin_exam);
  beginning.argument(begun.exam, "EXAM", "the exam");
  beginning.description = "Once this is in the log, the log draws your questions: `bw exam questions`.";
  beginning.examples = {{"bw exam begin cpr", "Begin"}};
  beginning.json = recorded_members();
  beginning.exit_codes = {{4, "your last attempt is too recent"}};
  beginning.see_also = {"submit"};

  Command& asking = noun.verb("questions", "Show the questions of an attempt");
  Sitting& asked = asking.runs(show_questions);
  asking.argument(asked.attempt, "ATTEMPT", "the event that began it").offer(attempt_candidates);
  asking.description = "They follow from the root of the log; anyone can check that nobody picked them.";
  asking.examples = {{"bw exam questions 3f2a91", "What is asked"}};
  asking.json = {{"attempt", "the attempt"}, {"questions", "for each: id, text, options (id, text)"}};
  asking.see_also = {"exam"};

  Command& answering = noun.verb("answer", "Commit to the answers of an attempt");
  Sitting& answered = answering.runs(answer_exam);
  answering.argument(answered.attempt, "ATTEMPT", "the attempt").offer(attempt_candidates);
  answering.argument(answered.answers, "QUESTION=OPTION", "an answer");
  answering.description = "Nobody learns them before you tell.";
  answering.examples = {{"bw exam answer 3f2a91 rate=hundred first=call", "Two answers"}};
  answering.json = recorded_members();
  answering.exit_codes = {{4, "it is not yours, or the time is over"}};
  answering.see_also = {"submit"};

  Command& telling = noun.verb("tell", "Tell the answers that you committed to");
  Sitting& told = telling.runs(tell_answers);
  telling.argument(told.attempt, "ATTEMPT", "the attempt").offer(attempt_candidates);
  telling.description = "Where no answer is hidden the attempt is decided with this.";
  telling.examples = {{"bw exam tell 3f2a91", "Tell"}};
  telling.json = recorded_members();
  telling.exit_codes = {{4, "it is not yours, or the time is over"}};
  telling.see_also = {"submit"};
}

}  // namespace

void declare_exam(Commands& commands) {
  Command& noun = commands.add("exam", Purpose::together, "Sit and mark exams that give badges");
  noun.description =
      "Questions are drawn by the log itself, answers are committed to before they are told, and whoever "
      "reads the log "
      "comes to the same result.";

  Command& listing = noun.verb("list", "List exams and attempts");
  listing.runs(list_exams);
  listing.description = "With what waits in your journal, and as of now.";
  listing.examples = {{"bw exam list", "What can be sat"}};
  listing.json = {{"exams", "for each: id, badge, draw, pass"},
                  {"attempts", "for each: id, exam, state, person, begun, right"}};
  listing.see_also = {"badge"};
  declare_sitting(noun);

  Command& marking = noun.verb("mark", "Mark an attempt whose answers are hidden");
  Marking& marked = marking.runs(mark_exam);
  marking.argument(marked.attempt, "ATTEMPT", "the attempt").offer(attempt_candidates);
  marking.argument(marked.salts, "FILE", "JSON of the salts by question");
  marking.description =
      "Tells the salts of the drawn questions to everyone, so that anyone can check the marking. Those "
      "questions are known from then on.";
  marking.examples = {{"bw exam mark 3f2a91 salts.json", "Mark"}};
  marking.json = recorded_members();
  marking.exit_codes = {{4, "you are no examiner, or a salt does not open its answer"}};
  marking.see_also = {"submit"};

  Command& hiding = noun.verb("key", "Make the key of a hidden answer");
  Hiding& hidden = hiding.runs(make_answer_key);
  hiding.argument(hidden.exam, "EXAM", "the exam");
  hiding.argument(hidden.question, "QUESTION", "the question");
  hiding.argument(hidden.option, "OPTION", "the right option");
  hiding.description = "Put the key into tools/exam.yaml, and keep the salt.";
  hiding.examples = {{"bw exam key cpr rate hundred", "A key"}};
  hiding.json = {{"key", "for tools/exam.yaml"}, {"salt", "for marking"}};
  hiding.see_also = {"exam"};
}

}  // namespace bw::cli
