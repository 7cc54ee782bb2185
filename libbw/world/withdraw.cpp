#include "world/withdraw.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "git/transport.h"
#include "stream/withdrawal.h"
#include "world/correction.h"
#include "world/disclose.h"
#include "world/home.h"
#include "world/inbox.h"
#include "world/submit.h"

namespace bw {
namespace {

void require_right(const World& world, const KnownEvent& known, const Did& me) {
  const Authority& authority = world.stream.authority;
  if (authority.persons().are_one(known.event.actor, me) || authority.is_steward(me)) return;
  throw Error(ErrorCode::refused,
              fmt::format("event {} is of {}; only its author or a steward withdraws what belongs to it",
                          known.event.id.short_text(), known.event.actor.text()));
}

const JournalEntry* find(const std::vector<JournalEntry>& journal, const EventId& id) {
  const auto entry = std::find_if(journal.begin(), journal.end(),
                                  [&](const JournalEntry& candidate) { return candidate.event.id == id; });
  return entry == journal.end() ? nullptr : &*entry;
}

void require_sent(const KnownEvent& known, const JournalEntry* mine) {
  if (known.index || mine == nullptr || !mine->bundles.empty() || !mine->leaving.empty()) return;
  const std::string id = known.event.id.short_text();
  throw Error(ErrorCode::refused, "event " + id + " never left your journal, so there is nothing to withdraw",
              "take it back: bw undo " + id);
}

// What my journal says about it already, or now.
EventId record_withdrawal(const Environment& environment, const World& world, const Signer& signer,
                          const WithdrawnFields& withdrawn) {
  std::optional<EventId> before;
  const auto decide = [&](const std::vector<JournalEntry>& journal) -> std::vector<NewEntry> {
    for (const JournalEntry& entry : journal) {
      const auto said =
          entry.undone || entry.event.actor != signer.did() ? std::nullopt : withdrawn_by(entry.event);
      if (said && said->event == withdrawn.event &&
          std::includes(said->fields.begin(), said->fields.end(), withdrawn.fields.begin(),
                        withdrawn.fields.end())) {
        before = entry.event.id;
        return {};
      }
    }
    return {{{.at = environment.now(),
              .kind = "details.withdrawn",
              .body = withdrawn.body(),
              .details = {},
              .world = world.id()},
             {},
             std::nullopt}};
  };
  const auto made = open_journal(environment, world.id()).append(signer, environment.random, decide);
  return before ? *before : made.front().id;
}

// Takes back bundles of mine that nobody has answered: what else they carry waits again, and is sent without
// what is withdrawn.
void take_back_bundles(const Environment& environment, World& world, const Did& me,
                       const JournalEntry& entry) {
  std::set<Digest> bundles(entry.bundles.begin(), entry.bundles.end());
  bundles.insert(entry.leaving.begin(), entry.leaving.end());
  Journal journal = open_journal(environment, world.id());
  for (const Digest& bundle : bundles) {
    const std::string ref = inbox_ref(me, bundle);
    for (const git::RemoteUrl& url : inbox_addresses(world)) {
      for (const git::RemoteRef& there : git::list_remote(url, {ref}, transport_options(environment))) {
        const git::PushReport report = git::push(world.repository, url, {{std::nullopt, ref, there.oid}},
                                                 transport_options(environment));
        if (report.result == git::PushResult::done) continue;
        throw Error(ErrorCode::cannot,
                    fmt::format("{} keeps the bundle that carries it: {}", url.shown(), report.message),
                    "run this again; or ask whoever keeps that repository to remove " + ref);
      }
    }
    world.repository.remove_ref(ref);
    world.repository.remove_ref("refs/bw/outbox/" + ref.substr(inbox_prefix.size()));
    journal.mark_unsent(bundle);
  }
}

}  // namespace

DetailsWithdrawn withdraw(const Environment& environment, World& world, const Signer& signer,
                          const EventId& id, const WithdrawOptions& options) {
  const Did me = signer.did();
  const KnownEvent known = require_event(environment, world, id);
  require_right(world, known, me);
  const auto journal = open_journal(environment, world.id()).read();
  const JournalEntry* mine = find(journal, id);
  require_sent(known, mine);
  DetailsWithdrawn done{detail_fields(known.event, options.fields), std::nullopt, true, {}};
  if (done.fields.empty())
    throw Error(ErrorCode::invalid, "event " + id.short_text() + " has no details that could be withdrawn");

  WithdrawnFields open{id, {}};
  for (const std::string& field : done.fields) {
    if (!world.stream.is_withdrawn(known.event, field)) open.fields.insert(field);
  }
  if (!open.fields.empty()) {
    done.by = record_withdrawal(environment, world, signer, open);
    SubmitOptions submission;
    if (!known.index) {
      if (mine != nullptr) take_back_bundles(environment, world, me, *mine);
      submission.only.push_back(id);
    }
    submission.only.push_back(*done.by);
    done.erased.places = submit(environment, world, signer, submission).erased.places;
    done.in_log = world.stream.ids.find(*done.by).has_value();
  }
  done.erased.add(erase_withdrawn(environment, world, me));
  if (options.everywhere && mine != nullptr)
    open_journal(environment, world.id()).erase_openings(id, done.fields);
  return done;
}

}  // namespace bw
