#pragma once
// What somebody committed to, and tells later: a choice in a secret ballot, the answers of an exam. Until
// then it stays in the journal, as the private detail of the event that committed to it.

#include <optional>
#include <string>

#include "stream/journal.h"
#include "world/world.h"

namespace bw {

struct KeptChoice {
  Json choice;
  std::string salt;  // base64url
};

JournalOpening keep_choice(const KeptChoice& kept, const Random& random);
// The last that this journal keeps with an event of that kind whose body has `member` = `about`, unless it
// was taken back.
std::optional<KeptChoice> find_kept_choice(const Environment& environment, const World& world,
                                           std::string_view kind, const char* member, const EventId& about);

}  // namespace bw
