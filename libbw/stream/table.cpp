#include "stream/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "tlog/merkle.h"

namespace bw {
namespace {

constexpr std::size_t max_attributes = 32;

// A row as spans of its line: what a million rows are checked and summed by, without copying any text.
struct RowView {
  Timestamp at;
  std::string_view attributes;  // the object's text; empty where there is none
  std::string_view behaviour;
  Decimal quantity;
  std::optional<Place> place;
  std::string_view salt;  // empty where there is none
  std::string_view unit;
};

std::string read_place(std::string_view value, std::optional<Place>& place) {
  const auto members = strict_json::members(value);
  if (!members || members->size() != 2 || (*members)[0].key != "lat" || (*members)[1].key != "lon") {
    return "place has the members lat and lon";
  }
  const auto latitude = Decimal::parse(strict_json::plain_string((*members)[0].value).value_or(""));
  const auto longitude = Decimal::parse(strict_json::plain_string((*members)[1].value).value_or(""));
  if (!latitude || !longitude) return "place: " + (latitude ? longitude.reason() : latitude.reason());
  if (*latitude < Decimal(-90) || *latitude > Decimal(90) || *longitude < Decimal(-180) ||
      *longitude > Decimal(180)) {
    return "place is not on Earth: latitude −90 to 90, longitude −180 to 180";
  }
  place = Place{*latitude, *longitude};
  return "";
}

std::string read_attributes(std::string_view value, RowView& row) {
  const auto members = strict_json::members(value);
  if (!members) return "attributes: " + members.reason();
  if (members->size() > max_attributes) return "more than 32 attributes";
  for (const strict_json::Member& member : *members) {
    if (!member.value.starts_with('"')) {
      return "the attribute " + std::string(member.key) + " is not a string";
    }
  }
  row.attributes = value;
  return "";
}

std::string read_id(const strict_json::Member& member, std::string_view& id) {
  id = strict_json::plain_string(member.value).value_or("");
  if (!id.empty() && id.size() <= max_id_bytes) return "";
  return std::string(member.key) + " is not an id of 1 to 64 bytes";
}

std::string read_member(const strict_json::Member& member, RowView& row) {
  const auto text = [&] { return strict_json::plain_string(member.value).value_or(""); };
  if (member.key == "at") {
    const auto at = Timestamp::parse(text());
    if (!at) return "at: " + at.reason();
    row.at = *at;
  } else if (member.key == "attributes") {
    return read_attributes(member.value, row);
  } else if (member.key == "behaviour") {
    return read_id(member, row.behaviour);
  } else if (member.key == "place") {
    return read_place(member.value, row.place);
  } else if (member.key == "quantity") {
    const auto quantity = Decimal::parse(text());
    if (!quantity) return "quantity: " + quantity.reason();
    row.quantity = *quantity;
  } else if (member.key == "salt") {
    row.salt = text();
    const auto salt = from_base64url(row.salt);
    if (!salt || salt->size() != 32) return "salt is not 32 bytes in base64url";
  } else if (member.key == "unit") {
    return read_id(member, row.unit);
  } else {
    return "the member \"" + std::string(member.key) + "\" is not known";
  }
  return "";
}

// The reason why a line is no row; empty where it is one, which is then in `row`.
std::string read_row(std::string_view line, RowView& row) {
  if (line.size() > max_row_bytes) return "a row is larger than 4 KiB";
  const auto members = strict_json::members(line);
  if (!members) return members.reason();
  std::size_t required = 0;
  for (const strict_json::Member& member : *members) {
    if (std::string reason = read_member(member, row); !reason.empty()) return reason;
    const bool optional = member.key == "attributes" || member.key == "place" || member.key == "salt";
    required += optional ? 0 : 1;
  }
  return required == 4 ? "" : "a row has the members at, behaviour, quantity and unit";
}

// Whether a string stands for itself in JSON, byte by byte.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

void put_string(std::string& line, std::string_view text) {
  if (is_plain(text)) {
    line.push_back('"');
    line += text;
    line.push_back('"');
  } else {
    line += strict_json::text(Json(text));
  }
}

void put_member(std::string& line, std::string_view key, std::string_view text) {
  line += line.back() == '{' ? "\"" : ",\"";
  line += key;
  line += "\":";
  put_string(line, text);
}

void put_attributes(std::string& line, const decltype(Row::attributes)& attributes) {
  line += ",\"attributes\":{";
  for (const auto& [key, value] : attributes) put_member(line, key, value);
  line.push_back('}');
}

void put_place(std::string& line, const Place& place) {
  line += ",\"place\":{";
  put_member(line, "lat", place.latitude.text());
  put_member(line, "lon", place.longitude.text());
  line.push_back('}');
}

// Sums per behaviour and unit. Rows of one table are mostly of one kind, so the last sum is at hand.
class Totals {
public:
  explicit Totals(decltype(Table::totals)& totals) : totals_(totals) {}

