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

constexpr std::string_view open_suffix = ".json";
constexpr std::string_view sealed_suffix = ".sealed";

struct Location {
  EventId event;
  std::string field;
  bool sealed = false;
};

std::optional<Location> parse_path(std::string_view path) {
  const auto parts = split(path, '/');
  if (parts.size() != 3) return std::nullopt;
  const bool sealed = parts[2].ends_with(sealed_suffix);
  const std::string_view suffix = sealed ? sealed_suffix : open_suffix;
  const auto event = EventId::parse(parts[1]);
  if (!parts[2].ends_with(suffix) || !event || !parts[1].starts_with(parts[0]) || parts[0].size() != 2)
    return std::nullopt;
  return Location{*event, std::string(parts[2].substr(0, parts[2].size() - suffix.size())), sealed};
}

// An opening on the branch and the entry to which it belongs.
struct Placed {
  git::TreeEntry file;
  std::string field;
  bool sealed = false;
  std::uint64_t index = 0;
};

// An object that is damaged or enormous is no opening.
template <class AnyOpening>
Result<AnyOpening> read(const git::Repository& repository, const git::Oid& blob, const std::string& field,
                        std::size_t max_bytes) {
  try {
    return AnyOpening::parse(field, repository.read_blob(blob, max_bytes));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid) throw;
    return Reason{error.what()};
  }
}

Result<Opening> read_opening(const git::Repository& repository, const git::Oid& blob,
                             const std::string& field) {
  return read<Opening>(repository, blob, field, max_opening_bytes);
}
Result<SealedOpening> read_sealed_opening(const git::Repository& repository, const git::Oid& blob,
                                          const std::string& field) {
  return read<SealedOpening>(repository, blob, field, max_sealed_bytes);
}

std::string fault_of(const git::Repository& repository, const Placed& placed, const Event& event,
                     const StreamState& state) {
  if (state.is_withdrawn(event, placed.field)) return "it was withdrawn, and is still here";
  if (placed.sealed) {
    if (!event.details.contains(placed.field)) return "the event commits to no such field";
    return read_sealed_opening(repository, placed.file.oid, placed.field).reason();
  }
  const auto opening = read_opening(repository, placed.file.oid, placed.field);
  if (!opening) return opening.reason();
  return matches(event, *opening) ? "" : "it is not what the event committed to";
}

}  // namespace

std::string opening_path(const EventId& event, std::string_view field) {
  const std::string hex = event.text();
  return fmt::format("{}/{}/{}{}", hex.substr(0, 2), hex, field, open_suffix);
}

std::string sealed_path(const EventId& event, std::string_view field) {
  const std::string hex = event.text();
  return fmt::format("{}/{}/{}{}", hex.substr(0, 2), hex, field, sealed_suffix);
}

std::optional<git::Oid> add_openings(git::Repository& repository, const std::optional<git::Oid>& head,
                                     const std::vector<BundledOpening>& openings,
                                     const std::vector<BundledSealed>& sealed, Timestamp now,
                                     const Signer& signer) {
  std::vector<git::TreeEdit> edits;
  edits.reserve(openings.size());
  for (const BundledOpening& item : openings) {
    edits.push_back(
        {opening_path(item.event, item.opening.field), repository.write_blob(item.opening.text())});
  }
  const auto before = head ? std::optional(repository.read_commit(*head).tree) : std::nullopt;
  for (const BundledSealed& item : sealed) {
    std::string path = sealed_path(item.event, item.opening.field);
    if (before && repository.find(*before, path)) continue;
    edits.push_back({std::move(path), repository.write_blob(item.opening.text())});
  }
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

std::vector<SealedOpening> read_sealed(const git::Repository& repository, const git::Oid& details_head,
                                       const Event& event) {
  std::vector<SealedOpening> openings;
  const git::Oid tree = repository.read_commit(details_head).tree;
  for (const auto& [field, commitment] : event.details) {
    const auto entry = repository.find(tree, sealed_path(event.id, field));
    if (!entry || entry->mode != git::Mode::file) continue;
    auto sealed = read_sealed_opening(repository, entry->oid, field);
    if (sealed) openings.push_back(*std::move(sealed));
  }
  return openings;
}

std::vector<std::string> check_openings(const git::Repository& repository, const git::Oid& details_head,
                                        const git::Oid& stream_tree, const StreamState& state) {
  std::vector<std::string> faults;
  const auto fault = [&](const std::string& path, std::string_view what) {
    faults.push_back(fmt::format("details: {}: {}", printable(path), what));
  };
  std::vector<Placed> placed;
  const git::Oid tree = repository.read_commit(details_head).tree;
  for (git::TreeEntry& entry : repository.list_recursive(tree, max_openings)) {
    const auto location = parse_path(entry.name);
    const auto index = location ? state.ids.find(location->event) : std::nullopt;
    if (!location || entry.mode != git::Mode::file) {
      fault(entry.name, "not the place of an opening");
    } else if (!index) {
      fault(entry.name, "the log has no such event");
    } else {
      placed.push_back({std::move(entry), location->field, location->sealed, *index});
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
        const std::string what = entry ? fault_of(repository, *next, entry->event, state) : entry.reason();
        if (!what.empty()) fault(next->file.name, what);
      }
      return next != placed.end() && next->index < end;
    });
  }
  std::sort(faults.begin(), faults.end());
  return faults;
}

git::Oid erase_openings(git::Repository& repository, const git::Oid& head,
                        const std::vector<std::string>& paths) {
  std::vector<git::TreeEdit> edits;
  edits.reserve(paths.size());
  for (const std::string& path : paths) edits.push_back({path, std::nullopt});
  const git::CommitDraft draft{.tree = repository.edit_tree(repository.read_commit(head).tree, edits),
                               .parents = {},
                               .author = {"bw", "details@bw.invalid"},
                               .time = {0},
                               .message = "Begin anew with what is left\n"};
  return repository.commit(draft, {});
}

}  // namespace bw
