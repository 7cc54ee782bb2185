#include "world/inbox.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.h"
#include "git/transport.h"
#include "world/home.h"
#include "world/quarantine.h"

namespace bw {
namespace {

std::string receipt_name(const InboxRef& ref) {
  return std::string(receipt_prefix) + ref.name.substr(inbox_prefix.size());
}

// One bundle of each sender, then the second of each, …: who sends much waits longest. Members come
// before people whom nobody knows, of whom anyone can make as many as he likes.
void order_fairly(const World& world, std::vector<InboxRef>& refs) {
  std::sort(refs.begin(), refs.end(), [](const InboxRef& a, const InboxRef& b) { return a.name < b.name; });
  const std::set<Did>& members = world.stream.authority.members();
  std::map<Did, std::size_t> seen;
  std::vector<std::tuple<bool, std::size_t, std::size_t>> turns;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    turns.emplace_back(!members.contains(refs[i].sender), seen[refs[i].sender]++, i);
  }
  std::sort(turns.begin(), turns.end());
  std::vector<InboxRef> ordered;
  ordered.reserve(refs.size());
  for (const auto& [stranger, turn, i] : turns) ordered.push_back(std::move(refs[i]));
  refs = std::move(ordered);
}

using NamedOids = std::vector<std::pair<std::string, git::Oid>>;

std::vector<InboxRef> inbox_refs(const World& world, const NamedOids& bundles, const NamedOids& receipts) {
  const std::map<std::string, git::Oid> answers(receipts.begin(), receipts.end());
  std::vector<InboxRef> refs;
  for (const auto& [name, oid] : bundles) {
    const auto parsed = parse_bundle_ref(name);
    if (!parsed) continue;
    InboxRef ref{name, parsed->sender, oid, std::nullopt};
    if (const auto answer = answers.find(receipt_name(ref)); answer != answers.end())
      ref.receipt = answer->second;
    refs.push_back(std::move(ref));
  }
  order_fairly(world, refs);
  return refs;
}

InboxBundle read_bundle(const git::Repository& repository, const InboxRef& ref) {
  InboxBundle bundle{ref, {}, {}};
  try {
    const auto blob = repository.find(repository.read_commit(ref.oid).tree, "bundle.jsonl");
    if (!blob || blob->mode != git::Mode::file) {
      bundle.fault = "it holds no file bundle.jsonl";
      return bundle;
    }
    bundle.bytes = repository.read_blob(blob->oid, max_bundle_bytes);
    if (inbox_ref(ref.sender, sha256(bundle.bytes)) != ref.name)
      bundle.fault = "it lies under a name that is not its own";
  } catch (const Error& error) {
    // Whatever someone left there, it is only that ref's fault.
    if (error.code() != ErrorCode::invalid) throw;
    bundle.fault = error.what();
  }
  if (!bundle.fault.empty()) bundle.bytes.clear();
  return bundle;
}

// Goes through an inbox, a few refs at a time, until there is enough for one run.
class Collector {
public:
  Collector(const Environment& environment, const World& world, const Inbox& inbox, const InboxLimits& limits,
            SettledRefs& settled)
      : world_(world), inbox_(inbox), limits_(limits), settled_(settled) {
    if (inbox.url) quarantine_.emplace(environment, *inbox.url);
  }

  Collected collect() {
    const auto& refs = inbox_.refs;
    std::size_t next = 0;
    while (next < refs.size() && !is_enough()) {
      const std::size_t end = std::min(refs.size(), next + refs_per_command);
      const auto at = [&](std::size_t i) { return refs.begin() + static_cast<std::ptrdiff_t>(i); };
      take(unanswered({at(next), at(end)}));
      settled_.save();
      next = end;
    }
    for (; next < refs.size(); ++next) collected_.left += seems_unanswered(refs[next]) ? 1 : 0;
    return std::move(collected_);
  }

private:
  bool is_enough() const { return collected_.bundles.size() >= limits_.bundles || bytes_ >= limits_.bytes; }

  // Without looking at the receipts there.
  bool seems_unanswered(const InboxRef& ref) const {
    return !ref.receipt && !settled_.contains(ref.name, ref.oid) && !world_.repository.ref(receipt_name(ref));
  }

  std::vector<InboxRef> unanswered(std::vector<InboxRef> refs) {
    std::erase_if(refs, [&](const InboxRef& ref) { return settled_.contains(ref.name, ref.oid); });
    bring_here(refs, [&](const InboxRef& ref) {
      const bool known = !ref.receipt || settled_.contains(receipt_name(ref), *ref.receipt);
      return known ? std::nullopt : std::optional(std::pair(receipt_name(ref), *ref.receipt));
    });
    std::erase_if(refs, [&](const InboxRef& ref) { return is_answered(ref); });
    return refs;
  }

