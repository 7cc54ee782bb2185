#include "world/seen_inboxes.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/strict_json.h"
#include "world/inbox.h"

namespace bw {
namespace {

constexpr std::size_t max_seen_bytes = 256u << 10;

std::filesystem::path seen_file(const World& world) {
  return world.repository.git_folder() / "bw" / "inboxes.json";
}

}  // namespace

void look_into_inboxes(const Environment& environment, const World& world) {
  Json seen = Json::object();
  for (const git::RemoteUrl& url : inbox_addresses(world)) {
    try {
      const Inbox inbox = inbox_at(environment, world, url);
      const auto waiting = std::count_if(inbox.refs.begin(), inbox.refs.end(),
                                         [](const InboxRef& ref) { return !ref.receipt; });
      if (waiting > 0) seen[url.shown()] = static_cast<std::size_t>(waiting);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): `merge_inboxes` will say why
    }
  }
  write_file(seen_file(world), seen.dump() + "\n");
}

std::vector<SeenInbox> seen_inboxes(const World& world) {
  std::vector<SeenInbox> inboxes;
  const auto text = read_file_if_exists(seen_file(world), max_seen_bytes);
  const Json seen = text ? Json::parse(*text, nullptr, false) : Json::object();
  if (!seen.is_object()) return inboxes;
  for (const auto& [address, count] : seen.items()) {
    if (count.is_number_unsigned()) inboxes.push_back({address, count.get<std::size_t>()});
  }
  return inboxes;
}

void forget_inboxes(const World& world) {
  std::error_code ignored;
  std::filesystem::remove(seen_file(world), ignored);
}

}  // namespace bw
