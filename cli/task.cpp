// bw task: work that somebody wants done, and what it is worth.

#include <fmt/format.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "tools/task/task_tool.h"
#include "world/attestation.h"
#include "world/correction.h"
#include "world/voting.h"

namespace bw::cli {
namespace {

const TaskTool& tasks_of(const Seen& seen) {
  return seen.fold->tool<TaskTool>();
}

struct Posting {
  std::string package;
  std::optional<std::string> reward, fund, until, note;
};

int post_task(Session& session, const Posting& given) {
  const World world = open_world_of(session);
  Json until = nullptr;
  if (given.until) until = parse_time(session, world, *given.until).seconds;
  std::vector<JournalOpening> words;
  if (given.note)
    words.push_back({note_opening(*given.note, session.environment.random), Visibility::public_});
  return record_and_tell(session, "task.posted",
                         {{"fund", given.fund ? Json(*given.fund) : Json(nullptr)},
                          {"package", given.package},
                          {"reward", amount_in(given.reward.value_or("0"))},
                          {"until", until}},
                         std::move(words));
}

struct Delivery {
  std::string task;
  std::optional<std::string> note;
  std::vector<std::filesystem::path> evidence;
};

int deliver_task(Session& session, const Delivery& given) {
  const World world = open_world_of(session);
  const EventId task = resolve_event(session.environment, world, given.task);
  Explanation explanation{given.note, given.evidence, Visibility::public_};
  return record_and_tell(session, "task.delivered", {{"task", task.text()}},
                         explanation_openings(explanation, session.environment.random));
}

struct Decision_ {
  std::string task, winner;
};

int decide_task(Session& session, const Decision_& given) {
  const World world = open_world_of(session);
  const EventId task = resolve_event(session.environment, world, given.task);
  return record_and_tell(session, "task.decided", {{"for", given.winner}, {"task", task.text()}});
}

std::string next_steps(const TaskTool::Task& task) {
  std::string steps;
  for (const LifecycleStep& step : task_lifecycle().next(task.state)) {
    if (step.by.empty()) continue;
    steps += fmt::format("{}{} by the {}", steps.empty() ? "" : ", ", step.act, step.by);
  }
  return steps;
}

Json task_json(const Seen& seen, const EventId& id, const TaskTool::Task& task) {
  const auto due = task.due();
  return {{"id", id.text()},
          {"state", task.state},
          {"package", task.package},
          {"poster", seen.fold->people().name(task.poster).text()},
          {"claimant", task.claimant ? Json(seen.fold->people().name(*task.claimant).text()) : Json(nullptr)},
          {"reward", task.reward.text()},
          {"points", task.points},
          {"fund", task.fund},
          {"gate", task.gate},
          {"since", task.since},
          {"due", due ? Json(*due) : Json(nullptr)},
          {"index", task.index}};
}

std::string reward_of(const TaskTool::Task& task) {
  return task.reward.is_zero() ? "" : fmt::format("{} {}", task.reward.text(), task.points);
}

struct TaskFilter {
  bool open = false;
};

int list_tasks(Session& session, const TaskFilter& given) {
  const Seen seen = look_ahead(session);
  Json tasks = Json::array();
  Table table({{"TASK"}, {"STATE"}, {"PACKAGE"}, {"REWARD", Align::right}, {"BY"}, {"CLAIMED BY"}, {"DUE"}});
  for (const auto& [id, task] : tasks_of(seen).tasks()) {
    if (given.open && task.state != "open") continue;
    tasks.push_back(task_json(seen, id, task));
    const auto due = task.due();
    table.row({{id.short_text(), Style::name},
               {std::string(task.state), task.state == "done" ? Style::good : Style::plain},
               task.package,
               reward_of(task),
               seen.name(task.poster),
               task.claimant ? seen.name(*task.claimant) : "",
               due ? seen.clock(*due) : ""});
  }
  if (session.json()) {
    session.print_json({{"tasks", tasks}, {"size", seen.fold->size()}});
  } else if (table.empty()) {
    session.note("There are no tasks{}.", given.open ? " to claim" : "");
  } else {
    session.print(table);
  }
  return 0;
}

struct NamedTask {
  std::string task;
};

int show_task(Session& session, const NamedTask& given) {
  const Seen seen = look_ahead(session);
  const EventId id = resolve_event(session.environment, seen.world, given.task);
  const auto found = tasks_of(seen).tasks().find(id);
  if (found == tasks_of(seen).tasks().end()) {
    throw Error(ErrorCode::invalid, fmt::format("event {} is no task", id.short_text()),
                "bw task list shows them");
  }
  const TaskTool::Task& task = found->second;
  const std::string words = note_beside(session.environment, seen.world, id);
  if (session.json()) {
    Json json = task_json(seen, id, task);
    json["words"] = words;
    session.print_json(json);
    return 0;
  }
  session.print("{}  {}  {}\n", session.styled(Style::heading, id.short_text()), task.state, reward_of(task));
  if (!words.empty()) session.print("{}", wrapped(session.shown(words), session.width(), 0));
  session.print("posted by {}, {} since {}\n", seen.name(task.poster), task.state, seen.clock(task.since));
  if (task.claimant) session.print("claimed by {}\n", seen.name(*task.claimant));
  if (const auto due = task.due()) session.print("due {}\n", seen.clock(*due));
  if (!task.gate.empty()) session.print("for {} only\n", task.gate);
  if (const std::string next = next_steps(task); !next.empty()) session.print("next: {}\n", next);
  return 0;
}

std::vector<Candidate> task_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> candidates;
  for (const auto& [id, task] : tasks_of(seen).tasks())
    candidates.push_back({id.short_text(), std::string(task.state)});
  return candidates;
}

void declare_posting(Command& noun) {
  Command& command = noun.verb("post", "Post a task, and hold its reward");
  Posting& given = command.runs(post_task);
  command.argument(given.package, "PACKAGE", "the kind of task; `bw tool show task` lists them");
  command.option("--reward", given.reward, "N", "what it earns, in the points of the package");
  command.option("--fund", given.fund, "ID", "which fund pays (default: your own points)");
  command.option("--until", given.until, "TIME", "when it expires unless somebody has claimed it");
  command.option("--note", given.note, "TEXT", "what is to be done, in words for everyone");
  command.description =
      "The reward is held from now on, and goes to who delivers, or back. Silence counts: a claim lapses "
      "where "
      "nothing is delivered in time, and a delivery that nobody answers is accepted.";
  command.examples = {
      {"bw task post ordinary --reward 20 --note \"Paint the AED cabinet\"", "A task with a reward"}};
  command.json = recorded_members();
  command.exit_codes = {{4, "you may not post that, or the points are not there"}};
  command.see_also = {"points", "submit"};
}

void declare_delivering(Command& noun) {
  Command& command = noun.verb("deliver", "Say that a task you claimed is done");
  Delivery& given = command.runs(deliver_task);
  command.argument(given.task, "TASK", "the task").offer(task_candidates);
  command.option("--note", given.note, "TEXT", "what you did, in words for everyone");
  command.option("--evidence", given.evidence, "FILE", "a file that shows it, for everyone");
  command.description = "Who posted it accepts or disputes; silence accepts.";
  command.examples = {{"bw task deliver 3f2a91 --evidence cabinet.jpg", "With a picture"}};
  command.json = recorded_members();
  command.exit_codes = {{4, "you have not claimed it, or not in time"}};
  command.see_also = {"submit"};
}

void declare_deciding(Command& noun) {
  Command& command = noun.verb("decide", "Decide a dispute about a task");
  Decision_& given = command.runs(decide_task);
  command.argument(given.task, "TASK", "the task").offer(task_candidates);
  command.argument(given.winner, "WHO", "who is right").choose({"claimant", "poster"});
  command.description = "Only whom the rules name, and nobody in her own case.";
  command.examples = {{"bw task decide 3f2a91 claimant", "The reward is paid"}};
  command.json = recorded_members();
  command.exit_codes = {{4, "you do not decide that, or there is no dispute"}};
  command.see_also = {"submit"};
}

}  // namespace

