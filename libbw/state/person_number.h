#pragma once
// PersonNumber: the number under which the state of a world keeps a person, in the order in which the log
// first knew them. Keys and names are looked up elsewhere; counting and ranking go by numbers.

#include <cstdint>

namespace bw {

using PersonNumber = std::uint32_t;

}  // namespace bw
