#include "world/config.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/strict_json.h"
#include "base/text.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_config = 64u << 10;
constexpr std::size_t max_value = 4096;

fs::path config_file(const Environment& environment) {
  return environment.config_folder / "config.json";
}

Json read_config(const Environment& environment) {
  const fs::path path = config_file(environment);
  const auto text = read_file_if_exists(path, max_config);
  if (!text) return Json::object();
  Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) {
    throw Error(ErrorCode::invalid, path.string() + " is not a JSON object",
                "mend it, or move it away and set the values again with `bw config KEY VALUE`");
  }
  return json;
}

void change_config(const Environment& environment, const std::function<void(Json&)>& change) {
  const FileLock lock(environment.config_folder / "config.lock");
  Json json = read_config(environment);
  change(json);
  write_file(config_file(environment), json.dump(2) + "\n");
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys{
      {"backup", "the Git repository where \"bw journal backup\" keeps what is yours, encrypted", {}, ""},
      {"color",
       "whether results on a terminal are coloured; --color and NO_COLOR come first",
       {"auto", "never"},
       "auto"},
      {"hub", "the Hub that search, publish and clone use where --hub names none", {}, ""},
      {"language",
       "the language in which to show texts that a world has in several: en, zh-CN, … (auto: the locale's)",
       {},
       "auto"},
      {"pager", "the program that shows long results on a terminal; empty for none", {}, "less -FRX"},
      {"sync",
       "when what I log is submitted, in worlds that I join from now on",
       {"immediate", "periodic", "manual"},
       "manual"},
  };
  return keys;
}

const ConfigKey& config_key(std::string_view name) {
  const auto keys = config_keys();
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const ConfigKey& key) { return key.name == name; });
  if (found != keys.end()) return *found;
  if (name == "name") {
    throw Error(ErrorCode::usage, "your name is part of your identity", "`bw id name NAME` changes it");
  }
  std::vector<std::string> names;
  for (const ConfigKey& key : keys) names.push_back(key.name);
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = "`bw config` lists the keys";
  throw Error(ErrorCode::usage, "there is no setting \"" + printable(name) + "\"", hint);
}

std::optional<std::string> config_value(const Environment& environment, const ConfigKey& key) {
  const Json json = read_config(environment);
  const auto found = json.find(key.name);
  return found != json.end() && found->is_string() ? std::optional(found->get<std::string>()) : std::nullopt;
}

std::string effective_config_value(const Environment& environment, const ConfigKey& key) {
  return config_value(environment, key).value_or(key.fallback);
}

void set_config_value(const Environment& environment, const ConfigKey& key, const std::string& value) {
  if (value.size() > max_value || printable(value) != value) {
    throw Error(ErrorCode::usage, "a setting is UTF-8 text of at most 4096 bytes without control characters");
  }
  if (!key.choices.empty() && std::find(key.choices.begin(), key.choices.end(), value) == key.choices.end()) {
    std::string choices;
    for (const std::string& choice : key.choices) choices += (choices.empty() ? "" : ", ") + choice;
    throw Error(ErrorCode::usage, "\"" + value + "\" is no value of " + key.name, "one of: " + choices);
  }
  change_config(environment, [&](Json& json) { json[key.name] = value; });
}

void unset_config_value(const Environment& environment, const ConfigKey& key) {
  if (!config_value(environment, key)) return;
  change_config(environment, [&](Json& json) { json.erase(key.name); });
}

}  // namespace bw
