#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "world/clone.h"
#include "world/config.h"
#include "world/operations.h"
#include "world/submit.h"

namespace bw::cli {
namespace {

struct JoinArguments {
  std::optional<std::string> source;
  std::optional<std::filesystem::path> folder;
  std::optional<std::filesystem::path> hub;
  std::optional<std::string> sync;
  bool show_name = false;
};

SyncWish wish_of(Session& session, const JoinArguments& given) {
  std::optional<std::string> answer = given.sync;
  const std::string usual = effective_config_value(session.environment, config_key("sync"));
  if (!answer && session.can_ask()) {
    answer = session.ask("When shall your events be sent: immediate, periodic or manual? [" + usual + "]: ");
  }
  if (!answer || answer->empty()) answer = usual;
  if (const auto wish = parse_sync_wish(*answer)) return *wish;
  throw Error(ErrorCode::usage,
              fmt::format("\"{}\" is neither immediate, periodic nor manual", printable(*answer)),
              did_you_mean(*answer, std::vector<std::string>{"immediate", "periodic", "manual"}));
}

World world_to_join(Session& session, const JoinArguments& given) {
  if (!given.source) return open_world_of(session);
  const Source source = parse_source(session, *given.source, given.hub);
  Cloned cloned = clone_world(session.environment, source.url, given.folder.value_or(source.name));
  if (!cloned.pinned) {
    session.warn("first sight of world {}; compare this id with someone you trust, or pin it: {}#{}",
                 cloned.world.id().text(), session.shown(source.url.shown()), cloned.world.id().text());
  }
  return std::move(cloned.world);
}

bool is_sent(Session& session, const World& world, const EventId& id) {
  const auto waiting = waiting_entries(session.environment, world, false);
  return std::none_of(waiting.begin(), waiting.end(),
                      [&](const JournalEntry& entry) { return entry.event.id == id; });
}

int run_join(Session& session, const JoinArguments& given) {
  const Acting me = acting(session);
  const SyncWish wish = wish_of(session, given);
  World world = world_to_join(session, given);
  const Operation operation(session.environment, world, "join", given.source.has_value());
  if (world.stream.authority.members().contains(me.identity.did)) {
    throw Error(ErrorCode::refused, "you have joined " + world.name() + " already");
  }
  const Joining joining =
      join_world(session.environment, world, me.identity, *me.signer, given.show_name, wish);
  const EventId& id = joining.event;
  if (joining.before && is_sent(session, world, id)) {
    throw Error(ErrorCode::refused, "you have asked to join " + world.name() + " already",
                "a steward admits you, and \"bw pull\" brings the answer; to ask again: bw submit " +
                    id.short_text());
  }
  const Submitted submitted = submit(session.environment, world, *me.signer, {.only = {id}});
  session.done(fmt::format("{} was asked to let you join", world.name()));
  if (session.json()) {
    session.print_json({{"world", world.id().text()},
                        {"name", world.name()},
                        {"folder", std::filesystem::absolute(world.folder()).string()},
                        {"event", id.text()},
                        {"sync", text_of(wish)},
                        {"to", submitted.to}});
    return 0;
  }
  session.print("Asked to join {} as {}\n", session.styled(Style::name, world.name()),
                me.identity.did.text());
  session.print("  event {}  sent to {}\n", id.short_text(), session.shown(submitted.to));
  session.note("A steward admits it; \"bw pull\" brings the answer. Meanwhile: bw log BEHAVIOUR");
  return 0;
}

}  // namespace

void declare_join(Commands& commands) {
  Command& command = commands.add("join", Purpose::start, "Clone a world and announce yourself in it");
  JoinArguments& given = command.runs(run_join);
  command.argument(given.source, "URL", "the world to clone first; without it, the one you are in");
  command.argument(given.folder, "DIR", "where to clone it").offer_folders();
  command.option("--hub", given.hub, "HUB", "the Hub that lists the world under the name given as URL")
      .offer_folders();
  command
      .option("--sync", given.sync, "WISH",
              "when your events are sent (default: asked, else the setting `sync`)")
      .choose({"immediate", "periodic", "manual"});
  command.flag("--show-name", given.show_name, "publish your name; otherwise only its commitment is");
  command.description =
      "Announces your keys in the world (one signed event, sent to its inbox) and remembers when your events "
      "are to be sent: at once, periodically, or when you say `bw submit`. Your name is a detail: it stays "
      "with you unless --show-name is given.";
  command.examples = {{"bw join https://example.org/ohca.git", "Clones the world and asks to join it"},
                      {"bw join --sync immediate", "Joins the world you are in; each deed is sent at once"}};
  command.json = {{"world", "the world's id"},        {"name", "its name"},
                  {"folder", "where the clone lies"}, {"event", "your announcement"},
                  {"sync", "your sync wish"},         {"to", "where it was sent"}};
  command.exit_codes = {{4, "you have joined, or asked to, already"}};
  command.see_also = {"clone", "log", "submit"};
}

}  // namespace bw::cli
