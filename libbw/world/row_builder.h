#pragma once
// Row builder: from the cells of a file's row, by a mapping, to a row of a table that the adopted
// definition allows.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "definition/model.h"
#include "stream/table.h"
#include "world/mapping.h"
#include "world/row_reader.h"

namespace bw {

// The columns that a mapping reads, each once, with the place where it is first named.
std::vector<std::pair<std::string, Mark>> columns_of(const Mapping& mapping);

class RowBuilder {
public:
  // `columns` says which column each cell of a row will be. `now` bounds and anchors times.
  RowBuilder(const Definition& definition, Mapping mapping, const std::vector<std::string>& columns,
             Timestamp now);

  // Makes `row` from `input`; the fault where that cannot be. Limits per person are left out: rows tell
  // of things and devices, or of people who did not sign them, so whose limit would it be? Whether a
  // row counts for someone is for the world's rules to say, when that person claims it.
  std::optional<InputFault> build(const InputRow& input, Row& row);

private:
  // A source with its place among the cells.
  struct Slot {
    std::optional<std::size_t> cell;
    std::string value;
  };
  Slot slot_of(const Source& source, const std::vector<std::string>& columns) const;
  static const std::string& text_of(const Slot& slot, const InputRow& input);
  static InputFault fault(const Slot& slot, const InputRow& input, std::string what);

  std::optional<InputFault> read_time(const InputRow& input, Row& row);
  std::optional<InputFault> read_claim(const InputRow& input, Row& row);
  std::optional<InputFault> read_place(const InputRow& input, Row& row) const;

  const Definition& definition_;
  Timestamp now_;
  Slot at_, behaviour_, quantity_, unit_;
  std::optional<std::pair<Slot, Slot>> place_;
  std::vector<std::pair<std::string, Slot>> attributes_;
  bool skip_empty_;
  // A file says the same time and behaviour again and again.
  std::string last_at_;
  Timestamp last_time_;
  const Behaviour* last_behaviour_ = nullptr;
};

}  // namespace bw
