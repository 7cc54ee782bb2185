#pragma once
// Conflicts in a merged text that is still being put together. Marker lines carry a number between two
// control characters, which no parsed text contains, until all is known: where each stands, and whether the
// text is sound when they are decided one way.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "definition/merge.h"

namespace bw {

struct NamedConflict {
  std::vector<std::string> path;
  std::string sentence;
  std::size_t marker = 0;
};

// The lines `ours` and `theirs` between markers of that number.
std::string marked_conflict(std::size_t marker, std::string_view ours, std::string_view theirs,
                            const MergeLabels& labels);

// Whether a marker stands at `at`.
bool is_marker(std::string_view marked, std::size_t at);

// The text with git's plain markers, and the line of each conflict.
MergedYaml with_plain_markers(std::string_view marked, const std::vector<NamedConflict>& conflicts);

// The text where every conflict is decided for ours.
std::string decided_for_ours(std::string_view marked);

}  // namespace bw
