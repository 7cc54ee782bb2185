#pragma once
// Completion: what the shell scripts in completions/ ask for with `bw __complete -- WORDS…`, where the
// last word is the one being typed. One candidate per line, with a tab and its meaning; the line ":files"
// or ":folders" asks the shell for its own. Never an error, never a prompt, never longer than two seconds.

#include <string>
#include <vector>

#include "cli/command.h"

namespace bw::cli {

// What to print; empty where there is nothing to offer. `words` has at least the word being typed.
// Reads from the session of the world that the words name.
std::string completion(Commands& commands, const std::vector<std::string>& words);

}  // namespace bw::cli
