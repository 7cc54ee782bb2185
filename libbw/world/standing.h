#pragma once
// Standing: whether others vouch for what somebody says that she did. What a person claims and what
// others say about it are kept apart: a claim never says of itself that it is verified, and an
// attestation is worth nothing about oneself.
//
// A behaviour's definition says who confirms it (`verification`). Standing is computed from bodies alone,
// over the entries under the checkpoint, so it is the same for everyone:
//
// - the rule is that of the definition in force when the claim was recorded;
// - an attestation is about one *version*: the claim itself, or one of its author's corrections. So a
//   correction needs fresh verification, and nobody can correct a claim under an attestation on its way;
// - of one person's attestations of one version the last counts, unless she retracted it;
// - what she may confirm (steward, member, device, on a body) is what she was when the log took her
//   attestation; who sits on a body only the fold (state/fold.h) knows;
// - a steward's `event.confirmed` is her supporting attestation of every event that it names;
// - a dispute takes nothing away and is always shown.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "definition/model.h"
#include "stream/authority.h"
#include "world/world.h"

namespace bw {

// Whose key it is: two keys of one person are not two people.
Did person_of(const Authority& authority, const Did& key);

struct Attestation {
  EventId id;       // of the event that says it
  EventId version;  // what it is about: the claim, or a correction of it
  Did by;
  bool supports = true;
  bool confirmation = false;  // by `event.confirmed`
  Timestamp at;
  std::uint64_t index = 0;
  std::string without_effect;  // why it counts for nothing; empty where it counts
};

// What one behaviour still asks for.
struct Requirement {
  VerificationRule rule;
  int missing = 1;  // people, where the rule is peers

  std::string sentence() const;  // "2 more members", "a steward"
};

struct Standing {
  enum class State {
    own_word,   // its author's signature is all that the rule asks for
    verified,   // confirmed by those whom the rule names
    waiting,    // for `missing`
    retracted,  // by its author
    unruled,    // no definition in force then knew the behaviour
  };
  State state = State::unruled;
  EventId version;                        // what holds now, and is to be attested
  std::vector<Requirement> missing;       // a table can have several behaviours
  std::vector<Attestation> attestations;  // of all versions, in the order of the log

  // Those whose words about what holds now count.
  std::vector<Did> supporters() const;
  std::vector<Did> disputers() const;
  std::string sentence() const;  // "verified", "waits for 2 more members; disputed by 1"
};
std::string_view text_of(Standing::State state);  // "own_word" …

using VerificationRules = std::map<std::string, VerificationRule, std::less<>>;  // behaviour → rule
// The rules of an adopted definition; null where it cannot be read.
using RulesOf = std::function<const VerificationRules*(const Digest& definition)>;

// Who speaks for bodies. Without a function nobody does.
struct BodySpeakers {
  // Whether the author of that word about that claim sat on the body then.
  std::function<bool(const EventId& claim, const EventId& word, const std::string& body)> spoke;
  // Whether somebody sits on it now.
  std::function<bool(const Did& somebody, const std::string& body)> sits;
};

// Takes every entry once, in order.
class Standings {
public:
  explicit Standings(RulesOf rules_of, BodySpeakers bodies = {})
      : rules_of_(std::move(rules_of)), bodies_(std::move(bodies)) {}

  // The next entry's line. Error(invalid) where one that matters does not parse.
  void take(std::string_view line);

  // A claim or a table at its index; nothing for other kinds, and for what was not taken.
  std::optional<Standing> of(const Event& event, std::uint64_t index) const;
  // Every claim that waits, with its index and author, in the order of the log. What was claimed under
  // another behaviour first and corrected to one that others confirm is not among them.
  struct Waiting {
    EventId claim;
    std::uint64_t index = 0;
    Did author;
    Standing standing;
  };
  std::vector<Waiting> waiting() const;
  // Whether somebody's word could bring what it waits for nearer: the rule asks for one like hers, it is
  // not hers, and no word of hers about what holds now counts yet.
  bool awaits(const Waiting& item, const Did& somebody) const;

private:
  // What somebody claims, by an event or by correcting one.
  struct Version {
    EventId id;
    Did by;
    std::uint64_t index = 0;
    std::vector<std::string> behaviours;
    bool by_device = false;
  };
  struct Word {
    Attestation attestation;
    bool steward = false, member = false, device = false;  // what its author was
  };
  struct Retraction {
    Did by;
    std::uint64_t index = 0;
  };

  void hear_claim(const Event& event, std::uint64_t index);
  void hear_word(const Event& event, std::uint64_t index);
  void hear(const Event& event, std::uint64_t index, const EventId& about, bool supports);
  const VerificationRule* rule_of(const std::string& behaviour, std::uint64_t index) const;
  bool is_retracted(const EventId& id, const Did& by, std::uint64_t index) const;
  Version version_in_force(const Version& claim, std::vector<Version>& earlier) const;
  std::vector<Word> words_about(const Version& version, const Did& author) const;
  Standing judge(const Version& claim) const;

  RulesOf rules_of_;
  BodySpeakers bodies_;
  std::uint64_t size_ = 0;
  Authority authority_;
  std::vector<std::pair<std::uint64_t, const VerificationRules*>> rules_;  // from which index
  std::vector<Version> ruled_;                                             // claims that others confirm
  std::map<EventId, std::vector<Version>> corrections_;                    // of what → by anyone
  std::map<EventId, std::vector<Retraction>> retractions_;                 // of what → by anyone
  std::map<EventId, std::vector<Word>> words_;                             // about which version
};

// Those of a world, over the entries under its checkpoint. Both outlive them.
Standings read_standings(const Environment& environment, const World& world);

// What waits for my word, oldest first; empty where I am nobody yet.
std::vector<Standings::Waiting> waiting_for(const Environment& environment, const World& world,
                                            const Did& me);

}  // namespace bw
