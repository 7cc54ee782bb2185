#include "world/history.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "stream/commit_author.h"
#include "stream/details_branch.h"
#include "stream/log_reader.h"
#include "stream/signed_line.h"
#include "world/attestation.h"
#include "world/receipts.h"
#include "world/sentence.h"

namespace bw {
namespace {

Entry parse(std::uint64_t index, std::string_view line) {
  auto entry = parse_entry(line);
  if (!entry) throw Error(ErrorCode::invalid, fmt::format("entry {}: {}", index, entry.reason()));
  return *std::move(entry);
}

// Whether an event claims the behaviour, corrects to it or has a total of it.
bool speaks_of(const Event& event, const std::string& behaviour) {
  Json body = event.body();
  if (event.kind == "event.revealed" && body.contains("value")) body = body.at("value");
  const auto names = [&](const Json& claim) {
    return claim.is_object() && claim.contains("behaviour") && claim.at("behaviour") == behaviour;
  };
  if (names(body)) return true;
  if (!body.contains("totals") || !body.at("totals").is_array()) return false;
  const Json& totals = body.at("totals");
  return std::any_of(totals.begin(), totals.end(), names);
}

bool passes(const Event& event, const HistoryFilter& filter) {
  return (!filter.actor || event.actor == *filter.actor) && (!filter.since || event.at >= *filter.since) &&
         (!filter.behaviour || speaks_of(event, *filter.behaviour));
}

// A cheap look at an entry's line before it is parsed. Never says no to what `passes`: an actor stands
// where every event has it, and an id needs no escape.
class LineFilter {
public:
  explicit LineFilter(const HistoryFilter& filter) {
    if (filter.actor) start_ = fmt::format(R"({{"event":{{"actor":"{}",)", filter.actor->text());
    if (filter.behaviour && is_id(*filter.behaviour))
      part_ = fmt::format(R"("behaviour":"{}")", *filter.behaviour);
  }
  bool may_pass(std::string_view line) const {
    return line.starts_with(start_) && line.find(part_) != std::string_view::npos;
  }

private:
  std::string start_;
  std::string part_;
};

class Teller {
public:
  Teller(const Environment& environment, const World& world)
      : world_(world), identity_(find_identity(environment)) {}

  HistoryItem logged(std::uint64_t index, Entry entry) const {
    HistoryItem item = told(std::move(entry.event));
    item.index = index;
    item.recorded = entry.recorded;
    item.covered = index < world_.stream.covered();
    return item;
  }
  HistoryItem journalled(const JournalEntry& entry) const {
    HistoryItem item = told(entry.event);
    item.sent = !entry.bundles.empty();
    item.undone = entry.undone;
    return item;
  }

private:
  HistoryItem told(Event event) const {
    HistoryItem item{.event = std::move(event)};
    item.mine = identity_ && world_.stream.authority.persons().are_one(item.event.actor, identity_->did);
    item.sentence = sentence_of(item.event);
    return item;
  }

