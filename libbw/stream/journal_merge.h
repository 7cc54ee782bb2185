#pragma once
// Brings a copy of a journal, from a backup, into the one that is here. What is here stays, in its order, so
// that its checkpoints stay true; what the copy has beyond it is appended in the copy's order. Doing it twice
// changes nothing.

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "stream/journal.h"

namespace bw {

struct JournalMerge {
  std::size_t events = 0;  // that were not here
  std::size_t marks = 0;
  std::size_t files = 0;  // tables and large openings
  std::size_t checkpoints = 0;
  // Lines of the copy that are no lines of a journal of this world: damaged before they were backed up. They
  // are kept in journal.torn.
  std::size_t bad_lines = 0;
  // Checkpoints of the copy that are not true of the lines as they stand now, since the journals of two
  // machines came together: they stay in the backup alone.
  std::size_t lost_checkpoints = 0;
};

// `copy`: a folder with the parts of a journal.
JournalMerge merge_journal(Journal& journal, const std::filesystem::path& copy);

// The events among the lines of a journal.
std::set<EventId> events_in(const std::vector<std::string>& lines);

// The lines of `copy` that `here` does not have, each as often as it has them more.
std::vector<std::string> lines_beyond(const std::vector<std::string>& copy,
                                      const std::vector<std::string>& here);

}  // namespace bw
