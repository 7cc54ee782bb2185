#pragma once
// Admission: what a steward's side decides about each event of a bundle before it enters the log. A
// stream refuses only what could not stand in it (form, signature, another world, no authority, a body
// that is none); whether an event *counts* is for the world's rules to say later, in the open.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "stream/append.h"
#include "stream/bundle.h"
#include "stream/receipt.h"
#include "stream/stream_state.h"

namespace bw {

// The world's own admission policy, which lies above this floor: why an event is refused, or nothing.
using AdmissionRule = std::function<std::optional<std::string>(const Event&, const Authority&)>;

// The forms of kinds that lie above this floor: why a body has not that of its kind, empty where it has;
// nothing where the kind is not known there either.
using KindForms = std::function<std::optional<std::string>(const Event&)>;

struct Judgement {
  std::vector<Verdict> verdicts;         // one per event of the bundle, in its order
  Additions additions;                   // what was admitted
  std::vector<BundledOpening> openings;  // public, matching, of events admitted or already in the log
  std::vector<BundledSealed> sealed;     // the same of sealed ones, of which only the form can be judged
  std::vector<std::string> warnings;     // openings that match no commitment
};

// Judges bundles one after another, all to be appended together: what was admitted counts for what
// follows. `state`, `policy` and `forms` must outlive it. The state is not copied, but for its authority,
// once, where something of authority is admitted.
class AdmissionRound {
public:
  AdmissionRound(const StreamState& state, const AdmissionRule& policy, const KindForms& forms, Timestamp now)
      : state_(state), policy_(policy), forms_(forms), now_(now) {}

  Judgement admit(const Bundle& bundle);

private:
  using Tables = std::map<std::string, const Table*>;  // root in hex → table
  using Accepted = std::map<EventId, const Event*>;    // admitted, or in the log already

  const Authority& authority() const { return changed_ ? *changed_ : state_.authority; }
  Verdict judge(const Event& event, const Tables& tables);
  std::optional<std::string> objection(const Event& event, const Tables& tables) const;
  bool knows(const EventId& id) const { return state_.ids.find(id) || admitted_.contains(id); }
  void take_openings(const Bundle& bundle, const Accepted& accepted, Judgement& judgement) const;
  bool is_withdrawn(const Event& event, std::string_view field) const;

  const StreamState& state_;
  const AdmissionRule& policy_;
  const KindForms& forms_;
  Timestamp now_;
  std::optional<Authority> changed_;
  std::unordered_map<EventId, std::uint64_t> admitted_;  // → index
  Withdrawals withdrawn_;                                // admitted in this round
};

// One bundle alone.
Judgement admit(const Bundle& bundle, const StreamState& state, const AdmissionRule& policy, Timestamp now);

// Why the body of an event does not have the form of its kind; empty where it has. The kinds that
// `Authority` interprets are judged there.
std::string body_problem(const Event& event);
bool is_known_kind(std::string_view kind);

}  // namespace bw
