#pragma once
// Memory that is not needed any more while its owner lives on.

#include <string>

namespace bw {

// Empties the string and gives back its memory, which an assignment or `clear` would keep.
inline void release(std::string& text) {
  std::string().swap(text);
}

}  // namespace bw