  void add(const RowView& row) {
    if (last_ == totals_.end() || last_->first.first != row.behaviour || last_->first.second != row.unit) {
      last_ = totals_.try_emplace({std::string(row.behaviour), std::string(row.unit)}).first;
    }
    last_->second += row.quantity;
  }

private:
  decltype(Table::totals)& totals_;
  decltype(Table::totals)::iterator last_ = totals_.end();
};

}  // namespace

Result<Place> parse_place(std::string_view text) {
  const auto parts = split(text, ',');
  if (parts.size() != 2) return Reason{"a place is written LAT,LON in decimal degrees, like 50.94,6.96"};
  const auto trimmed = [](std::string_view part) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    return part;
  };
  const auto latitude = Decimal::parse_lenient(trimmed(parts[0]));
  const auto longitude = Decimal::parse_lenient(trimmed(parts[1]));
  if (!latitude || !longitude) return Reason{latitude ? longitude.reason() : latitude.reason()};
  std::optional<Place> place;
  const std::string problem = read_place(strict_json::text(place_json({*latitude, *longitude})), place);
  if (!problem.empty()) return Reason{problem};
  return *place;
}

Json place_json(const Place& place) {
  return {{"lat", place.latitude.text()}, {"lon", place.longitude.text()}};
}

std::string Row::line() const {
  // Written here rather than through a Json, which would take most of the time that a million rows need.
  std::string text;
  text.reserve(256);
  text.push_back('{');
  put_member(text, "at", at.text());
  if (!attributes.empty()) put_attributes(text, attributes);
  put_member(text, "behaviour", behaviour);
  if (place) put_place(text, *place);
  put_member(text, "quantity", quantity.text());
  if (salt) put_member(text, "salt", *salt);
  put_member(text, "unit", unit);
  text.push_back('}');
  if (text.size() > max_row_bytes) throw Error(ErrorCode::invalid, "a row is larger than 4 KiB");
  if (std::string reason = strict_json::problem(text); !reason.empty()) {
    throw Error(ErrorCode::invalid, "a value has no strict JSON form: " + reason);
  }
  return text;
}

Result<Row> Row::parse(std::string_view line) {
  RowView view;
  if (std::string reason = read_row(line, view); !reason.empty()) return Reason{std::move(reason)};
  Row row{view.at, std::string(view.behaviour), view.quantity, std::string(view.unit), {}, view.place, {}};
  if (!view.attributes.empty()) row.attributes = Json::parse(view.attributes).get<decltype(row.attributes)>();
  if (!view.salt.empty()) row.salt = std::string(view.salt);
  return row;
}

Result<Table> parse_table(std::string_view content) {
  if (content.size() > max_table_bytes) return Reason{"the table is larger than 4 MiB"};
  if (content.empty() || content.back() != '\n') return Reason{"the table does not end with a line"};
  Table table;
  table.content = content;
  Totals totals(table.totals);
  MerkleTree tree;
  for (std::string_view rest = content; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    ++table.count;
    if (table.count > max_table_rows) return Reason{"the table has more than 10,000 rows"};
    const auto refuse = [&](std::string_view why) {
      return Reason{fmt::format("row {}: {}", table.count, why)};
    };
    RowView row;
    if (const std::string reason = read_row(line, row); !reason.empty()) return refuse(reason);
    if (table.count > 1 && row.salt.empty() == table.salted) {
      return refuse("either every row has a salt or none");
    }
    table.salted = !row.salt.empty();
    tree.append(leaf_hash(line));
    try {
      totals.add(row);
    } catch (const Error& error) {
      return refuse(error.what());
    }
  }
  table.root = tree.root();
  return table;
}

Json Table::body() const {
  Json list = Json::array();
  for (const auto& [what, sum] : totals) {
    list.push_back({{"behaviour", what.first}, {"quantity", sum.text()}, {"unit", what.second}});
  }
  return {{"count", count}, {"root", root.hex()}, {"rows", salted ? "private" : "public"}, {"totals", list}};
}

std::string table_mismatch(const Json& body, const Table& table) {
  const Json own = table.body();
  for (const char* member : {"root", "count", "rows", "totals"}) {
    if (!body.contains(member) || body.at(member) != own.at(member)) {
      return fmt::format("its {} is not the one that the event commits to", member);
    }
  }
  return "";
}

std::string table_path(const Digest& root) {
  const std::string hex = root.hex();
  return fmt::format("tables/{}/{}/{}.jsonl", hex.substr(0, 2), hex.substr(2, 2), hex);
}

}  // namespace bw
