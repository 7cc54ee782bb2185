#include "world/hub_directory.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/admission.h"
#include "stream/entry.h"
#include "stream/log_reader.h"
#include "world/hub_name.h"
#include "world/listed_history.h"

namespace bw {
namespace {

constexpr std::string_view listed_kind = "hub.listed";

Listing listing_of(const Event& event, std::uint64_t index) {
  Listing listing{.index = index,
                  .event = event.id,
                  .actor = event.actor,
                  .at = event.at,
                  .world = {},
                  .name = {},
                  .size = 0,
                  .root = {},
                  .remotes = {},
                  .summary = {},
                  .fault = body_problem(event)};
  if (!listing.fault.empty()) return listing;
  const Json body = event.body();
  listing.world = WorldId{*Digest::from_hex(body.at("listed").get<std::string>())};
  listing.name = body.at("name").get<std::string>();
  listing.size = body.at("checkpoint").at("size").get<TreeSize>();
  listing.root = *Digest::from_hex(body.at("checkpoint").at("root").get<std::string>());
  listing.summary = body.at("summary").get<std::string>();
  for (const Json& remote : body.at("remotes")) {
    const auto url = git::RemoteUrl::parse(remote.get<std::string>());
    // A path would name a folder of the reader's machine.
    if (url && !url->is_local()) listing.remotes.push_back(url->shown());
  }
  if (const std::string problem = hub_name_problem(listing.name); !problem.empty()) {
    listing.fault = fmt::format("\"{}\" cannot be its name: {}", printable(listing.name), problem);
  }
  return listing;
}

void prove_world(const Environment& environment, const HubLayout& layout,
                 std::vector<const Listing*> listings, const World* own, ListingProofs& proofs) {
  std::stable_sort(listings.begin(), listings.end(),
                   [](const Listing* a, const Listing* b) { return a->size < b->size; });
  const WorldId id = listings.front()->world;
  try {
    const bool mine = own != nullptr && own->id() == id;
    std::optional<git::Repository> copy;
    if (!mine) copy = open_published(layout, id);
    ListedHistory history(environment, mine ? own->repository : *copy, mine ? own->stream : StreamState());
    for (const Listing* listing : listings) proofs.emplace(listing->event, history.proof_of(*listing));
  } catch (const Error& error) {
    for (const Listing* listing : listings) proofs.emplace(listing->event, Reason{error.what()});
  }
}

// Why a listing that its world bears out is ineffective all the same.
std::string broken_rule(const HubDirectory& directory, const Listing& listing) {
  const auto owner = directory.names.find(listing.name);
  if (owner != directory.names.end() && owner->second != listing.world) {
    return fmt::format("the name \"{}\" belongs to world {}", listing.name, owner->second.text());
  }
  if (const JudgedListing* before = directory.current(listing.world); before != nullptr) {
    if (listing.size < before->listing.size) {
      return fmt::format("its checkpoint of size {} is behind the listed one of size {}", listing.size,
                         before->listing.size);
    }
  }
  if (owner == directory.names.end()) {
    const auto held = std::count_if(directory.names.begin(), directory.names.end(),
                                    [&](const auto& name) { return name.second == listing.world; });
    if (static_cast<std::size_t>(held) >= max_names_of_a_world) {
      return fmt::format("the world has {} names already", max_names_of_a_world);
    }
  }
  return "";
}

git::RemoteUrl address_of(const HubLayout& layout, const WorldId& world) {
  auto url = git::RemoteUrl::parse(layout.repository_of(world).string() + "#" + world.text());
  if (!url) {
    throw Error(ErrorCode::usage, layout.folder.string() + " cannot be the address of a Hub: " + url.reason(),
                "move the Hub to a folder with a plainer name");
  }
  return *std::move(url);
}

}  // namespace

const JudgedListing* HubDirectory::current(const WorldId& world) const {
  const auto found = worlds.find(world);
  return found == worlds.end() ? nullptr : &listings[found->second];
}

std::vector<Listing> read_listings(const World& hub) {
  std::vector<Listing> listings;
  const std::string marked = fmt::format("\"kind\":\"{}\"", listed_kind);
  const git::Oid tree = hub.repository.read_commit(*hub.stream.head).tree;
  read_entries(hub.repository, tree, 0, hub.stream.covered(),
               [&](std::uint64_t index, std::string_view line) {
                 if (line.find(marked) == std::string_view::npos)
                   return true;  // spares parsing what else a Hub logs
                 const auto entry = parse_entry(line);
                 if (entry && entry->event.kind == listed_kind)
                   listings.push_back(listing_of(entry->event, index));
                 return true;
               });
  return listings;
}

ListingProofs prove_listings(const Environment& environment, const HubLayout& layout,
                             const std::vector<Listing>& listings, const World* own) {
  std::map<WorldId, std::vector<const Listing*>> by_world;
  for (const Listing& listing : listings) {
    if (listing.fault.empty()) by_world[listing.world].push_back(&listing);
  }
  ListingProofs proofs;
  for (auto& [world, of_it] : by_world) prove_world(environment, layout, std::move(of_it), own, proofs);
  return proofs;
}

HubDirectory judge_listings(std::vector<Listing> listings, const ListingProofs& proofs) {
  HubDirectory directory;
  for (Listing& listing : listings) {
    JudgedListing judged{std::move(listing), std::nullopt, {}};
    const auto proof = proofs.find(judged.listing.event);
    if (!judged.listing.fault.empty()) {
      judged.problem = judged.listing.fault;
    } else if (proof == proofs.end()) {
      judged.problem = "nothing shows that its world bears it out";
    } else if (!proof->second) {
      judged.problem = proof->second.reason();
    } else {
      judged.proof = *proof->second;
      judged.problem = broken_rule(directory, judged.listing);
    }
    directory.listings.push_back(std::move(judged));
    const JudgedListing& last = directory.listings.back();
    if (!last.problem.empty()) continue;
    directory.worlds[last.listing.world] = directory.listings.size() - 1;
    directory.names.emplace(last.listing.name, last.listing.world);
  }
  return directory;
}

HubDirectory read_directory(const Environment& environment, const Hub& hub) {
  std::vector<Listing> listings = read_listings(hub.world);
  const ListingProofs proofs = prove_listings(environment, hub.layout, listings);
  return judge_listings(std::move(listings), proofs);
}

std::vector<Listing> related_listings(const std::vector<Listing>& listings, std::string_view name,
                                      const std::optional<WorldId>& world) {
  std::set<std::string, std::less<>> names = {std::string(name)};
  std::set<WorldId> worlds;
  if (world) worlds.insert(*world);
  for (std::size_t before = 0; before != names.size() + worlds.size();) {
    before = names.size() + worlds.size();
    for (const Listing& listing : listings) {
      if (!listing.fault.empty() || (!names.contains(listing.name) && !worlds.contains(listing.world)))
        continue;
      names.insert(listing.name);
      worlds.insert(listing.world);
    }
  }
  std::vector<Listing> related;
  std::copy_if(listings.begin(), listings.end(), std::back_inserter(related), [&](const Listing& listing) {
    return listing.fault.empty() && worlds.contains(listing.world);
  });
  return related;
}

std::optional<HubAddress> resolve_name(const Environment& environment,
                                       const std::filesystem::path& hub_folder, std::string_view name) {
  const Hub hub = open_hub(environment, hub_folder);
  if (!is_utf8(name)) return std::nullopt;
  const std::string wanted = casefold(name);
  const auto id = WorldId::parse(wanted);
  std::vector<Listing> related = related_listings(read_listings(hub.world), wanted, id);
  const ListingProofs proofs = prove_listings(environment, hub.layout, related);
  const HubDirectory directory = judge_listings(std::move(related), proofs);
  std::optional<WorldId> world = id;
  if (const auto owner = directory.names.find(wanted); owner != directory.names.end()) world = owner->second;
  const JudgedListing* listed = world ? directory.current(*world) : nullptr;
  if (listed == nullptr) return std::nullopt;
  return HubAddress{*world, listed->listing.name, address_of(hub.layout, *world)};
}

HubAddress require_name(const Environment& environment, const std::filesystem::path& hub_folder,
                        std::string_view name) {
  if (auto address = resolve_name(environment, hub_folder, name)) return *std::move(address);
  std::vector<std::string> names;
  for (const Listing& listing : read_listings(open_hub(environment, hub_folder).world)) {
    if (listing.fault.empty()) names.push_back(listing.name);
  }
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = "look for it with: bw search WORDS --hub " + printable(hub_folder.string());
  throw Error(ErrorCode::invalid, "this Hub lists no world named \"" + printable(name) + "\"", hint);
}

}  // namespace bw
