#include "tools/exam/exam_tool.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "definition/values.h"
#include "state/fold.h"
#include "stream/body_reader.h"
#include "tools/achievement/achievement_tool.h"

namespace bw {
namespace {

using AttemptState = ExamTool::Attempt::State;

constexpr Duration usual_answer_time{3600}, usual_reveal{604'800}, usual_again{604'800};
constexpr std::size_t max_answers = 100;
constexpr std::array<AttemptState, 5> attempt_states = {AttemptState::begun, AttemptState::committed,
                                                        AttemptState::answered, AttemptState::passed,
                                                        AttemptState::failed};

ExamQuestion::Option read_option(const yaml::Node& node) {
  return {std::string(node.id()), words(node, "text")};
}

ExamQuestion read_question(const yaml::Node& node) {
  return {std::string(node.id()), words(node, "text"), ById(items(node, "options", read_option)),
          std::string(text_of(node, "answer")), Digest::from_hex(text_of(node, "key"))};
}

Exam read_exam(const yaml::Node& node) {
  Exam exam;
  exam.id = node.id();
  exam.title = words(node, "title");
  exam.badge = text_of(node, "badge");
  exam.draw = whole(node, "draw", 1);
  exam.pass = whole(node, "pass", 1);
  exam.answer_within = duration(node, "answer_within").value_or(usual_answer_time);
  exam.reveal_within = duration(node, "reveal_within").value_or(usual_reveal);
  exam.again_after = duration(node, "again_after").value_or(usual_again);
  exam.examiners = text_of(node, "examiners");
  exam.questions = ById(items(node, "questions", read_question));
  return exam;
}

Digest hash_of(std::initializer_list<std::string_view> parts) {
  Sha256 hash;
  for (const std::string_view part : parts) hash.add(big_endian_64(part.size())).add(part);
  return hash.finish();
}

void check_question(const yaml::Node& exam, const yaml::Node& node, Complaints& complaints) {
  const ExamQuestion question = read_question(node);
  const yaml::Node* answer = node.find("answer");
  if (question.answer.empty() != question.key.has_value()) {
    complaints.error(node, "answer", "a question has either an answer or a key",
                     "bw exam key makes a key for an answer that is hidden");
  } else if (answer && question.options.find(question.answer) == nullptr) {
    complaints.unknown(*answer, "option", question.options.ids(), "name one of its options");
  }
  if (question.key && exam.find("examiners") == nullptr)
    complaints.error(*node.find("key"), "examiners", "nobody can tell the hidden answer",
                     "add `examiners: …` to the exam");
  std::set<std::string_view> seen;
  for (const yaml::Node& option : list_of(node, "options")) {
    if (!seen.insert(option.id()).second)
      complaints.error(option, "duplicate-id", "the question has that option already", "choose another id");
  }
}

}  // namespace

std::string_view name_of(AttemptState state) {
  switch (state) {
    case AttemptState::begun:
      return "begun";
    case AttemptState::committed:
      return "committed";
    case AttemptState::answered:
      return "answered";
    case AttemptState::passed:
      return "passed";
    case AttemptState::failed:
      break;
  }
  return "failed";
}

ById<Exam> read_exams(const yaml::Node& rules) {
  return ById(items(rules, "exams", read_exam));
}

Digest commit_to_answers(std::string_view attempt, std::string_view did, std::string_view salt,
                         const Json& answers) {
  return hash_of({"bw.exam.v1", attempt, did, salt, strict_json::text(answers)});
}

Digest exam_key(std::string_view exam, std::string_view question, std::string_view salt,
                std::string_view option) {
  return hash_of({"bw.exam.key.v1", exam, question, salt, option});
}

std::vector<std::string> drawn_questions(const Exam& exam, const Digest& seed) {
  std::vector<std::pair<Digest, std::string>> order;
  for (const ExamQuestion& question : exam.questions)
    order.emplace_back(Sha256().add(seed.view()).add(question.id).finish(), question.id);
  std::sort(order.begin(), order.end());
  order.resize(std::min<std::size_t>(order.size(), static_cast<std::size_t>(exam.draw)));
  std::vector<std::string> drawn;
  for (auto& [hash, id] : order) drawn.push_back(std::move(id));
  return drawn;
}

std::optional<Exam> exam_of(const ExamTool::Attempt& attempt, const Archive& archive) {
  const auto definition = archive.definition(attempt.definition);
  const yaml::Node* rules = definition ? definition->rules_of("exam") : nullptr;
  if (rules == nullptr) return std::nullopt;
  const ById<Exam> exams = read_exams(*rules);
  const Exam* exam = exams.find(attempt.exam);
  return exam == nullptr ? std::nullopt : std::optional(*exam);
}

std::vector<std::string_view> ExamTool::kinds() const {
  return {"exam.begun", "exam.committed", "exam.answered", "exam.marked"};
}

void ExamTool::check_rules(const RulesDraft& draft) const {
  for (const yaml::Node& exam : list_of(draft.rules, "exams")) {
    const auto questions = static_cast<int>(list_of(exam, "questions").size());
    const int draw = whole(exam, "draw", 1);
    if (draw > questions)
      draft.complaints.error(*exam.find("draw"), "draw", fmt::format("there are {} questions", questions),
                             "draw fewer, or add some");
    if (whole(exam, "pass", 1) > draw)
      draft.complaints.error(*exam.find("pass"), "pass",
                             "more right answers are asked for than questions are drawn", "lower it");
    std::set<std::string_view> seen;
    for (const yaml::Node& question : list_of(exam, "questions")) {
      if (!seen.insert(question.id()).second)
        draft.complaints.error(question, "duplicate-id", "the exam has that question already",
                               "choose another id");
      check_question(exam, question, draft.complaints);
    }
  }
}

void ExamTool::read_form(std::string_view kind, BodyReader& body) const {
  if (kind == "exam.begun") {
    body.text("exam");
    return;
  }
  body.event("attempt");
  if (kind == "exam.committed") {
    body.digest("commitment");
    return;
  }
  const bool answers = kind == "exam.answered";
  if (answers) body.text("salt");
  const Json& texts = body.any(answers ? "answers" : "salts");
  const bool formed =
      texts.is_object() && texts.size() <= max_answers &&
      std::all_of(texts.begin(), texts.end(), [](const Json& each) { return each.is_string(); });
  if (!formed) body.refuse("a question has no text as its answer");
}

void ExamTool::read_rules(const Rules& rules) {
  exams_.reset();
  const yaml::Node* tree = rules.definition ? rules.definition->rules_of("exam") : nullptr;
  if (tree != nullptr) exams_ = read_exams(*tree);
}

Ruling ExamTool::judge(const Occurrence& entry, const Scene& scene) {
  const Json body = entry.body();
  if (entry.kind == "exam.begun") return begin(entry, body, scene);
  const auto found = attempts_.find(EventId::parse(body.at("attempt").get<std::string>()).value());
  if (found == attempts_.end()) return "the log has no such attempt before it";
  Attempt& attempt = found->second;
  const auto exam = exam_of(attempt, scene.archive);
  if (!exam) return "the definition by which it was begun cannot be read";
  if (entry.kind == "exam.marked") return mark(attempt, *exam, entry, body, scene);
  if (attempt.person != scene.people.of(entry.actor)) return "the attempt is somebody else's";
  if (entry.kind == "exam.committed") return commit(attempt, *exam, entry, body);
  return answer(found->first, attempt, *exam, entry, body, scene);
}

Ruling ExamTool::begin(const Occurrence& entry, const Json& body, const Scene& scene) {
  if (!exams_) return "this world has adopted no exams";
  const std::string id = body.at("exam").get<std::string>();
  const Exam* exam = exams_->find(id);
  if (exam == nullptr) return fmt::format("the rules have no exam \"{}\"", id);
  const PersonNumber person = scene.people.of(entry.actor);
  for (const auto& [other, attempt] : attempts_) {
    if (attempt.exam != id || attempt.person != person) continue;
    const std::int64_t again = attempt.begun + exam->again_after.seconds;
    if (entry.recorded < again)
      return fmt::format("the next attempt can begin at {}", Timestamp{again}.text());
  }
  Attempt attempt;
  attempt.exam = id;
  attempt.person = person;
  attempt.definition = scene.rules.digest;
  attempt.index = entry.index;
  attempt.begun = entry.recorded;
  attempts_.emplace(entry.id(), std::move(attempt));
  return std::nullopt;
}

Ruling ExamTool::commit(Attempt& attempt, const Exam& exam, const Occurrence& entry, const Json& body) {
  if (attempt.state != AttemptState::begun)
    return fmt::format("the attempt is {} already", name_of(attempt.state));
  if (entry.recorded > attempt.begun + exam.answer_within.seconds) return "the time for answering is over";
  attempt.state = AttemptState::committed;
  attempt.committed = entry.recorded;
  attempt.did = std::string(entry.actor);
  attempt.commitment = Digest::from_hex(body.at("commitment").get<std::string>()).value();
  return std::nullopt;
}

Ruling ExamTool::answer(const EventId& id, Attempt& attempt, const Exam& exam, const Occurrence& entry,
                        const Json& body, const Scene& scene) {
  if (attempt.state == AttemptState::begun) return "answers are committed to before they are told";
  if (attempt.state != AttemptState::committed)
    return fmt::format("the attempt is {} already", name_of(attempt.state));
  if (entry.recorded > attempt.committed + exam.reveal_within.seconds)
    return "the time for telling the answers is over";
  const auto salt = from_base64url(body.at("salt").get<std::string>());
  if (!salt || salt->size() != exam_salt_bytes) return "a salt is not 32 bytes";
  const Json& answers = body.at("answers");
  if (commit_to_answers(id.text(), attempt.did, *salt, answers) != attempt.commitment)
    return "these are not the answers that were committed to";
  attempt.answers = answers.get<std::map<std::string, std::string>>();
  attempt.state = AttemptState::answered;
  int right = 0;
  bool hidden = false;
  for (const std::string& question : drawn_questions(exam, scene.archive.root(attempt.index + 1))) {
    const ExamQuestion& asked = *exam.questions.find(question);
    hidden = hidden || asked.key;
    const auto given = attempt.answers.find(question);
    if (!asked.key && given != attempt.answers.end() && given->second == asked.answer) ++right;
  }
  if (!hidden) decide(attempt, exam, right, entry.id(), scene);
  return std::nullopt;
}

Ruling ExamTool::mark(Attempt& attempt, const Exam& exam, const Occurrence& entry, const Json& body,
                      const Scene& scene) {
  const PersonNumber by = scene.people.of(entry.actor);
  if (exam.examiners.empty() || !scene.fold.belongs(by, exam.examiners, scene))
    return "only examiners mark attempts";
  if (by == attempt.person) return "nobody marks her own attempt";
  if (attempt.state != AttemptState::answered)
    return fmt::format("the attempt is {}", name_of(attempt.state));
  int right = 0;
  for (const std::string& question : drawn_questions(exam, scene.archive.root(attempt.index + 1))) {
    const ExamQuestion& asked = *exam.questions.find(question);
    std::string answer = asked.answer;
    if (asked.key) {
      const auto salt = from_base64url(body.at("salts").value(question, ""));
      const auto opened =
          std::find_if(asked.options.begin(), asked.options.end(), [&](const ExamQuestion::Option& option) {
            return salt && exam_key(exam.id, question, *salt, option.id) == *asked.key;
          });
      if (opened == asked.options.end())
        return fmt::format("the salt does not open the answer to \"{}\"", question);
      answer = opened->id;
    }
    const auto given = attempt.answers.find(question);
    if (given != attempt.answers.end() && given->second == answer) ++right;
  }
  decide(attempt, exam, right, entry.id(), scene);
  return std::nullopt;
}

void ExamTool::decide(Attempt& attempt, const Exam& exam, int right, const EventId& cause,
                      const Scene& scene) {
  attempt.right = right;
  attempt.state = right >= exam.pass ? AttemptState::passed : AttemptState::failed;
  if (attempt.state == AttemptState::passed)
    scene.fold.tool<AchievementTool>().award(exam.badge, attempt.person, cause, scene);
}

void ExamTool::merge(PersonNumber from, PersonNumber into) {
  for (auto& [id, attempt] : attempts_)
    if (attempt.person == from) attempt.person = into;
}

Json ExamTool::json() const {
  Json attempts = Json::object();
  for (const auto& [id, one] : attempts_) {
    attempts[id.text()] = {{"answers", one.answers},
                           {"begun", one.begun},
                           {"commitment", one.commitment.hex()},
                           {"committed", one.committed},
                           {"definition", one.definition.hex()},
                           {"did", one.did},
                           {"exam", one.exam},
                           {"index", one.index},
                           {"person", one.person},
                           {"right", one.right},
                           {"state", name_of(one.state)}};
  }
  return {{"attempts", std::move(attempts)}};
}

void ExamTool::restore(const Json& json, const Archive& /*archive*/) {
  for (const auto& [id, one] : json.at("attempts").items()) {
    Attempt attempt;
    const std::string state = one.at("state").get<std::string>();
    const auto* found = std::find_if(attempt_states.begin(), attempt_states.end(),
                                     [&](AttemptState each) { return name_of(each) == state; });
    if (found == attempt_states.end())
      throw Error(ErrorCode::invalid, "the written state has an unknown state of an attempt");
    attempt.state = *found;
    attempt.exam = one.at("exam").get<std::string>();
    attempt.person = one.at("person").get<PersonNumber>();
    attempt.definition = Digest::from_hex(one.at("definition").get<std::string>()).value();
    attempt.index = one.at("index").get<std::uint64_t>();
    attempt.begun = one.at("begun").get<std::int64_t>();
    attempt.committed = one.at("committed").get<std::int64_t>();
    attempt.did = one.at("did").get<std::string>();
    attempt.commitment = Digest::from_hex(one.at("commitment").get<std::string>()).value();
    attempt.answers = one.at("answers").get<std::map<std::string, std::string>>();
    attempt.right = one.at("right").get<int>();
    attempts_.emplace(EventId::parse(id).value(), std::move(attempt));
  }
}

}  // namespace bw
