#include "tools/exam/exam_tool.h"

#include "base/bytes.h"
#include "tools/achievement/achievement_tool.h"
#include "tools/test_fold.h"

namespace bw {
namespace {

using tool_test::Actor;
using tool_test::basic_definition;
using tool_test::ToldWorld;

constexpr std::int64_t day = 86400;

const std::string salt_a(exam_salt_bytes, 'a'), salt_k(exam_salt_bytes, 'k');

std::map<std::string, std::string> rules() {
  return {{"achievement", R"(achievement: 1
badges: [{id: aider, title: Aider, criteria: Passed., by: exam}, {id: secret, title: Secret, criteria: Passed., by: exam}]
)"},
          {"exam", R"(exam: 1
exams:
  - id: cpr
    title: CPR
    badge: aider
    draw: 2
    pass: 2
    answer_within: 1h
    again_after: 7d
    questions:
      - {id: one, text: 'One?', options: [{id: x, text: X}, {id: y, text: Y}], answer: x}
      - {id: two, text: 'Two?', options: [{id: x, text: X}, {id: y, text: Y}], answer: y}
      - {id: three, text: 'Three?', options: [{id: x, text: X}, {id: y, text: Y}], answer: x}
  - id: hidden
    title: Hidden
    badge: secret
    draw: 1
    pass: 1
    examiners: stewards
    questions:
      - {id: one, text: 'One?', options: [{id: x, text: X}, {id: y, text: Y}], key: )" +
                       exam_key("hidden", "one", salt_k, "y").hex() + "}\n"}};
}

struct ExamWorld : ToldWorld {
  ExamWorld() : ToldWorld(basic_definition, rules()) {}

