#pragma once
// How long the log waits for others: proposals for approvals, a link for its other half, endorsements for
// the stewards, a revocation for its dispute. Counted by `recorded`, the time at which the log took each.

#include <cstdint>

namespace bw {

inline constexpr std::int64_t patience = std::int64_t{30} * 86400;  // seconds

inline bool is_in_time(std::int64_t recorded, std::int64_t now) {
  return recorded + patience >= now;
}

}  // namespace bw
