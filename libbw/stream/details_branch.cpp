#include "stream/details_branch.h"

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

std::string fault_of(const git::Repository& repository, const git::TreeEntry& entry, const git::Oid& stream_tree,
                     const EventIndex& ids) {
  const auto location = parse_path(entry.name);
  if (!location || entry.mode != git::Mode::file) return "not the place of an opening";
  const auto index = ids.find(location->event);
  if (!index) return "the log has no such event";
  const Entry logged = read_entry(repository, stream_tree, *index);
  auto opening = Opening::parse(location->field, repository.read_blob(entry.oid, max_opening_bytes));
  if (!opening) return opening.reason();
  return matches(logged.event, *opening) ? "" : "it is not what the event committed to";
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
  for (const BundledOpening& item : openings) {
    edits.push_back({opening_path(item.event, item.opening.field), repository.write_blob(item.opening.text())});
  }
  const auto before = head ? std::optional(repository.read_commit(*head).tree) : std::nullopt;
  if (edits.empty()) return head;
  const git::Oid tree = repository.edit_tree(before, edits);
  if (before == tree) return head;
  git::CommitDraft draft{.tree = tree,
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
    auto opening = Opening::parse(field, repository.read_blob(entry->oid, max_opening_bytes));
    if (opening && matches(event, *opening)) openings.push_back(*std::move(opening));
  }
  return openings;
}

std::vector<std::string> check_openings(const git::Repository& repository, const git::Oid& details_head,
                                        const git::Oid& stream_tree, const EventIndex& ids) {
  std::vector<std::string> faults;
  const git::Oid tree = repository.read_commit(details_head).tree;
  for (const git::TreeEntry& entry : repository.list_recursive(tree, max_openings)) {
    const std::string fault = fault_of(repository, entry, stream_tree, ids);
    if (!fault.empty()) faults.push_back("details: " + printable(entry.name) + ": " + fault);
  }
  return faults;
}

}  // namespace bw
