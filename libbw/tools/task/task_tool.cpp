#include "tools/task/task_tool.h"

#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "definition/values.h"
#include "state/fold.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

constexpr Duration usual_delivery{1'209'600}, usual_answer{604'800};

constexpr std::array<LifecycleStep, 11> task_steps = {
    {{"open", "withdrawn", "poster", "withdrawn"},
     {"open", "claimed", "claimant", "claimed"},
     {"open", "expired", "", "expired"},
     {"claimed", "released", "claimant", "open"},
     {"claimed", "lapsed", "", "open"},
     {"claimed", "delivered", "claimant", "delivered"},
     {"delivered", "accepted", "poster", "done"},
     {"delivered", "left unanswered", "", "done"},
     {"delivered", "disputed", "poster", "disputed"},
     {"disputed", "decided for the claimant", "arbiter", "done"},
     {"disputed", "decided for the poster", "arbiter", "refused"}}};

TaskPackage read_package(const yaml::Node& node) {
  TaskPackage package;
  package.id = node.id();
  package.title = words(node, "title");
  package.posted_by = text_of(node, "posted_by");
  package.gate = text_of(node, "gate");
  package.points = text_of(node, "points");
  package.most = decimal(node, "most");
  package.deliver_within = duration(node, "deliver_within").value_or(usual_delivery);
  package.answer_within = duration(node, "answer_within").value_or(usual_answer);
  package.disputes = text_of(node, "disputes");
  return package;
}

std::string act_in(const Occurrence& entry, const Json& body) {
  if (entry.kind == "task.decided") return "decided for the " + body.at("for").get<std::string>();
  return std::string(entry.kind.substr(entry.kind.find('.') + 1));
}

}  // namespace

const Lifecycle& task_lifecycle() {
  static const Lifecycle lifecycle(task_steps);
  return lifecycle;
}

std::optional<std::int64_t> TaskTool::Task::due() const {
  if (state == "open") return until;
  if (state == "claimed") return since + deliver_within;
  if (state == "delivered") return since + answer_within;
  return std::nullopt;
}

std::vector<std::string_view> TaskTool::kinds() const {
  return {"task.posted",    "task.withdrawn", "task.claimed",  "task.released",
          "task.delivered", "task.accepted",  "task.disputed", "task.decided"};
}

void TaskTool::check_rules(const RulesDraft& draft) const {
  for (const yaml::Node& package : list_of(draft.rules, "packages")) {
    for (const char* key : {"deliver_within", "answer_within"}) {
      const yaml::Node* time = package.find(key);
      if (time && duration(package, key).value_or(Duration{}).seconds == 0)
        draft.complaints.error(*time, "no-time", fmt::format("\"{}\" gives no time", key),
                               "give some, such as 7d");
    }
    const yaml::Node* most = package.find("most");
    if (most && decimal(package, "most").value_or(Decimal()) <= Decimal())
      draft.complaints.error(*most, "amount", "the highest reward must be more than 0",
                             "delete `points` for tasks without reward");
  }
}

void TaskTool::read_form(std::string_view kind, BodyReader& body) const {
  if (kind != "task.posted") {
    body.event("task");
    if (kind == "task.decided") body.word("for", {"claimant", "poster"});
    return;
  }
  body.text_or_null("fund");
  body.text("package");
  if (body.decimal("reward").is_negative()) body.refuse("the reward is below 0");
  if (!body.has("until") || !body.any("until").is_null()) body.size("until");
}

void TaskTool::read_rules(const Rules& rules) {
  packages_.reset();
  const yaml::Node* tree = rules.definition ? rules.definition->rules_of("task") : nullptr;
  if (tree != nullptr) packages_ = ById(items(*tree, "packages", read_package));
}

Ruling TaskTool::judge(const Occurrence& entry, const Scene& scene) {
  const Json body = entry.body();
  if (entry.kind == "task.posted") return post(entry, body, scene);
  const auto found = tasks_.find(EventId::parse(body.at("task").get<std::string>()).value());
  if (found == tasks_.end()) return "the log has no such task before it";
  return act(found->first, found->second, entry, body, scene);
}

Ruling TaskTool::post(const Occurrence& entry, const Json& body, const Scene& scene) {
  if (!packages_) return "this world has adopted no rules of tasks";
  const std::string id = body.at("package").get<std::string>();
  const TaskPackage* package = packages_->find(id);
  if (package == nullptr) return fmt::format("the rules have no package \"{}\"", id);
  const PersonNumber by = scene.people.of(entry.actor);
  if (!scene.fold.belongs(by, package->posted_by, scene))
    return fmt::format("only {} may post such tasks", package->posted_by);
  Task task{task_lifecycle().begins(),
            by,
            std::nullopt,
            id,
            package->points,
            *Decimal::parse(body.at("reward").get<std::string>()),
            "",
            package->gate,
            package->disputes,
            package->deliver_within.seconds,
            package->answer_within.seconds,
            std::nullopt,
            entry.recorded,
            entry.index};
  if (!body.at("until").is_null()) task.until = body.at("until").get<std::int64_t>();
  if (task.until && *task.until <= entry.recorded) return "it would have expired already";
  if (!task.reward.is_zero()) {
    if (package->points.empty()) return "such tasks have no reward";
    if (package->most && task.reward > *package->most)
      return fmt::format("a reward is at most {}", package->most->text());
    Account payer = Account::of(by);
    if (!body.at("fund").is_null()) {
      // Who may spend from a fund may also hold something of it.
      task.fund = body.at("fund").get<std::string>();
      const Decision spending{entry.id(), "hold", {{"account", task.fund}, {"by", by}}, "", {}};
      if (Ruling objection = scene.fold.consider(spending, scene)) return objection;
      payer = Account::fund(task.fund);
    }
    if (Ruling refusal = scene.fold.transfer({payer, Account::escrow(entry.id().text()), task.reward,
                                              task.points, entry.id(), "held for a task"},
                                             scene))
      return refusal;
  }
  if (const auto due = task.due()) deadlines_.set(entry.id(), *due);
  tasks_.emplace(entry.id(), std::move(task));
  return std::nullopt;
}

