#pragma once
// What starting a program needs, for the sources of this folder: its arguments and environment as exec takes
// them.

#include <string>
#include <vector>

#include "base/process.h"

namespace bw {

// Error(usage) where there is no program or a text holds a zero byte.
void check_arguments(const Command& command);
std::vector<std::string> environment_of(const Command& command);
std::vector<char*> pointers(std::vector<std::string>& texts);  // ended by a null

}  // namespace bw
