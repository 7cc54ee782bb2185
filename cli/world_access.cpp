#include "cli/world_access.h"

#include "base/error.h"
#include "stream/receipt.h"

namespace bw::cli {

World open_world_of(Session& session) {
  return open_world(session.environment, session.world_folder());
}

Acting acting(Session& session) {
  Identity identity = require_identity(session.environment);
  auto signer = open_signer(session.environment, identity);
  return {std::move(identity), std::move(signer)};
}

git::RemoteUrl parse_url(const std::string& text) {
  auto url = git::RemoteUrl::parse(text);
  if (!url) throw Error(ErrorCode::usage, url.reason());
  return url->absolute(std::filesystem::current_path());
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

Json verdicts_json(const std::vector<Verdict>& verdicts) {
  std::size_t counts[3] = {};
  Json events = Json::array();
  for (const Verdict& verdict : verdicts) {
    ++counts[static_cast<std::size_t>(verdict.kind)];
    Json item = {{"event", verdict.event.text()}, {"result", text_of(verdict.kind)}};
    if (verdict.index) item["index"] = *verdict.index;
    if (!verdict.reason.empty()) item["reason"] = verdict.reason;
    events.push_back(std::move(item));
  }
  return {{"admitted", counts[0]}, {"duplicate", counts[1]}, {"refused", counts[2]}, {"events", events}};
}

}  // namespace bw::cli
