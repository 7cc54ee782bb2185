#include "stream/append.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/parallel.h"
#include "stream/commit_author.h"
#include "stream/entry.h"
#include "stream/log_reader.h"
#include "stream/table.h"

namespace bw {
namespace {

std::optional<git::Oid> tree_of(const git::Repository& repository, const StreamState& state) {
  return state.head ? std::optional(repository.read_commit(*state.head).tree) : std::nullopt;
}

// The times at which the log takes these events: now, but never before the one above it, unless that one
// reset the clock.
std::vector<std::int64_t> recorded_times(const StreamState& state, const std::vector<Event>& events,
                                         Timestamp now) {
  std::vector<std::int64_t> times(events.size(), std::max(state.last_recorded, now.seconds));
  if (!is_ahead_of(state, now)) return times;
  Authority authority = state.authority;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::uint64_t index = state.size() + i;
    authority.apply(events[i], index, times[i]);
    const auto& reset = authority.clock_reset();
    if (!reset || reset->index != index) continue;
    std::fill(times.begin() + static_cast<std::ptrdiff_t>(i) + 1, times.end(),
              std::max(reset->recorded, now.seconds));
  }
  return times;
}

void add_log_files(git::Repository& repository, const StreamState& state, const std::vector<Event>& events,
                   Timestamp now, std::vector<git::TreeEdit>& edits) {
  const std::vector<std::int64_t> times = recorded_times(state, events, now);
  auto recorded = times.begin();
  std::uint64_t index = state.size();
  std::string content;
  if (index % entries_per_file != 0) {
    content = read_log_file(repository, *tree_of(repository, state), index / entries_per_file);
  }
  for (const Event& event : events) {
    content += entry_line(event.line, *recorded++) + "\n";
    ++index;
    if (index % entries_per_file == 0) {
      edits.push_back({log_path(index / entries_per_file - 1), repository.write_blob(content)});
      content.clear();
    }
  }
  if (!content.empty()) edits.push_back({log_path(index / entries_per_file), repository.write_blob(content)});
}

// Compressing a million rows takes longer than checking them, so all cores do it.
void add_tables(const git::Repository& repository, const std::map<Digest, std::string>& tables,
                std::vector<git::TreeEdit>& edits) {
  std::vector<const std::string*> contents;
  const std::size_t first = edits.size();
  for (const auto& [root, content] : tables) {
    contents.push_back(&content);
    edits.push_back({table_path(root), git::Oid{}});
  }
  on_all_cores(
      contents.size(), [&] { return git::Repository::open(repository.git_folder()); },
      [&](git::Repository& own, std::size_t i) { edits[first + i].blob = own.write_blob(*contents[i]); });
}

std::string append_message(const StreamState& state, const std::vector<Event>& events) {
  std::map<std::string, std::size_t> kinds;
  for (const Event& event : events) ++kinds[event.kind];
  std::string message = fmt::format("Append {} {}, from index {}\n\n", events.size(),
                                    events.size() == 1 ? "entry" : "entries", state.size());
  for (const auto& [kind, count] : kinds) message += fmt::format("{} {}\n", count, kind);
  return message;
}

git::Oid commit(git::Repository& repository, const StreamState& state,
                const std::vector<git::TreeEdit>& edits, const std::string& message, Timestamp now,
                const Signer& signer) {
  git::CommitDraft draft{.tree = repository.edit_tree(tree_of(repository, state), edits),
                         .parents = {},
                         .author = appender(signer.did()),
                         .time = now,
                         .message = message};
  if (state.head) draft.parents = {*state.head};
  return repository.commit(draft, commit_signer_with(signer));
}

}  // namespace

bool is_ahead_of(const StreamState& state, Timestamp now) {
  return state.last_recorded > now.seconds + max_clock_lead;
}

bool is_act_of_authority(const Event& event) {
  return event.kind == "steward.proposed" || event.kind == "steward.approved" ||
         event.kind == "identity.announced";
}

void require_clock(const StreamState& state, Timestamp now) {
  if (!is_ahead_of(state, now)) return;
  throw Error(ErrorCode::refused,
              fmt::format("the stream's last entry was recorded at {}, ahead of this machine's clock",
                          Timestamp{state.last_recorded}.text()),
              "check the clock; if another steward's clock ran away, reset the log's: bw steward propose "
              "reset-clock now");
}

git::Oid append_entries(git::Repository& repository, const StreamState& state, const Additions& additions,
                        Timestamp now, const Signer& signer) {
  const bool is_authority = !additions.empty() && std::all_of(additions.events.begin(),
                                                              additions.events.end(), is_act_of_authority);
  if (!is_authority) require_clock(state, now);
  std::vector<git::TreeEdit> edits;
  add_log_files(repository, state, additions.events, now, edits);
  add_tables(repository, additions.tables, edits);
  for (const auto& [digest, files] : additions.definitions) {
    for (const auto& [path, content] : files) {
      edits.push_back({definition_path(digest) + "/" + path, repository.write_blob(content)});
    }
  }
  return commit(repository, state, edits, append_message(state, additions.events), now, signer);
}

git::Oid append_checkpoint(git::Repository& repository, const StreamState& state, const Note& checkpoint,
                           Timestamp now, const Signer& signer) {
  require_clock(state, now);
  const std::vector<git::TreeEdit> edits = {{"checkpoint", repository.write_blob(checkpoint.bytes())}};
  return commit(repository, state, edits, fmt::format("Checkpoint at {}\n", state.size()), now, signer);
}

git::Oid append_cosigned(git::Repository& repository, const StreamState& state, const Note& cosigned,
                         Timestamp now, const Signer& signer) {
  require_clock(state, now);
  const std::vector<git::TreeEdit> edits = {{"cosigned", repository.write_blob(cosigned.bytes())}};
  return commit(repository, state, edits, "Cosigned by the witnesses\n", now, signer);
}

}  // namespace bw
