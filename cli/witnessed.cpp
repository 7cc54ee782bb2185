#include "cli/witnessed.h"

#include <fmt/format.h>

#include "cli/world_access.h"

namespace bw::cli {

Json witnessed_json(const std::optional<WitnessedHead>& head) {
  if (!head) return nullptr;
  Json by = Json::array();
  if (head->best) {
    for (const Cosigned::By& each : head->best->behind.by)
      by.push_back({{"name", each.name}, {"at", each.at.text()}});
  }
  const auto since = head->best ? head->best->since : std::nullopt;
  return {{"by", by},
          {"enough", head->enough},
          {"frozen", head->frozen},
          {"limit", head->limit ? Json(head->limit->seconds) : Json(nullptr)},
          {"named", head->named},
          {"quorum", head->quorum},
          {"since", since ? Json(since->text()) : Json(nullptr)},
          {"size", head->best ? head->best->checkpoint.size : 0}};
}

std::string witnessed_text(const WitnessedHead& head, Timestamp now) {
  if (!head.best) return fmt::format("none of {} behind the log; {} must", head.named, head.quorum);
  const std::string behind = fmt::format("{} of {} behind {}", head.best->behind.by.size(), head.named,
                                         counted(head.best->checkpoint.size, "entry", "entries"));
  if (!head.best->since) return fmt::format("{}; {} must", behind, head.quorum);
  return fmt::format("{}, {}", behind, age_text(*head.best->since, now));
}

}  // namespace bw::cli
