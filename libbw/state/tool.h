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
#include "definition/meaning.h"
#include "definition/model.h"
#include "state/ledger.h"
#include "state/occurrence.h"
#include "state/people.h"
#include "stream/authority.h"
#include "stream/body_reader.h"

namespace bw {

// Why an event is ineffective, as a sentence without a full stop; nothing where it takes effect.
using Ruling = std::optional<std::string>;

struct Archive;

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
  // The RFC 6962 root over the first `size` entries, at most those folded so far. It reads all of them, so
  // it is for lots and seeds, not for every entry.
  std::function<Digest(std::uint64_t size)> root;
};

// A change of a figure, for those who ask how it came about.
struct FigureChange {
  std::string_view figure;  // "indicator:aeds-placed"
  Decimal change;
  std::uint64_t index = 0;  // of the entry that brought it
  EventId claim;            // what it is about
  std::uint64_t rules = 0;  // from which index the definition ruled that says so
};

// What moved in the ledger, and why.
struct Transfer {
  Account from;
  Account to;
  Decimal amount;
  std::string unit;
  EventId cause;        // the event, or what it is about where it happened by itself
  std::string purpose;  // in a few words: "earned by teach-cpr"
};

// Hears what the fold does, entry by entry. It changes nothing.
class Listener {
public:
  Listener() = default;
  virtual ~Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  // Of every entry that a tool or the authority judged, after what it changed; nothing where it took effect.
  virtual void judged(const Occurrence& entry, const Ruling& verdict) = 0;
  virtual void changed(const FigureChange& posting) = 0;
  // `index` is that of the entry that brought it; `recorded` when it came into force.
  virtual void moved(const Transfer& /*transfer*/, std::uint64_t /*index*/, std::int64_t /*recorded*/) {}
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

// What a vote decided; the tool whose matter it is carries it out.
struct Decision {
  EventId proposal;
  std::string kind;                  // "spend", "admission", "election"; "hold": of a fund, for a matter
  Json subject;                      // as the proposal has it
  std::string who;                   // the group that decides
  std::vector<std::string> winners;  // of an election, by their keys
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

  // What its schema cannot say about its rules, tools/<name>.yaml (definition/meaning.h).
  virtual void check_rules(const RulesDraft& /*draft*/) const {}

  // Reads the body of one of its kinds, member by member; what is not asked for is refused. Kinds whose form
  // the stream itself knows (stream/admission.h) need none.
  virtual void read_form(std::string_view /*kind*/, BodyReader& /*body*/) const {}

  // Its actor may speak, and for its own kinds the body has their form. What a verdict refuses must have
  // changed nothing.
  virtual Ruling judge(const Occurrence& entry, const Scene& scene) = 0;
  virtual void count(const Counted& /*claim*/, const Scene& /*scene*/) {}
  // Whether what this tool makes of a behaviour stays within what can be measured (state/measure.h) where so
  // much of it counts in all. Asked before a claim counts.
  virtual bool can_carry(const Behaviour& /*behaviour*/, Decimal /*total*/) const { return true; }
  // An event of any tool took effect.
  virtual void hear(const Occurrence& /*entry*/, const Scene& /*scene*/) {}
  // Why an act of another tool, or of authority, has no effect, although whoever judges it allows it: an
  // adoption that needs a vote, a kind that only a body may tell. Asked before it is judged; changes nothing.
  virtual Ruling object_to(const Occurrence& /*entry*/, const Scene& /*scene*/) const { return std::nullopt; }
  // Reads its rules out of the definition in force: called before `adopt`, and after `restore`.
  virtual void read_rules(const Rules& /*rules*/) {}
  // Other rules are in force from the next entry on.
  virtual void adopt(const Rules& /*rules*/, const Scene& /*scene*/) {}
  // Before an entry is judged: everything that was to happen by itself up to its time.
  virtual void pass(const Scene& /*scene*/) {}

  // What tools tell each other about persons, by names that definitions use. Nothing where the name is none
  // of this tool's.
  //   groups:  "members", "body:council", "badge:first-aider"
  //   figures: "points:thanks", "contribution"
  virtual std::optional<std::vector<PersonNumber>> group(std::string_view /*name*/,
                                                         const Scene& /*scene*/) const {
    return std::nullopt;
  }
  virtual std::optional<bool> belongs(PersonNumber /*person*/, std::string_view /*group*/,
                                      const Scene& /*scene*/) const {
    return std::nullopt;
  }
  virtual std::optional<Decimal> figure(PersonNumber /*person*/, std::string_view /*name*/,
                                        const Scene& /*scene*/) const {
    return std::nullopt;
  }

  // Whether a decision of this kind could be carried out, asked when it is proposed; and carrying it out when
  // it was made. Nothing where the kind is none of this tool's matters; a reason where it cannot be.
  virtual std::optional<Ruling> consider(const Decision& /*decision*/, const Scene& /*scene*/) const {
    return std::nullopt;
  }
  virtual std::optional<Ruling> carry_out(const Decision& /*decision*/, const Scene& /*scene*/) {
    return std::nullopt;
  }

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
