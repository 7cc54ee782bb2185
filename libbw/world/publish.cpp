#include "world/publish.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "git/transport.h"
#include "stream/admission.h"
#include "world/erasure.h"
#include "world/home.h"
#include "world/hub_directory.h"
#include "world/hub_name.h"
#include "world/receipts.h"
#include "world/submit.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr int max_attempts = 5;
constexpr std::size_t max_summary_bytes = 2048;
constexpr const char* hub_setting = "bw.hub";
constexpr std::string_view fetched_prefix = "refs/bw/hub/";

git::RemoteUrl address(const fs::path& path) {
  auto url = git::RemoteUrl::parse(path.string());
  if (!url) throw Error(ErrorCode::usage, path.string() + " cannot be used as an address: " + url.reason());
  return *std::move(url);
}

fs::path hub_folder(const World& world, const PublishOptions& options) {
  if (options.hub) return *options.hub;
  if (auto last = last_hub(world.repository)) return *std::move(last);
  throw Error(ErrorCode::usage, "this world was not published yet, so the Hub must be named",
              "bw publish --hub DIR");
}

// The branches of the Hub's copy against ours, and what of ours goes there.
class Pushing {
public:
  Pushing(const Environment& environment, World& world, const fs::path& copy, Published& result)
      : environment_(environment), world_(world), url_(address(copy)), result_(result) {}

  // False where someone was faster.
  bool push() {
    result_.pushed.clear();
    result_.notes.clear();
    fetch();
    std::vector<git::PushUpdate> updates;
    for (const char* branch : {"stream", "main", "details"}) {
      const auto ours = world_.repository.ref(ref_of(branch));
      const auto theirs = world_.repository.ref(std::string(fetched_prefix) + branch);
      if (!ours || ours == theirs || !should_move(branch, *ours, theirs)) continue;
      updates.push_back({ours, ref_of(branch), theirs});
      result_.pushed.emplace_back(branch);
    }
    if (updates.empty()) return true;
    const git::PushReport report =
        git::push(world_.repository, url_, updates, transport_options(environment_));
    if (report.result == git::PushResult::refused) {
      throw Error(ErrorCode::refused, fmt::format("{} refused the push: {}", url_.shown(), report.message),
                  report.message.find(".lock") == std::string::npos
                      ? "ask whoever keeps the Hub for permission to write there"
                      : "a git that was killed left a lock there: whoever keeps it runs \"bw doctor\" in it");
    }
    if (report.result != git::PushResult::done) return false;
    for (const std::string& branch : result_.pushed)  // what has left is known to have left
      world_.repository.set_ref(std::string(fetched_prefix) + branch, *world_.repository.ref(ref_of(branch)),
                                "bw: publish");
    return true;
  }

private:
  static std::string ref_of(std::string_view branch) { return "refs/heads/" + std::string(branch); }

  void fetch() {
    for (const auto& [name, oid] : world_.repository.refs(fetched_prefix)) world_.repository.remove_ref(name);
    git::fetch(world_.repository, url_,
               {"+refs/heads/stream:refs/bw/hub/stream", "+refs/heads/main:refs/bw/hub/main",
                "+refs/heads/details:refs/bw/hub/details"},
               transport_options(environment_));
  }

  bool should_move(std::string_view branch, const git::Oid& ours, const std::optional<git::Oid>& theirs) {
    if (!theirs || world_.repository.is_ancestor(*theirs, ours)) return true;
    const bool behind = world_.repository.is_ancestor(ours, *theirs);
    if (branch == "stream") {
      if (behind) {
        throw Error(ErrorCode::refused, "the Hub has a newer stream of this world than this copy",
                    "get it with \"bw pull\", then publish again");
      }
      throw Error(
          ErrorCode::refused,
          fmt::format("the Hub's stream of this world ({}) and this one ({}) have gone different ways",
                      theirs->hex(), ours.hex()),
          "keep both as evidence and ask the other stewards; nothing was changed");
    }
    // Openings that were withdrawn are erased by rewriting `details`, so it may go back on purpose.
    if (branch == "details") return !behind;
    result_.notes.push_back(behind
                                ? "main was left alone, since the Hub has a newer one: bw pull"
                                : "main was left alone, since the Hub's has other commits: merge them first");
    return false;
  }

