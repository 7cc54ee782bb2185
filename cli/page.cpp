#include "cli/page.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/output.h"

namespace bw::cli {
namespace {

constexpr std::size_t widest_page = 100;

using Rows = std::vector<std::pair<std::string, std::string>>;

// Terms and their meanings in two columns; a term too long for its column has a line of its own.
std::string definitions(const Rows& rows, std::size_t width) {
  constexpr std::size_t indent = 2;
  constexpr std::size_t widest_term = 26;
  std::size_t column = 0;
  for (const auto& [term, meaning] : rows) {
    const std::size_t columns = terminal_width(term);
    if (columns <= widest_term) column = std::max(column, columns);
  }
  const std::size_t at = indent + column + 2;
  std::string result;
  for (const auto& [term, meaning] : rows) {
    const std::size_t columns = terminal_width(term);
    result += std::string(indent, ' ') + term;
    std::string text = wrapped(meaning, width, at);
    if (text.empty()) text = "\n";
    if (columns > column)
      result += "\n" + text;
    else
      result += text.size() > at ? std::string(column - columns + 2, ' ') + text.substr(at) : text;
  }
  return result;
}

Rows option_rows(const std::list<Option>& options) {
  Rows rows;
  for (const Option& option : options) rows.emplace_back(option_heading(option), option_meaning(option));
  return rows;
}

std::string page_section(const std::string& title, const std::string& text) {
  return text.empty() ? "" : "\n" + title + ":\n" + text;
}

std::string examples_of(const Command& command, std::size_t width) {
  std::string result;
  for (const Example& example : command.examples) {
    result += "  $ " + example.command + "\n" + wrapped(example.meaning, width, 6);
  }
  return result;
}

std::vector<const Command*> with_purpose(const Commands& commands, Purpose purpose) {
  std::vector<const Command*> result;
  for (const Command& command : commands.all()) {
    if (command.purpose == purpose) result.push_back(&command);
  }
  return result;
}

constexpr Purpose shown_purposes[] = {Purpose::start, Purpose::every_day, Purpose::together, Purpose::trust,
                                      Purpose::more};

std::string markdown_options(const std::list<Option>& options) {
  std::string result;
  for (const Option& option : options) {
    result += fmt::format("- `{}`: {}\n", option_heading(option), option_meaning(option));
  }
  return result.empty() ? "" : result + "\n";
}

// Indented lines of a description are code blocks in Markdown where they have four spaces.
std::string markdown_text(const std::string& text) {
  std::string result;
  for (const std::string_view line : split(text, '\n')) {
    result += (line.starts_with("  ") ? "  " : "") + std::string(line) + "\n";
  }
  return result;
}

std::string markdown(const Command& command) {
  std::string result =
      fmt::format("{} {}\n\n{}.\n\n", command.noun ? "###" : "##", command.full_name(), command.summary);
  result += "```\n" + usage_line(command) + "\n```\n\n";
  if (!command.description.empty()) result += markdown_text(command.description) + "\n";
  result += markdown_options(command.arguments) + markdown_options(command.options);
  if (!command.examples.empty()) {
    result += "```sh\n";
    for (const Example& example : command.examples) {
      result += "# " + example.meaning + "\n" + example.command + "\n";
    }
    result += "```\n\n";
  }
  if (!command.json.empty()) {
    result += "With `--json`:\n\n";
    for (const Member& member : command.json)
      result += fmt::format("- `{}`: {}\n", member.name, member.meaning);
    result += "\n";
  }
  for (const ExitCode& code : command.exit_codes)
    result += fmt::format("Exit {}: {}.\n\n", code.code, code.meaning);
  for (const Command& verb : command.verbs) result += markdown(verb);
  return result;
}

}  // namespace

std::string title_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::start:
      return "Start";
    case Purpose::every_day:
      return "Every day";
    case Purpose::together:
      return "Together";
    case Purpose::trust:
      return "Trust";
    case Purpose::more:
    case Purpose::hidden:
      break;
  }
  return "More";
}

std::string usage_line(const Command& command) {
  std::string line = command.full_name();
  if (!command.verbs.empty()) line += command.run ? " [VERB]" : " VERB";
  if (!command.options.empty()) line += " [OPTIONS]";
  for (const Option& argument : command.arguments) line += " " + argument.shown_value();
  return line;
}

std::string option_heading(const Option& option) {
  if (option.is_argument()) return option.shown_value();
  std::string heading;
  for (const std::string& name : option.all_names()) heading += (heading.empty() ? "" : ", ") + name;
  return option.is_flag() ? heading : heading + " " + option.value;
}

std::string option_meaning(const Option& option) {
  std::string meaning = option.help;
  if (!option.choices.empty()) meaning += ": " + listed(option.choices);
  if (option.repeats && !option.is_argument()) meaning += " (may be given several times)";
  if (option.required && !option.is_argument()) meaning += " (needed)";
  return meaning;
}

