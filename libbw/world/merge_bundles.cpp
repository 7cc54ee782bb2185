#include "world/merge_bundles.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/commit_author.h"

namespace bw {
namespace {

constexpr std::size_t max_inbox_bundles = 10'000;
constexpr std::size_t max_receipt_bytes = 8u << 20;

struct Collected {
  std::string bytes;
  std::string from;                   // shown
  std::optional<git::RemoteUrl> url;  // nothing: this repository, or a file
  std::string ref;                    // where it lay; empty for a file
  std::string fault;                  // why there are no bytes; empty where there are
};

struct Read {
  Collected collected;
  Result<Bundle> bundle;
};

std::vector<Read> read_all(const World& world, std::vector<Collected> collected) {
  std::vector<Read> read;
  for (Collected& item : collected) {
    auto bundle = item.fault.empty() ? parse_bundle(item.bytes) : Result<Bundle>(Reason{item.fault});
    if (bundle && bundle->world != world.id()) {
      bundle = Reason{fmt::format("it is for world {}, this is {}", bundle->world.text(), world.id().text())};
    } else if (bundle && !item.ref.empty() && item.ref != inbox_ref(bundle->actor, bundle->digest)) {
      bundle = Reason{"it lies under a name that is not its own"};
    }
    read.push_back({std::move(item), std::move(bundle)});
  }
  // As they were made, so that someone who joined and then did something is known when it is judged.
  std::stable_sort(read.begin(), read.end(), [](const Read& a, const Read& b) {
    return (a.bundle ? a.bundle->at : Timestamp{}) < (b.bundle ? b.bundle->at : Timestamp{});
  });
  return read;
}

// Admits every readable bundle against a state that grows with each, so that all go into one append.
Composition compose(const std::vector<Read>& read, const StreamState& state, const AdmissionRule& rule,
                    Timestamp now, std::vector<MergedBundle>& results) {
  Composition composition;
  results.clear();
  // What an earlier bundle of this round adds is known to the next.
  StreamState growing = state;
  for (const Read& item : read) {
    MergedBundle result{sha256(item.collected.bytes), std::nullopt, {}, {}, {}, item.collected.from};
    if (!item.bundle) {
      result.problem = item.bundle.reason();
      results.push_back(std::move(result));
      continue;
    }
    Judgement judgement = admit(*item.bundle, growing, rule, now);
    for (const Event& event : judgement.additions.events) {
      growing.authority.apply(event, growing.size(), now.seconds);
      growing.tree.append(event.id.digest);  // only the size is used before the real append
      growing.ids.push_back(event.id);
    }
    auto& additions = composition.additions;
    std::move(judgement.additions.events.begin(), judgement.additions.events.end(),
              std::back_inserter(additions.events));
    additions.tables.merge(judgement.additions.tables);
    std::move(judgement.openings.begin(), judgement.openings.end(), std::back_inserter(composition.openings));
    result.sender = item.bundle->actor;
    result.verdicts = std::move(judgement.verdicts);
    result.warnings = std::move(judgement.warnings);
    results.push_back(std::move(result));
  }
  return composition;
}

git::Oid receipt_commit(const Environment& environment, World& world, const Signer& signer,
                        const MergedBundle& merged) {
  const std::string line =
      write_receipt({signer.did(), environment.now(), merged.bundle, world.id(), merged.verdicts}, signer);
  const std::vector<git::TreeEdit> edits = {{"receipt.json", world.repository.write_blob(line + "\n")}};
  const git::CommitDraft draft{.tree = world.repository.edit_tree(std::nullopt, edits),
                               .parents = {},
                               .author = appender(signer.did()),
                               .time = environment.now(),
                               .message = "Receipt\n"};
  return world.repository.commit(draft, commit_signer_with(signer));
}

// The receipt stays here, and goes to where the bundle lay. A bundle that has its receipt is answered:
// neither is ever removed by merging, so nothing races with a sender who sends again.
// Returns why the receipt did not reach where the bundle lay; empty where it did.
std::string leave_receipt(const Environment& environment, World& world, const Signer& signer,
                          const Collected& collected, const MergedBundle& merged) {
  if (!merged.sender) return "";
  const std::string ref = receipt_ref(*merged.sender, merged.bundle);
  auto receipt = world.repository.ref(ref);
  if (!receipt) {
    receipt = receipt_commit(environment, world, signer, merged);
    // Where another process answered the same bundle meanwhile, its receipt stands.
    if (!world.repository.update_ref(ref, *receipt, std::nullopt, "bw: receipt"))
      receipt = world.repository.ref(ref);
  }
  if (!collected.url) return "";
  try {
    const git::PushReport report = git::push(world.repository, *collected.url, {{receipt, ref, std::nullopt}},
                                             transport_options(environment));
    return report.result == git::PushResult::refused ? report.message : "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::vector<MergedBundle> merge_collected(const Environment& environment, World& world, const Signer& signer,
                                          std::vector<Collected> collected) {
  const std::vector<Read> read = read_all(world, std::move(collected));
  std::vector<MergedBundle> results;
  if (read.empty()) return results;
  append_at_home(environment, world, signer, [&](const StreamState& state) {
    return compose(read, state, admission_rule(world), environment.now(), results);
  });
  for (std::size_t i = 0; i < read.size(); ++i) {
    const bool own = results[i].sender == signer.did() && read[i].collected.ref.empty();
    if (own) continue;
    const std::string fault = leave_receipt(environment, world, signer, read[i].collected, results[i]);
    if (!fault.empty()) results[i].warnings.push_back("the sender's receipt could not be left: " + fault);
  }
  return results;
}

Collected read_inbox_ref(const World& world, const std::string& ref, const git::Oid& oid,
                         const std::optional<git::RemoteUrl>& url) {
  Collected item{{}, url ? url->shown() : "this repository", url, ref, {}};
  try {
    const auto blob = world.repository.find(world.repository.read_commit(oid).tree, "bundle.jsonl");
    if (blob && blob->mode == git::Mode::file) {
      item.bytes = world.repository.read_blob(blob->oid, max_bundle_bytes);
    }
  } catch (const Error& error) {
    // Whatever someone left there, it is only that ref's fault.
    if (error.code() != ErrorCode::invalid) throw;
    item.fault = error.what();
  }
  return item;
}

void collect_here(const World& world, std::vector<Collected>& collected) {
  for (const std::string& ref : unanswered_bundles(world)) {
    if (collected.size() == max_inbox_bundles) return;
    collected.push_back(read_inbox_ref(world, ref, *world.repository.ref(ref), std::nullopt));
  }
}

// What lies unanswered in the inbox of another repository, fetched into the inbox here.
void collect_remote(const Environment& environment, World& world, const git::RemoteUrl& url,
                    std::vector<Collected>& collected) {
  std::set<std::string> answered;
  std::vector<git::RemoteRef> bundles;
  for (const git::RemoteRef& ref :
       git::list_remote(url, {std::string(inbox_prefix) + "*", std::string(receipt_prefix) + "*"},
                        transport_options(environment))) {
    if (ref.name.starts_with(receipt_prefix)) answered.insert(ref.name.substr(receipt_prefix.size()));
    if (ref.name.starts_with(inbox_prefix)) bundles.push_back(ref);
  }
  std::erase_if(bundles, [&](const git::RemoteRef& ref) {
    return answered.contains(ref.name.substr(inbox_prefix.size()));
  });
  if (bundles.size() > max_inbox_bundles) bundles.resize(max_inbox_bundles);
  std::vector<std::string> refspecs;
  refspecs.reserve(bundles.size());
  for (const git::RemoteRef& ref : bundles) refspecs.push_back("+" + ref.name + ":" + ref.name);
  if (refspecs.empty()) return;
  git::fetch(world.repository, url, refspecs, transport_options(environment));
  for (const git::RemoteRef& ref : bundles) {
    if (const auto oid = world.repository.ref(ref.name))
      collected.push_back(read_inbox_ref(world, ref.name, *oid, url));
  }
}

}  // namespace

AdmissionRule admission_rule(const World& world) {
  if (!world.stream.authority.adopted()) return {};
  const LoadedDefinition loaded = adopted_definition(world);
  if (!loaded.definition) return {};
  const AdmissionPolicy policy = loaded.definition->admission.policy;
  return [policy](const Event& event, const Authority& authority) -> std::optional<std::string> {
    if (policy == AdmissionPolicy::stewards && !authority.is_steward(event.actor)) {
      return "this world admits only events of its stewards";
    }
    // Announcing oneself is how one becomes a member.
    if (policy == AdmissionPolicy::members && event.kind != "identity.announced" &&
        !authority.members().contains(event.actor)) {
      return "this world admits only events of those who joined; join with \"bw join\"";
    }
    return std::nullopt;
  };
}

std::vector<MergedBundle> merge_bundles(const Environment& environment, World& world, const Signer& signer,
                                        const std::vector<std::string>& bundles) {
  std::vector<Collected> collected;
  collected.reserve(bundles.size());
  for (const std::string& bytes : bundles) collected.push_back({bytes, "file", std::nullopt, {}, {}});
  return merge_collected(environment, world, signer, std::move(collected));
}

std::vector<MergedBundle> merge_inboxes(const Environment& environment, World& world, const Signer& signer) {
  std::vector<Collected> collected;
  collect_here(world, collected);
  std::vector<git::RemoteUrl> urls;
  if (const Home home = home_of(world); home.url) urls.push_back(*home.url);
  for (const std::string& name : world.repository.remotes()) {
    const auto url = git::RemoteUrl::parse(world.repository.remote_url(name).value_or(""));
    const bool known = url && std::any_of(urls.begin(), urls.end(), [&](const git::RemoteUrl& other) {
                         return other.text() == url->text();
                       });
    if (url && !known) urls.push_back(*url);
  }
  for (const git::RemoteUrl& url : urls) collect_remote(environment, world, url, collected);
  return merge_collected(environment, world, signer, std::move(collected));
}

std::vector<MergedBundle> merge_inbox_of(const Environment& environment, World& world, const Signer& signer,
                                         const git::RemoteUrl& url) {
  std::vector<Collected> collected;
  collect_remote(environment, world, url, collected);
  return merge_collected(environment, world, signer, std::move(collected));
}

std::vector<std::string> unanswered_bundles(const World& world) {
  std::vector<std::string> refs;
  for (const auto& [name, oid] : world.repository.refs(inbox_prefix)) {
    if (!world.repository.ref(std::string(receipt_prefix) + name.substr(inbox_prefix.size())))
      refs.push_back(name);
  }
  return refs;
}

std::vector<Receipt> my_receipts(const World& world, const Did& me) {
  std::vector<Receipt> receipts;
  for (const auto& [name, oid] : world.repository.refs(std::string(receipt_prefix) + me.short_id() + "/")) {
    const auto blob = world.repository.find(world.repository.read_commit(oid).tree, "receipt.json");
    if (!blob) continue;
    std::string line = world.repository.read_blob(blob->oid, max_receipt_bytes);
    if (line.ends_with('\n')) line.pop_back();
    const auto receipt = parse_receipt(line);
    if (receipt && receipt->world == world.id() && world.stream.authority.is_steward(receipt->actor)) {
      receipts.push_back(*receipt);
    }
  }
  std::sort(receipts.begin(), receipts.end(), [](const Receipt& a, const Receipt& b) { return a.at < b.at; });
  return receipts;
}

}  // namespace bw