  const Environment& environment_;
  World& world_;
  git::RemoteUrl url_;
  Published& result_;
};

void push_branches(const Environment& environment, World& world, const fs::path& copy, Published& result) {
  Pushing pushing(environment, world, copy, result);
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    if (pushing.push()) return;
  }
  throw Error(ErrorCode::cannot, "others published this world at the same time, again and again",
              "try again in a moment");
}

void remember_hub(World& world, const Hub& hub, const fs::path& copy) {
  const git::RemoteUrl url = address(copy);
  const auto present = world.repository.remote_url("hub");
  const bool taken = present && *present != url.text();
  git::add_remote(world.repository, taken ? "hub-" + hub.world.id().short_text() : "hub", url);
  if (world.repository.config(hub_setting) != hub.layout.folder.string()) {
    world.repository.set_config(hub_setting, hub.layout.folder.string());
  }
}

std::string summary_of(const World& world) {
  if (!world.stream.authority.adopted()) return "";
  const LoadedDefinition loaded = adopted_definition(world);
  if (!loaded.definition || loaded.definition->summary.empty()) return "";
  const std::string& summary = loaded.definition->summary.in("en");
  return summary.size() <= max_summary_bytes ? summary : truncate_to_width(summary, max_summary_bytes / 4);
}

// Where others can reach the world besides the Hub: addresses of a network, without their secrets.
std::vector<std::string> remotes_of(const World& world) {
  std::vector<std::string> remotes;
  for (const auto& candidate : {world.stream.authority.home(), world.repository.remote_url("origin")}) {
    const auto url = candidate ? git::RemoteUrl::parse(*candidate) : Result<git::RemoteUrl>(Reason{});
    if (!url || url->is_local()) continue;
    const std::string shown = url->shown();
    if (std::find(remotes.begin(), remotes.end(), shown) == remotes.end()) remotes.push_back(shown);
  }
  return remotes;
}

// The name asked for, the one it has, or a new one; never one that is another world's.
std::string choose_name(const World& world, const Hub& hub, const HubDirectory& directory,
                        const std::optional<std::string>& asked) {
  const JudgedListing* listed = directory.current(world.id());
  std::string name = listed != nullptr ? listed->listing.name : suggested_hub_name(world.name(), world.id());
  if (asked) {
    if (!is_utf8(*asked)) throw Error(ErrorCode::usage, "the name is not UTF-8");
    name = casefold(*asked);
    if (const std::string problem = hub_name_problem(name); !problem.empty()) {
      throw Error(ErrorCode::usage,
                  fmt::format("\"{}\" cannot be the name of a world: {}", printable(*asked), problem),
                  fmt::format("for example: --as {}", suggested_hub_name(*asked, world.id())));
    }
  }
  const auto owner = directory.names.find(name);
  if (owner != directory.names.end() && owner->second != world.id()) {
    throw Error(ErrorCode::refused,
                fmt::format("the name \"{}\" belongs to another world on this Hub ({})", name,
                            owner->second.short_text()),
                fmt::format("choose another: bw publish --hub {} --as NAME", hub.layout.folder.string()));
  }
  return name;
}

// What the Hub says of this world and of whoever has the name: our own stream answers for itself.
HubDirectory directory_around(const Environment& environment, const World& world, const Hub& hub,
                              std::string_view name) {
  std::vector<Listing> related = related_listings(read_listings(hub.world), name, world.id());
  const ListingProofs proofs = prove_listings(environment, hub.layout, related, &world);
  return judge_listings(std::move(related), proofs);
}

// The last listing of this world in my journal that still waits for its answer.
std::optional<Event> waiting_listing(const Environment& environment, const World& world, const Hub& hub,
                                     const Did& me) {
  std::optional<Event> waiting;
  for (const JournalEntry& entry : waiting_entries(environment, hub.world, true)) {
    if (entry.event.kind == "hub.listed" && entry.event.body().value("listed", "") == world.id().text())
      waiting = entry.event;
  }
  for (const Receipt& receipt : my_receipts(hub.world, me).receipts) {
    for (const Verdict& verdict : receipt.verdicts) {
      if (waiting && verdict.event == waiting->id) waiting.reset();  // refused: else it were in the log
    }
  }
  return waiting;
}

