#include "definition/digest.h"

#include <fmt/format.h>

namespace bw {

Digest definition_digest(const DefinitionFiles& files) {
  std::string lines;
  // std::map keeps std::string in bytewise order.
  for (const auto& [path, content] : files) lines += fmt::format("{}  {}\n", sha256(content).hex(), path);
  return sha256(lines);
}

}  // namespace bw
