#include "tools/toolset.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/text.h"
#include "tools/achievement/achievement_tool.h"
#include "tools/behaviour/behaviour_tool.h"
#include "tools/evaluation/evaluation_tool.h"
#include "tools/exam/exam_tool.h"
#include "tools/goal/goal_tool.h"
#include "tools/governance/governance_tool.h"
#include "tools/incentive/incentive_tool.h"
#include "tools/organisation/organisation_tool.h"
#include "tools/pin/pin_tool.h"
#include "tools/task/task_tool.h"

namespace bw {

std::vector<std::unique_ptr<Tool>> make_tools() {
  std::vector<std::unique_ptr<Tool>> tools;
  // What counts comes first; the others hear of it.
  tools.push_back(std::make_unique<BehaviourTool>());
  tools.push_back(std::make_unique<GoalTool>());
  tools.push_back(std::make_unique<AchievementTool>());
  tools.push_back(std::make_unique<ExamTool>());
  tools.push_back(std::make_unique<EvaluationTool>());
  tools.push_back(std::make_unique<IncentiveTool>());
  tools.push_back(std::make_unique<TaskTool>());
  tools.push_back(std::make_unique<OrganisationTool>());
  tools.push_back(std::make_unique<PinTool>());
  // Last, for it looks at what the others keep, and they carry out what it decides.
  tools.push_back(std::make_unique<GovernanceTool>());
  return tools;
}

LoadedDefinition load_definition(const FileSource& source) {
  static const std::vector<std::unique_ptr<Tool>> tools = make_tools();
  return load(source, [](std::string_view name, const RulesDraft& draft) {
    for (const auto& tool : tools) {
      if (tool->name() == name) tool->check_rules(draft);
    }
  });
}

std::string tool_template(const std::string& name) {
  std::vector<std::string> names;
  for (const embedded::File& file : embedded::tool_templates()) {
    names.emplace_back(file.path.substr(0, file.path.find('/')));
    if (names.back() == name) return std::string(file.content);
  }
  std::string hint = did_you_mean(name, names);
  throw Error(ErrorCode::usage, fmt::format("no tool with rules is called \"{}\"", printable(name)),
              hint.empty() ? fmt::format("there are: {}", fmt::join(names, ", ")) : hint);
}

KindForms tool_forms() {
  auto tools = std::make_shared<std::vector<std::unique_ptr<Tool>>>(make_tools());
  return [tools](const Event& event) -> std::optional<std::string> {
    for (const auto& tool : *tools) {
      const auto kinds = tool->kinds();
      if (std::find(kinds.begin(), kinds.end(), event.kind) != kinds.end()) return body_problem(*tool, event);
    }
    return std::nullopt;
  };
}

}  // namespace bw
