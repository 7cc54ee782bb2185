#pragma once
// What every fuzz target begins with. A target feeds one parser of outside bytes with whatever libFuzzer
// invents, and checks what must hold for anything that the parser accepts. AddressSanitizer and UBSan watch
// the rest.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// Stops the fuzzer, which keeps the input, where something does not hold.
#define MUST(condition)                                                                   \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

void fuzz(std::string_view input);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
