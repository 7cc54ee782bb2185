#pragma once
// For the tests of lifecycles: a task that is posted, claimed, delivered, accepted or disputed, or expires.

#include "state/lifecycle.h"

namespace bw::lifecycle_test {

inline constexpr std::int64_t one_day = 86400;

inline StateMachinePlan task_plan() {
  return {.thing = "task",
          .states = {"posted", "claimed", "delivered", "disputed", "done", "expired"},
          .initial = "posted",
          .final_states = {"done", "expired"},
          .roles = {"poster", "worker"},
          .offices = {"council"},
          .transitions =
              {{.name = "claim",
                .from = "posted",
                .to = "claimed",
                .by = {},
                .guard = "badge",
                .takes = "worker"},
               {.name = "release", .from = "claimed", .to = "posted", .by = {"worker"}, .drops = "worker"},
               {.name = "deliver", .from = "claimed", .to = "delivered", .by = {"worker"}},
               {.name = "accept", .from = "delivered", .to = "done", .by = {"poster"}},
               {.name = "dispute", .from = "delivered", .to = "disputed", .by = {"poster", "worker"}},
               {.name = "settle",
                .from = "disputed",
                .to = "done",
                .by = {"poster", "worker"},
                .needs = Needs::each_role},
               {.name = "decide", .from = "disputed", .to = "done", .by = {"council"}}},
          .time_outs = {
              {.name = "expire", .from = "posted", .to = "expired", .deadline = "claim-by"},
              {.name = "lapse", .from = "claimed", .to = "posted", .after = 14 * one_day, .drops = "worker"},
              {.name = "be-silent", .from = "delivered", .to = "done", .after = 7 * one_day}}};
}

}  // namespace bw::lifecycle_test
