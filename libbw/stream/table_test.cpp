#include "stream/table.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/error.h"
#include "stream/test_stream.h"

using namespace bw;
using stream_test::contains;

namespace {

Row row(const std::string& quantity = "1", const std::string& behaviour = "map-aed") {
  Row row;
  row.at = Timestamp{1'700'000'000};
  row.behaviour = behaviour;
  row.quantity = *Decimal::parse(quantity);
  row.unit = "device";
  return row;
}

std::string rows(std::size_t count) {
  std::string content;
  for (std::size_t i = 0; i < count; ++i) content += row(std::to_string(i)).line() + "\n";
  return content;
}

// RFC 6962 §2.1 as it is written.
Digest root_of(const std::vector<std::string>& leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return sha256(std::string(1, '\0') + leaves[0]);
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  const auto middle = leaves.begin() + static_cast<std::ptrdiff_t>(k);
  const Digest left = root_of({leaves.begin(), middle});
  const Digest right = root_of({middle, leaves.end()});
  return sha256("\x01" + std::string(left.view()) + std::string(right.view()));
}

std::string refusal(const std::string& line) {
  return Row::parse(line).reason();
}

}  // namespace

TEST_CASE("a row comes back as it was written") {
  Row full = row("0.125");
  full.attributes = {{"address", "Straße \"1\"\n"}, {"name", "急救"}};
  full.place = Place{*Decimal::parse("50.941278"), *Decimal::parse("-6.95")};
  full.salt = to_base64url(std::string(32, 's'));
  for (const Row& written : {row(), full}) {
    const auto read = Row::parse(written.line());
    REQUIRE(read);
    CHECK(read->line() == written.line());
    CHECK(read->attributes == written.attributes);
    CHECK(read->salt == written.salt);
    CHECK(read->place.has_value() == written.place.has_value());
  }
}

TEST_CASE("a bad row is refused with its reason") {
  const std::string good =
      R"({"at":"2023-11-14T22:13:20Z","behaviour":"map-aed","quantity":"1","unit":"device"})";
  REQUIRE(refusal(good).empty());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return refusal(text.replace(text.find(from), from.size(), to));
  };
  CHECK(contains(with("2023-11", "2023-13"), "at:"));
  CHECK(contains(with("\"1\"", "\"1.0\""), "quantity:"));
  CHECK(contains(with("\"1\"", "\"-0\""), "quantity:"));
  CHECK(contains(with("\"1\"", "\"1e400\""), "quantity:"));
  CHECK(contains(with("\"1\"", "\"NaN\""), "quantity:"));
  CHECK(contains(with("\"1\"", "\"１\""), "quantity:"));
  CHECK(contains(with("\"1\"", "1"), "quantity:"));
  CHECK(contains(with("map-aed", ""), "behaviour"));
  CHECK(contains(with("map-aed", std::string(65, 'x')), "behaviour"));
  CHECK(contains(with("device", ""), "unit"));
  CHECK(contains(with(R"(,"unit":"device")", ""), "a row has the members"));
  CHECK(contains(with("\"unit\":\"device\"", R"("unit":"device","x":1)"), "\"x\" is not known"));
  CHECK(contains(with("\"unit\":\"device\"", R"("salt":"short","unit":"device")"), "salt"));
  CHECK(contains(with("\"behaviour\"", R"("attributes":{"a":1},"behaviour")"), "attribute a"));
  CHECK(contains(with("\"behaviour\"", R"("attributes":[],"behaviour")"), "attributes"));
  CHECK(contains(with("\"quantity\"", R"("place":{"lat":"91","lon":"0"},"quantity")"), "not on Earth"));
  CHECK(contains(with("\"quantity\"", R"("place":{"lat":"0","lon":"-181"},"quantity")"), "not on Earth"));
  CHECK(contains(with("\"quantity\"", R"("place":{"lat":"0"},"quantity")"), "lat and lon"));
  CHECK(contains(with("\"quantity\"", R"("place":{"lat":0,"lon":"0"},"quantity")"), "place"));
  CHECK_FALSE(with(",", ", ").empty());
  CHECK_FALSE(refusal("").empty());
  CHECK(contains(refusal(std::string(max_row_bytes + 1, ' ')), "4 KiB"));
  Row wide = row();
  for (int i = 0; i < 33; ++i) wide.attributes["a" + std::to_string(i)] = "x";
  CHECK(contains(refusal(wide.line()), "32 attributes"));
  wide.attributes = {{"a", std::string(max_row_bytes, 'x')}};
  CHECK_THROWS_AS(wide.line(), Error);
}

