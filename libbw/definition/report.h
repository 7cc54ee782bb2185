#pragma once
// Problems for readers: people at a terminal, programs, code-scanning services (SARIF 2.1.0) and
// GitHub's annotations. Texts from files are made printable on the way.

#include <string>
#include <vector>

#include "base/strict_json.h"
#include "definition/digest.h"
#include "definition/problem.h"

namespace bw {

// Each problem with its source line (looked up in `files`) and a caret under its column; then a line
// that counts them. Empty where there are none.
std::string problems_as_text(const std::vector<Problem>& problems, const DefinitionFiles& files, bool colour);

// [{"file","line","column","severity","code","message","hint"}, …]
Json problems_as_json(const std::vector<Problem>& problems);

// One SARIF log with one run; `version` is that of the program.
Json problems_as_sarif(const std::vector<Problem>& problems, const std::string& version);

// One `::error file=…,line=…,col=…,title=…::message` line per problem, escaped as the runner wants.
std::string problems_as_github(const std::vector<Problem>& problems);

}  // namespace bw
