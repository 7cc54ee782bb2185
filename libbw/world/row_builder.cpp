#include "world/row_builder.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "world/claim.h"

namespace bw {
namespace {

constexpr std::size_t shown_columns = 40;

std::string in_quotes(std::string_view text) {
  return "\"" + truncate_to_width(printable(text.substr(0, 4 * shown_columns)), shown_columns) + "\"";
}

void for_each_source(const Mapping& mapping, const std::function<void(const Source&)>& visit) {
  visit(mapping.at);
  visit(mapping.behaviour);
  for (const auto* source : {&mapping.quantity, &mapping.unit, &mapping.latitude, &mapping.longitude}) {
    if (*source) visit(**source);
  }
  for (const auto& [key, source] : mapping.attributes) visit(source);
}

}  // namespace

std::vector<std::pair<std::string, Mark>> columns_of(const Mapping& mapping) {
  std::vector<std::pair<std::string, Mark>> columns;
  for_each_source(mapping, [&](const Source& source) {
    const bool known = std::any_of(columns.begin(), columns.end(),
                                   [&](const auto& column) { return column.first == source.column; });
    if (source.column && !known) columns.emplace_back(*source.column, source.mark);
  });
  return columns;
}

RowBuilder::RowBuilder(const Definition& definition, Mapping mapping, const std::vector<std::string>& columns,
                       Timestamp now)
    : definition_(definition),
      now_(now),
      at_(slot_of(mapping.at, columns)),
      behaviour_(slot_of(mapping.behaviour, columns)),
      quantity_(mapping.quantity ? slot_of(*mapping.quantity, columns) : Slot{{}, "1"}),
      unit_(mapping.unit ? slot_of(*mapping.unit, columns) : Slot{}),
      skip_empty_(mapping.skip_empty) {
  if (mapping.latitude && mapping.longitude) {
    place_ = {slot_of(*mapping.latitude, columns), slot_of(*mapping.longitude, columns)};
  }
  for (const auto& [key, source] : mapping.attributes)
    attributes_.emplace_back(key, slot_of(source, columns));
}

RowBuilder::Slot RowBuilder::slot_of(const Source& source, const std::vector<std::string>& columns) const {
  if (!source.column) return {{}, source.value};
  const auto found = std::find(columns.begin(), columns.end(), *source.column);
  return {static_cast<std::size_t>(found - columns.begin()), {}};
}

const std::string& RowBuilder::text_of(const Slot& slot, const InputRow& input) {
  return slot.cell ? input.cells[*slot.cell] : slot.value;
}

InputFault RowBuilder::fault(const Slot& slot, const InputRow& input, std::string what) {
  return {slot.cell ? input.columns[*slot.cell] : 0, std::move(what)};
}

std::optional<InputFault> RowBuilder::build(const InputRow& input, Row& row) {
  if (input.fault) return input.fault;
  row = {};
  if (auto problem = read_time(input, row)) return problem;
  if (auto problem = read_claim(input, row)) return problem;
  if (auto problem = read_place(input, row)) return problem;
  for (const auto& [key, slot] : attributes_) {
    const std::string& text = text_of(slot, input);
    if (!text.empty() || !skip_empty_) row.attributes.emplace(key, text);
  }
  return std::nullopt;
}

std::optional<InputFault> RowBuilder::read_time(const InputRow& input, Row& row) {
  const std::string& text = text_of(at_, input);
  if (text.empty()) return fault(at_, input, "the time is missing");
  if (text != last_at_) {
    // A file is read tomorrow as well as today: nothing in it may be relative to now.
    const bool absolute = text.front() >= '0' && text.front() <= '9';
    const auto time = absolute ? parse_human_time(text, now_, definition_.utc_offset)
                               : Result<Timestamp>(Reason{"not a time like 2014-01-20 or 2014-01-20 18:00"});
    if (!time) return fault(at_, input, fmt::format("{}: {}", in_quotes(text), time.reason()));
    if (*time > now_) return fault(at_, input, text + " lies in the future");
    last_at_ = text;
    last_time_ = *time;
  }
  row.at = last_time_;
  return std::nullopt;
}

std::optional<InputFault> RowBuilder::read_claim(const InputRow& input, Row& row) {
  const std::string& id = text_of(behaviour_, input);
  if (last_behaviour_ == nullptr || last_behaviour_->id != id) {
    const Behaviour* behaviour = definition_.behaviours.find(id);
    if (behaviour == nullptr) {
      const std::string hint =
          id.size() > shown_columns ? "" : did_you_mean(id, definition_.behaviours.ids());
      return fault(behaviour_, input,
                   fmt::format("the adopted definition has no behaviour {}{}", in_quotes(id),
                               hint.empty() ? "" : "; " + hint));
    }
    last_behaviour_ = behaviour;
  }
  const std::string& digits = text_of(quantity_, input);
  const auto quantity = Decimal::parse_lenient(digits);
  if (!quantity) {
    return fault(quantity_, input,
                 digits.empty() ? "the quantity is missing"
                                : fmt::format("{}: {}", in_quotes(digits), quantity.reason()));
  }
  if (auto what = quantity_problem(definition_, *last_behaviour_, *quantity); !what.empty()) {
    return fault(quantity_, input, std::move(what));
  }
  if (const std::string& unit = text_of(unit_, input); !unit.empty()) {
    if (auto what = unit_problem(*last_behaviour_, unit); !what.empty())
      return fault(unit_, input, std::move(what));
  }
  row.behaviour = last_behaviour_->id;
  row.quantity = *quantity;
  row.unit = last_behaviour_->unit;
  return std::nullopt;
}

std::optional<InputFault> RowBuilder::read_place(const InputRow& input, Row& row) const {
  if (!place_) return std::nullopt;
  const auto degrees = [&](const Slot& slot, std::int64_t most, Decimal& value) -> std::optional<InputFault> {
    const std::string& text = text_of(slot, input);
    if (text.empty()) return fault(slot, input, "a place needs both latitude and longitude");
    const auto parsed = Decimal::parse_lenient(text);
    if (!parsed) return fault(slot, input, fmt::format("{}: {}", in_quotes(text), parsed.reason()));
    if (*parsed < Decimal(-most) || *parsed > Decimal(most)) {
      return fault(slot, input, fmt::format("{} degrees are not from −{} to {}", parsed->text(), most, most));
    }
    value = *parsed;
    return std::nullopt;
  };
  const auto& [latitude, longitude] = *place_;
  if (text_of(latitude, input).empty() && text_of(longitude, input).empty()) return std::nullopt;
  Place place;
  if (auto problem = degrees(latitude, 90, place.latitude)) return problem;
  if (auto problem = degrees(longitude, 180, place.longitude)) return problem;
  row.place = place;
  return std::nullopt;
}

}  // namespace bw
