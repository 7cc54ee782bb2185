#pragma once
// Pages made from the declarations: `--help`, the list of all commands, and docs/cli.md.

#include <string>

#include "cli/command.h"

namespace bw::cli {

std::string help_page(const Commands& commands, const Command& command, std::size_t columns);
// The commands by purpose: what bare `bw` shows.
std::string command_list(const Commands& commands, std::size_t columns);
// The reference of every command as Markdown.
std::string reference(const Commands& commands);

// "bw id new [OPTIONS] NAME"; for a noun "bw id VERB …".
std::string usage_line(const Command& command);
std::string title_of(Purpose purpose);
// "-o, --output FILE"
std::string option_heading(const Option& option);
std::string option_meaning(const Option& option);  // help, choices, whether it may be given again
// Exit codes of every command, then its own.
std::vector<ExitCode> exit_codes_of(const Command& command);

}  // namespace bw::cli
