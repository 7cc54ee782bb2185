#include "world/kept_choice.h"

namespace bw {
namespace {

constexpr const char* field = "choice";

}  // namespace

JournalOpening keep_choice(const KeptChoice& kept, const Random& random) {
  return {make_opening(field, {{"choice", kept.choice}, {"salt", kept.salt}}, random), Visibility::private_};
}

std::optional<KeptChoice> find_kept_choice(const Environment& environment, const World& world,
                                           std::string_view kind, const char* member, const EventId& about) {
  std::optional<KeptChoice> kept;
  for (const JournalEntry& entry : open_journal(environment, world.id()).read()) {
    if (entry.undone || entry.event.kind != kind || entry.event.body().value(member, "") != about.text())
      continue;
    for (const JournalOpening& item : entry.openings) {
      if (item.opening.field != field) continue;
      const Json value = Json::parse(item.opening.value_text);
      kept = KeptChoice{value.at("choice"), value.at("salt").get<std::string>()};
    }
  }
  return kept;
}

}  // namespace bw