Ruling TaskTool::act(const EventId& id, Task& task, const Occurrence& entry, const Json& body,
                     const Scene& scene) {
  const PersonNumber by = scene.people.of(entry.actor);
  const std::string act = act_in(entry, body);
  std::set<std::string_view> roles;
  if (by == task.poster) roles.insert("poster");
  if (act == "claimed") {
    if (by == task.poster) return "nobody claims her own task";
    if (!task.gate.empty() && !scene.fold.belongs(by, task.gate, scene))
      return fmt::format("only {} can claim it", task.gate);
    roles.insert("claimant");
  } else if (task.claimant == by) {
    roles.insert("claimant");
  }
  // Nobody judges in her own case.
  if (by != task.poster && task.claimant != by && scene.fold.belongs(by, task.disputes, scene))
    roles.insert("arbiter");
  const auto next = task_lifecycle().after(task.state, act, roles);
  if (!next) return next.reason();
  if (Ruling refusal = move_to(id, task, *next, entry.id(), entry.recorded, scene)) return refusal;
  if (act == "claimed") task.claimant = by;
  return std::nullopt;
}

Ruling TaskTool::move_to(const EventId& id, Task& task, std::string_view state, const EventId& cause,
                         std::int64_t when, const Scene& scene) {
  const bool back = state == "withdrawn" || state == "expired" || state == "refused";
  if ((back || state == "done") && !task.reward.is_zero()) {
    const Account payer = task.fund.empty() ? Account::of(task.poster) : Account::fund(task.fund);
    const Transfer settled{Account::escrow(id.text()),
                           back ? payer : Account::of(*task.claimant),
                           task.reward,
                           task.points,
                           cause,
                           back ? "given back for a task" : "earned by a task"};
    if (Ruling refusal = scene.fold.transfer(settled, scene)) return refusal;
  }
  if (const auto due = task.due()) deadlines_.drop(id, *due);
  if (state == "open") task.claimant.reset();
  task.state = state;
  task.since = when;
  if (const auto due = task.due()) deadlines_.set(id, *due);
  return std::nullopt;
}

void TaskTool::pass(const Scene& scene) {
  while (const auto due = deadlines_.take(scene.recorded)) {
    Task& task = tasks_.at(due->second);
    for (const LifecycleStep& step : task_lifecycle().next(task.state)) {
      if (!step.by.empty()) continue;
      if (Ruling refusal = move_to(due->second, task, step.to, due->second, due->first, scene))
        throw Error(ErrorCode::invalid, "what is held for a task cannot be settled: " + *refusal);
      break;
    }
  }
}

void TaskTool::merge(PersonNumber from, PersonNumber into) {
  for (auto& [id, task] : tasks_) {
    if (task.poster == from) task.poster = into;
    if (task.claimant == from) task.claimant = into;
  }
}

Json TaskTool::json() const {
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  Json tasks = Json::object();
  for (const auto& [id, one] : tasks_) {
    tasks[id.text()] = {{"answer_within", one.answer_within},
                        {"claimant", or_null(one.claimant)},
                        {"deliver_within", one.deliver_within},
                        {"disputes", one.disputes},
                        {"fund", one.fund},
                        {"gate", one.gate},
                        {"index", one.index},
                        {"package", one.package},
                        {"points", one.points},
                        {"poster", one.poster},
                        {"reward", one.reward.text()},
                        {"since", one.since},
                        {"state", one.state},
                        {"until", or_null(one.until)}};
  }
  return {{"tasks", std::move(tasks)}};
}

void TaskTool::restore(const Json& json, const Archive& /*archive*/) {
  for (const auto& [key, one] : json.at("tasks").items()) {
    const EventId id = EventId::parse(key).value();
    const auto state = task_lifecycle().find(one.at("state").get<std::string>());
    if (!state) throw Error(ErrorCode::invalid, "the written state has an unknown state of a task");
    Task task;
    task.state = *state;
    task.poster = one.at("poster").get<PersonNumber>();
    if (!one.at("claimant").is_null()) task.claimant = one.at("claimant").get<PersonNumber>();
    task.package = one.at("package").get<std::string>();
    task.points = one.at("points").get<std::string>();
    task.reward = *Decimal::parse(one.at("reward").get<std::string>());
    task.fund = one.at("fund").get<std::string>();
    task.gate = one.at("gate").get<std::string>();
    task.disputes = one.at("disputes").get<std::string>();
    task.deliver_within = one.at("deliver_within").get<std::int64_t>();
    task.answer_within = one.at("answer_within").get<std::int64_t>();
    if (!one.at("until").is_null()) task.until = one.at("until").get<std::int64_t>();
    task.since = one.at("since").get<std::int64_t>();
    task.index = one.at("index").get<std::uint64_t>();
    if (const auto due = task.due()) deadlines_.set(id, *due);
    tasks_.emplace(id, std::move(task));
  }
}

}  // namespace bw
