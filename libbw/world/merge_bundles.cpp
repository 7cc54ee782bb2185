#include "world/merge_bundles.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/release.h"
#include "tools/toolset.h"
#include "world/collecting.h"
#include "world/erasure.h"
#include "world/ruling_definition.h"

namespace bw {
namespace {

struct Read {
  std::optional<InboxRef> ref;  // where it lay; nothing where it was given
  std::string from;             // shown
  Digest digest;
  Result<Bundle> bundle;
};

Result<Bundle> read(const World& world, const InboxBundle& lying) {
  if (!lying.fault.empty()) return Reason{lying.fault};
  auto bundle = parse_bundle(lying.bytes);
  if (bundle && bundle->world != world.id()) {
    return Reason{fmt::format("it is for world {}, this is {}", bundle->world.text(), world.id().text())};
  }
  if (bundle && lying.ref && inbox_ref(bundle->actor, bundle->digest) != lying.ref->name) {
    return Reason{"it lies under a name that is not its own"};
  }
  return bundle;
}

// As they were made, so that someone who joined and then did something is known when it is judged.
std::vector<Read> read_all(const World& world, std::vector<InboxBundle> lying, const std::string& from) {
  std::vector<Read> all;
  for (InboxBundle& item : lying) {
    auto bundle = read(world, item);
    const Digest digest = item.ref ? parse_bundle_ref(item.ref->name)->bundle : sha256(item.bytes);
    all.push_back({item.ref, from, digest, std::move(bundle)});
    release(item.bytes);  // parsed, it takes as much again
  }
  std::stable_sort(all.begin(), all.end(), [](const Read& a, const Read& b) {
    return (a.bundle ? a.bundle->at : Timestamp{}) < (b.bundle ? b.bundle->at : Timestamp{});
  });
  return all;
}

// Admits every readable bundle, what one adds being known to the next, so that all go into one append.
Composition compose(const std::vector<Read>& all, const StreamState& state, const AdmissionRule& rule,
                    Timestamp now, std::vector<MergedBundle>& results) {
  Composition composition;
  results.clear();
  const KindForms forms = tool_forms();
  AdmissionRound round(state, rule, forms, now);
  for (const Read& item : all) {
    MergedBundle result{item.digest, std::nullopt, {}, {}, {}, item.from};
    if (!item.bundle) {
      result.problem = item.bundle.reason();
      results.push_back(std::move(result));
      continue;
    }
    Judgement judgement = round.admit(*item.bundle);
    auto& additions = composition.additions;
    std::move(judgement.additions.events.begin(), judgement.additions.events.end(),
              std::back_inserter(additions.events));
    additions.tables.merge(judgement.additions.tables);
    std::move(judgement.openings.begin(), judgement.openings.end(), std::back_inserter(composition.openings));
    std::move(judgement.sealed.begin(), judgement.sealed.end(), std::back_inserter(composition.sealed));
    result.sender = item.bundle->actor;
    result.verdicts = std::move(judgement.verdicts);
    result.warnings = std::move(judgement.warnings);
    results.push_back(std::move(result));
  }
  return composition;
}

std::vector<MergedBundle> append_all(const Environment& environment, World& world, const Signer& signer,
                                     const std::vector<Read>& all) {
  std::vector<MergedBundle> results;
  if (all.empty()) return results;
  append_at_home(environment, world, signer, [&](const StreamState& state) {
    return compose(all, state, admission_rule(environment, world), environment.now(), results);
  });
  return results;
}

void warn_of_receipt(MergedBundle& merged, const std::string& fault) {
  if (!fault.empty()) merged.warnings.push_back("the sender's receipt could not be left: " + fault);
}

// The receipt stays here, and goes to where the bundle lay. A bundle that has its receipt is answered:
// neither is ever removed by merging, so nothing races with a sender who sends again.
void answer(const Environment& environment, World& world, const Signer& signer, const Inbox& inbox,
            const std::vector<Read>& all, std::vector<OwedReceipt> owed, SettledRefs& settled,
            MergedInboxes& result) {
  const std::size_t earlier = owed.size();
  std::vector<std::size_t> answered;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const InboxRef& ref = *all[i].ref;
    MergedBundle& merged = result.bundles[result.bundles.size() - all.size() + i];
    if (!merged.sender) {
      settled.add(ref.name, ref.oid);
      continue;
    }
    const git::Oid receipt =
        leave_receipt(environment, world, signer, *merged.sender, merged.bundle, merged.verdicts);
    owed.push_back({receipt_ref(*merged.sender, merged.bundle), receipt, ref.receipt});
    answered.push_back(result.bundles.size() - all.size() + i);
  }
  settled.save();
  if (!inbox.url || owed.empty()) return;
  const std::vector<std::string> faults = bring_receipts(environment, world, *inbox.url, owed);
  for (std::size_t i = 0; i < answered.size(); ++i) {
    warn_of_receipt(result.bundles[answered[i]], faults[earlier + i]);
  }
  const auto failed = std::find_if(faults.begin(), faults.begin() + static_cast<std::ptrdiff_t>(earlier),
                                   [](const std::string& fault) { return !fault.empty(); });
  if (failed != faults.begin() + static_cast<std::ptrdiff_t>(earlier)) {
    result.warnings.push_back(
        fmt::format("receipts of earlier runs could not be brought to {}: {}", inbox.url->shown(), *failed));
  }
}

// What was withdrawn in what was just admitted, and what an earlier run could not erase.
std::vector<std::string> erase_after_merging(const Environment& environment, World& world,
                                             const Signer& signer, std::size_t withdrawn_before) {
  if (world.stream.withdrawn.size() == withdrawn_before && !holds_withdrawn(world)) return {};
  return erase_withdrawn(environment, world, signer.did()).left;
}

MergedInboxes merge(const Environment& environment, World& world, const Signer& signer,
                    const std::vector<Inbox>& inboxes, const InboxLimits& limits) {
  MergedInboxes result;
  const std::size_t withdrawn = world.stream.withdrawn.size();
  SettledRefs settled(world.repository);
  for (const Inbox& inbox : inboxes) {
    Collected collected = collect(environment, world, inbox, limits, settled);
    result.left += collected.left;
    const std::vector<Read> all =
        read_all(world, std::move(collected.bundles), inbox.url ? inbox.url->shown() : "this repository");
    std::vector<MergedBundle> merged = append_all(environment, world, signer, all);
    std::move(merged.begin(), merged.end(), std::back_inserter(result.bundles));
    answer(environment, world, signer, inbox, all, std::move(collected.owed), settled, result);
  }
  for (std::string& warning : erase_after_merging(environment, world, signer, withdrawn))
    result.warnings.push_back(std::move(warning));
  return result;
}

// What somebody says with a key that is not known here, or no more, for a person who is; whether he may is
// for authority to judge. A link needs the known key's word first: else any stranger could leave one.
bool is_word_about_keys(const Event& event, const Authority& authority) {
  if (event.kind == "identity.disputed" || event.kind == "identity.recovered") return true;
  if (event.kind != "identity.linked") return false;
  const auto known = Did::parse(event.body().value("key", ""));
  return known && authority.persons().link_word(*known, event.actor, event.at.seconds);
}

}  // namespace

