#pragma once
// The pin tool: what stewards say the state was. It judges
//
//     state.pinned   {"digest","size"}    the digest of the state after so many entries; only by a steward
//
// The fold does not look back: it keeps what was said, and `bw state --check-pins` folds again and compares.

#include <cstdint>
#include <vector>

#include "state/tool.h"

namespace bw {

class PinTool : public Tool {
public:
  struct Pin {
    std::uint64_t size = 0;
    Digest digest;
    EventId event;
    PersonNumber by = 0;
  };

  std::string_view name() const override { return "pin"; }
  std::vector<std::string_view> kinds() const override { return {"state.pinned"}; }
  void read_form(std::string_view kind, BodyReader& body) const override;
  Ruling judge(const Occurrence& entry, const Scene& scene) override;
  void merge(PersonNumber from, PersonNumber into) override;
  Json json() const override;
  void restore(const Json& json, const Archive& archive) override;

  const std::vector<Pin>& pins() const { return pins_; }

private:
  std::vector<Pin> pins_;
};

}  // namespace bw
