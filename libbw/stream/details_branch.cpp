#include "stream/details_branch.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/commit_author.h"
#include "stream/log_reader.h"
#include "stream/stream_state.h"

namespace bw {
namespace {

constexpr std::size_t max_openings = 5'000'000;

struct Location {
  EventId event;
  std::string field;
};

std::optional<Location> parse_path(std::string_view path) {
  const auto parts = split(path, '/');
  if (parts.size() != 3 || !parts[2].ends_with(".json")) return std::nullopt;
  const auto event = EventId::parse(parts[1]);
  if (!event || !parts[1].starts_with(parts[0]) || parts[0].size() != 2) return std::nullopt;
  return Location{*event, std::string(parts[2].substr(0, parts[2].size() - 5))};
}

// An opening on the branch and the entry to which it belongs.
struct Placed {
  git::TreeEntry file;
  std::string field;
  std::uint64_t index = 0;
};

// An object that is damaged or enormous is no opening.
Result<Opening> read_opening(const git::Repository& repository, const git::Oid& blob,
                             const std::string& field) {
  try {
    return Opening::parse(field, repository.read_blob(blob, max_opening_bytes));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid) throw;
    return Reason{error.what()};
  }
}

std::string fault_of(const git::Repository& repository, const Placed& placed, const Event& event) {
  const auto opening = read_opening(repository, placed.file.oid, placed.field);
  if (!opening) return opening.reason();
  return matches(event, *opening) ? "" : "it is not what the event committed to";
}

}  // namespace

std::string opening_path(const EventId& event, std::string_view field) {
  const std::string hex = event.text();
  return fmt::format("{}/{}/{}.json", hex.substr(0, 2), hex, field);
}

std::optional<git::Oid> add_openings(git::Repository& repository, const std::optional<git::Oid>& head,
                                     const std::vector<BundledOpening>& openings, Timestamp now,
                                     const Signer& signer) {
  std::vector<git::TreeEdit> edits;
  edits.reserve(openings.size());
  for (const BundledOpening& item : openings) {
    edits.push_back(
        {opening_path(item.event, item.opening.field), repository.write_blob(item.opening.text())});
  }
  const auto before = head ? std::optional(repository.read_commit(*head).tree) : std::nullopt;
  if (edits.empty()) return head;
  const git::Oid tree = repository.edit_tree(before, edits);
  if (before == tree) return head;
  git::CommitDraft draft{
      .tree = tree,
      .parents = {},
      .author = appender(signer.did()),
      .time = now,
      .message = fmt::format("Publish {} {}\n", edits.size(), edits.size() == 1 ? "opening" : "openings")};
  if (head) draft.parents = {*head};
  return repository.commit(draft, commit_signer_with(signer));
}

std::vector<Opening> read_openings(const git::Repository& repository, const git::Oid& details_head,
                                   const Event& event) {
  std::vector<Opening> openings;
  const git::Oid tree = repository.read_commit(details_head).tree;
  for (const auto& [field, commitment] : event.details) {
    const auto entry = repository.find(tree, opening_path(event.id, field));
    if (!entry || entry->mode != git::Mode::file) continue;
    auto opening = read_opening(repository, entry->oid, field);
    if (opening && matches(event, *opening)) openings.push_back(*std::move(opening));
  }
  return openings;
}

std::vector<std::string> check_openings(const git::Repository& repository, const git::Oid& details_head,
                                        const git::Oid& stream_tree, const EventIndex& ids) {
  std::vector<std::string> faults;
  const auto fault = [&](const std::string& path, std::string_view what) {
    faults.push_back(fmt::format("details: {}: {}", printable(path), what));
  };
  std::vector<Placed> placed;
  const git::Oid tree = repository.read_commit(details_head).tree;
  for (git::TreeEntry& entry : repository.list_recursive(tree, max_openings)) {
    const auto location = parse_path(entry.name);
    const auto index = location ? ids.find(location->event) : std::nullopt;
    if (!location || entry.mode != git::Mode::file) {
      fault(entry.name, "not the place of an opening");
    } else if (!index) {
      fault(entry.name, "the log has no such event");
    } else {
      placed.push_back({std::move(entry), location->field, *index});
    }
  }
  // In the order of the log, so that each of its files is read once.
  std::stable_sort(placed.begin(), placed.end(),
                   [](const Placed& a, const Placed& b) { return a.index < b.index; });
  auto next = placed.begin();
  while (next != placed.end()) {
    const std::uint64_t first = next->index;
    const std::uint64_t end = (first / entries_per_file + 1) * entries_per_file;
    read_entries(repository, stream_tree, first, end, [&](std::uint64_t index, std::string_view line) {
      if (next->index != index) return true;
      const auto entry = parse_entry(line);
      for (; next != placed.end() && next->index == index; ++next) {
        const std::string what = entry ? fault_of(repository, *next, entry->event) : entry.reason();
        if (!what.empty()) fault(next->file.name, what);
      }
      return next != placed.end() && next->index < end;
    });
  }
  std::sort(faults.begin(), faults.end());
  return faults;
}

}  // namespace bw
