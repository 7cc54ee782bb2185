#include "tools/behaviour/composite.h"

#include <algorithm>
#include <vector>

namespace bw {
namespace {

// Of each part; older ones are forgotten first.
constexpr std::size_t max_kept = 64;

using Times = std::map<std::string, std::multiset<std::int64_t>>;
using Deeds = std::vector<std::pair<std::string, std::int64_t>>;

// The deeds that complete it and begin with one at `first`; nothing where the others are not there.
std::optional<Deeds> completed_from(const Composite& composite, Times& times, std::int64_t first) {
  Deeds deeds;
  std::int64_t after = first;
  for (const std::string& part : composite.parts) {
    const auto& of_part = times[part];
    const auto found = of_part.lower_bound(after);
    if (found == of_part.end() || *found - first > composite.within.seconds) return std::nullopt;
    deeds.emplace_back(part, *found);
    if (composite.kind == Composite::Kind::sequence) after = *found + 1;
  }
  return deeds;
}

std::optional<Deeds> completed(const Composite& composite, Times& times) {
  if (composite.kind == Composite::Kind::any) {
    for (auto& [part, of_part] : times)
      if (!of_part.empty()) return Deeds{{part, *of_part.begin()}};
    return std::nullopt;
  }
  // What comes first can be any of the parts, of a sequence only the first one.
  std::set<std::int64_t> begins;
  for (const auto& [part, of_part] : times) {
    if (composite.kind == Composite::Kind::sequence && part != composite.parts.front()) continue;
    begins.insert(of_part.begin(), of_part.end());
  }
  for (const std::int64_t first : begins) {
    if (auto deeds = completed_from(composite, times, first)) return deeds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Timestamp> Composites::add(const Behaviour& behaviour, PersonNumber person, const Deed& deed) {
  if (const auto spent = spent_.find({behaviour.id, deed.claim}); spent != spent_.end()) {
    if (--spent->second == 0) spent_.erase(spent);
    return std::nullopt;
  }
  const std::pair<std::string, PersonNumber> place{behaviour.id, person};
  Times& times = open_[place];
  times[deed.part].insert(deed.at.seconds);
  while (times[deed.part].size() > max_kept) times[deed.part].erase(times[deed.part].begin());
  const auto deeds = completed(*behaviour.composite, times);
  std::optional<Timestamp> last;
  if (deeds) {
    std::int64_t latest = deeds->front().second;
    for (const auto& [done, when] : *deeds) {
      times[done].erase(times[done].find(when));
      latest = std::max(latest, when);
    }
    last = Timestamp{latest};
  }
  std::erase_if(times, [](const auto& each) { return each.second.empty(); });
  if (times.empty()) open_.erase(place);
  return last;
}

void Composites::remove(const Behaviour& behaviour, PersonNumber person, const Deed& deed) {
  const auto open = open_.find({behaviour.id, person});
  const bool has_part = open != open_.end() && open->second.contains(deed.part);
  auto* times = has_part ? &open->second.find(deed.part)->second : nullptr;
  const auto found = has_part ? times->find(deed.at.seconds) : std::multiset<std::int64_t>::iterator();
  if (!has_part || found == times->end()) {
    ++spent_[{behaviour.id, deed.claim}];
    return;
  }
  times->erase(found);
  if (times->empty()) open->second.erase(deed.part);
  if (open->second.empty()) open_.erase(open);
}

void Composites::merge(PersonNumber from, PersonNumber into) {
  std::map<std::pair<std::string, PersonNumber>, Times> joined;
  for (auto& [place, times] : open_) {
    Times& kept = joined[{place.first, place.second == from ? into : place.second}];
    for (auto& [part, of_part] : times) {
      kept[part].merge(of_part);
      while (kept[part].size() > max_kept) kept[part].erase(kept[part].begin());
    }
  }
  open_ = std::move(joined);
}

Json Composites::json() const {
  Json open = Json::array();
  for (const auto& [place, times] : open_) open.push_back({place.first, place.second, times});
  Json spent = Json::array();
  for (const auto& [place, deeds] : spent_) spent.push_back({place.first, place.second.text(), deeds});
  return {{"open", std::move(open)}, {"spent", std::move(spent)}};
}

void Composites::restore(const Json& json) {
  for (const Json& one : json.at("open"))
    open_.emplace(std::pair{one.at(0).get<std::string>(), one.at(1).get<PersonNumber>()},
                  one.at(2).get<Times>());
  for (const Json& one : json.at("spent"))
    spent_.emplace(
        std::pair{one.at(0).get<std::string>(), EventId::parse(one.at(1).get<std::string>()).value()},
        one.at(2).get<std::uint64_t>());
}

}  // namespace bw
