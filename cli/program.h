#pragma once
// Program: what `bw` and its sibling `bw-hub` have in common: from the words of the process to the exit
// code, with errors told once, here.

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace bw::cli {

struct Program {
  std::string name;  // "bw", "bw-hub"
  void (*declare)(Commands& commands);
};

// The whole of main(). Beside the declared commands it answers `__complete -- WORDS…`,
// `__man [COMMAND | --folder DIR]` and `__reference`, which completion scripts and the build use.
int run_program(const Program& program, int argc, char** argv);

// The names `foo` of programs `bw-foo` beside this one and on PATH, sorted; without those built in is the
// caller's business.
std::vector<std::string> programs_on_path();
// Those that are no commands of ours under another name: `bw foo` runs them.
std::vector<std::string> other_programs(const Commands& commands);
// The path of a program beside this one, else on PATH.
std::optional<std::string> find_program(const std::string& name);

}  // namespace bw::cli