AdmissionRule admission_rule(const Environment& environment, const World& world) {
  if (!world.stream.authority.adopted()) return {};
  const auto definition = find_ruling_definition(environment, world);
  if (!definition) return {};
  const AdmissionPolicy policy = definition->admission.policy;
  return [policy](const Event& event, const Authority& authority) -> std::optional<std::string> {
    if (is_word_about_keys(event, authority)) return std::nullopt;
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
  std::vector<InboxBundle> given;
  given.reserve(bundles.size());
  for (const std::string& bytes : bundles) given.push_back({.bytes = bytes});
  const std::size_t withdrawn = world.stream.withdrawn.size();
  std::vector<MergedBundle> results =
      append_all(environment, world, signer, read_all(world, std::move(given), "file"));
  if (results.empty()) return results;
  for (const MergedBundle& merged : results) {
    if (merged.sender && merged.sender != signer.did())
      leave_receipt(environment, world, signer, *merged.sender, merged.bundle, merged.verdicts);
  }
  for (std::string& warning : erase_after_merging(environment, world, signer, withdrawn))
    results.back().warnings.push_back(std::move(warning));
  return results;
}

std::optional<MergedBundle> append_bundle(const Environment& environment, World& world, const Signer& signer,
                                          const std::string& bundle, const std::function<bool()>& leave) {
  const std::vector<Read> all = read_all(world, {{.bytes = bundle}}, "journal");
  std::optional<bool> leaves;
  std::vector<MergedBundle> results;
  append_at_home(environment, world, signer, [&](const StreamState& state) {
    if (!leaves) leaves = leave();
    if (!*leaves) return Composition{};
    return compose(all, state, admission_rule(environment, world), environment.now(), results);
  });
  return results.empty() ? std::nullopt : std::optional(std::move(results.front()));
}

MergedInboxes merge_inboxes(const Environment& environment, World& world, const Signer& signer,
                            const InboxLimits& limits) {
  // All of them are asked before anything is admitted. Without its home nothing can be admitted; any other
  // that does not answer is left for another run.
  std::vector<Inbox> inboxes = {inbox_here(world)};
  std::vector<std::string> silent;
  const Home home = home_of(world);
  for (const git::RemoteUrl& url : inbox_addresses(world)) {
    try {
      inboxes.push_back(inbox_at(environment, world, url));
    } catch (const Error& error) {
      if (home.url && url.text() == home.url->text()) throw;
      silent.push_back(fmt::format("the inbox at {} was not read: {}", url.shown(), error.what()));
    }
  }
  MergedInboxes merged = merge(environment, world, signer, inboxes, limits);
  std::move(silent.begin(), silent.end(), std::back_inserter(merged.warnings));
  CollectedCosignatures collected = collect_cosignatures(environment, world, &signer);
  merged.cosigned = collected.appended;
  std::move(collected.warnings.begin(), collected.warnings.end(), std::back_inserter(merged.warnings));
  return merged;
}

MergedInboxes merge_inbox_of(const Environment& environment, World& world, const Signer& signer,
                             const git::RemoteUrl& url, const InboxLimits& limits) {
  return merge(environment, world, signer, {inbox_at(environment, world, url)}, limits);
}

}  // namespace bw
