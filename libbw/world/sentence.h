#pragma once
// Sentences: what an event says, in one short line for people: "map-aed 3 device", "adopted definition
// 1a2b3c4d5e". Made from the event alone, so it costs no other read; what stands in it from outside is
// made harmless and cut.

#include <string>

#include "stream/event.h"

namespace bw {

inline constexpr std::size_t max_sentence_columns = 160;

// One line of at most that many columns. An event whose body has not the form of its kind is told by its
// kind alone.
std::string sentence_of(const Event& event);

}  // namespace bw
