// bw config: the user's own settings.

#include "world/config.h"

#include "base/error.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"

namespace bw::cli {
namespace {

struct Config {
  std::optional<std::string> key;
  std::optional<std::string> value;
  bool unset = false;
};

std::vector<Candidate> key_candidates(Session&, const std::string&) {
  std::vector<Candidate> candidates;
  for (const ConfigKey& key : config_keys()) candidates.push_back({key.name, key.meaning});
  return candidates;
}

int list(Session& session) {
  if (session.json()) {
    Json object = Json::object();
    for (const ConfigKey& key : config_keys()) {
      object[key.name] = effective_config_value(session.environment, key);
    }
    session.print_json(object);
    return 0;
  }
  Table table({{"KEY"}, {"VALUE"}, {"MEANING"}});
  for (const ConfigKey& key : config_keys()) {
    const auto set = config_value(session.environment, key);
    table.row({{key.name, Style::name},
               {set.value_or(key.fallback), set ? Style::plain : Style::faint},
               key.meaning});
  }
  session.print(table);
  return 0;
}

int show(Session& session, const ConfigKey& key) {
  const std::string value = effective_config_value(session.environment, key);
  if (session.json())
    session.print_json({{key.name, value}});
  else if (!value.empty())
    session.print("{}\n", session.shown(value));
  return value.empty() ? 1 : 0;
}

// A folder is meant as it is seen from here, and will be read from elsewhere.
std::string stored(const ConfigKey& key, const std::string& value) {
  if (value.empty()) return value;
  if (key.name == "hub") return std::filesystem::absolute(value).lexically_normal().string();
  return key.name == "backup" ? parse_url(value).text() : value;
}

int run_config(Session& session, const Config& given) {
  if (!given.key) {
    if (given.unset) throw Error(ErrorCode::usage, "--unset needs a KEY", "`bw config` lists the keys");
    return list(session);
  }
  const ConfigKey& key = config_key(*given.key);
  if (given.unset && given.value) {
    throw Error(ErrorCode::usage, "--unset takes no value", "`bw config " + key.name + " VALUE` sets one");
  }
  if (given.unset)
    unset_config_value(session.environment, key);
  else if (given.value)
    set_config_value(session.environment, key, stored(key, *given.value));
  else
    return show(session, key);
  session.done("the setting " + key.name + " is changed");
  if (session.json()) session.print_json({{key.name, effective_config_value(session.environment, key)}});
  return 0;
}

}  // namespace

void declare_config(Commands& commands) {
  Command& command = commands.add("config", Purpose::more, "Show and change your settings");
  Config& given = command.runs(run_config);
  command.argument(given.key, "KEY", "the setting").offer(key_candidates);
  command.argument(given.value, "VALUE", "its new value");
  command.flag("--unset", given.unset, "go back to the usual value");
  command.description = "Settings are yours, on this machine, for all worlds:\n\n";
  for (const ConfigKey& key : config_keys())
    command.description += "  " + key.name + ": " + key.meaning + "\n";
  command.examples = {{"bw config", "Lists all settings"},
                      {"bw config pager 'less -S'", "Sets one"},
                      {"bw config pager --unset", "Goes back to the usual pager"}};
  command.json = {{"KEY", "the value of each setting, or of the one that was named"}};
  command.exit_codes = {{1, "the setting has no value"}};
  command.see_also = {"id", "world"};
}

}  // namespace bw::cli
