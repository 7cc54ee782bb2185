#include "cli/man.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "cli/page.h"

namespace bw::cli {
namespace {

// Text that roff shows as it is. `code` between backquotes is bold.
std::string escaped(std::string_view text) {
  std::string result;
  bool code = false;
  for (const char c : text) {
    switch (c) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";
        break;
      case '\'':
        result += "\\(aq";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '~':
        result += "\\(ti";
        break;
      case '"':
        result += "\\(dq";
        break;
      case '`':
        code = !code;
        result += code ? "\\fB" : "\\fR";
        break;
      default:
        result += c;
    }
  }
  if (code) result += "\\fR";
  // A line must not begin like a request.
  if (result.starts_with('.')) result.insert(0, "\\&");
  return result;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string page_name(const Command& command) {
  return "bw-" + command.name;
}

// No date, so that the same source gives the same bytes.
std::string head(const std::string& name, const std::string& summary) {
  std::string lower = summary;
  if (!lower.empty() && lower[0] >= 'A' && lower[0] <= 'Z')
    lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  return fmt::format(".TH {} 1 \"\" \"bw {}\" \"BetterWorld\"\n.nh\n.ad l\n.SH NAME\n{} \\- {}\n",
                     upper(escaped(name)), BW_VERSION, escaped(name), escaped(lower));
}

std::string paragraphs(const std::string& text) {
  std::string result;
  bool example = false;
  bool gap = false;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) {
      gap = true;
      continue;
    }
    if (const bool indented = line.front() == ' '; indented != example) {
      result += indented ? ".PP\n.RS 4\n.nf\n" : ".fi\n.RE\n.PP\n";
      example = indented;
    } else if (gap && !result.empty()) {
      result += example ? "\n" : ".PP\n";
    }
    gap = false;
    const std::size_t first = line.find_first_not_of(' ');
    if (first != std::string_view::npos) result += escaped(line.substr(first)) + "\n";
  }
  return result + (example ? ".fi\n.RE\n" : "");
}

std::string term(const std::string& heading, const std::string& meaning) {
  return ".TP\n\\fB" + escaped(heading) + "\\fR\n" + escaped(meaning) + "\n";
}

std::string terms(const std::list<Option>& options) {
  std::string result;
  for (const Option& option : options) result += term(option_heading(option), option_meaning(option));
  return result;
}

std::string section(const std::string& title, const std::string& text) {
  return text.empty() ? "" : ".SH " + title + "\n" + text;
}

std::string examples_of(const Command& command) {
  std::string result;
  for (const Example& example : command.examples) {
    result += ".TP\n\\fB" + escaped(example.command) + "\\fR\n" + escaped(example.meaning) + "\n";
  }
  for (const Command& verb : command.verbs) result += examples_of(verb);
  return result;
}

std::string json_of(const Command& command) {
  std::string result;
  if (!command.json.empty()) {
    result +=
        ".PP\n\\fB" + escaped(command.full_name()) + " \\-\\-json\\fR prints one object with the members:\n";
    for (const Member& member : command.json) result += term(member.name, member.meaning);
  }
  for (const Command& verb : command.verbs) result += json_of(verb);
  return result;
}

std::string synopsis(const Command& command) {
  std::string result;
  if (command.run || command.verbs.empty()) result += escaped(usage_line(command)) + "\n.br\n";
  for (const Command& verb : command.verbs) result += synopsis(verb);
  return result;
}

std::string options_of(const Command& command) {
  std::string result = terms(command.arguments) + terms(command.options);
  for (const Command& verb : command.verbs) {
    result += ".SS " + escaped(verb.full_name()) + "\n" + escaped(verb.summary) + ".\n";
    if (!verb.description.empty()) result += ".PP\n" + paragraphs(verb.description);
    result += options_of(verb);
  }
  return result;
}

std::string exit_status(const Command& command) {
  std::string result;
  for (const ExitCode& code : exit_codes_of(command)) result += term(std::to_string(code.code), code.meaning);
  return result;
}

std::string errors_as_json() {
  std::string result =
      "\\fB\\-\\-json\\fR prints one object, which the page of each command describes. Where something goes "
      "wrong, one line on standard error has:\n";
  for (const Member& member : error_members()) result += term(member.name, member.meaning);
  return result;
}

std::string see_also(const std::vector<std::string>& names) {
  std::string result = ".BR bw (1)";
  for (const std::string& name : names) result += ",\n.BR " + escaped("bw-" + name) + " (1)";
  return result + "\n";
}

std::string environment_section() {
  return term("BW_HOME",
              "the folder of all that bw keeps for you: configuration, journals, keys. Otherwise the XDG "
              "folders (~/.config/bw, ~/.local/share/bw, ~/.local/state/bw)") +
         term("BW_PASSPHRASE", "the passphrase of your key, where nobody can be asked at a terminal") +
         term("BW_WORLD", "the world to act on where neither --world nor the current folder should say it") +
         term("BW_PAGER, PAGER", "the program that shows long results on a terminal") +
         term("SSH_AUTH_SOCK", "the ssh-agent that may hold your key") +
         term("NO_COLOR", "no colours, where it is set");
}

}  // namespace

std::string man_page(const Command& command) {
  return head(page_name(command), command.summary) + section("SYNOPSIS", synopsis(command)) +
         section("DESCRIPTION",
                 paragraphs(command.description.empty() ? command.summary + "." : command.description)) +
         section("OPTIONS", options_of(command) + ".PP\nThe options of every command are told in bw(1).\n") +
         section("EXAMPLES", examples_of(command)) + section("JSON", json_of(command)) +
         section("EXIT STATUS", exit_status(command)) + section("SEE ALSO", see_also(command.see_also));
}

std::string man_page(const Commands& commands) {
  std::string list;
  std::vector<std::string> names;
  for (const Purpose purpose :
       {Purpose::start, Purpose::every_day, Purpose::together, Purpose::trust, Purpose::more}) {
    std::string group;
    for (const Command& command : commands.all()) {
      if (command.purpose != purpose) continue;
      group += term("bw " + command.name, command.summary);
      names.push_back(command.name);
    }
    if (!group.empty()) list += ".SS " + title_of(purpose) + "\n" + group;
  }
  std::sort(names.begin(), names.end());
  return head("bw", "Signed, forkable, provable worlds for public-good projects") +
         section("SYNOPSIS", escaped("bw [-C DIR] [--world NAME] COMMAND …") + "\n") +
         section("DESCRIPTION",
                 paragraphs(
                     "A world is a signed Git repository that holds a definition (vision, goals, behaviours, "
                     "rules) and a behaviour stream: an append-only, provable log of what people did. "
                     "`bw` starts worlds, records what you do, submits it, and checks what others did.\n\n"
                     "Results go to standard output, everything else to standard error. A program "
                     "`bw-foo` on PATH runs as `bw foo`.")) +
         section("COMMANDS", list) + section("OPTIONS", terms(commands.everywhere())) +
         section("ENVIRONMENT", environment_section()) + section("EXIT STATUS", exit_status(Command{})) +
         section("JSON", errors_as_json()) + section("SEE ALSO", see_also(names));
}

void write_man_pages(const Commands& commands, const std::filesystem::path& folder, bool with_overview) {
  if (with_overview) write_file(folder / "bw.1", man_page(commands));
  for (const Command& command : commands.all()) {
    if (command.purpose == Purpose::hidden || !command.program.empty()) continue;
    write_file(folder / (page_name(command) + ".1"), man_page(command));
  }
}

}  // namespace bw::cli
