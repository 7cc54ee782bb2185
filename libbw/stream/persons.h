#pragma once
// Persons: which keys are one person's, and which of them may speak. A person is one or more actor keys
// (a laptop, a phone, the key that took the place of a lost one); a key that was never linked is a person
// of its own. The person is named by its first key, also after that key was revoked. Roles belong to
// persons: whatever a steward's phone signs, the steward signed, and two of her keys are one vote.
//
// A key is *silent* from the entry after the one that revoked it, and all keys of a person are while the
// person is disputed. All keys, and not only the two that contradict each other: a thief could have
// linked a third beforehand. Nothing that was said before is touched.
//
// This is only the record. Which events are in force is for the rules to say (authority_persons.cpp).

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/strict_json.h"
#include "crypto/did.h"
#include "stream/ids.h"

namespace bw {

inline constexpr std::size_t max_person_keys = 64;
inline constexpr std::size_t max_open_words = 16;  // links, or endorsements, of one actor that wait

// Where and when something takes effect.
struct Moment {
  EventId event;
  std::uint64_t index = 0;
  std::int64_t recorded = 0;
};

struct Revocation {
  Moment moment;
  bool final = false;  // by the recovery key or by stewards: not to be disputed
};

struct PersonKey {
  Did did;
  std::optional<Revocation> revoked = {};
};

struct Person {
  std::vector<PersonKey> keys;          // as they joined
  std::optional<Did> recovery = {};     // the recovery key that was announced
  std::optional<Moment> disputed = {};  // since when the person is suspended

  const Did& name() const { return keys.front().did; }
};

class Persons {
public:
  // The person of a key; made up for a key of which nothing is recorded.
  Person of(const Did& key) const;
  Did name_of(const Did& key) const;
  bool are_one(const Did& a, const Did& b) const { return name_of(a) == name_of(b); }

  bool may_speak(const Did& key) const;
  // Whether what the key said at that index of the log counts.
  bool could_speak(const Did& key, std::uint64_t index) const;
  bool is_disputed(const Did& key) const;
  bool is_able(const Did& key) const;  // whether any key of its person may speak
  // One key, never revoked, that may speak: what can join a person.
  bool is_single(const Did& key) const;
  // Where the elder key joined first. Both are the same person's.
  bool is_elder(const Did& elder, const Did& key) const;

  // Every person of whom more is recorded than one key, by name.
  const std::map<Did, Person>& recorded() const { return persons_; }

  // What is done to the record. Callers have judged it.
  void join(const Did& newcomer, const Did& person);
  void revoke(const Did& key, const Revocation& revocation);
  void dispute(const Did& person, const Moment& moment);
  // The keys that are named live on, the others are revoked for good; the dispute is over.
  void settle(const Did& person, const std::vector<Did>& living, const Moment& moment);
  // All earlier keys are revoked for good, and `key` is the person's; a dispute is over.
  void recover(const Did& person, const Did& key, const Moment& moment);
  void set_recovery(const Did& person, const std::optional<Did>& recovery);

  // Half of a link: `actor` named `key`, and with `ends` as the key that takes his key's place. Words that
  // wait are good until 30 days after they were recorded.
  struct Word {
    std::int64_t recorded = 0;
    bool ends = false;
  };
  std::optional<Word> link_word(const Did& actor, const Did& key, std::int64_t now) const;
  std::size_t open_links(const Did& actor, std::int64_t now) const;
  void name(const Did& actor, const Did& key, const Word& word);

  // `endorser` says that `key` is held by that person. All three are names of persons.
  std::set<Did> endorsers(const Did& key, const Did& person, std::int64_t now) const;
  std::size_t open_endorsements(const Did& endorser, std::int64_t now) const;
  void endorse(const Did& endorser, const Did& key, const Did& person, std::int64_t now);

  // No time that is kept lies beyond `now`, to which stewards reset a clock.
  void reset_clock(std::int64_t now);

  Json json() const;
  static Persons from_json(const Json& json);

private:
  // From the entry after `after` to that at `until`.
  struct Silence {
    std::uint64_t after = 0;
    std::optional<std::uint64_t> until = {};
  };
  using Words = std::map<std::pair<Did, Did>, Word>;  // about two keys

  const Person* find(const Did& key) const;
  Person& record(const Did& key);
  void unsay(const Did& actor, const Did& key);  // a link that waits no longer
  void silence(const Did& key, std::uint64_t after);
  void let_speak(const Did& key, std::uint64_t until);

  std::map<Did, Person> persons_;  // by name
  std::map<Did, Did> names_;       // key → name, of the keys in persons_
  std::map<Did, std::vector<Silence>> silences_;
  std::map<Did, Words> links_;         // actor → the key that he named, twice
  std::map<Did, Words> endorsements_;  // endorser → key, person
};

}  // namespace bw
