#include "world/status.h"

#include "cli/command.h"
#include "cli/session.h"
#include "cli/witnessed.h"
#include "cli/world_access.h"
#include "world/glance.h"
#include "world/tool_event.h"

namespace bw::cli {
namespace {

Json refused_json(const Status& status) {
  Json list = Json::array();
  for (const auto& [event, reason] : status.refused)
    list.push_back({{"event", event.text()}, {"reason", reason}});
  return list;
}

std::string home_text(const Home& home) {
  switch (home.kind) {
    case Home::Kind::here:
      return "this repository";
    case Home::Kind::remote:
      return home.url->shown();
    case Home::Kind::elsewhere:
      return "the repository in which the world was made";
  }
  return "";
}

Json inboxes_json(const Status& status) {
  Json list = Json::array();
  for (const SeenInbox& seen : status.inboxes)
    list.push_back({{"address", seen.address}, {"bundles", seen.bundles}});
  return list;
}

Json sync_json(const Status& status) {
  Json behaviours = Json::object();
  for (const auto& [behaviour, wish] : status.wishes.behaviours) behaviours[behaviour] = text_of(wish);
  Json last = nullptr;
  if (status.synced) {
    last = {{"at", status.synced->at.text()},
            {"well", status.synced->well},
            {"sentence", status.synced->sentence}};
  }
  return {{"wish", text_of(status.wishes.world)}, {"behaviours", behaviours}, {"last", last}};
}

std::string sync_text(const Status& status) {
  std::string text(text_of(status.wishes.world));
  for (const auto& [behaviour, wish] : status.wishes.behaviours)
    text += fmt::format(", {} {}", behaviour, text_of(wish));
  if (!status.synced) return status.wishes.only_manual() ? text : text + "; no sync has run";
  return fmt::format("{}; last at {}: {}", text, status.synced->at.text(), status.synced->sentence);
}

Json status_json(const Status& status) {
  Json commands = Json::array();
  Json reasons = Json::array();
  for (const NextStep& step : status.next_steps) {
    commands.push_back(step.command);
    reasons.push_back(step.why);
  }
  return {{"world", status.world.text()},
          {"name", status.name},
          {"folder", status.folder.string()},
          {"size", status.size},
          {"pending", status.pending},
          {"definition", status.adopted ? Json(status.adopted->digest.hex()) : Json(nullptr)},
          {"definition_differs", status.definition_differs},
          {"definition_valid", status.definition_valid},
          {"uncommitted", status.uncommitted},
          {"did", status.me ? Json(status.me->text()) : Json(nullptr)},
          {"steward", status.steward},
          {"member", status.member},
          {"joining", status.joining},
          {"waiting", status.waiting},
          {"sync", sync_json(status)},
          {"sent", status.sent},
          {"refused", refused_json(status)},
          {"junk_receipts", status.junk_receipts},
          {"inbox", status.inbox},
          {"to_attest", status.to_attest},
          {"proposals", status.proposals},
          {"ahead", status.ahead_behind ? Json(status.ahead_behind->first) : Json(nullptr)},
          {"behind", status.ahead_behind ? Json(status.ahead_behind->second) : Json(nullptr)},
          {"home", home_text(status.home)},
          {"witnessed", witnessed_json(status.witnessed)},
          {"inboxes", inboxes_json(status)},
          {"merging", status.merging ? Json(*status.merging) : Json(nullptr)},
          {"unverified", status.unverified},
          {"next", commands},
          {"next_reasons", reasons}};
}

std::string definition_text(const Status& status) {
  if (!status.adopted) return "none adopted yet";
  std::string text = fmt::format("{} adopted at entry {}", status.adopted->digest.hex().substr(0, 10),
                                 status.adopted->index);
  if (!status.definition_valid) {
    text += "; main's has errors";
  } else if (status.definition_differs) {
    text += "; main's is another one";
  }
  if (status.uncommitted) text += "; the work tree has changes";
  return text;
}

std::string me_text(const Status& status) {
  if (!status.me) return "no identity yet";
  const char* standing = status.steward   ? "steward"
                         : status.member  ? "member"
                         : status.joining ? "already asked to join"
                                          : "not joined";
  return fmt::format("{} ({})", status.me->text(), standing);
}

Json glance_json(const Glance& glance) {
  Json goals = Json::array(), points = Json::object(), duties = Json::array();
  for (const auto& goal : glance.goals) {
    goals.push_back({{"id", goal.id},
                     {"share", goal.share ? Json(goal.share->text()) : Json(nullptr)},
                     {"figure", goal.figure},
                     {"overdue", goal.overdue}});
  }
  for (const auto& [unit, balance] : glance.points) points[unit] = balance.text();
  for (const NextStep& duty : glance.duties) duties.push_back({{"command", duty.command}, {"why", duty.why}});
  return {{"goals", goals},
          {"milestones", glance.milestones},
          {"reached", glance.reached},
          {"next_milestone", glance.next_milestone.empty() ? Json(nullptr) : Json(glance.next_milestone)},
          {"points", points},
          {"badges", glance.badges},
          {"contribution", glance.contribution ? Json(glance.contribution->text()) : Json(nullptr)},
          {"duties", duties}};
}

void print_glance(Session& session, const Glance& glance) {
  if (!glance.goals.empty()) session.print("\n{}\n", session.styled(Style::heading, "Goals"));
  Table goals({{""}, {""}, {"", Align::right}, {""}});
  for (const auto& goal : glance.goals) {
    const double share = goal.share ? std::stod(goal.share->text()) : 0;
    goals.row(
        {{"  " + goal.id, Style::name},
         {goal.share ? bar(share, bar_columns) : "", share >= 1 ? Style::good : Style::plain},
         goal.share ? fmt::format("{:.0f} %", share * 100) : "",
         {goal.figure + (goal.overdue ? ", overdue" : ""), goal.overdue ? Style::warning : Style::plain}});
  }
  if (!goals.empty()) session.write(goals.text(session.color(), 0));
  if (glance.milestones > 0) {
    session.print("  {} of {} milestones reached{}\n", glance.reached, glance.milestones,
                  glance.next_milestone.empty() ? "" : "; next: " + glance.next_milestone);
  }
  Table mine({{""}, {""}});
  for (const auto& [unit, balance] : glance.points) mine.row({{"  " + unit, Style::name}, balance.text()});
  if (!glance.badges.empty()) mine.row({{"  badges", Style::name}, listed(glance.badges)});
  if (glance.contribution && !glance.contribution->is_zero())
    mine.row({{"  contribution", Style::name}, glance.contribution->text()});
  if (mine.empty()) return;
  session.print("\n{}\n", session.styled(Style::heading, "You"));
  session.write(mine.text(session.color(), 0));
}

void print_status(Session& session, const Status& status, const Glance& glance) {
  session.print("{}  {}\n", session.styled(Style::heading, status.name),
                session.shown(status.folder.string()));
  Table table({{""}, {""}});
  table.row({"  world", status.world.text()});
  table.row({"  stream", fmt::format("{} under the checkpoint, {} pending",
                                     counted(status.size, "entry", "entries"), status.pending)});
  table.row({"  definition", definition_text(status)});
  table.row({"  home", home_text(status.home)});
  if (status.witnessed)
    table.row({"  witnesses", witnessed_text(*status.witnessed, session.environment.now())});
  table.row({"  me", me_text(status)});
  if (status.me)
    table.row(
        {"  journal", fmt::format("{} to submit, {} sent and not answered", status.waiting, status.sent)});
  if (status.me) table.row({"  sync", sync_text(status)});
  if (status.ahead_behind) {
    table.row({"  main", fmt::format("{} ahead of origin, {} behind", status.ahead_behind->first,
                                     status.ahead_behind->second)});
  }
  if (status.to_attest > 0)
    table.row({"  attest",
               fmt::format("{} for your word", counted(status.to_attest, "claim waits", "claims wait"))});
  if (status.inbox > 0) table.row({"  inbox", counted(status.inbox, "bundle", "bundles")});
  for (const SeenInbox& seen : status.inboxes) {
    table.row({"  inbox", fmt::format("{} at {}, when last asked", counted(seen.bundles, "bundle", "bundles"),
                                      seen.address)});
  }
  if (status.merging) {
    table.row({"  merge", status.merging->empty() ? "going on, nothing left to choose"
                                                  : "going on, conflicts in " + listed(*status.merging)});
  }
  session.print(table);
  if (status.witnessed && !status.witnessed->warning.empty())
    session.print("  {} {}\n", session.styled(Style::warning, "witnesses"),
                  session.shown(status.witnessed->warning));
  for (const std::string& sentence : status.unverified)
    session.print("  {} {}\n", session.styled(Style::warning, "unverified"), session.shown(sentence));
  for (const auto& [event, reason] : status.refused) {
    session.print("  {} {}: {}\n", session.styled(Style::bad, "refused"), event.short_text(),
                  session.shown(reason));
  }
  if (status.junk_receipts > 0)
    session.warn("{} for you in this repository {} no receipt and {} passed over",
                 counted(status.junk_receipts, "receipt", "receipts"),
                 status.junk_receipts == 1 ? "is" : "are", status.junk_receipts == 1 ? "is" : "are");
  print_glance(session, glance);
  if (!status.next_steps.empty() || !glance.duties.empty())
    session.print("\n{}\n", session.styled(Style::heading, "Next"));
  Table steps({{""}, {""}});
  for (const auto* list : {&glance.duties, &status.next_steps}) {
    for (const NextStep& step : *list) steps.row({{"  " + step.command, Style::name}, step.why});
  }
  session.write(steps.text(session.color(), 0));
}

int run_status(Session& session) {
  const World world = open_world_of(session);
  const Status status = world_status(session.environment, world);
  Glance glance;
  if (status.adopted)
    glance = glance_at(*expected_state(session.environment, world), status.me, session.environment.now());
  if (session.json()) {
    Json json = status_json(status);
    json["glance"] = glance_json(glance);
    session.print_json(json);
  } else {
    print_status(session, status, glance);
  }
  return 0;
}

}  // namespace

void declare_status(Commands& commands) {
  Command& command =
      commands.add("status", Purpose::every_day, "Where the world stands, and what to do next");
  command.runs(run_status);
  command.description =
      "Shows how far the goals are, what you have and what waits for you; the adopted definition, how far "
      "the stream is covered by a checkpoint, what waits in your "
      "journal, "
      "what was refused and why, how main stands to origin, a merge that waits for its end, bundles that "
      "wait for "
      "an answer, and the next step. Asks no network: what it says of others is what `bw pull` saw last.";
  command.examples = {{"bw status", "The world you are in"}, {"bw status --json", "The same for a program"}};
  command.json = {
      {"world", "the world's id"},
      {"name", "its name"},
      {"folder", "where it lies"},
      {"size", "entries under the checkpoint"},
      {"pending", "entries beyond it"},
      {"definition", "digest of the adopted definition, or null"},
      {"glance",
       "goals (id, share, figure, overdue), milestones, reached, next_milestone; of me: points, badges, "
       "contribution, duties (command, why)"},
      {"definition_differs", "whether main's is another one"},
      {"definition_valid", "whether main's is valid"},
      {"uncommitted", "whether the work tree has changes to it"},
      {"did", "who you are, or null"},
      {"steward", "whether you are a steward"},
      {"member", "whether you have joined"},
      {"joining", "whether you have asked to, and wait for an answer"},
      {"waiting", "events in your journal that were not submitted"},
      {"sync",
       "your wish, the behaviours for which it is otherwise, and last: null, or when `bw sync` ran last, "
       "whether "
       "well, and a sentence"},
      {"sent", "events submitted and not in the log"},
      {"refused", "for each: event and reason"},
      {"junk_receipts", "how many refs under your name are no receipts"},
      {"inbox", "bundles in this repository's inbox"},
      {"inboxes",
       "for stewards, what the last `bw pull` saw at home and remotes: address and bundles, where "
       "any wait"},
      {"merging", "null, or while a merge waits for its end the files that still hold two versions"},
      {"unverified", "a sentence for each thing that lies here and was not accepted"},
      {"to_attest", "claims of others that wait for your word"},
      {"proposals", "proposals that wait for your approval"},
      {"ahead", "commits of main that origin lacks, or null"},
      {"behind", "commits of origin that main lacks, or null"},
      {"home", "where appends go"},
      {"witnessed", witnessed_meaning},
      {"next", "commands to run next in `folder`, most urgent first"},
      {"next_reasons", "why, for each of them"}};
  command.see_also = {"log", "submit", "pull", "verify"};
}

}  // namespace bw::cli
