#pragma once
// Pages made from the declarations: `--help`, the list of all commands, and docs/cli.md.

#include <functional>
#include <string>
#include <vector>

#include "base/strict_json.h"
#include "cli/command.h"

namespace bw::cli {

std::string help_page(const Commands& commands, const Command& command, std::size_t columns);
// The same in short for programs: name, summary, usage and verbs.
Json description(const Command& command);
// The commands by purpose: what bare `bw` shows. `programs`: names `foo` of programs `bw-foo`.
std::string command_list(const Commands& commands, const std::vector<std::string>& programs,
                         std::size_t columns);
// The reference of every command as Markdown. `elsewhere` gives the part of a command that another program
// serves.
std::string reference(const Commands& commands,
                      const std::function<std::string(const Command& command)>& elsewhere);
std::string reference(const Command& command);
// What --json prints on standard error instead, where something goes wrong.
std::vector<Member> error_members();

// "bw id new [OPTIONS] NAME"; for a noun "bw id VERB …".
std::string usage_line(const Command& command);
std::string title_of(Purpose purpose);
// "-o, --output FILE"
std::string option_heading(const Option& option);
std::string option_meaning(const Option& option);  // help, choices, whether it may be given again
// Exit codes of every command, then its own.
std::vector<ExitCode> exit_codes_of(const Command& command);

}  // namespace bw::cli