  const ExamTool::Attempt& at(const Event& attempt) const {
    return fold->tool<ExamTool>().attempts().at(attempt.id);
  }
  bool holds(const Actor& who, const char* badge) const {
    return fold->tool<AchievementTool>().find(badge, *fold->people().find(who.did()), now) != nullptr;
  }
  Event begin(const Actor& who, const char* exam) { return say(who, "exam.begun", {{"exam", exam}}); }
  // What the log says are the questions of an attempt.
  std::vector<std::string> drawn(const Event& attempt) const {
    const auto index = at(attempt).index;
    std::vector<Digest> leaves;
    for (std::size_t i = 0; i <= index; ++i) leaves.push_back(leaf_hash(lines[i]));
    return drawn_questions(*fold->tool<ExamTool>().exams()->find(at(attempt).exam), root_of(leaves));
  }
  Json right_answers(const Event& attempt) const {
    Json answers = Json::object();
    for (const std::string& question : drawn(attempt)) answers[question] = question == "two" ? "y" : "x";
    return answers;
  }
  std::string commit(const Actor& who, const Event& attempt, const Json& answers) {
    say(who, "exam.committed",
        {{"attempt", attempt.id.text()},
         {"commitment", commit_to_answers(attempt.id.text(), who.did().text(), salt_a, answers).hex()}});
    return refusal();
  }
  std::string answer(const Actor& who, const Event& attempt, const Json& answers) {
    say(who, "exam.answered",
        {{"answers", answers}, {"attempt", attempt.id.text()}, {"salt", to_base64url(salt_a)}});
    return refusal();
  }
};

}  // namespace

TEST_CASE("who answers right what the log drew holds the badge") {
  ExamWorld world;
  const Event attempt = world.begin(world.ben, "cpr");
  CHECK(world.drawn(attempt).size() == 2);
  const Json answers = world.right_answers(attempt);
  CHECK(world.answer(world.ben, attempt, answers) == "answers are committed to before they are told");
  CHECK(world.commit(world.chen, attempt, answers) == "the attempt is somebody else's");
  CHECK(world.commit(world.ben, attempt, answers).empty());
  CHECK(world.answer(world.ben, attempt, {{"one", "y"}}) ==
        "these are not the answers that were committed to");
  CHECK(world.answer(world.ben, attempt, answers).empty());
  CHECK(world.at(attempt).state == ExamTool::Attempt::State::passed);
  CHECK(world.holds(world.ben, "aider"));
}

TEST_CASE("wrong answers fail, and the next attempt has to wait") {
  ExamWorld world;
  const Event attempt = world.begin(world.ben, "cpr");
  Json answers = world.right_answers(attempt);
  answers.begin().value() = "z";
  world.commit(world.ben, attempt, answers);
  CHECK(world.answer(world.ben, attempt, answers).empty());
  CHECK(world.at(attempt).state == ExamTool::Attempt::State::failed);
  CHECK(world.at(attempt).right == 1);
  CHECK_FALSE(world.holds(world.ben, "aider"));
  world.begin(world.ben, "cpr");
  CHECK(world.refusal().starts_with("the next attempt can begin at"));
  world.now += 7 * day;
  world.begin(world.ben, "cpr");
  CHECK(world.refusal().empty());
}

TEST_CASE("who commits too late has not answered") {
  ExamWorld world;
  const Event attempt = world.begin(world.ben, "cpr");
  world.now += 3700;
  CHECK(world.commit(world.ben, attempt, world.right_answers(attempt)) == "the time for answering is over");
}

TEST_CASE("hidden answers are opened by an examiner, and by nothing but their salt") {
  ExamWorld world;
  const Event attempt = world.begin(world.ben, "hidden");
  const Json answers = {{"one", "y"}};
  world.commit(world.ben, attempt, answers);
  CHECK(world.answer(world.ben, attempt, answers).empty());
  CHECK(world.at(attempt).state == ExamTool::Attempt::State::answered);
  const auto mark = [&](const Actor& who, const std::string& salt) {
    world.say(who, "exam.marked", {{"attempt", attempt.id.text()}, {"salts", {{"one", to_base64url(salt)}}}});
    return world.refusal();
  };
  CHECK(mark(world.chen, salt_k) == "only examiners mark attempts");
  CHECK(mark(world.ada, salt_a) == "the salt does not open the answer to \"one\"");
  CHECK(mark(world.ada, salt_k).empty());
  CHECK(world.holds(world.ben, "secret"));
}

TEST_CASE("an attempt goes by the exam as it was when it was begun") {
  ExamWorld world;
  const Event attempt = world.begin(world.ben, "cpr");
  const Json answers = world.right_answers(attempt);
  auto changed = rules();
  changed.erase("exam");
  world.adopt(basic_definition, changed);
  CHECK(world.commit(world.ben, attempt, answers).empty());
  CHECK(world.answer(world.ben, attempt, answers).empty());
  CHECK(world.holds(world.ben, "aider"));
}

TEST_CASE("folding on from a written state of exams gives the same state") {
  ExamWorld world;
  const Event attempt = world.begin(world.ben, "cpr");
  const Json answers = world.right_answers(attempt);
  world.commit(world.ben, attempt, answers);
  const auto half = world.new_fold();
  for (const std::string& line : world.lines) half->take(line);
  const auto resumed = world.new_fold();
  resumed->restore(half->json(), half->authority());
  CHECK(resumed->json() == half->json());
  const std::size_t from = world.lines.size();
  world.answer(world.ben, attempt, answers);
  for (std::size_t i = from; i < world.lines.size(); ++i) resumed->take(world.lines[i]);
  CHECK(resumed->digest() == world.fold->digest());
}

TEST_CASE("exams that cannot be passed or marked are refused") {
  const auto codes = [](const std::string& exam) {
    std::vector<std::string> found;
    const std::string text = "exam: 1\nexams: [{id: a, title: A, badge: aider, " + exam + "}]\n";
    for (const Problem& each :
         load_definition(memory_source({{"betterworld.yaml", basic_definition},
                                        {"tools/achievement.yaml", rules().at("achievement")},
                                        {"tools/exam.yaml", text}}))
             .problems)
      found.push_back(each.code);
    return found;
  };
  using Codes = std::vector<std::string>;
  const std::string question = "{id: q, text: Q, options: [{id: x, text: X}, {id: y, text: Y}], ";
  CHECK(codes("draw: 1, pass: 1, questions: [" + question + "answer: x}]").empty());
  CHECK(codes("draw: 2, pass: 1, questions: [" + question + "answer: x}]") == Codes{"draw"});
  CHECK(codes("draw: 1, pass: 2, questions: [" + question + "answer: x}]") == Codes{"pass"});
  CHECK(codes("draw: 1, pass: 1, questions: [" + question + "answer: z}]") == Codes{"unknown-option"});
  CHECK(codes("draw: 1, pass: 1, questions: [" + question + "key: " + std::string(64, 'a') + "}]") ==
        Codes{"examiners"});
  CHECK(codes("draw: 1, pass: 1, questions: [" + question + "answer: x}, " + question + "answer: x}]") ==
        Codes{"duplicate-id"});
}

}  // namespace bw