bool same_listing(const JudgedListing* current, const Json& body) {
  if (current == nullptr) return false;
  const Listing& listing = current->listing;
  return body == Json{{"checkpoint", {{"root", listing.root.hex()}, {"size", listing.size}}},
                      {"listed", listing.world.text()},
                      {"name", listing.name},
                      {"remotes", listing.remotes},
                      {"summary", listing.summary}};
}

void list_world(const Environment& environment, const World& world, Hub& hub, const Signer& signer,
                const Json& body, Published& result) {
  std::optional<Event> listing = waiting_listing(environment, world, hub, signer.did());
  if (!listing || listing->body() != body) {
    NewEntry entry{
        {.at = environment.now(), .kind = "hub.listed", .body = body, .details = {}, .world = hub.world.id()},
        {},
        {}};
    listing = open_journal(environment, hub.world.id())
                  .append(signer, environment.random,
                          [&](const std::vector<JournalEntry>&) { return std::vector<NewEntry>{entry}; })
                  .front();
  }
  SubmitOptions options;
  // Even the Hub's own folder is an inbox for those who do not keep it.
  if (!hub.world.stream.authority.may_append(signer.did())) options.to = address(hub.layout.world());
  const Submitted submitted = submit(environment, hub.world, signer, options);
  result.way = submitted.way == Submitted::Way::appended ? Published::Way::listed : Published::Way::waiting;
  for (const Verdict& verdict : submitted.verdicts) {
    if (verdict.event == listing->id && verdict.kind == Verdict::Kind::refused) {
      throw Error(ErrorCode::refused, "the Hub refused the listing: " + verdict.reason);
    }
  }
  if (result.way != Published::Way::listed) return;
  // Someone may have taken the name since we looked.
  for (const JudgedListing& judged : directory_around(environment, world, hub, result.name).listings) {
    if (judged.listing.event != listing->id || judged.problem.empty()) continue;
    throw Error(ErrorCode::refused, "the listing is in the Hub's stream but ineffective: " + judged.problem,
                "publish again, under another name where that is the reason: --as NAME");
  }
}

}  // namespace

std::optional<fs::path> last_hub(const git::Repository& repository) {
  const auto folder = repository.config(hub_setting);
  return folder ? std::optional<fs::path>(*folder) : std::nullopt;
}

Published publish(const Environment& environment, World& world, const Signer& signer,
                  const PublishOptions& options) {
  Hub hub = open_hub(environment, hub_folder(world, options));
  if (!world.stream.checkpoint) {
    throw Error(ErrorCode::invalid, "the stream has no checkpoint yet, so there is nothing to list",
                "a steward makes one with the next \"bw submit\" or \"bw merge --inbox\"");
  }
  if (!world.stream.authority.is_steward(signer.did())) {
    throw Error(ErrorCode::refused, signer.did().text() + " is no steward of " + world.name(),
                "a steward publishes the world; anyone may put a copy on any Git host");
  }
  Published result;
  result.hub = hub.layout.folder;
  result.repository = hub.layout.repository_of(world.id());
  result.size = world.stream.checkpoint->size;
  const std::string guess = options.name && is_utf8(*options.name)
                                ? casefold(*options.name)
                                : suggested_hub_name(world.name(), world.id());
  const HubDirectory directory = directory_around(environment, world, hub, guess);
  result.name = choose_name(world, hub, directory, options.name);

  // A copy that lags behind in erasing must not bring back what others erased.
  if (holds_withdrawn(world)) {
    const StreamLock lock(world);
    erase_withdrawn_here(environment, world);
  }
  open_or_create_published(hub.layout, world.id(), environment.random);
  push_branches(environment, world, result.repository, result);
  remember_hub(world, hub, result.repository);

  const Json body = {{"checkpoint", {{"root", world.stream.checkpoint->root.hex()}, {"size", result.size}}},
                     {"listed", world.id().text()},
                     {"name", result.name},
                     {"remotes", remotes_of(world)},
                     {"summary", summary_of(world)}};
  if (!same_listing(directory.current(world.id()), body))
    list_world(environment, world, hub, signer, body, result);
  return result;
}

}  // namespace bw
