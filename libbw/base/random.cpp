#include "base/random.h"

#include <sodium.h>

namespace bw {

std::string system_random(std::size_t bytes) {
  std::string result(bytes, '\0');
  randombytes_buf(result.data(), result.size());
  return result;
}

}  // namespace bw
