#include "world/submit.h"

#include <algorithm>
#include <exception>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/bundling.h"
#include "stream/commit_author.h"
#include "world/merge_bundles.h"

namespace bw {
namespace {

// What is appended at once by whoever may: less than a bundle can hold, since all of it is in memory a few
// times over.
constexpr std::size_t direct_bundle_bytes = std::size_t{12} << 20;

// Puts the bytes into a commit, kept here too: what was sent can be shown, and sent again.
git::Oid bundle_commit(const Environment& environment, World& world, const Signer& signer,
                       const std::string& bytes) {
  const std::vector<git::TreeEdit> edits = {{"bundle.jsonl", world.repository.write_blob(bytes)}};
  const git::CommitDraft draft{.tree = world.repository.edit_tree(std::nullopt, edits),
                               .parents = {},
                               .author = appender(signer.did()),
                               .time = environment.now(),
                               .message = "Submit a bundle\n"};
  const git::Oid commit = world.repository.commit(draft, commit_signer_with(signer));
  const std::string copy =
      "refs/bw/outbox/" + inbox_ref(signer.did(), sha256(bytes)).substr(inbox_prefix.size());
  world.repository.set_ref(copy, commit, "bw: submit");
  return commit;
}

// Where everything of one submission goes, and how.
class Sending {
public:
  Sending(const Environment& environment, World& world, const Signer& signer, const SubmitOptions& options,
          const std::optional<git::RemoteUrl>& inbox, Submitted& result)
      : environment_(environment),
        world_(world),
        signer_(signer),
        options_(options),
        inbox_(inbox),
        result_(result),
        journal_(open_journal(environment, world.id())) {}

  void send(std::vector<JournalEntry> entries) {
    while (!entries.empty()) {
      std::size_t next = 0;
      BundleLimits limits;
      if (result_.way == Submitted::Way::appended) limits.bytes = direct_bundle_bytes;
      const Bundle bundle =
          next_bundle(journal_, entries, next, signer_.did(), world_.id(), environment_.now(), limits,
                      {world_.stream.authority.steward_box_keys(), environment_.random});
      const std::set<EventId> taken_back = send_bundle(bundle);
      if (taken_back.empty()) {
        entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(next));
      } else {
        std::erase_if(entries,
                      [&](const JournalEntry& entry) { return taken_back.contains(entry.event.id); });
      }
    }
  }

private:
  // Returns the events that were taken back before the bundle could leave; then it did not.
  std::set<EventId> send_bundle(const Bundle& bundle) {
    const std::string bytes = write_bundle(bundle, signer_);
    Journal::Sent sent{environment_.now(), sha256(bytes), {}, result_.to.empty() ? "file" : result_.to};
    for (const Event& event : bundle.events) sent.events.push_back(event.id);
    std::set<EventId> taken_back;
    const auto leave = [&] {
      const auto undone = journal_.mark_leaving(sent.bundle, sent.events);
      taken_back.insert(undone.begin(), undone.end());
      return taken_back.empty();
    };
    try {
      way_out(bytes, leave);
    } catch (const NotSent& failure) {
      journal_.mark_unsent(sent.bundle);
      std::rethrow_exception(failure.reason);
    }
    if (!taken_back.empty()) return taken_back;
    journal_.mark_sent(sent);
    result_.events.insert(result_.events.end(), sent.events.begin(), sent.events.end());
    return {};
  }

  // Thrown after leaving, where it is certain that nothing arrived anywhere.
  struct NotSent {
    std::exception_ptr reason;
  };

  void way_out(const std::string& bytes, const std::function<bool()>& leave) {
    if (result_.way == Submitted::Way::appended) {
      append(bytes, leave);
    } else if (result_.way == Submitted::Way::inbox) {
      push_to_inbox(bytes, leave);
    } else if (leave()) {
      try {
        options_.deliver(bytes);
      } catch (...) {
        throw NotSent{std::current_exception()};
      }
    }
  }

  void append(const std::string& bytes, const std::function<bool()>& leave) {
    const auto merged = appended(bytes, leave);
    if (!merged) return;
    if (!merged->problem.empty())
      throw Error(ErrorCode::invalid, "the bundle made here is refused: " + merged->problem);
    result_.verdicts.insert(result_.verdicts.end(), merged->verdicts.begin(), merged->verdicts.end());
  }

  std::optional<MergedBundle> appended(const std::string& bytes, const std::function<bool()>& leave) {
    try {
      return append_bundle(environment_, world_, signer_, bytes, leave);
    } catch (const Error& error) {
      // What home refuses it did not take. (Where it took the entries and refused the checkpoint, the log
      // has them, which says more than the journal.)
      if (error.code() == ErrorCode::refused) throw NotSent{std::current_exception()};
      throw;
    }
  }

  void push_to_inbox(const std::string& bytes, const std::function<bool()>& leave) {
    // A push that fails may have arrived all the same. So an inbox that does not answer is found out
    // before anything is marked as leaving, and what waits can still be taken back.
    const std::string ref = inbox_ref(signer_.did(), sha256(bytes));
    git::list_remote(*inbox_, {ref}, transport_options(environment_));
    if (!leave()) return;
    const git::Oid commit = bundle_commit(environment_, world_, signer_, bytes);
    const git::PushReport report =
        git::push(world_.repository, *inbox_, {{commit, ref, std::nullopt}}, transport_options(environment_));
    // `stale`: the same bundle lies there already, which is what we want.
    if (report.result != git::PushResult::refused) return;
    throw NotSent{std::make_exception_ptr(Error(
        ErrorCode::refused, fmt::format("{} refused the bundle: {}", inbox_->shown(), report.message),
        "push it to a fork of yours (bw submit --to URL) or send it as a file (bw submit --bundle FILE)"))};
  }

  const Environment& environment_;
  World& world_;
  const Signer& signer_;
  const SubmitOptions& options_;
  const std::optional<git::RemoteUrl>& inbox_;
  Submitted& result_;
  Journal journal_;
};

}  // namespace

bool appends_directly(const World& world, const Did& me) {
  return world.stream.authority.may_append(me) && home_of(world).kind != Home::Kind::elsewhere;
}

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
      options.also_logged
          ? open_journal(environment, world.id()).read()
          : waiting_entries(environment, world, direct || options.deliver || !options.only.empty());
  std::erase_if(entries, [&](const JournalEntry& entry) {
    return entry.event.actor != signer.did() || entry.undone || (options.due && !options.due(entry.event)) ||
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
  result.events.clear();
  const std::size_t withdrawn = world.stream.withdrawn.size();
  Sending(environment, world, signer, options, inbox, result).send(std::move(entries));
  if (world.stream.withdrawn.size() > withdrawn)
    result.erased = erase_withdrawn(environment, world, signer.did());
  if (result.events.empty()) result.way = Submitted::Way::nothing;  // all taken back meanwhile
  return result;
}

}  // namespace bw
