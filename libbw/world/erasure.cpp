#include "world/erasure.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "git/erasing.h"
#include "git/transport.h"
#include "stream/bundle.h"
#include "stream/details_branch.h"
#include "stream/log_reader.h"
#include "world/claim.h"
#include "world/home.h"
#include "world/inbox.h"
#include "world/quarantine.h"
#include "world/receipts.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr int max_attempts = 5;
constexpr std::size_t max_list_bytes = 64u << 20;
constexpr std::string_view outbox_prefix = "refs/bw/outbox/";
constexpr const char* fetched_space = "erasing";

// What is withdrawn, and where copies of it would lie.
class Withdrawn {
public:
  explicit Withdrawn(const World& world) {
    const Withdrawals& all = world.stream.withdrawn;
    if (all.empty()) return;
    const git::Oid tree = stream_tree(world);
    for (const auto& [id, withdrawal] : all.all()) {
      const auto index = world.stream.ids.find(id);
      if (!index || events_.contains(id)) continue;
      Event event = read_entry(world.repository, tree, *index).event;
      std::set<std::string> fields;
      for (const auto& [field, commitment] : event.details) {
        if (world.stream.is_withdrawn(event, field)) fields.insert(field);
      }
      if (fields.empty()) continue;
      authors_.insert(event.actor);
      events_.emplace(id, std::move(fields));
    }
  }

  bool empty() const { return events_.empty(); }
  const std::set<Did>& authors() const { return authors_; }

  // The paths of withdrawn openings in a tree of branch `details`.
  std::vector<std::string> paths_in(const git::Repository& repository, const git::Oid& tree) const {
    std::vector<std::string> paths;
    for (const auto& [id, fields] : events_) {
      const std::string hex = id.text();
      if (!repository.find(tree, hex.substr(0, 2) + "/" + hex)) continue;
      for (const std::string& field : fields) {
        for (std::string& path : std::vector{opening_path(id, field), sealed_path(id, field)}) {
          if (repository.find(tree, path)) paths.push_back(std::move(path));
        }
      }
    }
    return paths;
  }

  // Whether the bytes of a bundle carry a withdrawn opening.
  bool in_bundle(std::string_view bytes) const {
    const bool names_one = std::any_of(events_.begin(), events_.end(), [&](const auto& item) {
      return bytes.find(item.first.text()) != std::string_view::npos;
    });
    const auto bundle = names_one ? parse_bundle(bytes) : Result<Bundle>(Reason{});
    if (!bundle) return false;
    const auto carries = [&](const auto& items) {
      return std::any_of(items.begin(), items.end(), [&](const auto& item) {
        const auto found = events_.find(item.event);
        return found != events_.end() && found->second.contains(item.opening.field);
      });
    };
    return carries(bundle->openings) || carries(bundle->sealed);
  }

  // Whether a commit is one of branch `details` or of a bundle, with something that is withdrawn in it.
  bool in_commit(const git::Repository& repository, const git::Oid& commit) const {
    try {
      const git::Oid tree = repository.read_commit(commit).tree;
      if (!paths_in(repository, tree).empty()) return true;
      const auto bundle = repository.find(tree, "bundle.jsonl");
      return bundle && bundle->mode == git::Mode::file &&
             in_bundle(repository.read_blob(bundle->oid, max_bundle_bytes));
    } catch (const Error& error) {
      // Whatever else is unreachable there is none of our business.
      if (error.code() != ErrorCode::invalid) throw;
      return false;
    }
  }

private:
  std::map<EventId, std::set<std::string>> events_;
  std::set<Did> authors_;
};

// The names of objects that are about to go, so that a run that breaks off in the middle is finished by the
// next: what is left then is held together by nothing.
class RemovalList {
public:
  explicit RemovalList(const git::Repository& repository)
      : path_(repository.git_folder() / "bw" / "erasing") {}

  std::vector<git::Oid> read() const {
    std::vector<git::Oid> objects;
    const auto text = read_file_if_exists(path_, max_list_bytes);
    if (!text) return objects;
    for (const std::string_view line : split(*text, '\n')) {
      if (const auto oid = git::Oid::from_hex(line)) objects.push_back(*oid);
    }
    return objects;
  }
  void write(const std::vector<git::Oid>& objects) const {
    std::string text;
    for (const git::Oid& oid : objects) text += oid.hex() + "\n";
    write_file(path_, text, 0600);
  }
  void done() const {
    std::error_code error;
    fs::remove(path_, error);
  }

private:
  fs::path path_;
};

