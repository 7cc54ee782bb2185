#pragma once
// Proposal: one matter that is put to a vote, from its opening to what came of it. By which rules it is
// decided is fixed when it is opened: a definition adopted meanwhile changes nothing about it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "state/ballot.h"
#include "state/people.h"
#include "state/tally.h"
#include "stream/ids.h"
#include "tools/governance/rules.h"

namespace bw {

inline constexpr std::size_t max_subject_bytes = 8u << 10;

struct Proposal {
  // A ballot that is not secret goes from voting to its end at once.
  enum class Stage { discussion, voting, revealing, passed, failed, withdrawn };

  // What the count gave, without the ballot: who voted how is in the log.
  struct Result {
    Outcome outcome = Outcome::rejected;
    Json counts;                       // as Tally::json has it
    std::vector<std::string> winners;  // of an election
    std::string not_carried_out;       // why what passed could not be carried out
  };

  EventId id;
  std::uint64_t index = 0;
  std::int64_t recorded = 0;
  PersonNumber proposer = 0;
  std::string procedure;
  std::string kind;
  Json subject;
  std::string who;
  std::string weights;
  BallotRules rules;
  Stage stage = Stage::discussion;
  std::optional<Ballot> ballot;     // while voting and revealing
  std::uint64_t size_at_close = 0;  // of the log, for lots
  std::optional<Result> result;

  bool is_open() const { return stage <= Stage::revealing; }
  // When its stage ends by itself.
  std::int64_t due() const;
  Json json() const;
  static Proposal from_json(const Json& json);
};
std::string_view text_of(Proposal::Stage stage);

// The form of a proposal's subject, by its kind:
//
//   text        null, or {"options":[…]} where the method elects
//   definition  {"definition": digest}
//   admission, expulsion   {"person": did}
//   spend       {"account","amount","to","unit"}
//   election    {"body","candidates":[did, …],"seats"}
//
// Why it has another; nothing where it has this one. `elects`: whether the procedure's method does.
std::optional<std::string> subject_problem(std::string_view kind, const Json& subject, bool elects);

// The options and seats that a subject asks about, put into the rules of its ballot.
void set_options(BallotRules& rules, std::string_view kind, const Json& subject);

}  // namespace bw
