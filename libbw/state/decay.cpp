#include "state/decay.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/error.h"
#include "state/canonical.h"
#include "state/window.h"

namespace bw {
namespace {

constexpr std::array<std::string_view, 5> window_names{"day", "week", "month", "year", "ever"};

// One posting, with a leg for each person who loses something. Whether there was any.
bool take_share(Ledger& ledger, const DecayRule& rule, const Cause& cause) {
  std::vector<Leg> legs;
  Decimal taken;
  for (const auto& [person, balance] : ledger.persons(rule.unit)) {
    const Decimal share = rule.share.of(balance, rule.digits);
    if (share.is_zero()) continue;
    legs.push_back({Account::of(person), Decimal() - share});
    taken += share;
  }
  if (legs.empty()) return false;
  legs.push_back({Account::sink(rule.sink), taken});
  return !ledger.post(rule.unit, legs, cause);
}

}  // namespace

void Decay::set_next() {
  next_ = Timestamp::last + 1;
  for (const Running& one : running_) next_ = std::min(next_, one.ends);
}

void Decay::adopt(const std::vector<DecayRule>& rules, UtcOffset offset, const EventId& adoption,
                  std::int64_t recorded) {
  std::vector<Running> now;
  for (const DecayRule& rule : rules) {
    const auto same_unit = [&](const Running& one) { return one.rule.unit == rule.unit; };
    if (rule.per == Window::ever || std::any_of(now.begin(), now.end(), same_unit)) continue;
    const auto before = std::find_if(running_.begin(), running_.end(), same_unit);
    const bool goes_on = before != running_.end() && before->rule.per == rule.per;
    now.push_back({rule, adoption, offset,
                   goes_on ? before->ends : window_of(rule.per, Timestamp{recorded}, offset).end});
  }
  std::sort(now.begin(), now.end(),
            [](const Running& a, const Running& b) { return a.rule.unit < b.rule.unit; });
  running_ = std::move(now);
  set_next();
}

void Decay::pass(Ledger& ledger, std::uint64_t index, std::int64_t recorded, Listener* listener) {
  if (recorded < next_) return;
  // Units do not touch each other: each is taken through all of its periods.
  for (Running& one : running_) {
    for (int periods = 0; one.ends <= recorded; ++periods) {
      const Cause cause{one.adoption, index, recorded, Timestamp{one.ends}, "decay", listener};
      // Where nothing was taken, the next period would take nothing either.
      const bool goes_on = periods < max_decays_at_once && take_share(ledger, one.rule, cause);
      one.ends = window_of(one.rule.per, Timestamp{goes_on ? one.ends : recorded}, one.offset).end;
    }
  }
  set_next();
}

std::optional<std::int64_t> Decay::ends(std::string_view unit) const {
  for (const Running& one : running_) {
    if (one.rule.unit == unit) return one.ends;
  }
  return std::nullopt;
}

Json Decay::json() const {
  Json list = Json::array();
  for (const auto& [rule, adoption, offset, ends] : running_) {
    list.push_back({{"adoption", adoption.text()},
                    {"digits", rule.digits},
                    {"ends", ends},
                    {"offset", offset.seconds},
                    {"per", window_names[static_cast<std::size_t>(rule.per)]},
                    {"share", rule.share.text()},
                    {"sink", rule.sink},
                    {"unit", rule.unit}});
  }
  return list;
}

Decay::Running Decay::running_from(const Json& json) {
  const auto* const per =
      std::find(window_names.begin(), window_names.end(), json.at("per").get<std::string>());
  const auto share = Fraction::parse(json.at("share").get<std::string>());
  const auto adoption = EventId::parse(json.at("adoption").get<std::string>());
  if (per == window_names.end() || !share || !adoption)
    throw Error(ErrorCode::invalid, "a decay has no period, share or adoption");
  return {{json.at("unit").get<std::string>(), *share, static_cast<Window>(per - window_names.begin()),
           json.at("digits").get<int>(), json.at("sink").get<std::string>()},
          *adoption,
          UtcOffset{json.at("offset").get<std::int32_t>()},
          json.at("ends").get<std::int64_t>()};
}

Decay Decay::from_json(const Json& json) {
  return read_canonical("a decay", json, [](const Json& from) {
    Decay decay;
    for (const Json& entry : from) decay.running_.push_back(running_from(entry));
    const auto in_order = [](const Running& a, const Running& b) { return a.rule.unit < b.rule.unit; };
    if (std::adjacent_find(decay.running_.begin(), decay.running_.end(), std::not_fn(in_order)) !=
        decay.running_.end())
      throw Error(ErrorCode::invalid, "the units of a decay are not in order");
    decay.set_next();
    return decay;
  });
}

}  // namespace bw
