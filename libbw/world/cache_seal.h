#pragma once
// The seal of what is kept in a repository to save time, and believed without looking again: HMAC-SHA256
// under a random key of the user's own, `state_folder/cache.key`, which never leaves the machine. That
// protects against what comes from elsewhere (an archive, a shared disk), not against the user's own account.

#include <string_view>

#include "crypto/hash.h"
#include "world/environment.h"

namespace bw {

// `purpose` tells kinds of content apart, so that none is taken for another. Error(cannot) where the key can
// be neither read nor made.
Digest cache_seal(const Environment& environment, std::string_view purpose, std::string_view content);
bool is_cache_seal(const Environment& environment, std::string_view purpose, std::string_view content,
                   const Digest& seal);

}  // namespace bw