  const World& world_;
  std::optional<Identity> identity_;
};

// Corrections and retractions by the event's own author, with whichever key, and confirmations by stewards:
// anyone can sign the others, but they say nothing about it.
bool is_about(const World& world, const Event& later, const Event& event) {
  const Authority& authority = world.stream.authority;
  if (later.kind == "event.confirmed") {
    if (!authority.is_steward_person(later.actor)) return false;
    const Json body = later.body();
    if (!body.contains("events") || !body.at("events").is_array()) return false;
    const Json& ids = body.at("events");
    return std::find(ids.begin(), ids.end(), Json(event.id.text())) != ids.end();
  }
  if (const auto withdrawn = withdrawn_by(later))
    return withdrawn->event == event.id &&
           (authority.persons().are_one(later.actor, event.actor) || authority.is_steward(later.actor));
  return authority.persons().are_one(later.actor, event.actor) && target_of(later) == event.id;
}

// Whether somebody else thanks the event's author for it.
bool is_thanks_for(const World& world, const Event& later, const Event& event) {
  const auto thanks = thanks_of(later);
  const Authority& authority = world.stream.authority;
  return thanks && thanks->event == event.id &&
         person_of(authority, thanks->to) == person_of(authority, event.actor) &&
         person_of(authority, later.actor) != person_of(authority, event.actor);
}

// What was said later: by its author and by stewards, and in thanks by others.
void add_later_events(const World& world, const Teller& teller, const std::vector<JournalEntry>& journal,
                      EventView& view) {
  const HistoryItem& item = view.item;
  const Persons& persons = world.stream.authority.persons();
  const auto add = [&](const Event& later, std::optional<std::uint64_t> index, const auto& told) {
    if (index && !persons.could_speak(later.actor, *index)) return;  // a key that was silent then
    if (is_claim_kind(item.event.kind) && is_about(world, later, item.event)) view.later.push_back(told());
    if (is_thanks_for(world, later, item.event)) view.thanks.push_back(told());
  };
  const std::string id = item.event.id.text();
  if (item.index) {
    read_entries(world.repository, stream_tree(world), *item.index + 1, world.stream.size(),
                 [&](std::uint64_t index, std::string_view line) {
                   if (line.find(id) == std::string_view::npos) return true;
                   const Entry entry = parse(index, line);
                   add(entry.event, index, [&] { return teller.logged(index, entry); });
                   return true;
                 });
  }
  for (const JournalEntry& entry : journal) {
    if (entry.undone || world.stream.ids.find(entry.event.id)) continue;
    add(entry.event, std::nullopt, [&] { return teller.journalled(entry); });
  }
}

// Asks authority as it was before the event, by folding what it interprets up to there.
std::optional<std::string> why_ineffective(const World& world, const HistoryItem& item) {
  if (!item.index) return std::nullopt;
  if (!Authority::interprets(item.event.kind)) {
    if (world.stream.authority.persons().could_speak(item.event.actor, *item.index)) return std::nullopt;
    return "its actor's key had been revoked, or was disputed";
  }
  Authority authority;
  std::optional<std::string> reason;
  read_entries(
      world.repository, stream_tree(world), 0, *item.index + 1,
      [&](std::uint64_t index, std::string_view line) {
        static constexpr std::string_view kinds[] = {R"("kind":"world.)", R"("kind":"identity.)",
                                                     R"("kind":"steward.)", R"("kind":"definition.)"};
        const bool wanted = std::any_of(std::begin(kinds), std::end(kinds), [&](std::string_view kind) {
          return line.find(kind) != std::string_view::npos;
        });
        if (!wanted) return true;
        const Entry entry = parse(index, line);
        reason = authority.apply(entry.event, index, entry.recorded);
        return true;
      });
  return reason;
}

std::optional<std::string> why_refused(const Environment& environment, const World& world,
                                       const EventId& id) {
  const auto identity = find_identity(environment);
  if (!identity || world.stream.ids.find(id)) return std::nullopt;
  std::optional<std::string> reason;
  for (const Receipt& receipt : my_receipts(world, identity->did).receipts) {
    for (const Verdict& verdict : receipt.verdicts) {
      if (verdict.event == id && verdict.kind == Verdict::Kind::refused) reason = verdict.reason;
    }
  }
  return reason;
}

// Corrections that a steward refused never happened.
std::optional<Claim> claim_in_force(const Environment& environment, const World& world,
                                    const EventView& view) {
  std::optional<Claim> claim = claim_of(view.item.event);
  bool retracted = false;
  for (const HistoryItem& later : view.later) {
    if (auto revealed = claim_revealed(later.event, view.item.event); revealed && !retracted) {
      if (later.index || !why_refused(environment, world, later.event.id)) claim = std::move(revealed);
      continue;
    }
    retracted = retracted || later.event.kind == "event.retracted";
    auto corrected = claim_of(later.event);
    const bool retracts = later.event.kind == "event.retracted";
    if (!claim || (!corrected && !retracts)) continue;
    if (!later.index && why_refused(environment, world, later.event.id)) continue;
    claim = std::move(corrected);
  }
  return claim;
}

void add_opening(EventView& view, Opening opening, Visibility visibility) {
  view.visibility.emplace(opening.field, visibility);
  view.openings.push_back(std::move(opening));
}

// Those of the event's sealed openings that are closed so far and were sealed to my box key. Only where
// there is one is the seed read, and a passphrase asked for; where it cannot be read they stay closed.
void open_what_is_sealed_to_me(const Environment& environment, const World& world, const git::Oid& details,
                               const std::function<bool(std::string_view)>& has, EventView& view) {
  const auto identity = find_identity(environment);
  std::optional<PersonalSeed> seed;
  for (const SealedOpening& sealed : read_sealed(world.repository, details, view.item.event)) {
    if (has(sealed.field) || world.stream.is_withdrawn(view.item.event, sealed.field)) continue;
    view.sealed_fields.push_back(sealed.field);
    const auto& keys = world.stream.authority.box_keys();
    const auto mine = identity ? keys.find(identity->did) : keys.end();
    if (mine == keys.end() || !sealed.is_for(mine->second)) continue;
    try {
      if (!seed) seed = read_personal_seed(environment);
    } catch (const Error& error) {
      view.warnings.push_back(std::string("what is sealed to you stays closed: ") + error.what());
      return;
    }
    auto opening = open_sealed(view.item.event, sealed, *seed);
    if (opening) {
      view.sealed_fields.pop_back();
      add_opening(view, *std::move(opening), Visibility::sealed);
    } else {
      view.warnings.push_back(fmt::format("\"{}\" is sealed to you, but {}", sealed.field, opening.reason()));
    }
  }
}

void add_openings_of(const Environment& environment, const World& world, const Journal& journal,
                     const JournalEntry* mine, EventView& view) {
  if (mine != nullptr) {
    for (JournalOpening& item : journal.with_large_openings(*mine).openings)
      add_opening(view, std::move(item.opening), item.visibility);
  }
  const auto has = [&](std::string_view field) {
    return std::any_of(view.openings.begin(), view.openings.end(),
                       [&](const Opening& opening) { return opening.field == field; });
  };
  if (const auto head = world.repository.ref(details_ref)) {
    for (Opening& opening : read_openings(world.repository, *head, view.item.event)) {
      if (!has(opening.field) && !world.stream.is_withdrawn(view.item.event, opening.field))
        add_opening(view, std::move(opening), Visibility::public_);
    }
    open_what_is_sealed_to_me(environment, world, *head, has, view);
  }
  for (const auto& [field, commitment] : view.item.event.details) {
    if (!has(field)) view.closed_fields.push_back(field);
    const Withdrawal* withdrawal = world.stream.withdrawal_of(view.item.event, field);
    if (withdrawal == nullptr) continue;
    const bool own = world.stream.authority.persons().are_one(withdrawal->by, view.item.event.actor);
    view.withdrawn.emplace(
        field, fmt::format("withdrawn by {}, entry {}", own ? "its author" : "a steward", withdrawal->index));
  }
}

}  // namespace

std::vector<HistoryItem> history(const Environment& environment, const World& world,
                                 const HistoryFilter& filter) {
  const Teller teller(environment, world);
  std::vector<HistoryItem> items;
  std::vector<JournalEntry> journal = open_journal(environment, world.id()).read();
  for (auto entry = journal.rbegin(); entry != journal.rend() && items.size() < filter.limit; ++entry) {
    const bool shown = !entry->undone && !world.stream.ids.find(entry->event.id);
    if (shown && passes(entry->event, filter)) items.push_back(teller.journalled(*entry));
  }
  if (items.size() >= filter.limit) return items;

  const LineFilter line_filter(filter);
  const auto visit = [&](std::uint64_t index, std::string_view line) {
    // One entry in 64 is parsed in any case, to see when everything before is too old: nothing is
    // recorded earlier than it happened, but for the little that clocks may differ.
    const bool may_pass = line_filter.may_pass(line);
    if (!may_pass && (!filter.since || index % 64 != 0)) return true;
    Entry entry = parse(index, line);
    if (filter.since && entry.recorded + max_clock_lead < filter.since->seconds) return false;
    if (may_pass && passes(entry.event, filter)) items.push_back(teller.logged(index, std::move(entry)));
    return items.size() < filter.limit;
  };
  read_entries_backwards(world.repository, stream_tree(world), world.stream.size(), visit);
  return items;
}

EventView view_event(const Environment& environment, const World& world, const EventId& id) {
  const Teller teller(environment, world);
  const Journal journal = open_journal(environment, world.id());
  const std::vector<JournalEntry> entries = journal.read();
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const JournalEntry& entry) { return entry.event.id == id; });
  const JournalEntry* mine = found == entries.end() ? nullptr : &*found;
  const auto index = world.stream.ids.find(id);
  if (!index && mine == nullptr) {
    throw Error(ErrorCode::invalid, "neither the log nor your journal has the event " + id.short_text(),
                "bw log shows them");
  }
  EventView view{.item = index
                             ? teller.logged(*index, read_entry(world.repository, stream_tree(world), *index))
                             : teller.journalled(*mine)};
  add_openings_of(environment, world, journal, mine, view);
  add_later_events(world, teller, entries, view);
  if (view.item.index && is_claim_kind(view.item.event.kind))
    view.standing = read_standings(environment, world).of(view.item.event, *view.item.index);
  view.in_force = claim_in_force(environment, world, view);
  view.refused = why_refused(environment, world, id);
  view.ineffective = why_ineffective(world, view.item);
  return view;
}

