#pragma once
// Fold: from the entries of a log to the state of its world, one entry after the other: a pure function of
// the bytes of the stream. Bodies and the public rows of tables are read, openings never, so that the state
// is the same for everyone. Only what lies under the checkpoint is folded; the fold is told nothing of the
// rest.
//
// Who may say what is the authority's (stream/authority.h); what follows from it is the tools'
// (state/tool.h). Kinds that no tool judges change nothing.
//
// The state can be written down after any entry and taken up again; folding on from there gives what folding
// from the beginning gives, to the byte.

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "state/tool.h"

namespace bw {

// A change of what the same log amounts to is a new version: what earlier ones wrote down is not taken up.
inline constexpr int fold_version = 4;

class Fold {
public:
  // Tools are asked in this order.
  Fold(Archive archive, std::vector<std::unique_ptr<Tool>> tools);
  Fold(const Fold&) = delete;
  Fold& operator=(const Fold&) = delete;
  ~Fold() = default;

  // Folds the next entry, without LF. Error(invalid) where it is none.
  void take(std::string_view line);
  // Lets everything happen that happens by itself until that moment, as if an entry were recorded then: for
  // who looks at the state now, or adds to it. What came of it is not the state at the checkpoint any more.
  void pass(std::int64_t recorded);
  void listen(Listener* listener) { listener_ = listener; }

  std::uint64_t size() const { return size_; }
  std::int64_t recorded() const { return recorded_; }
  const Archive& archive() const { return archive_; }
  const Authority& authority() const { return authority_; }
  const People& people() const { return people_; }
  const Rules& rules() const { return rules_; }
  // How many of the entries that tools judged were ineffective.
  std::uint64_t ineffective() const { return ineffective_; }

  // The tool of that type. Error(usage) where there is none.
  template <class T>
  T& tool() const {
    if (T* found = find_tool<T>()) return *found;
    throw_no_tool();
  }
  // Null where there is none.
  template <class T>
  T* find_tool() const {
    for (const auto& tool : tools_) {
      if (auto* found = dynamic_cast<T*>(tool.get())) return found;
    }
    return nullptr;
  }
  const std::vector<std::unique_ptr<Tool>>& tools() const { return tools_; }

  // Groups and figures of persons by name (state/tool.h). The fold itself knows "stewards", and "members"
  // where no tool keeps any: those whom the stream has announced. Nobody belongs to a group that nobody
  // knows.
  std::vector<PersonNumber> group(std::string_view name, const Scene& scene) const;  // sorted
  bool belongs(PersonNumber person, std::string_view group, const Scene& scene) const;
  Decimal figure(PersonNumber person, std::string_view name, const Scene& scene) const;
  // The same between two entries.
  Decimal figure_of(PersonNumber person, std::string_view name);
  bool is_in(PersonNumber person, std::string_view group);

  // Why no tool would let that adoption of a definition, which the stream need not have yet, have effect if
  // it came next, whatever authority says.
  Ruling objection_to(const Event& adoption, const std::shared_ptr<const Definition>& definition);

  // What the tool whose matter it is says. Refused where it is no tool's.
  Ruling consider(const Decision& decision, const Scene& scene) const;
  Ruling carry_out(const Decision& decision, const Scene& scene);

  // The accounts of all tools.
  const Ledger& ledger() const { return ledger_; }
  // Why it cannot be, or nothing where it was done and told.
  Ruling transfer(const Transfer& transfer, const Scene& scene);

  // A tool found that a claim counts: all hear of it.
  void count(const Counted& claim, const Scene& scene);
  // Whether every tool can carry so much of a behaviour.
  bool can_carry(const Behaviour& behaviour, Decimal total) const;

  // {"fold","ineffective","ledger","people","recorded","rules","size","tools"}: what has the same text is the
  // same state. The authority is not in it: it follows from the same entries, and whoever restores brings it
  // along.
  Json json() const;
  // SHA-256 of that text (RFC 8785).
  Digest digest() const;
  // Into a fold that has taken nothing yet. Error(invalid) where the state is of another version, or damaged.
  void restore(const Json& json, Authority authority);

private:
  [[noreturn]] static void throw_no_tool();
  Scene scene(std::int64_t recorded);
  void rule(const Occurrence& entry, const Scene& scene);
  void follow(const Occurrence& entry, const Scene& scene);  // what the authority has taken
  Ruling objection_to(const Occurrence& entry, const Scene& scene) const;
  void judge(const Occurrence& entry, const Scene& scene);

  Archive archive_;
  std::vector<std::unique_ptr<Tool>> tools_;
  std::unordered_map<std::string_view, Tool*> judges_;  // by kind
  Authority authority_;
  People people_;
  Ledger ledger_;
  Rules rules_;
  std::uint64_t size_ = 0;
  std::int64_t recorded_ = 0;
  std::uint64_t ineffective_ = 0;
  Listener* listener_ = nullptr;
};

}  // namespace bw
