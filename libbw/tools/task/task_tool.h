#pragma once
// The task tool: work that somebody wants done, with a reward that is held from the posting on until it is
// settled. It judges
//
//     task.posted     {"fund": id or null,"package","reward","until": seconds or null}   words stand beside
//     it task.withdrawn  {"task"}   task.claimed  {"task"}   task.released  {"task"}   task.delivered
//     {"task"} task.accepted   {"task"}   task.disputed {"task"}   task.decided   {"for": "claimant" or
//     "poster","task"}
//
// Of two who claim at once the one whom the log has first has it. Who was silent too long is taken at their
// word: the claim lapses, the delivery is accepted, the task expires (task_lifecycle()). A task goes on by
// the rules of its package at its posting.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "definition/meaning.h"
#include "state/lifecycle.h"
#include "state/tool.h"

namespace bw {

const Lifecycle& task_lifecycle();

struct TaskPackage {
  std::string id;
  Text title;
  std::string posted_by;
  std::string gate;    // empty: everyone
  std::string points;  // empty: no reward
  std::optional<Decimal> most;
  Duration deliver_within;
  Duration answer_within;
  std::string disputes;
};

class TaskTool : public Tool {
public:
  struct Task {
    std::string_view state;  // of task_lifecycle()
    PersonNumber poster = 0;
    std::optional<PersonNumber> claimant;
    std::string package;
    std::string points;
    Decimal reward;
    std::string fund;  // that pays; empty: the poster does
    std::string gate;
    std::string disputes;
    std::int64_t deliver_within = 0;  // seconds
    std::int64_t answer_within = 0;
    std::optional<std::int64_t> until;
    std::int64_t since = 0;  // in its state
    std::uint64_t index = 0;

    // When its state ends by itself.
    std::optional<std::int64_t> due() const;
  };

  std::string_view name() const override { return "task"; }
  std::vector<std::string_view> kinds() const override;
  void check_rules(const RulesDraft& draft) const override;
  void read_form(std::string_view kind, BodyReader& body) const override;
  void read_rules(const Rules& rules) override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void pass(const Scene& scene) override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  // Nothing where the world has not adopted this tool.
  const std::optional<ById<TaskPackage>>& packages() const { return packages_; }
  const std::map<EventId, Task>& tasks() const { return tasks_; }

private:
  Ruling post(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling act(const EventId& id, Task& task, const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling move_to(const EventId& id, Task& task, std::string_view state, const EventId& cause,
                 std::int64_t when, const Scene& scene);

  std::optional<ById<TaskPackage>> packages_;
  std::map<EventId, Task> tasks_;
  Deadlines<EventId> deadlines_;
};

}  // namespace bw
