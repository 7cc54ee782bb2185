#include "hub/hub.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "world/init.h"
#include "world/verify_world.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

void require_free(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return;
  if (fs::is_directory(folder, error) && fs::is_empty(folder, error)) return;
  if (fs::exists(HubLayout(folder).settings(), error)) {
    throw Error(ErrorCode::refused, folder.string() + " is a Hub already");
  }
  throw Error(ErrorCode::refused, folder.string() + " is not empty", "choose a new or an empty folder");
}

void check_world(const Environment& environment, const fs::path& path, const std::string& where,
                 HubCheck& check) {
  try {
    const WorldVerification verification = verify_world(environment, path);
    for (const StreamProblem& problem : verification.problems) {
      check.problems.push_back({where, fmt::format("{}: {}", problem.where, problem.what)});
    }
    for (const std::string& fault : verification.opening_faults)
      check.notes.push_back(fmt::format("{}: {}", where, fault));
  } catch (const Error& error) {
    check.problems.push_back({where, error.what()});
  }
}

// Copies that no listing in force is for: published, but not admitted yet, or none of ours.
void note_unlisted(const Hub& hub, const HubDirectory& directory, HubCheck& check) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(hub.layout.repositories(), error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const auto world =
        name.ends_with(".git") ? WorldId::parse(name.substr(0, name.size() - 4)) : std::nullopt;
    if (!world) {
      check.notes.push_back("repos/" + printable(name) + " is not the copy of a world");
    } else if (directory.current(*world) == nullptr) {
      check.notes.push_back("repos/" + name + " is not listed");
    }
  }
}

}  // namespace

Hub create_hub(const Environment& environment, const Identity& identity, const Signer& signer,
               const fs::path& folder, const std::string& name) {
  require_free(folder);
  const HubLayout layout(folder);
  std::error_code error;
  const bool existed = fs::exists(layout.folder, error);
  try {
    init_world(environment, identity, signer,
               {.folder = layout.world(), .template_name = "minimal", .name = name, .home = std::nullopt});
    write_hub_settings(layout, open_world(environment, layout.world()).id());
    Hub hub = open_hub(environment, layout.folder);
    reindex(environment, hub);
    return hub;
  } catch (...) {
    for (const fs::path& made :
         {layout.settings(), layout.world(), layout.repositories(), layout.index_lock()}) {
      fs::remove_all(made, error);
    }
    if (!existed) fs::remove(layout.folder, error);
    throw;
  }
}

HubAdmission admit_listings(const Environment& environment, Hub& hub, const Signer& signer) {
  HubAdmission admission;
  MergedInboxes merged = merge_inboxes(environment, hub.world, signer);
  admission.bundles = std::move(merged.bundles);
  admission.left = merged.left;
  admission.indexed = refresh_index(environment, hub);
  return admission;
}

std::size_t waiting_bundles(const Hub& hub) {
  return unanswered_bundles(hub.world);
}

HubCheck check_hub(const Environment& environment, const Hub& hub) {
  HubCheck check;
  check_world(environment, hub.layout.world(), "world", check);
  const HubDirectory directory = read_directory(environment, hub);
  for (const auto& [world, position] : directory.worlds) {
    const Listing& listing = directory.listings[position].listing;
    check_world(environment, hub.layout.repository_of(world),
                fmt::format("{} ({})", listing.name, world.text()), check);
  }
  check.worlds = directory.worlds.size();
  for (const JudgedListing& judged : directory.listings) {
    const Listing& listing = judged.listing;
    if (judged.problem.empty()) continue;
    const std::string what = fmt::format("listing {} of \"{}\" is ineffective: {}",
                                         listing.event.short_text(), printable(listing.name), judged.problem);
    // A world that was listed and has no listing in force any more has lost its copy, or it was damaged.
    const bool gone = !judged.proof && listing.fault.empty() && directory.current(listing.world) == nullptr;
    if (gone) {
      check.problems.push_back({listing.world.text(), what});
    } else {
      check.notes.push_back(what);
    }
  }
  note_unlisted(hub, directory, check);
  return check;
}

}  // namespace bw