// Removes the objects of commits that nothing leads to and that hold what is withdrawn; whether there was
// something.
bool remove_objects(const git::Repository& repository, const Withdrawn& withdrawn) {
  const RemovalList list(repository);
  std::vector<git::Oid> objects = list.read();
  std::vector<git::Oid> commits = git::unreachable_commits(repository);
  std::erase_if(commits, [&](const git::Oid& commit) { return !withdrawn.in_commit(repository, commit); });
  const std::vector<git::Oid> below = git::objects_below(repository, commits);
  objects.insert(objects.end(), below.begin(), below.end());
  if (objects.empty()) return false;
  list.write(objects);
  git::remove_unreachable(repository, objects);  // what stays is still used by what is left
  list.done();
  return true;
}

std::string local_path(const git::RemoteUrl& url) {
  std::string path = url.text();
  if (path.starts_with("file://")) path.erase(0, 7);
  return path;
}

class Eraser {
public:
  Eraser(const Environment& environment, World& world)
      : environment_(environment), world_(world), repository_(world.repository), withdrawn_(world) {}

  bool has_work() const { return !withdrawn_.empty(); }

  Erased here() {
    Erased erased;
    bool found = rewrite_details();
    found = remove_stale_refs() || found;
    found = remove_bundles() || found;
    git::forget_past_of(repository_, details_ref);
    found = remove_objects(repository_, withdrawn_) || found;
    if (found) erased.places.emplace_back("this repository");
    name_what_leads_there(erased);
    return erased;
  }

  Erased at(const git::RemoteUrl& url, const Did& me) {
    Erased erased;
    try {
      bool found = rewrite_details_at(url, erased);
      found = remove_bundles_at(url, me, erased) || found;
      if (url.is_local()) {
        const git::Repository there = git::Repository::open(local_path(url));
        git::forget_past_of(there, details_ref);
        found = remove_objects(there, withdrawn_) || found;
      }
      if (found) erased.places.push_back(url.shown());
    } catch (const Error& error) {
      erased.left.push_back(fmt::format("{}: {}", url.shown(), error.what()));
    }
    for (const char* branch : {"stream", "details"})
      repository_.remove_ref(fmt::format("refs/bw/{}/{}", fetched_space, branch));
    return erased;
  }

private:
  bool rewrite_details() {
    const auto head = repository_.ref(details_ref);
    const auto left = head ? what_is_left_of(*head) : std::nullopt;
    if (!left) return false;
    // Someone who published something at this very moment is met again by the next run.
    if (!repository_.update_ref(details_ref, *left, head, "bw: erase what was withdrawn")) return false;
    return true;
  }

  // The commit that takes the place of one of branch `details`; nothing where nothing in it is withdrawn.
  std::optional<git::Oid> what_is_left_of(const git::Oid& head) {
    const auto paths = withdrawn_.paths_in(repository_, repository_.read_commit(head).tree);
    if (paths.empty()) return std::nullopt;
    return erase_openings(repository_, head, paths);
  }

  // What was fetched from elsewhere and still has it. The next fetch brings what is there then.
  bool remove_stale_refs() {
    bool found = false;
    for (const char* prefix : {"refs/remotes/", "refs/bw/"}) {
      for (const auto& [name, oid] : repository_.refs(prefix)) {
        if (!name.ends_with("/details")) continue;
        git::forget_past_of(repository_, name);
        if (!withdrawn_.in_commit(repository_, oid)) continue;
        repository_.remove_ref(name);
        found = true;
      }
    }
    return found;
  }

  bool remove_bundles() {
    bool found = false;
    for (const Did& author : withdrawn_.authors()) {
      for (const std::string_view prefix : {inbox_prefix, outbox_prefix}) {
        for (const auto& [name, oid] : repository_.refs(fmt::format("{}{}/", prefix, author.short_id()))) {
          if (prefix == inbox_prefix && !repository_.ref(receipt_name(name))) continue;
          if (!withdrawn_.in_commit(repository_, oid)) continue;
          repository_.remove_ref(name);
          found = true;
        }
      }
    }
    return found;
  }

  static std::string receipt_name(const std::string& inbox_ref) {
    return std::string(receipt_prefix) + inbox_ref.substr(inbox_prefix.size());
  }

