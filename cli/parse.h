#pragma once
// From the words of a command line to the command they name, and to its options. Two steps, because what
// follows a command that another program serves is not ours to read.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace bw::cli {

struct Found {
  std::vector<std::string> before;   // options for every command that came before the command's word
  std::optional<std::string> word;   // nothing: there was none
  const Command* command = nullptr;  // null: nothing built in is called `word`
  std::vector<std::string> rest;     // what follows the command
};

// Error(usage) for an option before the command that is not one for every command, and for an unknown
// verb of a noun, with the closest one.
Found find_command(const Commands& commands, const std::vector<std::string>& words);

// Stores what `words` give into the options of `command` (null: only those that every command has).
// Error(usage) naming what is unknown, missing or too much. Where help is asked for, a missing argument
// is no error.
void parse(Commands& commands, const Command* command, const std::vector<std::string>& words);

// The option of that name; null where there is none. `command` may be null.
const Option* find_option(const Commands& commands, const Command* command, std::string_view name);

}  // namespace bw::cli
