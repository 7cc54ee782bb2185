#pragma once
// The exam tool: qualifications that nobody has to be believed for. It judges
//
//     exam.begun      {"exam"}
//     exam.committed  {"attempt","commitment"}
//     exam.answered   {"answers":{question: option},"attempt","salt"}
//     exam.marked     {"attempt","salts":{question: salt}}      by an examiner, where answers are hidden
//
// The questions of an attempt are those that come first by SHA-256(seed ‖ question id), where the seed is the
// root of the log with the entry that began it: nobody knows it before. (A steward who appends her own
// attempt could try several.) Answers are committed to first, so that nobody learns them from another's:
//
//   commitment = SHA-256 of five parts, each preceded by its length as 8 big-endian bytes:
//     "bw.exam.v1", id of the attempt, did of who sits it, salt (32 bytes), answers (strict JSON)
//   key of a question = the same of "bw.exam.key.v1", exam, question, salt, option
//
// An attempt goes by the definition in force when it was begun. Who passes holds the badge.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "definition/meaning.h"
#include "state/tool.h"

namespace bw {

inline constexpr std::size_t exam_salt_bytes = 32;

struct ExamQuestion {
  std::string id;
  Text text;
  struct Option {
    std::string id;
    Text text;
  };
  ById<Option> options;
  std::string answer;         // an option; empty where it is hidden
  std::optional<Digest> key;  // then this commits to it
};

struct Exam {
  std::string id;
  Text title;
  std::string badge;
  int draw = 1;
  int pass = 1;
  Duration answer_within;
  Duration reveal_within;
  Duration again_after;
  std::string examiners;  // a group; empty: no answer is hidden
  ById<ExamQuestion> questions;
};
ById<Exam> read_exams(const yaml::Node& rules);

Digest commit_to_answers(std::string_view attempt, std::string_view did, std::string_view salt,
                         const Json& answers);
Digest exam_key(std::string_view exam, std::string_view question, std::string_view salt,
                std::string_view option);
// The ids of the questions that are drawn, in their order.
std::vector<std::string> drawn_questions(const Exam& exam, const Digest& seed);

class ExamTool : public Tool {
public:
  struct Attempt {
    enum class State { begun, committed, answered, passed, failed };
    State state = State::begun;
    std::string exam;
    PersonNumber person = 0;
    Digest definition;
    std::uint64_t index = 0;
    std::int64_t begun = 0;      // recorded
    std::int64_t committed = 0;  // recorded
    std::string did;             // that committed
    Digest commitment;
    std::map<std::string, std::string> answers;
    int right = 0;
  };

  std::string_view name() const override { return "exam"; }
  std::vector<std::string_view> kinds() const override;
  void check_rules(const RulesDraft& draft) const override;
  void read_form(std::string_view kind, BodyReader& body) const override;
  void read_rules(const Rules& rules) override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  // Nothing where the world has not adopted this tool.
  const std::optional<ById<Exam>>& exams() const { return exams_; }
  const std::map<EventId, Attempt>& attempts() const { return attempts_; }

private:
  Ruling begin(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling commit(Attempt& attempt, const Exam& exam, const Occurrence& entry, const Json& body);
  Ruling answer(const EventId& id, Attempt& attempt, const Exam& exam, const Occurrence& entry,
                const Json& body, const Scene& scene);
  Ruling mark(Attempt& attempt, const Exam& exam, const Occurrence& entry, const Json& body,
              const Scene& scene);
  void decide(Attempt& attempt, const Exam& exam, int right, const EventId& cause, const Scene& scene);

  std::optional<ById<Exam>> exams_;
  std::map<EventId, Attempt> attempts_;
};
std::string_view name_of(ExamTool::Attempt::State state);

// The exam of an attempt, as it was when it was begun; nothing where that definition cannot be read.
std::optional<Exam> exam_of(const ExamTool::Attempt& attempt, const Archive& archive);

}  // namespace bw
