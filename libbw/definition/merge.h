#pragma once
// Three-way merge of YAML texts that understands the tree: mappings merge by key, lists of items with
// ids by id, scalars three ways; other lists and everything in flow style as one value. The result is
// ours with the changes of theirs cut in, so comments and order of ours stay, and comments that belong to
// what theirs added come along. Two people who add different items never conflict.
//
// What cannot be decided is left in the text between git's conflict markers, around exactly the lines
// concerned, and named: "goal aed-coverage, field target: base 3, ours 5, theirs 4".

#include <string>
#include <string_view>
#include <vector>

namespace bw {

struct MergeLabels {  // what stands behind <<<<<<< and >>>>>>>
  std::string ours = "ours";
  std::string theirs = "theirs";
};

struct MergeConflict {
  std::string path;      // "goals/aed-coverage/target"; empty: the whole file
  std::string sentence;  // "goal aed-coverage, field target: base 3, ours 5, theirs 4"
  int line = 1;          // of its <<<<<<< in the merged text
};

struct MergedYaml {
  std::string text;
  std::vector<MergeConflict> conflicts;  // empty: `text` is valid YAML
};

// Where one of the three is no valid YAML, the whole file is one conflict (unless two of them are equal).
MergedYaml merge_yaml(std::string_view base, std::string_view ours, std::string_view theirs,
                      const MergeLabels& labels = {});

}  // namespace bw