  // A branch or tag of the user's own that keeps it alive is his to decide about.
  void name_what_leads_there(Erased& erased) const {
    for (const auto& [name, oid] : repository_.refs("refs/")) {
      if (name.starts_with("refs/bw/") || name == stream_ref) continue;
      if (withdrawn_.in_commit(repository_, oid))
        erased.left.push_back(
            fmt::format("this repository: {} still leads to it; remove it and run this again", name));
    }
    for (const auto& [name, oid] : repository_.refs(inbox_prefix)) {
      if (withdrawn_.in_commit(repository_, oid)) erased.left.push_back(unanswered("this repository"));
    }
  }

  static std::string unanswered(const std::string& where) {
    return where +
           ": a bundle that nobody has answered carries it: answer it (bw merge --inbox), then run this "
           "again";
  }

  bool rewrite_details_at(const git::RemoteUrl& url, Erased& erased) {
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
      const CopyElsewhere there = fetch_copy(environment_, world_, url, fetched_space);
      const auto left = there.details ? what_is_left_of(*there.details) : std::nullopt;
      if (!left) return attempt > 0;
      const git::PushReport report =
          git::push(repository_, url, {{left, std::string(details_ref), there.details}},
                    transport_options(environment_));
      if (report.result == git::PushResult::done) return true;
      if (report.result == git::PushResult::stale) continue;
      erased.left.push_back(
          fmt::format("{} did not take the branch \"details\" without it: {}", url.shown(), report.message));
      return false;
    }
    erased.left.push_back(url.shown() + ": others published there at the same time, again and again");
    return false;
  }

  bool remove_bundles_at(const git::RemoteUrl& url, const Did& me, Erased& erased) {
    std::vector<std::string> patterns;
    for (const Did& author : withdrawn_.authors()) {
      for (const std::string_view prefix : {inbox_prefix, receipt_prefix})
        patterns.push_back(fmt::format("{}{}/*", prefix, author.short_id()));
    }
    const auto listed = git::list_remote(url, patterns, transport_options(environment_));
    std::set<std::string> names;
    std::vector<std::string> bundles;
    for (const git::RemoteRef& ref : listed) {
      names.insert(ref.name);
      if (ref.name.starts_with(inbox_prefix)) bundles.push_back(ref.name);
    }
    Quarantine quarantine(environment_, url);
    quarantine.fetch(bundles);
    bool found = false;
    for (const git::RemoteRef& ref : listed) {
      if (!ref.name.starts_with(inbox_prefix) || !quarantine.has(ref.oid) ||
          !withdrawn_.in_commit(quarantine.repository(), ref.oid)) {
        continue;
      }
      const bool mine = ref.name.starts_with(fmt::format("{}{}/", inbox_prefix, me.short_id()));
      if (!mine && !names.contains(receipt_name(ref.name))) {
        erased.left.push_back(unanswered(url.shown()));
        continue;
      }
      const git::PushReport report =
          git::push(repository_, url, {{std::nullopt, ref.name, ref.oid}}, transport_options(environment_));
      if (report.result == git::PushResult::done) {
        found = true;
      } else {
        erased.left.push_back(
            fmt::format("{} did not remove a bundle with it: {}", url.shown(), report.message));
      }
    }
    return found;
  }

  const Environment& environment_;
  World& world_;
  git::Repository& repository_;
  Withdrawn withdrawn_;
};

}  // namespace

void Erased::add(Erased more) {
  places.insert(places.end(), more.places.begin(), more.places.end());
  left.insert(left.end(), more.left.begin(), more.left.end());
}

bool holds_withdrawn(const World& world) {
  if (world.stream.withdrawn.empty()) return false;
  const auto head = world.repository.ref(details_ref);
  return head &&
         !Withdrawn(world).paths_in(world.repository, world.repository.read_commit(*head).tree).empty();
}

Erased erase_withdrawn_here(const Environment& environment, World& world) {
  Eraser eraser(environment, world);
  return eraser.has_work() ? eraser.here() : Erased{};
}

Erased erase_withdrawn(const Environment& environment, World& world, const Did& me) {
  const StreamLock lock(world);
  refresh(environment, world);
  Eraser eraser(environment, world);
  Erased erased;
  if (!eraser.has_work()) return erased;
  for (const git::RemoteUrl& url : inbox_addresses(world)) {
    environment.report("erasing at " + url.shown());
    erased.add(eraser.at(url, me));
  }
  erased.add(eraser.here());
  return erased;
}

}  // namespace bw
