#include "cli/command.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "cli/session.h"
#include "world/registry.h"

namespace bw::cli {

Option& Option::needed() {
  required = true;
  return *this;
}

Option& Option::choose(std::vector<std::string> only) {
  choices = std::move(only);
  return *this;
}

Option& Option::offer(Candidates from) {
  candidates = std::move(from);
  completes = Completes::nothing;
  return *this;
}

Option& Option::offer_folders() {
  completes = Completes::folders;
  return *this;
}

std::vector<std::string> Option::all_names() const {
  std::vector<std::string> result;
  for (const std::string_view name : split(names, ',')) result.emplace_back(name);
  return result;
}

std::string Option::shown_value() const {
  const std::string shown = value + (repeats ? "…" : "");
  return is_argument() && !required ? "[" + shown + "]" : shown;
}

Command& Command::verb(std::string verb_name, std::string verb_summary) {
  Command& added = verbs.emplace_back();
  added.name = std::move(verb_name);
  added.summary = std::move(verb_summary);
  added.noun = this;
  return added;
}

Option& Command::flag(std::string names, bool& given, std::string help) {
  Option& added = options.emplace_back();
  added.names = std::move(names);
  added.help = std::move(help);
  added.assign = [&given](const std::string&) { given = true; };
  return added;
}

std::string Command::full_name() const {
  return (noun != nullptr ? noun->full_name() : "bw") + " " + name;
}

const Command* Command::find_verb(std::string_view word) const {
  const auto found =
      std::find_if(verbs.begin(), verbs.end(), [&](const Command& v) { return v.name == word; });
  return found != verbs.end() ? &*found : nullptr;
}

Commands::Commands() {
  root_.option("-C", given_.folder, "DIR", "act in DIR").offer_folders();
  root_.option("--world", given_.world, "NAME", "act on a world that this machine knows")
      .offer(world_candidates);
  root_.flag("--json", given_.json, "print one JSON object");
  Option& color = root_.options.emplace_back();
  color.names = "--color";
  color.value = "WHEN";
  color.help = "when to colour";
  color.choices = {"auto", "always", "never"};
  color.assign = [this](const std::string& text) {
    given_.color = text == "always"  ? Everywhere::Color::always
                   : text == "never" ? Everywhere::Color::never
                                     : Everywhere::Color::automatic;
  };
  Option& no_color = root_.options.emplace_back();
  no_color.names = "--no-color";
  no_color.help = "the same as --color=never";
  no_color.assign = [this](const std::string&) { given_.color = Everywhere::Color::never; };
  root_.flag("-q,--quiet", given_.quiet, "print results and errors only");
  root_.flag("--no-pager", given_.no_pager, "do not page long results");
  root_.flag("-h,--help", given_.help, "show help");
  root_.flag("--version", given_.version, "show the version");
}

Command& Commands::add(std::string name, Purpose purpose, std::string summary) {
  Command& added = commands_.emplace_back();
  added.name = std::move(name);
  added.purpose = purpose;
  added.summary = std::move(summary);
  return added;
}

Command& Commands::add_served_by(std::string program, std::string name, Purpose purpose,
                                 std::string summary) {
  Command& added = add(std::move(name), purpose, std::move(summary));
  added.program = std::move(program);
  return added;
}

const Command* Commands::find(std::string_view name) const {
  const auto found =
      std::find_if(commands_.begin(), commands_.end(), [&](const Command& c) { return c.name == name; });
  return found != commands_.end() ? &*found : nullptr;
}

std::vector<Candidate> world_candidates(Session& session, const std::string&) {
  std::vector<Candidate> candidates;
  for (const KnownWorld& world : known_worlds(session.environment)) {
    candidates.push_back({world.name, world.folder.string()});
  }
  return candidates;
}

namespace declared {

void assign(std::string& given, const std::string& text) {
  given = text;
}

void assign(std::filesystem::path& given, const std::string& text) {
  if (text.empty()) throw Error(ErrorCode::usage, "an empty text names no file");
  given = text;
}

void assign(std::uint64_t& given, const std::string& text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), given);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::usage, "\"" + printable(text) + "\" is not a whole number");
  }
}

}  // namespace declared
}  // namespace bw::cli
