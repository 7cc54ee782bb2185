#pragma once
// The rows of one world in the index: what the adopted definition at the listed checkpoint says, in all
// its languages. Bounded, since any world may be listed: texts are cut, and of very many goals or
// behaviours the first are taken.

#include <string>

#include "definition/model.h"
#include "hub/index_database.h"
#include "world/hub_directory.h"

namespace bw {

inline constexpr std::size_t max_indexed_items = 1000;        // goals, and behaviours
inline constexpr std::size_t max_indexed_text = 8192;         // bytes of one text in one language
inline constexpr std::size_t max_indexed_words = 256u << 10;  // bytes of one column of words

// Replaces the rows of the listed world.
void write_world_rows(const IndexDatabase& database, const Hub& hub, const JudgedListing& listed);
void remove_world_rows(const IndexDatabase& database, long long number);

// Words for people as one column: JSON pairs of language and words; and back.
std::string column_of(const Text& text);
Text text_of_column(const std::string& column);

}  // namespace bw
