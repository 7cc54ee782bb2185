#include "cli/hub/hub_folder.h"

#include "base/error.h"
#include "cli/world_access.h"
#include "world/hub_layout.h"
#include "world/publish.h"

namespace bw::cli {

std::filesystem::path hub_folder(const Session& session, const std::optional<std::filesystem::path>& given) {
  if (given) return *given;
  std::filesystem::path here = session.world_folder();
  std::error_code error;
  if (std::filesystem::exists(HubLayout(here).settings(), error)) return here;
  const auto repository = git::Repository::discover(here);
  if (auto last = repository ? last_hub(*repository) : std::nullopt) return *std::move(last);
  if (auto usual = usual_hub(session)) return *std::move(usual);
  throw Error(ErrorCode::usage, "it is not clear which Hub is meant",
              "name its folder, --hub DIR, or for all commands: bw config hub DIR");
}

}  // namespace bw::cli