TEST_CASE("the root of a table is the RFC 6962 root over its lines") {
  for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 100u, 257u}) {
    const std::string content = rows(count);
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < count; ++i) lines.push_back(row(std::to_string(i)).line());
    const auto table = parse_table(content);
    REQUIRE(table);
    CHECK(table->root == root_of(lines));
    CHECK(table->count == count);
    CHECK(table->content == content);
    CHECK_FALSE(table->salted);
  }
}

TEST_CASE("the totals of a table are exact per behaviour and unit") {
  std::string content;
  for (int i = 0; i < 10; ++i) content += row("0.1").line() + "\n";
  for (int i = 0; i < 3; ++i) content += row("333333333333333333.333333333", "give").line() + "\n";
  content += row("-0.1").line() + "\n";
  const auto table = parse_table(content);
  REQUIRE(table);
  CHECK(table->totals.at({"map-aed", "device"}).text() == "0.9");
  CHECK(table->totals.at({"give", "device"}).text() == "999999999999999999.999999999");
  CHECK(contains(parse_table(content + row("1", "give").line() + "\n").reason(), "row 15: "));
}

TEST_CASE("any table whose rows come in any order has the same totals") {
  CHECK(rc::check("totals commute", [](const std::vector<std::int32_t>& numbers) {
    RC_PRE(!numbers.empty());
    std::string forth, back;
    for (const auto n : numbers) {
      const std::string line = row(std::to_string(n), n % 2 == 0 ? "even" : "odd").line() + "\n";
      forth += line;
      back.insert(0, line);
    }
    RC_ASSERT(parse_table(forth)->totals == parse_table(back)->totals);
  }));
}

TEST_CASE("a bad row of a table is named by its number") {
  for (const std::size_t bad : {1u, 2u, 10u}) {
    std::string content = rows(bad - 1) + "{}\n" + rows(3);
    CHECK(parse_table(content).reason().starts_with("row " + std::to_string(bad) + ": "));
  }
  CHECK(contains(parse_table("").reason(), "does not end"));
  CHECK(contains(parse_table(row().line()).reason(), "does not end"));
  CHECK(contains(parse_table("\n").reason(), "row 1"));
  Row salted = row();
  salted.salt = to_base64url(std::string(32, 's'));
  CHECK(contains(parse_table(rows(2) + salted.line() + "\n").reason(), "row 3: either every row"));
  CHECK(contains(parse_table(salted.line() + "\n" + rows(1)).reason(), "row 2: either every row"));
  const auto all_salted = parse_table(salted.line() + "\n" + salted.line() + "\n");
  CHECK(all_salted->salted);
  CHECK(all_salted->body().at("rows") == "private");
}

TEST_CASE("a table has at most 10,000 rows and 4 MiB") {
  CHECK(parse_table(rows(max_table_rows)));
  CHECK(contains(parse_table(rows(max_table_rows + 1)).reason(), "10,000 rows"));
  Row large = row();
  large.attributes = {{"a", std::string(3900, 'x')}};
  std::string content;
  while (content.size() <= max_table_bytes) content += large.line() + "\n";
  CHECK(contains(parse_table(content).reason(), "4 MiB"));
  content.resize(content.size() - large.line().size() - 1);
  CHECK(parse_table(content));
}

TEST_CASE("an event's body commits to one table") {
  const auto table = parse_table(rows(5));
  const Json body = table->body();
  CHECK(table_mismatch(body, *table).empty());
  for (const auto& [member, value] : std::vector<std::pair<std::string, Json>>{
           {"root", sha256("x").hex()}, {"count", 6}, {"rows", "private"}, {"totals", Json::array()}}) {
    Json other = body;
    other[member] = value;
    CHECK(contains(table_mismatch(other, *table), "its " + member));
    other.erase(member);
    CHECK(contains(table_mismatch(other, *table), "its " + member));
    other[member] = nullptr;
    CHECK_FALSE(table_mismatch(other, *table).empty());
  }
  Json other = body;
  other["totals"][0]["quantity"] = "11";
  CHECK_FALSE(table_mismatch(other, *table).empty());
  CHECK(table_path(table->root) == "tables/" + table->root.hex().substr(0, 2) + "/" +
                                       table->root.hex().substr(2, 2) + "/" + table->root.hex() + ".jsonl");
}

TEST_CASE("a place is typed as people write it") {
  CHECK(place_json(*parse_place("50.94, 6.960")) == Json{{"lat", "50.94"}, {"lon", "6.96"}});
  CHECK(place_json(*parse_place("-90,180")) == Json{{"lat", "-90"}, {"lon", "180"}});
  for (const char* text :
       {"", "50.94", "50.94,", ",6.9", "91,0", "0,181", "a,b", "1,2,3", "50°N,6°E", "1e1,0"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_place(text));
  }
}
