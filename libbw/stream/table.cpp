#include "stream/table.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "tlog/merkle.h"

namespace bw {
namespace {

constexpr std::size_t max_attributes = 32;

std::string read_place(std::string_view value, std::optional<Place>& place) {
  const auto members = strict_json::members(value);
  if (!members || members->size() != 2 || (*members)[0].key != "lat" || (*members)[1].key != "lon") {
    return "place has the members lat and lon";
  }
  const auto latitude = Decimal::parse(strict_json::plain_string((*members)[0].value).value_or(""));
  const auto longitude = Decimal::parse(strict_json::plain_string((*members)[1].value).value_or(""));
  if (!latitude || !longitude) return "place: " + latitude.reason() + longitude.reason();
  place = Place{*latitude, *longitude};
  if (*latitude < Decimal(-90) || *latitude > Decimal(90) || *longitude < Decimal(-180) ||
      *longitude > Decimal(180)) {
    return "place is not on Earth: latitude −90 to 90, longitude −180 to 180";
  }
  return "";
}

std::string read_attributes(std::string_view value, Row& row) {
  const auto members = strict_json::members(value);
  if (!members) return "attributes: " + members.reason();
  if (members->size() > max_attributes) return "more than 32 attributes";
  for (const strict_json::Member& member : *members) {
    if (!member.value.starts_with('"')) return "the attribute " + std::string(member.key) + " is not a string";
    row.attributes.emplace(member.key, Json::parse(member.value).get<std::string>());
  }
  return "";
}

std::string read_member(const strict_json::Member& member, Row& row) {
  const std::string_view text = strict_json::plain_string(member.value).value_or("");
  if (member.key == "at") {
    const auto at = Timestamp::parse(text);
    if (!at) return "at: " + at.reason();
    row.at = *at;
  } else if (member.key == "attributes") {
    return read_attributes(member.value, row);
  } else if (member.key == "behaviour") {
    row.behaviour = text;
    if (text.empty()) return "behaviour is missing";
  } else if (member.key == "place") {
    return read_place(member.value, row.place);
  } else if (member.key == "quantity") {
    const auto quantity = Decimal::parse(text);
    if (!quantity) return "quantity: " + quantity.reason();
    row.quantity = *quantity;
  } else if (member.key == "salt") {
    const auto salt = from_base64url(text);
    if (!salt || salt->size() != 32) return "salt is not 32 bytes in base64url";
    row.salt = std::string(text);
  } else if (member.key == "unit") {
    row.unit = text;
    if (text.empty()) return "unit is missing";
  } else {
    return "the member \"" + std::string(member.key) + "\" is not known";
  }
  return "";
}

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
  Json content = {{"at", at.text()}, {"behaviour", behaviour}, {"quantity", quantity.text()}, {"unit", unit}};
  if (!attributes.empty()) content["attributes"] = attributes;
  if (place) content["place"] = place_json(*place);
  if (salt) content["salt"] = *salt;
  std::string text = strict_json::text(content);
  if (text.size() > max_row_bytes) throw Error(ErrorCode::invalid, "a row is larger than 4 KiB");
  return text;
}

Result<Row> Row::parse(std::string_view line) {
  if (line.size() > max_row_bytes) return Reason{"a row is larger than 4 KiB"};
  const auto members = strict_json::members(line);
  if (!members) return Reason{members.reason()};
  Row row;
  std::size_t required = 0;
  for (const strict_json::Member& member : *members) {
    if (std::string reason = read_member(member, row); !reason.empty()) return Reason{std::move(reason)};
    const bool optional = member.key == "attributes" || member.key == "place" || member.key == "salt";
    required += optional ? 0 : 1;
  }
  if (required != 4) return Reason{"a row has the members at, behaviour, quantity and unit"};
  return row;
}

Result<Table> parse_table(std::string_view content) {
  if (content.size() > max_table_bytes) return Reason{"the table is larger than 4 MiB"};
  if (content.empty() || content.back() != '\n') return Reason{"the table does not end with a line"};
  Table table;
  table.content = content;
  MerkleTree tree;
  for (std::string_view rest = content; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    ++table.count;
    if (table.count > max_table_rows) return Reason{"the table has more than 10,000 rows"};
    const auto row = Row::parse(line);
    if (!row) return Reason{fmt::format("row {}: {}", table.count, row.reason())};
    if (table.count > 1 && row->salt.has_value() != table.salted) {
      return Reason{fmt::format("row {}: either every row has a salt or none", table.count)};
    }
    table.salted = row->salt.has_value();
    tree.append(leaf_hash(line));
    try {
      table.totals[{row->behaviour, row->unit}] += row->quantity;
    } catch (const Error& error) {
      return Reason{fmt::format("row {}: {}", table.count, error.what())};
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
