#pragma once
// The achievement tool: badges, and who holds them. It judges
//
//     badge.awarded      {"badge","person"}     badge.revoked      {"badge","person"}
//     occasion.opened    {"badge","code": digest,"until": seconds}
//     occasion.attended  {"occasion","proof": digest}
//     occasion.closed    {"code","occasion"}
//
// Badges for deeds, streaks and milestones come by themselves, at the entry after which they are due, and
// stay whatever is corrected later. Where a badge expires it can be had again.
//
// *Attendance.* Who opens an occasion commits to a code and says it to those who are there. They prove that
// they heard it with SHA-256("bw.attended.v1" ‖ code ‖ their did), which helps nobody else; when the code is
// told at the close, every proof is checked, and who was right has the badge:
//
//     code (digest) = SHA-256 of "bw.occasion.v1" and the code, each preceded by its length as 8 big-endian
//     bytes
//
// The groups "badge:<id>" are this tool's.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "definition/meaning.h"
#include "state/tool.h"

namespace bw {

struct Badge {
  enum class By { award, deeds, streak, milestone, attendance, exam };
  std::string id;
  Text title;
  Text description;
  Text criteria;
  By by = By::award;
  std::string awarded_by;  // a group
  std::string behaviour;
  Decimal quantity;
  Window per = Window::week;
  int windows = 0;
  std::string milestone;
  std::optional<Duration> expires;
};
std::string_view name_of(Badge::By by);

inline constexpr std::size_t max_occasion_code_bytes = 100;
Digest occasion_commitment(std::string_view code);
Digest attendance_proof(std::string_view code, std::string_view did);

class AchievementTool : public Tool {
public:
  struct Held {
    std::int64_t since = 0;  // recorded
    std::uint64_t index = 0;
    EventId cause;  // that awarded it, or the deed or adoption after which it was due
    std::optional<std::int64_t> until;
  };
  struct Occasion {
    std::string badge;
    PersonNumber by = 0;
    Digest code;
    std::int64_t until = 0;
    bool closed = false;
    std::map<std::string, Digest> proofs;  // by the did that proved
  };

  std::string_view name() const override { return "achievement"; }
  std::vector<std::string_view> kinds() const override;
  void check_rules(const RulesDraft& draft) const override;
  void read_form(std::string_view kind, BodyReader& body) const override;
  void read_rules(const Rules& rules) override;
  void adopt(const Rules& rules, const Scene& scene) override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void count(const Counted& claim, const Scene& scene) override;
  void hear(const Occurrence& entry, const Scene& scene) override;
  std::optional<std::vector<PersonNumber>> group(std::string_view name, const Scene& scene) const override;
  std::optional<bool> belongs(PersonNumber person, std::string_view group, const Scene& scene) const override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  // Another tool found that a person is due a badge of its own kind (an exam was passed).
  void award(const std::string& badge, PersonNumber person, const EventId& cause, const Scene& scene);

  // Nothing where the world has not adopted this tool.
  const std::optional<ById<Badge>>& badges() const { return badges_; }
  // By badge and person; also those that have expired.
  const std::map<std::pair<std::string, PersonNumber>, Held>& held() const { return held_; }
  // Null where that person does not hold it at that moment.
  const Held* find(std::string_view badge, PersonNumber person, std::int64_t at) const;
  const std::map<EventId, Occasion>& occasions() const { return occasions_; }

private:
  Ruling judge_award(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling judge_occasion(const Occurrence& entry, const Json& body, const Scene& scene);
  Ruling close(Occasion& occasion, const Occurrence& entry, const std::string& code, const Scene& scene);
  void award_milestones(const Scene& scene);
  // Which indicators the milestone of a badge asks about.
  std::set<std::string> indicators_of(const Badge& badge, const Scene& scene) const;

  std::optional<ById<Badge>> badges_;
  std::map<std::pair<std::string, PersonNumber>, Held> held_;
  std::map<EventId, Occasion> occasions_;
  std::map<std::pair<std::string, PersonNumber>, Decimal> sums_;  // towards badges for deeds
  std::map<std::pair<std::string, PersonNumber>, std::set<std::int64_t>> streaks_;  // windows with a deed
  std::map<std::string, std::set<PersonNumber>> contributors_;  // to badges for milestones
  std::set<std::string> milestones_done_;                       // badges that were awarded
};

}  // namespace bw
