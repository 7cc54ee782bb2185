#include "world/reveal.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "world/correction.h"
#include "world/disclose.h"
#include "world/record.h"

namespace bw {
namespace {

JournalEntry require_own_entry(const Environment& environment, const World& world, const Did& me,
                               const EventId& id) {
  const KnownEvent known = require_event(environment, world, id);
  if (known.event.actor != me) {
    throw Error(ErrorCode::refused, fmt::format("event {} is of {}, who alone can reveal what belongs to it",
                                                id.short_text(), known.event.actor.text()));
  }
  const Journal journal = open_journal(environment, world.id());
  for (JournalEntry& entry : journal.read()) {
    if (entry.event.id != id) continue;
    if (entry.undone && !known.index)
      throw Error(ErrorCode::refused, "event " + id.short_text() + " was taken back");
    return journal.with_large_openings(std::move(entry));
  }
  throw Error(ErrorCode::invalid, "the openings of event " + id.short_text() + " are not in this journal",
              "they are in the journal of the machine on which it was logged");
}

const JournalOpening* find(const JournalEntry& entry, std::string_view field) {
  const auto found = std::find_if(entry.openings.begin(), entry.openings.end(),
                                  [&](const JournalOpening& item) { return item.opening.field == field; });
  return found == entry.openings.end() ? nullptr : &*found;
}

std::vector<std::string> hidden_fields(const JournalEntry& entry) {
  std::vector<std::string> fields;
  for (const JournalOpening& item : entry.openings) {
    if (item.visibility != Visibility::public_ && item.opening.field != concealed_claim)
      fields.push_back(item.opening.field);
  }
  return fields;
}

void require_open_to_reveal(const World& world, const JournalEntry& entry,
                            const std::vector<std::string>& fields) {
  for (const std::string& field : fields) {
    const std::string what = fmt::format("\"{}\" of event {}", field, entry.event.id.short_text());
    if (find(entry, field) == nullptr)
      throw Error(ErrorCode::invalid, what + " is not in this journal any more");
    if (entry.withdrawn.contains(field) || world.stream.is_withdrawn(entry.event, field)) {
      throw Error(ErrorCode::refused, what + " was withdrawn, and is not published again",
                  "log it anew, with a correction of your own, where it shall be seen after all");
    }
  }
}

}  // namespace

Revealed record_reveal(const Environment& environment, const World& world, const Signer& signer,
                       const EventId& id, const std::vector<std::string>& fields) {
  const JournalEntry entry = require_own_entry(environment, world, signer.did(), id);
  Journal journal = open_journal(environment, world.id());
  const bool conceals = is_concealed(entry.event);
  const bool names_claim = std::find(fields.begin(), fields.end(), concealed_claim) != fields.end();
  if (conceals && (fields.empty() || names_claim)) {
    if (fields.size() > 1) {
      throw Error(ErrorCode::usage, "a claim is revealed by an event of its own",
                  "reveal the other details by a second command");
    }
    require_open_to_reveal(world, entry, {std::string(concealed_claim)});
    return {
        record_revealed_claim(environment, world, signer, entry.event, find(entry, concealed_claim)->opening),
        {std::string(concealed_claim)}};
  }
  Revealed revealed{std::nullopt, fields.empty() ? hidden_fields(entry) : detail_fields(entry.event, fields)};
  require_open_to_reveal(world, entry, revealed.fields);
  const bool hides = std::any_of(
      revealed.fields.begin(), revealed.fields.end(),
      [&](const std::string& field) { return find(entry, field)->visibility != Visibility::public_; });
  if (!hides) throw Error(ErrorCode::refused, "event " + id.short_text() + " keeps nothing of it to itself");
  journal.reveal(id, revealed.fields);
  return revealed;
}

}  // namespace bw
