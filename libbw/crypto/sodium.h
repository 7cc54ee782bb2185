#pragma once
// libsodium, started. It wants sodium_init() before anything else, once, from whichever thread comes
// first; every source of this floor that calls it goes through here.

#include <string>
#include <string_view>

namespace bw {

// Throws Error(cannot) where libsodium cannot start.
void start_sodium();

// libsodium's idea of a byte string.
inline const unsigned char* sodium_bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Overwrites a secret that was in `text`.
void wipe(std::string& text);

}  // namespace bw
