#pragma once
// What an offer is made of: the part of my definition that I want to offer, merged into theirs. Pure
// functions over the files of definitions; world/contribute.h does the Git side.

#include <string>
#include <vector>

#include "definition/digest.h"

namespace bw {

// My files with everything put back to `base` that is not offered: what `only` does not name (where it
// names anything) and, with `leave_own`, the name and the stewards, which make a fork its own. Comments
// of mine stay with what is offered.
//
// `only` holds paths as `bw diff` shows them ("goals", "goals/aed-coverage", "goals/aed-coverage/target")
// or names of files ("tools/points.yaml", "icon.png"). Error(usage) where one names nothing. A file that an
// offered part names travels along. Error(refused) where YAML is written so that it cannot be put back.
DefinitionFiles offered_files(const DefinitionFiles& base, const DefinitionFiles& mine,
                              const std::vector<std::string>& only, bool leave_own);

struct MergedFiles {
  DefinitionFiles files;               // theirs, with what was offered
  std::vector<std::string> conflicts;  // sentences, in which "ours" is what was offered
};

// YAML by meaning, other files as a whole.
MergedFiles merge_offer(const DefinitionFiles& base, const DefinitionFiles& theirs,
                        const DefinitionFiles& offer);

}  // namespace bw
