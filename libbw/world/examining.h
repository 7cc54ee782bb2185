#pragma once
// Sitting an exam (tools/exam): which questions the log drew, and answers that stay in the journal between
// their commitment and the moment at which they are told.

#include <map>
#include <string>
#include <vector>

#include "tools/exam/exam_tool.h"
#include "world/world.h"

namespace bw {

// The questions of the attempt `id`. Error(invalid) where the log has no such attempt under its checkpoint,
// whose root draws them.
std::vector<ExamQuestion> questions_of(const Environment& environment, const World& world, const EventId& id);

// Commits to these answers, by question. Error(usage) where a question is not asked, or has no such option;
// otherwise as record_tool_event.
Event record_answers(const Environment& environment, const World& world, const Signer& signer,
                     const EventId& id, const std::map<std::string, std::string>& answers);
// Tells what was committed to. Error(invalid) where this journal has nothing to tell.
Event record_told_answers(const Environment& environment, const World& world, const Signer& signer,
                          const EventId& id);

}  // namespace bw
