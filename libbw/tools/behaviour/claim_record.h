#pragma once
// ClaimRecord: what the fold keeps of a claim that is not simply done with: one that waits for others, that
// was corrected, taken back, refused or concealed, or that is history. A claim that counted at once, on its
// author's word, leaves no record: what is needed later is read again from its entry.
//
// What a claim says now is its *version*: the claim itself, or the last correction of it. Words of others are
// about one version; a correction needs fresh ones.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "state/tool.h"
#include "stream/ids.h"

namespace bw {

// Somebody's word about a version: what he was when the log took it is what counts.
struct Word {
  EventId id;
  PersonNumber by = 0;
  bool supports = true;
  bool confirms = false;  // it is a steward's, that history may count
  bool steward = false, member = false, device = false;
  std::vector<std::string> bodies;  // of those whose word the version asks for, on which he sat

  Json json() const;
  static Word from_json(const Json& json);
};

struct ClaimRecord {
  enum class State {
    waiting,     // for words of others, or as history for a steward
    counts,      // all of it
    over_limit,  // `why`; it is judged again when somebody says something about it
    refused,     // breaks another rule, for good: `why`
    retracted,   // by its author, for good
    concealed,   // nobody but its author knows what it claims
  };

  EventId claim;
  std::uint64_t index = 0;
  PersonNumber author = 0;
  bool table = false;
  State state = State::waiting;
  std::string why;  // of over_limit and refused
  EventId version;
  std::uint64_t rules = 0;  // the definition that ruled when the version was recorded
  bool by_device = false;   // the version's author
  bool history = false;     // older than the grace when it was recorded
  std::vector<Word> words;  // about the version, one of each person

  bool is_confirmed() const;

  Json json() const;
  static ClaimRecord from_json(const Json& json);
};

std::string_view name_of(ClaimRecord::State state);  // "waiting" …

}  // namespace bw
