#include "cli/world_access.h"

#include "base/error.h"
#include "stream/receipt.h"
#include "world/clone.h"
#include "world/config.h"
#include "world/hub_directory.h"

namespace bw::cli {

World open_world_of(Session& session) {
  return open_world(session.environment, session.world_folder());
}

World open_world_to_arbitrate(Session& session) {
  World world = bw::open_world_to_arbitrate(session.environment, session.world_folder());
  if (!world.contradiction.empty()) session.warn("{}", session.shown(world.contradiction));
  return world;
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

std::string parse_home(const std::string& text) {
  const git::RemoteUrl url = parse_url(text);
  if (url.shown() != url.text()) {
    throw Error(ErrorCode::usage,
                "the home's address holds a user name or password, and the log is for everyone",
                "leave it out; git asks for it, or a credential helper knows it");
  }
  return url.text();
}

Source parse_source(Session& session, const std::string& text,
                    const std::optional<std::filesystem::path>& hub) {
  // A bare word that is no folder here can only be a name on the usual Hub.
  std::error_code none;
  const bool may_be_name =
      text.find_first_of("/:#") == std::string::npos && !std::filesystem::exists(text, none);
  if (const auto named = hub || !may_be_name ? hub : usual_hub(session)) {
    HubAddress address = require_name(session.environment, *named, text);
    return {std::move(address.url), std::move(address.name)};
  }
  git::RemoteUrl url = parse_url(text);
  std::string name = folder_name_of(url).string();
  return {std::move(url), std::move(name)};
}

std::optional<std::filesystem::path> usual_hub(const Session& session) {
  const std::string set = effective_config_value(session.environment, config_key("hub"));
  return set.empty() ? std::nullopt : std::optional<std::filesystem::path>(set);
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
