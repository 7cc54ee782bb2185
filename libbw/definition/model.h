#pragma once
// Definition: what a world has decided, typed and checked: every reference in it resolves, every number
// is exact, every date exists. It is made by `load` (definition/load.h) and never changed afterwards.
// Each element knows its place in betterworld.yaml, so that later messages can point there.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "crypto/did.h"
#include "crypto/hash.h"
#include "definition/date.h"
#include "definition/formula.h"
#include "definition/problem.h"
#include "stream/ids.h"

namespace bw {

namespace yaml {
struct Node;
}

// [a-z0-9]([a-z0-9-]*[a-z0-9])?, at most 64 characters.
bool is_id(std::string_view text);

// Words for people, in one or several languages.
class Text {
public:
  Text() = default;
  explicit Text(std::string words) : versions_{{"", std::move(words)}} {}
  // At least one version, in the order written.
  explicit Text(std::vector<std::pair<std::string, std::string>> versions) : versions_(std::move(versions)) {}

  // The words in `language` (a tag such as "zh-CN" or "en"): exactly that one, else one that shares the
  // primary subtag, else English, else the first. Empty only where the text is.
  const std::string& in(std::string_view language) const;
  bool empty() const { return versions_.empty(); }
  // Language tag → words; one pair with an empty tag where no language was given.
  const std::vector<std::pair<std::string, std::string>>& versions() const { return versions_; }

private:
  std::vector<std::pair<std::string, std::string>> versions_;
};

// A list whose items have unique ids: in the order written, found by id in O(log n).
template <class Item>
class ById {
public:
  ById() = default;
  explicit ById(std::vector<Item> items) : items_(std::move(items)), order_(items_.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::sort(order_, {}, [this](std::size_t i) -> std::string_view { return items_[i].id; });
  }