  bool is_answered(const InboxRef& ref) {
    const std::string name = receipt_name(ref);
    if (ref.receipt) {
      if (settled_.contains(name, *ref.receipt)) return true;
      const git::Repository* place = holding(*ref.receipt);
      if (place != nullptr && is_receipt(world_, *place, name, *ref.receipt, settled_)) return true;
    }
    const auto here = world_.repository.ref(name);
    if (!here || !is_receipt(world_, world_.repository, name, *here, settled_)) return false;
    if (inbox_.url) collected_.owed.push_back({name, *here, ref.receipt});
    return true;
  }

  void take(const std::vector<InboxRef>& refs) {
    bring_here(refs, [](const InboxRef& ref) { return std::optional(std::pair(ref.name, ref.oid)); });
    for (const InboxRef& ref : refs) {
      if (is_enough()) {
        ++collected_.left;
      } else if (const git::Repository* place = holding(ref.oid); place != nullptr) {
        collected_.bundles.push_back(read_bundle(*place, ref));
        bytes_ += collected_.bundles.back().bytes.size();
      }
    }
  }

  // The repository that has the object: the world's own, or what was brought from elsewhere; or none.
  const git::Repository* holding(const git::Oid& oid) const {
    if (world_.repository.has_object(oid)) return &world_.repository;
    return quarantine_ && quarantine_->has(oid) ? &quarantine_->repository() : nullptr;
  }

  // What `wanted` names of each ref, where it lies elsewhere.
  template <class Wanted>
  void bring_here(const std::vector<InboxRef>& refs, const Wanted& wanted) {
    if (!quarantine_) return;
    std::vector<std::string> missing;
    for (const InboxRef& ref : refs) {
      const std::optional<std::pair<std::string, git::Oid>> object = wanted(ref);
      if (object && holding(object->second) == nullptr) missing.push_back(object->first);
    }
    quarantine_->fetch(missing);
  }

  const World& world_;
  const Inbox& inbox_;
  const InboxLimits& limits_;
  SettledRefs& settled_;
  std::optional<Quarantine> quarantine_;
  Collected collected_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::vector<git::RemoteUrl> inbox_addresses(const World& world) {
  std::vector<git::RemoteUrl> urls;
  if (const Home home = home_of(world); home.url) urls.push_back(*home.url);
  for (const std::string& name : world.repository.remotes()) {
    const auto url = git::RemoteUrl::parse(world.repository.remote_url(name).value_or(""));
    const bool known = url && std::any_of(urls.begin(), urls.end(), [&](const git::RemoteUrl& other) {
                         return other.text() == url->text();
                       });
    if (url && !known) urls.push_back(*url);
  }
  return urls;
}

Inbox inbox_here(const World& world) {
  return {std::nullopt,
          inbox_refs(world, world.repository.refs(inbox_prefix), world.repository.refs(receipt_prefix))};
}

Inbox inbox_at(const Environment& environment, const World& world, const git::RemoteUrl& url) {
  NamedOids bundles;
  NamedOids receipts;
  for (git::RemoteRef& ref :
       git::list_remote(url, {std::string(inbox_prefix) + "*", std::string(receipt_prefix) + "*"},
                        transport_options(environment))) {
    (ref.name.starts_with(inbox_prefix) ? bundles : receipts).emplace_back(std::move(ref.name), ref.oid);
  }
  return {url, inbox_refs(world, bundles, receipts)};
}

Collected collect(const Environment& environment, const World& world, const Inbox& inbox,
                  const InboxLimits& limits, SettledRefs& settled) {
  return Collector(environment, world, inbox, limits, settled).collect();
}

std::size_t unanswered_bundles(const World& world) {
  const Inbox inbox = inbox_here(world);
  if (inbox.refs.empty()) return 0;
  SettledRefs settled(world.repository);
  const auto waits = [&](const InboxRef& ref) {
    if (settled.contains(ref.name, ref.oid)) return false;
    return !ref.receipt || !is_receipt(world, world.repository, receipt_name(ref), *ref.receipt, settled);
  };
  const auto waiting = std::count_if(inbox.refs.begin(), inbox.refs.end(), waits);
  settled.save();
  return static_cast<std::size_t>(waiting);
}

}  // namespace bw
