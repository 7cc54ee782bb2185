#include "world/split.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "stream/append.h"
#include "world/checkpoint_memory.h"

namespace bw {
namespace {

// From which size on the two histories of a piece of evidence are known to differ: the smaller of both.
// Evidence that cannot be read holds nobody up.
std::optional<TreeSize> size_of_split(const std::filesystem::path& evidence) {
  std::optional<TreeSize> smaller;
  for (const char* name : {"seen", "here"}) {
    const auto text = read_file_if_exists(evidence / name, Note::max_bytes);
    const auto note = Note::parse(text.value_or(""));
    const auto checkpoint = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(Reason{});
    if (!checkpoint) return std::nullopt;
    smaller = std::min(smaller.value_or(checkpoint->size), checkpoint->size);
  }
  return smaller;
}

}  // namespace

bool is_named_to_stand(const git::Repository& repository, const StreamState& verified, TreeSize size) {
  const auto& named = verified.authority.named_root();
  if (!named || named->size < size) return false;
  const Checkpoint root{log_origin(verified.authority.world()), named->size, named->root};
  const Relation relation = relation_of(root, repository, verified);
  return relation == Relation::same || relation == Relation::older;
}

void require_one_history(const Environment& environment, const git::Repository& repository,
                         const StreamState& verified, const std::vector<Event>& events) {
  if (std::all_of(events.begin(), events.end(), is_act_of_authority)) return;
  for (const std::filesystem::path& evidence : split_evidence(environment, verified.authority.world())) {
    const auto size = size_of_split(evidence);
    if (!size || is_named_to_stand(repository, verified, *size)) continue;
    throw Error(
        ErrorCode::refused,
        fmt::format("this machine knows two histories of this world ({}); until its stewards say which "
                    "one stands, only they append",
                    evidence.string()),
        "in a copy of the history that stands, a steward runs: bw steward propose name-root here");
  }
}

}  // namespace bw
