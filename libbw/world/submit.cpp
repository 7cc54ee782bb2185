#include "world/submit.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/admission.h"
#include "stream/commit_author.h"
#include "world/merge_bundles.h"

namespace bw {
namespace {

// Room for openings and tables beside the events, well under what one bundle may hold.
constexpr std::size_t target_bundle_bytes = 24u << 20;
constexpr std::size_t target_bundle_events = 5'000;

Bundle empty_bundle(const Environment& environment, const World& world, const Did& me) {
  return {me, environment.now(), world.id(), {}, {}, {}, {}};
}

void add_entry(const Journal& journal, const JournalEntry& entry, Bundle& bundle) {
  bundle.events.push_back(entry.event);
  for (const JournalOpening& item : journal.with_large_openings(entry).openings) {
    if (item.visibility == Visibility::public_) {
      bundle.openings.push_back({entry.event.id, item.opening, item.visibility});
    }
  }
  if (entry.event.kind != "behaviour.tabled") return;
  const Json body = entry.event.body();
  if (body.at("rows") != "public") return;
  const auto root = Digest::from_hex(body.at("root").get<std::string>());
  const auto rows = root ? journal.table_rows(*root) : std::nullopt;
  const auto table = rows ? parse_table(*rows) : Result<Table>(Reason{"its rows are not in the journal"});
  if (!table)
    throw Error(ErrorCode::invalid,
                fmt::format("the table of event {}: {}", entry.event.id.short_text(), table.reason()));
  bundle.tables.push_back(*table);
}

std::size_t weight(const Bundle& bundle) {
  std::size_t bytes = 0;
  for (const Table& table : bundle.tables) bytes += table.content.size();
  for (const BundledOpening& item : bundle.openings) bytes += item.opening.value_text.size();
  return bytes;
}

// The waiting entries in bundles that each stay well below the limits.
std::vector<Bundle> make_bundles(const Environment& environment, const World& world, const Did& me,
                                 const std::vector<JournalEntry>& entries) {
  const Journal journal = open_journal(environment, world.id());
  std::vector<Bundle> bundles;
  for (const JournalEntry& entry : entries) {
    if (bundles.empty() || bundles.back().events.size() >= target_bundle_events ||
        weight(bundles.back()) >= target_bundle_bytes) {
      bundles.push_back(empty_bundle(environment, world, me));
    }
    add_entry(journal, entry, bundles.back());
  }
  return bundles;
}

void mark_sent(const Environment& environment, const World& world, const Bundle& bundle,
               const std::string& to) {
  Journal::Sent sent{environment.now(), bundle.digest, {}, to};
  for (const Event& event : bundle.events) sent.events.push_back(event.id);
  open_journal(environment, world.id()).mark_sent(sent);
}

// Leaves the bytes at refs/bw/inbox/<me>/<sha256> of the address, as a commit that holds the bundle.
void push_to_inbox(const Environment& environment, World& world, const Signer& signer,
                   const std::string& bytes, const git::RemoteUrl& url) {
  const std::vector<git::TreeEdit> edits = {{"bundle.jsonl", world.repository.write_blob(bytes)}};
  const git::CommitDraft draft{.tree = world.repository.edit_tree(std::nullopt, edits),
                               .parents = {},
                               .author = appender(signer.did()),
                               .time = environment.now(),
                               .message = "Submit a bundle\n"};
  const git::Oid commit = world.repository.commit(draft, commit_signer_with(signer));
  const std::string ref = inbox_ref(signer.did(), sha256(bytes));
  // Kept here too: what was sent can be shown, and sent again.
  const std::string copy = "refs/bw/outbox/" + ref.substr(inbox_prefix.size());
  world.repository.set_ref(copy, commit, "bw: submit");
  const git::PushReport report =
      git::push(world.repository, url, {{commit, ref, std::nullopt}}, transport_options(environment));
  if (report.result == git::PushResult::refused) {
    throw Error(
        ErrorCode::refused, fmt::format("{} refused the bundle: {}", url.shown(), report.message),
        "push it to a fork of yours (bw submit --to URL) or send it as a file (bw submit --bundle FILE)");
  }
  // `stale`: the same bundle lies there already, which is what we want.
}

bool appends_directly(const World& world, const Did& me) {
  return world.stream.authority.may_append(me) && home_of(world).kind != Home::Kind::elsewhere;
}

}  // namespace

std::vector<JournalEntry> waiting_entries(const Environment& environment, const World& world,
                                          bool include_sent) {
  std::vector<JournalEntry> entries = open_journal(environment, world.id()).read();
  std::erase_if(entries, [&](const JournalEntry& entry) {
    return entry.undone || world.stream.ids.find(entry.event.id) || (!include_sent && !entry.bundles.empty());
  });
  return entries;
}

Submitted submit(const Environment& environment, World& world, const Signer& signer,
                 const SubmitOptions& options) {
  // Another identity may have used this machine; a bundle carries only its own actor's events.
  const bool direct = appends_directly(world, signer.did()) && !options.to && !options.deliver;
  std::vector<JournalEntry> entries =
      waiting_entries(environment, world, direct || options.deliver || !options.only.empty());
  std::erase_if(entries, [&](const JournalEntry& entry) {
    return entry.event.actor != signer.did() ||
           (!options.only.empty() &&
            std::find(options.only.begin(), options.only.end(), entry.event.id) == options.only.end());
  });
  Submitted result;
  for (const JournalEntry& entry : entries) result.events.push_back(entry.event.id);
  if (entries.empty()) return result;

  const auto inbox = options.to ? options.to : inbox_of(world);
  if (options.deliver) {
    result.way = Submitted::Way::bytes;
  } else if (direct) {
    result.way = Submitted::Way::appended;
    result.to = home_of(world).url ? home_of(world).url->shown() : "this repository";
  } else if (inbox) {
    result.way = Submitted::Way::inbox;
    result.to = inbox->shown();
  } else {
    throw Error(ErrorCode::cannot, "this copy of " + world.name() + " knows no address to submit to",
                "write a bundle and send it to a steward: bw submit --bundle FILE");
  }
  if (options.dry_run) return result;

  for (Bundle& bundle : make_bundles(environment, world, signer.did(), entries)) {
    const std::string bytes = write_bundle(bundle, signer);
    bundle.digest = sha256(bytes);
    if (result.way == Submitted::Way::appended) {
      for (const MergedBundle& merged : merge_bundles(environment, world, signer, {bytes})) {
        if (!merged.problem.empty())
          throw Error(ErrorCode::invalid, "the bundle made here is refused: " + merged.problem);
        result.verdicts.insert(result.verdicts.end(), merged.verdicts.begin(), merged.verdicts.end());
      }
    } else if (result.way == Submitted::Way::inbox) {
      push_to_inbox(environment, world, signer, bytes, *inbox);
    } else {
      options.deliver(bytes);
    }
    mark_sent(environment, world, bundle, result.way == Submitted::Way::bytes ? "file" : result.to);
  }
  return result;
}

}  // namespace bw