  // Null where no item has that id.
  const Item* find(std::string_view id) const {
    const auto key = [this](std::size_t i) -> std::string_view { return items_[i].id; };
    const auto found = std::ranges::lower_bound(order_, id, {}, key);
    return found != order_.end() && items_[*found].id == id ? &items_[*found] : nullptr;
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> all;
    for (const Item& item : items_) all.push_back(item.id);
    return all;
  }

  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  const Item& operator[](std::size_t i) const { return items_[i]; }

private:
  std::vector<Item> items_;
  std::vector<std::size_t> order_;  // positions in `items_`, sorted by id
};

struct Phase {  // of the action plan
  std::string id;
  Text title;
  Text description;
  std::optional<Date> starts;
  std::optional<Date> ends;
  Mark mark;
};

struct Unit {
  std::string id;
  Text title;
  int precision = 9;  // digits after the point that a quantity in it may have
  Mark mark;
};

enum class Aggregate { sum, count, max, latest };

struct Indicator {
  std::string id;
  Text title;
  std::string unit;
  Aggregate aggregate = Aggregate::sum;  // of its readings
  std::optional<Formula> formula;        // in place of readings
  Mark mark;
};

struct Goal {
  std::string id;
  Text title;
  Text description;
  std::optional<std::string> part_of;  // the goal it is a sub-goal of
  // Both or neither:
  std::optional<std::string> indicator;
  std::optional<Decimal> target;
  std::optional<std::string> unit;  // the indicator's
  std::optional<Date> due;
  Mark mark;
};

// When a milestone is reached: one indicator at a level, or all or any of several conditions.
struct Condition {
  enum class Kind { at_least, all, any };
  Kind kind = Kind::at_least;
  std::string indicator;         // of at_least
  Decimal at_least;              // of at_least
  std::vector<Condition> parts;  // of all and any; at least one
  Mark mark;
};

struct Milestone {
  std::string id;
  Text title;
  Text description;
  std::optional<std::string> goal;
  Condition when;
  Mark mark;
};

enum class Window { day, week, month, year, ever };

struct Limit {  // per person
  Window per = Window::day;
  Decimal quantity;
  Mark mark;
};

struct Contribution {
  std::string indicator;
  Decimal factor{1};
  Mark mark;
};

enum class EvidenceNeed { none, optional, required };
enum class EvidenceKind { photo, document, text, link, place, measurement };

struct EvidenceRule {
  EvidenceNeed need = EvidenceNeed::optional;
  std::vector<EvidenceKind> kinds;  // empty: any kind
};

enum class Verifier { self, peers, steward, device, body };

struct VerificationRule {
  Verifier by = Verifier::self;
  int count = 1;                    // peers needed
  std::optional<std::string> body;  // of Verifier::body
};

// Who sees what is beside an event, unless the person says otherwise. Place and evidence are private unless
// the definition names them.
enum class DefaultVisibility { public_, sealed, private_ };
struct DefaultVisibilities {
  DefaultVisibility note = DefaultVisibility::private_;
  DefaultVisibility place = DefaultVisibility::private_;
  DefaultVisibility evidence = DefaultVisibility::private_;
  friend bool operator==(const DefaultVisibilities&, const DefaultVisibilities&) = default;
};

struct ImportedFrom {
  WorldId world;
  Digest definition;
  std::string behaviour;
};

// A behaviour that is made of others of one person, and completes by itself: each of them (all), one of them
// (any), or one after the other (sequence), all done within so long.
struct Composite {
  enum class Kind { all, any, sequence };
  Kind kind = Kind::all;
  std::vector<std::string> parts;
  Duration within;
};

struct Behaviour {
  std::string id;
  Text title;
  Text description;
  std::string unit;
  std::optional<std::string> category;
  std::optional<int> difficulty;   // 1 … 5
  std::optional<Decimal> minimum;  // of the quantity of one event
  std::optional<Decimal> maximum;
  std::vector<Limit> limits;
  EvidenceRule evidence;
  VerificationRule verification;
  DefaultVisibilities visibility;
  std::vector<Contribution> contributes;
  std::optional<ImportedFrom> imported;
  std::optional<std::string> gate;  // the group of persons of whom it counts (definition/meaning.h)
  std::optional<Composite> composite;
  Mark mark;
};

enum class AdmissionPolicy { open, members, stewards };
enum class Review { automatic, manual };

struct Admission {
  AdmissionPolicy policy = AdmissionPolicy::open;
  Review review = Review::automatic;
};

// For people to read; authority itself lives in the stream.
struct StewardEntry {
  Did did;
  std::optional<std::string> name;
  Mark mark;
};

enum class SubmitBy { inbox, mail, url };

struct SubmitWay {
  SubmitBy by = SubmitBy::inbox;
  std::string to;  // an address or URL; empty for inbox
  Mark mark;
};

// The rules of an adopted tool, as tools/<id>.yaml has them; each tool reads its own (tools/).
struct ToolRules {
  std::string id;  // of the tool
  std::shared_ptr<const yaml::Node> tree;
};

struct Definition {
  Text name;
  Text summary;
  Text vision;
  std::vector<std::string> languages;
  std::vector<int> sdgs;  // the UN's goals 1 … 17
  std::optional<std::string> home_page;
  std::optional<std::string> licence;
  UtcOffset utc_offset;
  Duration grace;
  std::optional<Duration> freshness;  // how old the newest word of enough witnesses may be
  ById<Phase> action_plan;
  ById<Unit> units;
  ById<Indicator> indicators;
  ById<Goal> goals;
  ById<Milestone> milestones;
  ById<Behaviour> behaviours;
  Admission admission;
  std::vector<StewardEntry> stewards;
  std::vector<SubmitWay> submit;    // besides the inbox at home
  std::optional<std::string> icon;  // path of a file of the definition
  ById<ToolRules> tools;            // that the world adopted

  // Null where the world has not adopted that tool.
  const yaml::Node* rules_of(std::string_view tool) const {
    const ToolRules* found = tools.find(tool);
    return found == nullptr ? nullptr : found->tree.get();
  }
};

// The words used in YAML: "sum", "peers", "public" …
std::string_view name_of(Aggregate value);
std::string_view name_of(Window value);
std::string_view name_of(EvidenceNeed value);
std::string_view name_of(EvidenceKind value);
std::string_view name_of(Verifier value);
std::string_view name_of(DefaultVisibility value);
std::string_view name_of(AdmissionPolicy value);
std::string_view name_of(Review value);
std::string_view name_of(SubmitBy value);

}  // namespace bw
