#pragma once
// The behaviour tool: which claims count, from when, and for how much. It judges `behaviour.logged`,
// `behaviour.tabled` and what is said about them later, and tells the other tools when a claim begins to
// count and when it counts no longer. docs/state.md has the rules; in short, a claim counts when
//
//   * the definition that ruled when it was recorded knows the behaviour, its unit and its quantity;
//   * those whom the behaviour's verification names have vouched for what it says now;
//   * with all that counts already it keeps every limit of its author, in the windows in which it was done;
//   * it was recorded within the world's grace, or a steward confirmed it;
//   * its author passed the behaviour's gate when it was recorded.
//
// A composite behaviour counts once its parts do, as one deed at the time of the last of them.
//
// A claim that breaks the first or the last of these is ineffective for good; one over a limit is judged
// again whenever somebody says something about it, and so is one that waits. A table is judged as a whole.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/decimal.h"
#include "state/measure.h"
#include "state/tool.h"
#include "tools/behaviour/claim_record.h"
#include "tools/behaviour/composite.h"

namespace bw {

class BehaviourTool : public Tool {
public:
  std::string_view name() const override { return "behaviour"; }
  std::vector<std::string_view> kinds() const override;
  Ruling object_to(const Occurrence& entry, const Scene& scene) const override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void adopt(const Rules& rules, const Scene& scene) override;
  void count(const Counted& claim, const Scene& scene) override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  struct Total {
    Decimal quantity;
    std::uint64_t claims = 0;  // events, or rows of tables
  };
  // What counts now of a behaviour.
  Total total(std::string_view behaviour) const;
  // Null where the claim left no record: it counts, or is unknown here.
  const ClaimRecord* record_of(const EventId& claim) const;
  // How many claims wait for others.
  std::size_t waiting() const;

private:
  // One deed of a claim: all of a logged one, or a row of a table.
  struct Deed {
    const Behaviour* behaviour = nullptr;
    Decimal quantity;
    Timestamp at;
  };
  using Deeds = std::vector<Deed>;
  // How much of each limit deeds use up: by behaviour, kind of window and the window's begin.
  using Uses = std::map<std::tuple<std::string_view, Window, std::int64_t>, Decimal>;

  Ruling judge_claim(const Occurrence& entry, const Scene& scene);
  Ruling judge_correction(const Occurrence& entry, const Scene& scene);
  Ruling judge_retraction(const Occurrence& entry, const Scene& scene);
  Ruling judge_unsaying(const EventId& word, PersonNumber by, const Scene& scene);
  Ruling judge_reveal(const Occurrence& entry, const Scene& scene);
  Ruling judge_word(const Occurrence& entry, const Scene& scene);
  Ruling judge_confirmation(const Occurrence& entry, const Scene& scene);

  const Rules& rules_at(std::uint64_t from) const;
  bool has_figures(std::string_view behaviour, const Archive& archive) const;
  Ruling changed_unit(const Definition& next, const Archive& archive) const;
  // The deeds of an entry that claims, corrects or reveals, by these rules; the reason where one is not
  // allowed.
  Result<Deeds> deeds_of(const Occurrence& entry, const Rules& rules, Timestamp at,
                         const Archive& archive) const;
  Result<Deeds> rows_of(const Occurrence& entry, const Rules& rules, const Archive& archive) const;
  // The same of what a record says now; read again from its entry.
  Deeds deeds_of(const ClaimRecord& record, const Archive& archive) const;
  Ruling gate_problem(PersonNumber person, const Deeds& deeds, const Scene& scene) const;
  static Uses uses_of(const Deeds& deeds, UtcOffset offset);
  // Why these cannot count beside what counts already; `replaced` are to count no longer when they do.
  std::string limit_problem(const ClaimRecord& record, const Deeds& deeds, const Uses& replaced) const;
  Ruling size_problem(const Deeds& deeds, const Scene& scene) const;
  std::string missing_words(const ClaimRecord& record, const Deeds& deeds) const;
  // Counts a claim, or lets it count no longer.
  void post(const ClaimRecord& record, const Deeds& deeds, bool counts, const Scene& scene);
  // What becomes of a record: whether it waits, counts, or breaks a limit.
  void decide(ClaimRecord& record, const Deeds& deeds, const Uses& replaced, const Scene& scene) const;
  // Judges a record again and posts what changed; why it does not count, where it breaks a limit.
  Ruling settle(ClaimRecord& record, const Deeds& deeds, const Scene& scene);
  // Of the bodies whose word is asked for, those on which the person sits.
  static std::vector<std::string> bodies_asked(const Deeds& deeds, PersonNumber person, const Scene& scene);
  void add_word(ClaimRecord& record, Word word);
  ClaimRecord record_for(const Occurrence& entry, const Scene& scene) const;
  // The record of a claim of that person, made where it left none; null where there is no such claim.
  ClaimRecord* claim_for(const EventId& claim, PersonNumber author, const Scene& scene);
  ClaimRecord* record_about(const EventId& version);
  SubjectNumber number_of(const std::string& behaviour);

  std::vector<Rules> rules_;  // every definition that ruled, by index
  std::map<EventId, ClaimRecord> records_;
  std::map<EventId, EventId> corrections_;      // correction → claim
  std::map<EventId, std::set<EventId>> words_;  // word → claims
  std::vector<std::string> names_;              // of behaviours, as they were first claimed
  std::map<std::string, SubjectNumber, std::less<>> numbers_;
  std::vector<Total> totals_;  // by number
  Measure used_;               // of limits: of a behaviour, by a person, in a window
  Composites composites_;
};

}  // namespace bw
