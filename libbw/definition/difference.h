#pragma once
// What changed in meaning between two definitions: not lines, but "goal aed-coverage: target 3 → 5".
// Comments, order of keys and style make no difference; lists of items with ids are compared by id.

#include <optional>
#include <string>
#include <vector>

#include "base/strict_json.h"
#include "definition/digest.h"

namespace bw {

enum class ChangeKind { added, removed, changed, moved };

struct Change {
  ChangeKind kind = ChangeKind::changed;
  std::string file;                   // "betterworld.yaml", "tools/points.yaml", "icon.png"
  std::string path;                   // keys and ids: "goals/aed-coverage/target"; empty: the whole file
  std::optional<std::string> before;  // short YAML of the value, cut where long
  std::optional<std::string> after;
  std::string sentence;  // "goal aed-coverage: target 3 → 5"
};

// In the order of the new files. A file that is no YAML, or not valid YAML, is compared as a whole.
std::vector<Change> difference(const DefinitionFiles& before, const DefinitionFiles& after);

std::string_view name_of(ChangeKind kind);
// One line per change: `~ goal aed-coverage: target 3 → 5`, with + − ~ and ↕ in front.
std::string changes_as_text(const std::vector<Change>& changes, bool colour);
// [{"kind","file","path","before","after","sentence"}, …]
Json changes_as_json(const std::vector<Change>& changes);

}  // namespace bw
