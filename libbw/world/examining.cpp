#include "world/examining.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "stream/log_reader.h"
#include "tlog/proof.h"
#include "world/claim.h"
#include "world/kept_choice.h"
#include "world/tool_event.h"
#include "world/world_state.h"

namespace bw {

std::vector<ExamQuestion> questions_of(const Environment& environment, const World& world,
                                       const EventId& id) {
  const auto state = current_state(environment, world);
  const auto& attempts = state->tool<ExamTool>().attempts();
  const auto attempt = attempts.find(id);
  if (attempt == attempts.end()) {
    throw Error(ErrorCode::invalid, fmt::format("the log has no attempt {} yet", id.short_text()),
                "its questions are drawn once the beginning is in the log: bw submit, bw pull");
  }
  const auto exam = exam_of(attempt->second, state->archive());
  if (!exam) throw Error(ErrorCode::invalid, "the definition by which it was begun cannot be read");
  const Digest seed =
      root_of(read_leaf_hashes(world.repository, stream_tree(world), attempt->second.index + 1));
  std::vector<ExamQuestion> questions;
  for (const std::string& question : drawn_questions(*exam, seed))
    questions.push_back(*exam->questions.find(question));
  return questions;
}

Event record_answers(const Environment& environment, const World& world, const Signer& signer,
                     const EventId& id, const std::map<std::string, std::string>& answers) {
  const std::vector<ExamQuestion> questions = questions_of(environment, world, id);
  for (const auto& answer : answers) {
    const std::string& question = answer.first;
    const std::string& option = answer.second;
    const auto asked = std::find_if(questions.begin(), questions.end(),
                                    [&](const ExamQuestion& each) { return each.id == question; });
    if (asked == questions.end())
      throw Error(ErrorCode::usage, fmt::format("the question \"{}\" is not asked", printable(question)),
                  "bw exam questions shows those that are");
    if (asked->options.find(option) == nullptr)
      throw Error(ErrorCode::usage, fmt::format("\"{}\" is no option of {}", printable(option), question),
                  fmt::format("there are: {}", fmt::join(asked->options.ids(), ", ")));
  }
  const std::string salt = environment.random(exam_salt_bytes);
  const Json told = answers;
  const Digest commitment = commit_to_answers(id.text(), signer.did().text(), salt, told);
  return record_tool_event(environment, world, signer, "exam.committed",
                           {{"attempt", id.text()}, {"commitment", commitment.hex()}},
                           {keep_choice({told, to_base64url(salt)}, environment.random)});
}

Event record_told_answers(const Environment& environment, const World& world, const Signer& signer,
                          const EventId& id) {
  const auto kept = find_kept_choice(environment, world, "exam.committed", "attempt", id);
  if (!kept) {
    throw Error(ErrorCode::invalid, "this journal has committed to no answers in that attempt",
                "answers are told from the machine on which they were given");
  }
  return record_tool_event(environment, world, signer, "exam.answered",
                           {{"answers", kept->choice}, {"attempt", id.text()}, {"salt", kept->salt}});
}

}  // namespace bw