void declare_task(Commands& commands) {
  Command& noun = commands.add("task", Purpose::together, "Post, claim, deliver and accept tasks");
  noun.description = "What can happen to a task, and by whom, is shown by `bw task show`.";

  Command& listing = noun.verb("list", "List the tasks");
  TaskFilter& which = listing.runs(list_tasks);
  listing.flag("--open", which.open, "only those that can be claimed");
  listing.description = "With what waits in your journal, and as of now.";
  listing.examples = {{"bw task list --open", "What there is to do"}};
  listing.json = {
      {"tasks",
       "for each: id, state, package, poster, claimant, reward, points, fund, gate, since, due (when its "
       "state ends by itself, or null), index"},
      {"size", "how many entries were folded"}};
  listing.see_also = {"points"};

  Command& showing = noun.verb("show", "Show one task, and what can happen next");
  NamedTask& shown = showing.runs(show_task);
  showing.argument(shown.task, "TASK", "the task").offer(task_candidates);
  showing.description = "Its words are those of who posted it.";
  showing.examples = {{"bw task show 3f2a91", "One task"}};
  showing.json = {{"id", "its event"},
                  {"state", "open, claimed, delivered, done, disputed, refused, withdrawn or expired"},
                  {"package", "the kind of task"},
                  {"poster", "who wants it done"},
                  {"claimant", "who does it, or null"},
                  {"reward", "what it earns"},
                  {"points", "in which points"},
                  {"fund", "that pays, or empty"},
                  {"gate", "who can claim it; empty: everyone"},
                  {"since", "when it came into its state"},
                  {"due", "when its state ends by itself, or null"},
                  {"index", "of the entry that posted it"},
                  {"words", "what is to be done"}};
  showing.see_also = {"explain"};

  declare_posting(noun);
  declare_about_event(noun,
                      {"claim", "Take on a task", "task.claimed", "task", "TASK", "the task",
                       "somebody was faster, it is gated, or it is your own"},
                      task_candidates)
      .description = "Of two who claim at once the one whom the log has first has it.";
  declare_about_event(noun,
                      {"release", "Lay down a task that you claimed", "task.released", "task", "TASK",
                       "the task", "you have not claimed it"},
                      task_candidates)
      .description = "It is open again.";
  declare_delivering(noun);
  declare_about_event(noun,
                      {"accept", "Accept what was delivered, and pay", "task.accepted", "task", "TASK",
                       "the task", "it is not yours, or nothing was delivered"},
                      task_candidates)
      .description = "The reward goes to who delivered.";
  declare_about_event(noun,
                      {"dispute", "Dispute what was delivered", "task.disputed", "task", "TASK", "the task",
                       "it is not yours, or nothing was delivered"},
                      task_candidates)
      .description = "It goes to those whom the rules name; the reward stays held.";
  declare_deciding(noun);
  declare_about_event(noun,
                      {"withdraw", "Withdraw a task of yours that nobody has claimed", "task.withdrawn",
                       "task", "TASK", "the task", "it is not yours, or somebody has claimed it"},
                      task_candidates)
      .description = "Its reward goes back.";
}

}  // namespace bw::cli
