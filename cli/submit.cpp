#include "world/submit.h"

#include "base/error.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/history.h"
#include "world/operations.h"
#include "world/record.h"
#include "world/rotation.h"

namespace bw::cli {
namespace {

struct SubmitArguments {
  std::vector<std::string> events;
  std::optional<std::string> bundle;
  std::optional<std::string> to;
  bool dry_run = false;
};

Json ids_json(const std::vector<EventId>& ids) {
  Json list = Json::array();
  for (const EventId& id : ids) list.push_back(id.text());
  return list;
}

std::string_view text_of(Submitted::Way way) {
  switch (way) {
    case Submitted::Way::nothing:
      return "nothing";
    case Submitted::Way::appended:
      return "appended";
    case Submitted::Way::inbox:
      return "inbox";
    case Submitted::Way::bytes:
      return "bundle";
  }
  return "";
}

// Writes one bundle after another, where it is to go: standard output, FILE, FILE.2, …
void deliver(Session& session, const std::string& target, std::size_t number, const std::string& bytes) {
  if (target == "-") {
    session.write(bytes);
    session.finish_delivery();
    return;
  }
  const std::string path = number == 1 ? target : fmt::format("{}.{}", target, number);
  create_file(path, bytes);
  if (!session.json()) session.print("Wrote {}\n", session.shown(path));
}

// Before anything is signed: a bundle must not overwrite, nor make folders out of a typing error.
void check_target(const std::string& target) {
  const std::filesystem::path path = std::filesystem::absolute(target);
  if (std::filesystem::exists(path))
    throw Error(ErrorCode::refused, target + " exists already", "name another file");
  if (!std::filesystem::is_directory(path.parent_path())) {
    throw Error(ErrorCode::cannot, "the folder of " + target + " does not exist");
  }
}

void print_result(Session& session, const SubmitArguments& given, const Submitted& submitted) {
  const std::string events = counted(submitted.events.size(), "event", "events");
  if (submitted.way == Submitted::Way::nothing) {
    session.print("Nothing waits to be submitted\n");
  } else if (given.dry_run) {
    session.print("Would send {} to {}\n", events,
                  session.shown(submitted.to.empty() ? "a bundle" : submitted.to));
    for (const EventId& id : submitted.events) session.print("  {}\n", id.short_text());
  } else if (submitted.way == Submitted::Way::inbox) {
    session.print("Left {} in the inbox of {}\n", events, session.shown(submitted.to));
    session.note("A steward admits them; \"bw pull\" brings the answer.");
  } else if (submitted.way == Submitted::Way::appended) {
    for (const Verdict& verdict : submitted.verdicts) {
      session.print(
          "{} {}{}\n", verdict.event.short_text(), bw::text_of(verdict.kind),
          verdict.index ? fmt::format(" at {}", *verdict.index) : ": " + session.shown(verdict.reason));
    }
  }
}

bool any_refused(const Submitted& submitted) {
  return std::any_of(submitted.verdicts.begin(), submitted.verdicts.end(),
                     [](const Verdict& verdict) { return verdict.kind == Verdict::Kind::refused; });
}

// What a key that was rotated away had left here. Whatever becomes of it, the present key's events go.
void send_former(Session& session, World& world, const Signer& me) {
  try {
    const std::size_t sent = submit_former(session.environment, world, me);
    if (sent > 0)
      session.note("Sent {} with the key that this machine had before.", counted(sent, "event", "events"));
  } catch (const Error& error) {
    session.warn("what an earlier key of this machine left was not sent: {}", session.shown(error.what()));
  }
}

int run_submit(Session& session, const SubmitArguments& given) {
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "submit");
  const Acting me = acting(session);
  SubmitOptions options;
  options.dry_run = given.dry_run;
  if (given.to) options.to = parse_url(*given.to);
  for (const std::string& prefix : given.events) {
    options.only.push_back(resolve_event(session.environment, world, prefix));
  }
  if (given.bundle) {
    if (*given.bundle != "-" && !given.dry_run) check_target(*given.bundle);
    options.deliver = [&session, &given, number = std::size_t{0}](const std::string& bytes) mutable {
      deliver(session, *given.bundle, ++number, bytes);
    };
  }
  if (!given.dry_run && !given.bundle && !given.to && given.events.empty()) {
    send_former(session, world, *me.signer);
  }
  const Submitted submitted = submit(session.environment, world, *me.signer, options);
  if (given.bundle == "-" && !given.dry_run) return 0;
  if (submitted.way != Submitted::Way::nothing && !given.dry_run) {
    session.done(counted(submitted.events.size(), "event is", "events are") + " submitted");
  }
  for (const std::string& warning : submitted.erased.left) session.warn("{}", session.shown(warning));
  if (session.json()) {
    Json result = {
        {"way", text_of(submitted.way)}, {"to", submitted.to}, {"sent", ids_json(submitted.events)}};
    result.update(verdicts_json(submitted.verdicts));
    session.print_json(result);
  } else {
    print_result(session, given, submitted);
  }
  return any_refused(submitted) ? 4 : 0;
}

}  // namespace

void declare_submit(Commands& commands) {
  Command& command = commands.add("submit", Purpose::every_day, "Send what your journal holds to the world");
  SubmitArguments& given = command.runs(run_submit);
  command.argument(given.events, "EVENT",
                   "these events, also where they were sent before (default: everything that waits)");
  command.option("--bundle", given.bundle, "FILE",
                 "write a bundle to send by hand; - writes it to standard output");
  command.option("--to", given.to, "URL", "another inbox, such as that of your own fork");
  command.flag("-n,--dry-run", given.dry_run, "only say what would be sent, and where");
  command.description =
      "A steward's events are appended to the stream at the world's home, pushed by compare-and-swap and "
      "covered by a checkpoint; when another steward was faster, bw fetches and tries again, and no event is "
      "lost or enters twice. Anyone else's go as a signed bundle to the world's inbox, or into a file.\n\n"
      "What is private stays in your journal: only its commitment is in the event.";
  command.examples = {{"bw submit", "Sends everything that waits"},
                      {"bw submit --dry-run", "Says what would be sent"},
                      {"bw submit --bundle deeds.jsonl", "Writes a file that can be mailed to a steward"}};
  command.json = {{"way", "appended, inbox, bundle or nothing"},
                  {"to", "where it went"},
                  {"sent", "the ids of the events"},
                  {"admitted", "how many were appended"},
                  {"duplicate", "how many were in the log already"},
                  {"refused", "how many were refused"},
                  {"events", "for each: event, result, and index or reason"}};
  command.exit_codes = {{4, "an event was refused"}};
  command.see_also = {"log", "merge", "status"};
}

}  // namespace bw::cli
