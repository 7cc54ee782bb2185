#include "world/receipts.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "git/transport.h"
#include "stream/commit_author.h"
#include "world/home.h"
#include "world/quarantine.h"

namespace bw {
namespace {

constexpr std::size_t max_fetched_receipts = 10'000;

std::string receipt_line(const git::Repository& repository, const git::Oid& oid) {
  const auto blob = repository.find(repository.read_commit(oid).tree, "receipt.json");
  if (!blob || blob->mode != git::Mode::file) return "";
  std::string line = repository.read_blob(blob->oid, max_receipt_bytes + 1);
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

git::Oid receipt_commit(const Environment& environment, World& world, const Signer& signer,
                        const std::string& line) {
  const std::vector<git::TreeEdit> edits = {{"receipt.json", world.repository.write_blob(line + "\n")}};
  const git::CommitDraft draft{.tree = world.repository.edit_tree(std::nullopt, edits),
                               .parents = {},
                               .author = appender(signer.did()),
                               .time = environment.now(),
                               .message = "Receipt\n"};
  return world.repository.commit(draft, commit_signer_with(signer));
}

// Puts a receipt that counts under its name, unless one is there.
git::Oid keep(World& world, const std::string& ref, const git::Oid& receipt) {
  for (;;) {
    const auto present = world.repository.ref(ref);
    if (present && (present == receipt || read_receipt(world, world.repository, ref, *present)))
      return *present;
    if (world.repository.update_ref(ref, receipt, present, "bw: receipt")) return receipt;
  }
}

// Why not; empty where it is there, or another's came first.
std::string push_one(const Environment& environment, const World& world, const git::RemoteUrl& url,
                     const git::PushUpdate& update) {
  const git::PushReport report = git::push(world.repository, url, {update}, transport_options(environment));
  return report.result == git::PushResult::refused ? report.message : "";
}

bool push_together(const Environment& environment, const World& world, const git::RemoteUrl& url,
                   const std::vector<git::PushUpdate>& updates) {
  try {
    return git::push(world.repository, url, updates, transport_options(environment)).result ==
           git::PushResult::done;
  } catch (const Error&) {
    return false;  // one by one they tell why
  }
}

}  // namespace

Result<Receipt> read_receipt(const World& world, const git::Repository& repository, std::string_view ref,
                             const git::Oid& oid) {
  const auto name = parse_bundle_ref(ref);
  if (!name || !ref.starts_with(receipt_prefix)) return Reason{"it does not lie under a receipt's name"};
  try {
    auto receipt = parse_receipt(receipt_line(repository, oid));
    if (!receipt) return receipt;
    if (receipt->world != world.id()) return Reason{"it is of another world"};
    if (receipt->bundle != name->bundle) return Reason{"it is about another bundle"};
    if (!world.stream.authority.could_append(receipt->actor, receipt->at)) {
      return Reason{receipt->actor.text() + " was no steward or sequencer"};
    }
    return receipt;
  } catch (const Error& error) {
    // Whatever someone left there, it is only that ref's fault.
    if (error.code() != ErrorCode::invalid) throw;
    return Reason{error.what()};
  }
}

bool is_receipt(const World& world, const git::Repository& repository, std::string_view ref,
                const git::Oid& oid, SettledRefs& settled) {
  if (settled.contains(ref, oid)) return true;
  if (!repository.has_object(oid) || !read_receipt(world, repository, ref, oid)) return false;
  settled.add(ref, oid);
  return true;
}

MyReceipts my_receipts(const World& world, const Did& me) {
  MyReceipts mine;
  for (const PersonKey& key : world.stream.authority.persons().of(me).keys) {
    for (const auto& [ref, oid] :
         world.repository.refs(std::string(receipt_prefix) + key.did.short_id() + "/")) {
      auto receipt = read_receipt(world, world.repository, ref, oid);
      if (receipt) {
        mine.receipts.push_back(*std::move(receipt));
      } else {
        ++mine.junk;
      }
    }
  }
  std::stable_sort(mine.receipts.begin(), mine.receipts.end(),
                   [](const Receipt& a, const Receipt& b) { return a.at < b.at; });
  return mine;
}

std::vector<Receipt> fetch_receipts(const Environment& environment, World& world, const git::RemoteUrl& url,
                                    const Did& me) {
  std::vector<std::string> patterns;
  for (const PersonKey& key : world.stream.authority.persons().of(me).keys) {
    patterns.push_back(std::string(receipt_prefix) + key.did.short_id() + "/*");
  }
  std::vector<git::RemoteRef> found = git::list_remote(url, patterns, transport_options(environment));
  std::erase_if(found, [&](const git::RemoteRef& ref) {
    return !parse_bundle_ref(ref.name) || world.repository.ref(ref.name) == ref.oid;
  });
  // Answers to what this machine sent come first, however many refs bear my name.
  std::set<Digest> sent;
  for (const Journal::Sent& record : open_journal(environment, world.id()).sent()) sent.insert(record.bundle);
  std::stable_partition(found.begin(), found.end(), [&](const git::RemoteRef& ref) {
    return sent.contains(parse_bundle_ref(ref.name)->bundle);
  });
  if (found.size() > max_fetched_receipts) found.resize(max_fetched_receipts);
  std::vector<std::string> names;
  for (const git::RemoteRef& ref : found) names.push_back(ref.name);
  Quarantine quarantine(environment, url);
  quarantine.fetch(names);
  std::erase_if(found, [&](const git::RemoteRef& ref) {
    return !quarantine.has(ref.oid) || !read_receipt(world, quarantine.repository(), ref.name, ref.oid);
  });
  names.clear();
  for (const git::RemoteRef& ref : found) names.push_back(ref.name);
  quarantine.release(world.repository, names);
  std::vector<Receipt> taken;
  for (const git::RemoteRef& ref : found) {
    auto receipt = read_receipt(world, world.repository, ref.name, ref.oid);
    if (receipt && keep(world, ref.name, ref.oid) == ref.oid) taken.push_back(*std::move(receipt));
  }
  return taken;
}

git::Oid leave_receipt(const Environment& environment, World& world, const Signer& signer, const Did& sender,
                       const Digest& bundle, std::vector<Verdict> verdicts) {
  const std::string ref = receipt_ref(sender, bundle);
  const auto present = world.repository.ref(ref);
  if (present && read_receipt(world, world.repository, ref, *present)) return *present;
  const Receipt receipt{signer.did(), environment.now(), bundle, world.id(), std::move(verdicts)};
  return keep(world, ref, receipt_commit(environment, world, signer, write_receipt(receipt, signer)));
}

std::vector<std::string> bring_receipts(const Environment& environment, const World& world,
                                        const git::RemoteUrl& url, const std::vector<OwedReceipt>& owed) {
  std::vector<std::string> faults(owed.size());
  for (std::size_t at = 0; at < owed.size(); at += refs_per_command) {
    const std::size_t end = std::min(owed.size(), at + refs_per_command);
    std::vector<git::PushUpdate> updates;
    for (std::size_t i = at; i < end; ++i)
      updates.push_back({owed[i].receipt, owed[i].ref, owed[i].instead_of});
    if (updates.size() > 1 && push_together(environment, world, url, updates)) continue;
    try {
      for (std::size_t i = at; i < end; ++i) faults[i] = push_one(environment, world, url, updates[i - at]);
    } catch (const Error& error) {
      // The next run tries again.
      for (std::size_t i = at; i < owed.size(); ++i) {
        if (faults[i].empty()) faults[i] = error.what();
      }
      return faults;
    }
  }
  return faults;
}

}  // namespace bw
