#pragma once
// Problem: one thing that is wrong with a definition, and where. Checking collects them all instead of
// stopping at the first, so that a person mends a file in one sitting.

#include <compare>
#include <string>
#include <vector>

namespace bw {

// A place in a text file: both numbers count from 1, the column in Unicode characters, as editors do.
struct Mark {
  int line = 1;
  int column = 1;

  friend auto operator<=>(const Mark&, const Mark&) = default;
};

enum class Severity { error, warning };

struct Problem {
  Severity severity = Severity::error;
  std::string file;  // relative to the repository, with '/'
  int line = 1;
  int column = 1;
  std::string code;     // stable, for machines: "unknown-indicator"
  std::string message;  // one sentence without a full stop
  std::string hint;     // what to do about it; may be empty

  friend bool operator==(const Problem&, const Problem&) = default;
};

bool has_errors(const std::vector<Problem>& problems);

// By file, line and column; what is said twice of one place is kept once.
void sort_problems(std::vector<Problem>& problems);

}  // namespace bw