std::vector<AwaitedWord> awaited_words(const Environment& environment, const World& world, const Did& me) {
  const Teller teller(environment, world);
  const git::Oid tree = stream_tree(world);
  std::vector<AwaitedWord> words;
  for (Standings::Waiting& waiting : waiting_for(environment, world, me)) {
    HistoryItem item = teller.logged(waiting.index, read_entry(world.repository, tree, waiting.index));
    if (const auto corrected = world.stream.ids.find(waiting.standing.version); corrected != waiting.index) {
      if (const auto claim = claim_of(read_entry(world.repository, tree, corrected.value()).event))
        item.sentence = fmt::format("{} {} {}", claim->behaviour, claim->quantity.text(), claim->unit);
    }
    words.push_back({std::move(item), std::move(waiting.standing)});
  }
  return words;
}

std::string write_ssh_files(const Event& event, const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder, error) &&
      !(std::filesystem::is_directory(folder, error) && std::filesystem::is_empty(folder, error))) {
    throw Error(ErrorCode::refused, folder.string() + " is not an empty folder", "name a new one");
  }
  write_file(folder / "message", signed_bytes_of(event.line));
  write_file(folder / "message.sig",
             sshsig::armor(event.actor, sshsig::event_namespace, signature_of(event.line)));
  write_file(folder / "allowed_signers", allowed_signers_line(event.actor, sshsig::event_namespace));
  return appender(event.actor).email;
}

std::string note_beside(const Environment& environment, const World& world, const EventId& id) {
  for (const Opening& opening : view_event(environment, world, id).openings) {
    if (opening.field == "note") return Json::parse(opening.value_text).get<std::string>();
  }
  return "";
}

}  // namespace bw
