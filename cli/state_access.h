#pragma once
// What the commands of tools share: the state that they look at, and how they tell of an event that they
// recorded.

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/session.h"
#include "state/fold.h"
#include "stream/journal.h"
#include "world/world.h"

namespace bw::cli {

struct Seen {
  World world;
  std::unique_ptr<Fold> fold;

  const Definition& definition() const { return *fold->rules().definition; }
  // In the order of the log's clock at that moment, as the world's clocks show it.
  std::string clock(std::int64_t recorded) const;
  // "z6Mk…", the first key of a person.
  std::string name(PersonNumber person) const;
};

// Under the checkpoint. Error(invalid) where no definition is in force that this version can read.
Seen look(Session& session);
// The same with what waits in my journal, and as of now.
Seen look_ahead(Session& session);

// Records an event of a tool and tells of it. Exit code 0.
int record_and_tell(Session& session, const char* kind, Json body, std::vector<JournalOpening> openings = {});
// The did of what people type: did:key:z6Mk… or z6Mk…. Error(usage) where it is none.
std::string did_in(const std::string& text);
// An amount as people type it, in canonical form. Error(usage) where it is none.
std::string amount_in(const std::string& text);

// Verbs that record one event, whose body names one event or one person.
struct SayingVerb {
  const char* name;
  const char* summary;
  const char* kind;    // of the event
  const char* member;  // of its body
  const char* value;   // "TASK"
  const char* help;
  const char* refused;  // when exit code 4 is given
};
Command& declare_about_event(Command& noun, const SayingVerb& verb, Candidates candidates);
Command& declare_about_person(Command& noun, const SayingVerb& verb);

// The members that `record_and_tell` and `tell_recorded` print.
std::vector<Member> recorded_members();

}  // namespace bw::cli