std::vector<ExitCode> exit_codes_of(const Command& command) {
  std::vector<ExitCode> codes{{0, "done"},
                              {1, "the answer is no: not valid, not verified, not found"},
                              {2, "the command line cannot be meant so"},
                              {3, "it could not be done: files, network, a lock"},
                              {4, "a rule or a missing permission forbids it"}};
  for (const ExitCode& own : command.exit_codes) {
    for (ExitCode& code : codes) {
      if (code.code == own.code) code.meaning = own.meaning;
    }
  }
  return codes;
}

std::string help_page(const Commands& commands, const Command& command, std::size_t columns) {
  const std::size_t width = std::min(columns, widest_page);
  std::string result = command.summary + "\n\nusage: " + usage_line(command) + "\n";
  if (!command.description.empty()) result += "\n" + wrapped(command.description, width, 0);
  Rows verbs;
  for (const Command& verb : command.verbs) verbs.emplace_back(verb.name, verb.summary);
  result += page_section("Verbs", definitions(verbs, width));
  result += page_section("Arguments", definitions(option_rows(command.arguments), width));
  result += page_section("Options", definitions(option_rows(command.options), width));
  result += page_section("Examples", examples_of(command, width));
  Rows members;
  for (const Member& member : command.json) members.emplace_back(member.name, member.meaning);
  result += page_section("With --json, an object of", definitions(members, width));
  Rows codes;
  for (const ExitCode& code : command.exit_codes) codes.emplace_back(std::to_string(code.code), code.meaning);
  result += page_section("Exit codes", definitions(codes, width));
  result += page_section("Options of every command", definitions(option_rows(commands.everywhere()), width));
  std::string also;
  for (const std::string& other : command.see_also) also += (also.empty() ? "  bw " : ", bw ") + other;
  return result + page_section("See also", also.empty() ? also : also + "\n");
}

Json description(const Command& command) {
  Json object{{"name", command.full_name()}, {"summary", command.summary}};
  if (command.run) object["usage"] = usage_line(command);
  for (const Command& verb : command.verbs) object["verbs"].push_back(description(verb));
  return object;
}

std::string command_list(const Commands& commands, const std::vector<std::string>& programs,
                         std::size_t columns) {
  const std::size_t width = std::min(columns, widest_page);
  std::string result =
      "Signed, forkable, provable worlds for public-good projects\n\n"
      "usage: bw [-C DIR] [--world NAME] COMMAND …\n";
  std::size_t longest = 0;
  for (const Command& command : commands.all()) longest = std::max(longest, command.name.size());
  for (const Purpose purpose : shown_purposes) {
    Rows rows;
    for (const Command* command : with_purpose(commands, purpose)) {
      // Padded alike, so that the groups stand under each other.
      rows.emplace_back(command->name + std::string(longest - command->name.size(), ' '), command->summary);
    }
    result += page_section(title_of(purpose), definitions(rows, width));
  }
  result += page_section("Programs on PATH", wrapped(listed(programs), width, 2));
  return result + "\n`bw help COMMAND` or `bw COMMAND --help` tells more, with examples.\n";
}

std::vector<Member> error_members() {
  return {{"error", "an object with code, message and hint"},
          {"code", "invalid (exit 1), usage (2), cannot (3), refused (4), or bug (3)"},
          {"message", "what happened"},
          {"hint", "what to do next; may be empty"}};
}

std::string reference(const Command& command) {
  return markdown(command);
}

std::string reference(const Commands& commands,
                      const std::function<std::string(const Command& command)>& elsewhere) {
  std::string result =
      "# The commands of bw\n\n"
      "This page is made from the same declarations as `--help` and the man pages (`bw __reference`).\n\n"
      "Options of every command, before or after its name:\n\n" +
      markdown_options(commands.everywhere()) + "Exit codes of every command:\n\n";
  for (const ExitCode& code : exit_codes_of(Command{})) {
    result += fmt::format("- {}: {}\n", code.code, code.meaning);
  }
  result +=
      "\nAn error is a sentence and a hint on standard error. With `--json` it is one line there:\n"
      "`{\"error\":{\"code\":\"usage\",\"hint\":\"…\",\"message\":\"…\"}}`\n\n";
  for (const Member& member : error_members())
    result += fmt::format("- `{}`: {}\n", member.name, member.meaning);
  result += "\n";
  for (const Purpose purpose : shown_purposes) {
    for (const Command* command : with_purpose(commands, purpose))
      result += command->program.empty() ? markdown(*command) : elsewhere(*command);
  }
  while (result.ends_with("\n\n")) result.pop_back();
  return result;
}

}  // namespace bw::cli
