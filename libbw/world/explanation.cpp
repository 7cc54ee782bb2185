#include "world/explanation.h"

#include <map>

#include "stream/log_reader.h"
#include "world/claim.h"

namespace bw {
namespace {

// Keeps the changes that `wanted` asks for, with the events that brought them.
class Steps : public Listener {
public:
  using Wanted = std::function<bool(const FigureChange&)>;

  // `asked`: the entry whose ruling is kept in `effect`.
  Steps(const World& world, Wanted wanted, std::optional<std::uint64_t> asked = {})
      : world_(world), wanted_(std::move(wanted)), asked_(asked) {}

  void judged(const Occurrence& entry, const Ruling& ruling) override {
    // What an entry changes is told before how it was judged.
    for (FigureStep& step : open_) {
      step.event = entry.id();
      step.recorded = entry.recorded;
      steps.push_back(std::move(step));
    }
    open_.clear();
    if (entry.index == asked_) effect = {entry.index, true, ruling, {}};
  }
  void changed(const FigureChange& change) override {
    Decimal& sum = sums_[std::string(change.figure)];
    sum += change.change;
    if (!wanted_(change)) return;
    // The rows of a table are one step.
    if (!open_.empty() && open_.back().figure == change.figure && open_.back().claim == change.claim) {
      open_.back().change += change.change;
      open_.back().after = sum;
      return;
    }
    open_.push_back({std::string(change.figure),
                     change.change,
                     sum,
                     change.index,
                     0,
                     {},
                     change.claim,
                     Did::from_public_key({}),
                     change.rules});
  }

  void name_authors() {
    const git::Oid tree = stream_tree(world_);
    std::map<EventId, Did> authors;
    for (FigureStep& step : steps) {
      const auto index = world_.stream.ids.find(step.claim);
      if (!index) continue;
      const auto known = authors.find(step.claim);
      const Did by =
          known != authors.end() ? known->second : read_entry(world_.repository, tree, *index).event.actor;
      authors.emplace(step.claim, by);
      step.by = world_.stream.authority.persons().name_of(by);
    }
  }

  std::vector<FigureStep> steps;
  std::optional<EventEffect> effect;

private:
  const World& world_;
  Wanted wanted_;
  std::optional<std::uint64_t> asked_;
  std::map<std::string, Decimal> sums_;
  std::vector<FigureStep> open_;  // of the entry that is being folded
};

}  // namespace

std::vector<FigureStep> explain_figure(const Environment& environment, const World& world,
                                       std::string_view figure) {
  Steps steps(world, [&](const FigureChange& change) { return change.figure == figure; });
  fold_world(environment, world, world.stream.covered(), &steps);
  steps.name_authors();
  return std::move(steps.steps);
}

std::optional<EventEffect> explain_event(const Environment& environment, const World& world,
                                         const EventId& event) {
  const auto index = world.stream.ids.find(event);
  if (!index || *index >= world.stream.covered()) return std::nullopt;
  Steps steps(
      world, [&](const FigureChange& change) { return change.claim == event || change.index == *index; },
      index);
  fold_world(environment, world, world.stream.covered(), &steps);
  steps.name_authors();
  EventEffect effect = steps.effect.value_or(EventEffect{*index, false, std::nullopt, {}});
  effect.changes = std::move(steps.steps);
  return effect;
}

}  // namespace bw
