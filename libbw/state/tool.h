#pragma once
// Tool: one tool's part of the world state. A tool says which kinds of events it judges, and keeps what
// follows from them; it is told what other tools found (that a claim counts, that time has passed) and asks
// the scene about everything else. Tools are folded in one order, that of their registration, so that the
// same log gives the same state everywhere:
//
//   * nothing but what the scene offers may be asked: no clock, no files, no environment, no locale;
//   * no floating point; quantities are decimals;
//   * nothing depends on the order of a hash map: what is written or compared is sorted first.
//
// An event that breaks a rule is *ineffective*: it stays in the log, changes nothing, and its reason is told.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "definition/model.h"
#include "state/occurrence.h"
#include "state/people.h"
#include "stream/authority.h"
#include "stream/body_reader.h"

namespace bw {

// Why an event is ineffective, as a sentence without a full stop; nothing where it takes effect.
using Ruling = std::optional<std::string>;

struct Archive;
struct Posting;  // state/ledger.h

// The definition in force, from which index of the log, and the event that adopted it.
struct Rules {
  Digest digest;
  EventId adoption;
  std::uint64_t from = 0;
  std::shared_ptr<const Definition> definition;  // null where it cannot be read

  Json json() const;
  static Rules from_json(const Json& json, const Archive& archive);
};

// What the fold can look up beside the entries that it is given.
struct Archive {
  // The definition with this digest, out of the stream; null where it is not valid.
  std::function<std::shared_ptr<const Definition>(const Digest&)> definition;
  // The entry of that event among those folded so far; valid until the next call. Nothing where there is
  // none.
  std::function<std::optional<Occurrence>(const EventId&)> entry;
  // The rows of a table (stream/table.h); empty where they are private.
  std::function<std::string(const Digest& root)> rows;
};

// A change of a figure, for those who ask how it came about.
struct FigureChange {
  std::string_view figure;  // "indicator:aeds-placed"
  Decimal change;
  std::uint64_t index = 0;  // of the entry that brought it
  EventId claim;            // what it is about
  std::uint64_t rules = 0;  // from which index the definition ruled that says so
};

// Hears what the fold does, entry by entry. It changes nothing.
class Listener {
public:
  Listener() = default;
  virtual ~Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  // Of every entry that a tool judged; nothing where it took effect.
  virtual void judged(const Occurrence& entry, const Ruling& verdict) = 0;
  virtual void changed(const FigureChange& posting) = 0;
  // Of every posting in a ledger, in the order in which they were made; valid during the call.
  virtual void posted(const Posting& /*posting*/) {}
};

// A claim counts from here on, or with a negative quantity: no longer. Corrections come as the one and the
// other.
struct Counted {
  PersonNumber person = 0;
  const Behaviour* behaviour = nullptr;  // by the rules under which it was claimed
  Decimal quantity;
  Timestamp at;          // when it was done, and in whose windows it counts
  EventId claim;         // the event that claims it
  bool history = false;  // older than the grace, and confirmed: feeds indicators, earns nothing
  std::uint64_t rules = 0;
};

class Fold;

// What a tool sees while an entry is folded.
struct Scene {
  const Authority& authority;  // as it was before the entry
  People& people;
  const Rules& rules;
  const Archive& archive;
  std::uint64_t index = 0;
  std::int64_t recorded = 0;
  Fold& fold;
  Listener* listener = nullptr;

  void post(std::string_view figure, Decimal change, const EventId& claim, std::uint64_t by_rules) const {
    if (listener != nullptr) listener->changed({figure, change, index, claim, by_rules});
  }
};

class Tool {
public:
  Tool() = default;
  virtual ~Tool() = default;
  Tool(const Tool&) = delete;
  Tool& operator=(const Tool&) = delete;

  virtual std::string_view name() const = 0;
  // The kinds of events that it judges; each kind has one judge.
  virtual std::vector<std::string_view> kinds() const = 0;

  // Reads the body of one of its kinds, member by member; what is not asked for is refused. Kinds whose form
  // the stream itself knows (stream/admission.h) need none.
  virtual void read_form(std::string_view /*kind*/, BodyReader& /*body*/) const {}

  // Its actor may speak, and for its own kinds the body has their form. What a verdict refuses must have
  // changed nothing.
  virtual Ruling judge(const Occurrence& entry, const Scene& scene) = 0;
  virtual void count(const Counted& /*claim*/, const Scene& /*scene*/) {}
  // Other rules are in force from the next entry on.
  virtual void adopt(const Rules& /*rules*/, const Scene& /*scene*/) {}
  // Before an entry is judged: everything that was to happen by itself up to its time.
  virtual void pass(const Scene& /*scene*/) {}
  // What was kept under a number becomes another's.
  virtual void merge(PersonNumber from, PersonNumber into) = 0;

  // Canonical: the same state has the same text. Persons stand there by number.
  virtual Json json() const = 0;
  // Error(invalid) where it is not what `json` gave.
  virtual void restore(const Json& json, const Archive& archive) = 0;
};

// Why the body of an event has not the form that the tool asks for; empty where it has.
std::string body_problem(const Tool& tool, const Event& event);

}  // namespace bw
