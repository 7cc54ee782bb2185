#include "tlog/checkpoint.h"

#include <optional>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"
#include "tlog/text_lines.h"

namespace bw {
std::string Checkpoint::text() const {
  return fmt::format("{}\n{}\n{}\n", origin, size, to_base64(root.view()));
}

Result<Checkpoint> Checkpoint::parse(std::string_view note_text) {
  const std::vector<std::string_view> lines = split(note_text, '\n');
  if (lines.size() < 4 || !lines.back().empty()) return Reason{"a checkpoint is not three lines"};
  if (lines.size() > 4) return Reason{"a checkpoint has extension lines"};
  if (lines[0].empty()) return Reason{"the origin of a checkpoint is empty"};
  const std::optional<TreeSize> size = parse_plain_number(lines[1]);
  if (!size) return Reason{"the tree size of a checkpoint is not a plain number"};
  const std::optional<std::string> bytes = from_base64(lines[2]);
  const std::optional<Digest> root = bytes ? Digest::from_bytes(*bytes) : std::nullopt;
  if (!root) return Reason{"the root hash of a checkpoint is not 32 bytes in base64"};
  if (*size == 0 && *root != MerkleTree().root())
    return Reason{"the root hash of an empty checkpoint is not that of an empty tree"};
  return Checkpoint{std::string(lines[0]), *size, *root};
}

}  // namespace bw
