// bw withdraw: take back what was published or sealed.

#include "world/withdraw.h"

#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/operations.h"
#include "world/record.h"

namespace bw::cli {
namespace {

struct WithdrawArguments {
  std::string event;
  std::vector<std::string> fields;
  bool everywhere = false;
};

bool is_part_of_evidence(const std::string& field) {
  return field.starts_with("evidence_");
}

int run_withdraw(Session& session, const WithdrawArguments& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "withdraw");
  const Acting me = acting(session);
  const EventId id = resolve_event(session.environment, world, given.event);
  DetailsWithdrawn withdrawn =
      withdraw(session.environment, world, *me.signer, id, {given.fields, given.everywhere});
  if (withdrawn.by) session.done("the withdrawal " + withdrawn.by->short_text() + " is submitted");
  std::erase_if(withdrawn.fields, is_part_of_evidence);
  if (session.json()) {
    session.print_json({{"event", id.text()},
                        {"fields", withdrawn.fields},
                        {"withdrawal", withdrawn.by ? Json(withdrawn.by->text()) : Json(nullptr)},
                        {"in_log", withdrawn.in_log},
                        {"erased", withdrawn.erased.places},
                        {"left", withdrawn.erased.left}});
    return withdrawn.erased.left.empty() ? 0 : 1;
  }
  session.print("Withdrew {} of {}\n", session.shown(fmt::format("{}", fmt::join(withdrawn.fields, ", "))),
                session.styled(Style::name, id.short_text()));
  for (const std::string& place : withdrawn.erased.places)
    session.print("  erased in {}\n", session.shown(place));
  for (const std::string& left : withdrawn.erased.left) session.warn("{}", session.shown(left));
  if (!withdrawn.in_log)
    session.note("A steward must admit it first; then \"bw pull\" erases what this copy has.");
  session.note(
      "Whoever read it, or keeps a clone that does not pull, a fork, a mail or a backup, still has it: that "
      "cannot be recalled.");
  return withdrawn.erased.left.empty() ? 0 : 1;
}

}  // namespace

void declare_withdraw(Commands& commands) {
  Command& command = commands.add("withdraw", Purpose::every_day, "Take back what you published or sealed");
  WithdrawArguments& given = command.runs(run_withdraw);
  command.argument(given.event, "EVENT", "the event to which it belongs").offer(event_candidates);
  command.option("--field", given.fields, "NAME",
                 "only this detail, such as note, place or evidence (default: all)");
  command.flag("--everywhere", given.everywhere, "also take it out of your journal, for good");
  command.description =
      "First the log says that those details are withdrawn, so that nobody admits them again. Then they are "
      "erased: "
      "branch `details` begins anew with what is left, here, at home, at every remote and at the Hub; "
      "bundles "
      "that "
      "carried them go from the inboxes; and in repositories on this disk the objects themselves go. Clones "
      "erase "
      "theirs when they pull. Everything still verifies, with a hole where the detail was.\n\n"
      "Your journal keeps its copy unless --everywhere. A steward can take down what others published in the "
      "same "
      "way. Event, actor, time and quantity stay in the log; to take back the claim itself: bw log "
      "--retract.\n\n"
      "Interrupted, it goes on when run again. What others have read or copied cannot be recalled, and a Git "
      "host "
      "elsewhere keeps unreachable objects until it cleans up by its own rules.";
  command.examples = {{"bw withdraw 3f2a91", "Takes back every detail of that event"},
                      {"bw withdraw 3f2a91 --field note", "Takes back its note only"},
                      {"bw withdraw 3f2a91 --everywhere", "Also from your own journal"}};
  command.json = {{"event", "the event's id"},
                  {"fields", "the details that are withdrawn"},
                  {"withdrawal", "the event that says so; null where the log said so before"},
                  {"in_log", "whether the log says so; otherwise a steward must admit it"},
                  {"erased", "where something was erased now"},
                  {"left", "where something could not be erased, and why"}};
  command.exit_codes = {{1, "it is withdrawn, but somewhere it could not be erased"},
                        {4, "it is not yours, and you are no steward; or it never left your journal"}};
  command.see_also = {"log", "reveal", "show", "undo"};
}

}  // namespace bw::cli
