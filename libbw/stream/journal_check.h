#pragma once
// Checks a whole journal: that every line has its form, every event its actor's signature and this world,
// every detail an opening that the event commits to (or one that was withdrawn and erased), every table its
// rows, and that every checkpoint is true of the lines. Everything wrong is named by file and line; nothing
// stops the check.

#include <cstddef>
#include <string>
#include <vector>

#include "stream/journal_tree.h"

namespace bw {

struct JournalProblem {
  std::string file;      // below the journal's folder
  std::size_t line = 0;  // from 1; 0: the file as a whole
  std::string what;
};

struct JournalReport {
  std::size_t events = 0;
  std::size_t openings = 0;
  std::size_t rows = 0;
  std::size_t checkpoints = 0;
  std::size_t torn_bytes = 0;  // at the end of journal.jsonl: a broken append, which the next one sets aside
  std::vector<JournalProblem> problems;
};

// `last_signed`: what this machine signed last of this journal, where it signed anything.
JournalReport check_journal(const Journal& journal, const std::optional<Checkpoint>& last_signed);

}  // namespace bw
