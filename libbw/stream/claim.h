#pragma once
// Claims as events state them: "I did this behaviour, so much of it". Form only; whether a definition knows
// the behaviour, and whether the claim counts, is for those above to say.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "stream/event.h"

namespace bw {

struct Claim {
  std::string behaviour;
  Decimal quantity;
  std::string unit;

  Json body() const;  // {"behaviour":…,"quantity":…,"unit":…}

  friend bool operator==(const Claim&, const Claim&) = default;
};

// The kinds that state a claim first hand, rather than correct one.
bool is_claim_kind(std::string_view kind);
// What `behaviour.logged` and `event.corrected` claim; nothing for other kinds and forms.
std::optional<Claim> claim_of(const Event& event);
// The same of its kind and body, which is strict JSON.
std::optional<Claim> claim_of(std::string_view kind, std::string_view body_text);
// The behaviours that an event claims or corrects to, each once; a table has those of its totals. Empty where
// it claims none or has another form.
std::vector<std::string> behaviours_of(const Event& event);
// A deed whose behaviour, quantity and unit are themselves a private detail, `claim`: its body is empty.
inline constexpr std::string_view concealed_claim = "claim";
bool is_concealed(const Event& event);
// What `event.revealed` says that a concealed event claimed; nothing where it is another's, is about another
// event, or is not what that one committed to.
std::optional<Claim> claim_revealed(const Event& revealed, const Event& concealed);
// The event that `event.corrected`, `event.retracted` or `event.revealed` is about; nothing for other kinds
// and forms.
std::optional<EventId> target_of(const Event& event);

}  // namespace bw
