// bw help: the list of commands, or the page of one.

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/man.h"
#include "cli/page.h"
#include "cli/pager.h"
#include "cli/program.h"
#include "cli/session.h"

namespace bw::cli {
namespace {

struct Help {
  std::vector<std::string> command;
};

std::vector<Candidate> command_candidates(Session& session, const std::string&) {
  std::vector<Candidate> candidates;
  for (const Command& command : session.commands.all()) {
    if (command.purpose != Purpose::hidden) candidates.push_back({command.name, command.summary});
  }
  return candidates;
}

const Command& named(const Session& session, const std::vector<std::string>& words) {
  const Command* command = session.commands.find(words.front());
  std::vector<std::string> names;
  for (const Command& known : session.commands.all()) {
    if (known.purpose != Purpose::hidden) names.push_back(known.name);
  }
  if (command == nullptr) {
    std::string hint = did_you_mean(words.front(), names);
    if (hint.empty()) hint = "`bw help` lists the commands";
    throw Error(ErrorCode::usage, "there is no command \"" + words.front() + "\"", hint);
  }
  if (words.size() == 1 || !command->program.empty()) return *command;
  const Command* verb = words.size() == 2 ? command->find_verb(words[1]) : nullptr;
  if (verb != nullptr) return *verb;
  throw Error(ErrorCode::usage, "`" + command->full_name() + "` has no verb \"" + words[1] + "\"",
              "`" + command->full_name() + " --help` lists them");
}

int list(Session& session) {
  if (session.json()) {
    Json rows = Json::array();
    for (const Command& command : session.commands.all()) {
      if (command.purpose != Purpose::hidden) rows.push_back(description(command));
    }
    session.print_json({{"commands", rows}, {"programs", other_programs(session.commands)}});
  } else {
    session.page();
    session.write(command_list(session.commands, other_programs(session.commands), session.width()));
  }
  return 0;
}

int run_help(Session& session, const Help& given) {
  if (given.command.empty()) return list(session);
  const Command& command = named(session, given.command);
  if (!command.program.empty()) {
    const auto program = find_program(command.program);
    if (!program) {
      throw Error(ErrorCode::cannot,
                  "the program " + command.program + ", which serves this command, is not installed",
                  "install it beside bw, or on PATH");
    }
    std::vector<std::string> words{*program};
    words.insert(words.end(), given.command.begin(), given.command.end());
    words.emplace_back("--help");
    if (session.json()) words.emplace_back("--json");
    return run_in_foreground(words).value_or(static_cast<int>(ErrorCode::cannot));
  }
  if (session.json()) {
    session.print_json(description(command));
    return 0;
  }
  if (session.output_is_terminal()) {
    const Command& page = command.noun != nullptr ? *command.noun : command;
    const TemporaryFolder folder;
    const auto file = folder.path() / ("bw-" + page.name + ".1");
    write_file(file, man_page(page));
    if (find_program("man") && run_in_foreground({"man", "-l", file.string()}) == 0) return 0;
  }
  session.page();
  session.write(help_page(session.commands, command, session.width()));
  return 0;
}

}  // namespace

void declare_help(Commands& commands) {
  Command& command = commands.add("help", Purpose::more, "Show help for a command");
  Help& given = command.runs(run_help);
  command.argument(given.command, "COMMAND", "a command, or a command and its verb")
      .offer(command_candidates);
  command.description =
      "Lists the commands, and the programs `bw-foo` on PATH that run as `bw foo`. With COMMAND, on a "
      "terminal, "
      "this is its man page; otherwise what --help prints.";
  command.examples = {{"bw help", "Lists the commands"}, {"bw help id new", "Tells about one"}};
  command.json = {{"commands", "without COMMAND: an array of objects with name, summary, usage and verbs"},
                  {"programs", "without COMMAND: the programs `bw-foo` on PATH, by the name `foo`"},
                  {"name", "with COMMAND: its full name"},
                  {"summary", "what it does, in a line"},
                  {"usage", "how it is called"},
                  {"verbs", "of a noun: an array of the same objects"}};
  command.see_also = {"version"};
}

}  // namespace bw::cli
