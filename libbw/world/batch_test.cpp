#include "world/batch.h"

#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/test_errors.h"
#include "world/submit.h"
#include "world/test_world.h"

namespace bw {
namespace {

using testing::contains;
using testing::error_of;
using testing::make_world;
using testing::TestPerson;
using testing::TestWorld;

struct Loader : TestWorld {
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(folder.path() / name, std::ios::binary) << content;
    return folder.path() / name;
  }
  Batch load(const BatchOptions& options) const { return record_batch(environment, world, *signer, options); }
  Batch load_text(const std::string& content) const { return load({.file = write("in.csv", content)}); }
  std::vector<JournalEntry> journal() const { return open_journal(environment, world.id()).read(); }
  // How many files of rows the journal's folder holds.
  std::size_t kept_tables() const {
    const auto tables = environment.data_folder / "journals" / world.id().text() / "tables";
    std::error_code none;
    const auto files = std::filesystem::directory_iterator(tables, none);
    return none ? 0 : static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }
};

std::vector<std::string> told(const Batch& batch) {
  std::vector<std::string> all;
  for (const BadRow& row : batch.bad) all.push_back(fmt::format("{}:{} {}", row.line, row.column, row.what));
  return all;
}

constexpr const char* plain_header = "at,behaviour,quantity,unit,lat,lon\n";

}  // namespace

TEST_CASE("a file becomes one event that commits to its rows") {
  const Loader ada;
  const Batch batch = ada.load_text(std::string(plain_header) +
                                    "2026-02-01,map-aed,2,device,50.94,6.9600\n"
                                    "2026-02-01 18:00,map-aed,1,,,\n"
                                    "2026-02-02T10:00:00Z,teach,0.50,hour,,\n");
  REQUIRE(batch.events.size() == 1);
  CHECK(batch.rows == 3);
  const auto root = Digest::from_hex(batch.events.front().body().at("root").get<std::string>());
  const auto rows = open_journal(ada.environment, ada.world.id()).table_rows(*root);
  REQUIRE(rows);
  // A date is its noon and a time is read on the world's clocks, at +08:00.
  CHECK(
      *rows ==
      R"({"at":"2026-02-01T04:00:00Z","behaviour":"map-aed","place":{"lat":"50.94","lon":"6.96"},"quantity":"2","unit":"device"}
{"at":"2026-02-01T10:00:00Z","behaviour":"map-aed","quantity":"1","unit":"device"}
{"at":"2026-02-02T10:00:00Z","behaviour":"teach","quantity":"0.5","unit":"hour"}
)");
  const auto table = parse_table(*rows);
  REQUIRE(table);
  CHECK(table_mismatch(batch.events.front().body(), *table).empty());
  CHECK(batch.totals.at({"map-aed", "device"}) == Decimal(3));
}

TEST_CASE("a bad row is named by line and column, and nothing is written unless asked to keep going") {
  const Loader ada;
  const std::string content = std::string(plain_header) +
                              "2026-02-01,map-aed,1,device,,\n"            // 2
                              "2026-02-01,map-ade,1,device,,\n"            // 3
                              "2026-02-01,map-aed,1e400,device,,\n"        // 4
                              "2026-02-01,map-aed,-0,device,,\n"           // 5
                              "2026-02-01,map-aed,NaN,device,,\n"          // 6
                              "2026-02-01,map-aed,１２,device,,\n"         // 7
                              "2026-02-01,map-aed,1.5,device,,\n"          // 8
                              "2026-02-01,map-aed,21,device,,\n"           // 9
                              "2026-02-01,map-aed,1,hour,,\n"              // 10
                              "0000-01-01,map-aed,1,device,,\n"            // 11
                              "99999-01-01,map-aed,1,device,,\n"           // 12
                              "2026-02-30,map-aed,1,device,,\n"            // 13
                              "yesterday,map-aed,1,device,,\n"             // 14
                              "2030-01-01,map-aed,1,device,,\n"            // 15
                              ",map-aed,1,device,,\n"                      // 16
                              "2026-02-01,map-aed,1,device,50.9,\n"        // 17
                              "2026-02-01,map-aed,1,device,90.000001,7\n"  // 18
                              "2026-02-01,map-aed,1,device,\"50,9\",7\n"   // 19
                              "2026-02-01,,1,device,,\n"                   // 20
                              "2026-02-01,map-aed,,device,,\n"             // 21
                              "2026-02-01,map-aed,1\n"                     // 22
                              "2026-02-01,map-aed,1,device,,\n";           // 23
  const Batch refused = ada.load_text(content);
  CHECK(refused.events.empty());
  CHECK(refused.bad_count == 20);
  CHECK(refused.rows == 2);
  CHECK(ada.journal().empty());
  CHECK(ada.kept_tables() == 0);
  const auto all = told(refused);
  REQUIRE(all.size() == 20);
  CHECK(all[0] == "3:2 the adopted definition has no behaviour \"map-ade\"; did you mean \"map-aed\"?");
  const std::size_t columns[] = {2, 3, 3, 3, 3, 3, 3, 4, 1, 1, 1, 1, 1, 1, 6, 5, 5, 2, 3, 0};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].starts_with(fmt::format("{}:{} ", i + 3, columns[i])));
  }

  const Batch kept = ada.load({.file = ada.folder.path() / "in.csv", .keep_going = true});
  CHECK(kept.bad_count == 20);
  REQUIRE(kept.events.size() == 1);
  CHECK(kept.events.front().body().at("count") == 2);
}

TEST_CASE("only the first hundred bad rows are named, all are counted") {
  const Loader ada;
  std::string content = plain_header;
  for (int i = 0; i < 250; ++i) content += "2026-02-01,nothing,1,,,\n";
  const Batch batch = ada.load_text(content);
  CHECK(batch.bad.size() == max_named_bad_rows);
  CHECK(batch.bad_count == 250);
}

TEST_CASE("long files are split at 10,000 rows, and written in one append") {
  const Loader ada;
  std::string content = "at,behaviour\n";
  for (int i = 0; i < 20'001; ++i) {
    content += fmt::format("2026-02-01 {:02}:{:02}:{:02},mend\n", i / 3600, i / 60 % 60, i % 60);
  }
  const BatchOptions options{.file = ada.write("in.csv", content)};
  BatchOptions dry = options;
  dry.dry_run = true;
  const Batch checked = ada.load(dry);
  CHECK(checked.tables == 3);
  CHECK(checked.events.empty());
  CHECK(ada.kept_tables() == 0);

  const Batch batch = ada.load(options);
  REQUIRE(batch.events.size() == 3);
  CHECK(batch.events[0].body().at("count") == 10'000);
  CHECK(batch.events[2].body().at("count") == 1);
  CHECK(batch.totals.at({"mend", "device"}) == Decimal(20'001));
  CHECK(ada.kept_tables() == 3);
  for (const Event& event : batch.events) {
    const auto rows = open_journal(ada.environment, ada.world.id())
                          .table_rows(*Digest::from_hex(event.body().at("root").get<std::string>()));
    REQUIRE(rows);
    CHECK(table_mismatch(event.body(), *parse_table(*rows)).empty());
  }
}

TEST_CASE("tables are split at 4 MiB, and before their totals outgrow an event") {
  const Loader ada;
  const auto mapping = ada.write("map.yaml",
                                 "mapping: 1\nat: {value: 2026-02-01}\nbehaviour: {value: mend}\n"
                                 "attributes: {text: {column: text}, number: {column: number}}\n");
  std::string content = "text,number\n";
  for (int i = 0; i < 1500; ++i) content += std::string(3800, 'x') + fmt::format(",{}\n", i);
  const Batch batch = ada.load({.file = ada.write("in.csv", content), .mapping = mapping});
  CHECK(batch.events.size() == 2);
  for (const Event& event : batch.events) {
    const auto root = Digest::from_hex(event.body().at("root").get<std::string>());
    CHECK(parse_table(*open_journal(ada.environment, ada.world.id()).table_rows(*root)));
  }

  // 400 behaviours with long names: their totals alone would not fit into one event.
  std::string definition(testing::test_definition);
  std::string rows = "at,behaviour\n";
  for (int i = 0; i < 400; ++i) {
    const std::string id = fmt::format("{:x>50}{:03}", "b", i);
    definition += fmt::format("  - {{id: {}, title: B, unit: device}}\n", id);
    rows += "2026-02-01," + id + "\n";
  }
  const TestPerson bob("Bob");
  const World wide = make_world(bob, bob.folder.path() / "wide", {{"betterworld.yaml", definition}});
  const auto file = bob.folder.path() / "in.csv";
  std::ofstream(file) << rows;
  CHECK(record_batch(bob.environment, wide, *bob.signer, {.file = file}).events.size() > 1);
}

TEST_CASE("a row that is too large is a bad row") {
  const Loader ada;
  const auto mapping = ada.write(
      "map.yaml",
      "mapping: 1\nat: {value: 2026-02-01}\nbehaviour: {value: mend}\nattributes: {text: {column: text}}\n");
  const auto file = ada.write("in.csv", "text\nsmall\n" + std::string(5000, 'x') + "\n" +
                                            std::string(10 << 20, 'x') + "\n\xff\nlast\n");
  const Batch batch = ada.load({.file = file, .mapping = mapping, .keep_going = true});
  CHECK(batch.rows == 2);
  const auto all = told(batch);
  REQUIRE(all.size() == 3);
  CHECK(all[0] == "3:0 a row is larger than 4 KiB");
  CHECK(all[1].starts_with("4:1 a field is larger than 64 KiB"));
  CHECK(all[2] == "5:1 bytes that are not UTF-8");
}

TEST_CASE("JSON Lines load like CSV, with exact numbers") {
  const Loader ada;
  const auto file = ada.write("in.jsonl",
                              "{\"at\":\"2026-02-01\",\"behaviour\":\"teach\",\"quantity\":0.30}\n"
                              "{\"at\":\"2026-02-01\",\"behaviour\":\"teach\",\"quantity\":\"0.3\"}\n"
                              "{\"at\":\"2026-02-01\",\"behaviour\":\"teach\",\"quantity\":3e2}\n");
  const Batch batch = ada.load({.file = file, .keep_going = true});
  CHECK(batch.totals.at({"teach", "hour"}).text() == "0.6");
  REQUIRE(told(batch).size() == 1);
  CHECK(told(batch).front().starts_with("3:0 \"3e2\": not a plain decimal number"));
}

TEST_CASE("a column that the file lacks is named with the closest, and where the mapping asks for it") {
  const Loader ada;
  const auto mapping = ada.write("map.yaml", "mapping: 1\nat: {column: date}\nbehaviour: {value: mend}\n");
  const auto file = ada.write("in.csv", "dates,x\n2026-02-01,1\n");
  const std::string said = error_of([&] { ada.load({.file = file, .mapping = mapping}); });
  CHECK(contains(said, "map.yaml:2:14: "));
  CHECK(contains(said, "has no column \"date\""));
  CHECK(contains(said, "did you mean \"dates\"?"));
  CHECK(contains(error_of([&] { ada.load_text("at,behaviour,quantiy\n2026-02-01,mend,1\n"); }),
                 "did you mean \"quantity\"?"));
  CHECK(contains(error_of([&] { ada.load_text("at,behaviour,lat\n2026-02-01,mend,1\n"); }),
                 "only one of the columns lat and lon"));
  CHECK(contains(error_of([&] { ada.load_text("x\n1\n"); }), "--map"));
  const auto broken = ada.write("broken.yaml", "mapping: 1\nat: {colum: date}\n");
  const std::string all = error_of([&] { ada.load({.file = file, .mapping = broken}); });
  CHECK(contains(all, "broken.yaml:1:1: "));
  CHECK(contains(all, "broken.yaml:2:5: "));
}

TEST_CASE("a file that is none, or has no rows, is an error") {
  const Loader ada;
  CHECK(error_of([&] { ada.load({.file = ada.folder.path() / "none.csv"}); }).starts_with("3: "));
  CHECK(contains(error_of([&] { ada.load({.file = ada.folder.path()}); }), "is a folder"));
  CHECK(contains(error_of([&] { ada.load_text(plain_header); }), "has no rows"));
  CHECK(contains(error_of([&] { ada.load_text(""); }), "has no rows"));
}

TEST_CASE("the same rows are not recorded twice, unless the first were taken back") {
  const Loader ada;
  const std::string content = "at,behaviour\n2026-02-01,mend\n";
  const Batch first = ada.load_text(content);
  const std::string again = error_of([&] { ada.load_text(content); });
  CHECK(again.starts_with("4: "));
  CHECK(contains(again, first.events.front().id.short_text()));
  CHECK(ada.kept_tables() == 1);
  undo(ada.environment, ada.world, std::nullopt);
  const Batch second = ada.load_text(content);
  record_retraction(ada.environment, ada.world, *ada.signer, second.events.front().id, std::nullopt);
  CHECK(error_of([&] {
          record_retraction(ada.environment, ada.world, *ada.signer, second.events.front().id, std::nullopt);
        }).starts_with("4: "));
  CHECK(ada.load_text(content).events.size() == 1);
}

TEST_CASE("private rows are salted, and only root and totals are in the event") {
  const Loader ada;
  const auto file = ada.write("in.csv", "at,behaviour\n2026-02-01,mend\n2026-02-01,mend\n");
  const Batch batch = ada.load({.file = file, .salted = true});
  const Json body = batch.events.front().body();
  CHECK(body.at("rows") == "private");
  const auto rows = open_journal(ada.environment, ada.world.id())
                        .table_rows(*Digest::from_hex(body.at("root").get<std::string>()));
  const auto table = parse_table(*rows);
  REQUIRE(table);
  CHECK(table->salted);
  CHECK(rows->substr(0, rows->find('\n')) != rows->substr(rows->find('\n') + 1));
}

TEST_CASE("a table is submitted and its old rows are history that a steward confirms") {
  Loader ada;
  ada.load_text("at,behaviour\n2022-02-01,mend\n2026-03-01,mend\n");
  ada.load_text("at,behaviour\n2026-03-01,mend\n");
  CHECK(submit(ada.environment, ada.world, *ada.signer, {}).verdicts.size() == 2);
  const auto old = unconfirmed_history(ada.environment, ada.world);
  REQUIRE(old.size() == 1);
  CHECK(old.front() == ada.journal().front().event.id);
  CHECK(record_confirmation(ada.environment, ada.world, *ada.signer, old).size() == 1);
}

TEST_CASE("the real register of Cologne loads whole, with the places that it has") {
  std::string definition(testing::test_definition);
  definition += "  - {id: import-aed, title: Import, unit: device, quantity: {minimum: 1, maximum: 1}}\n";
  const TestPerson ada;
  const World world = make_world(ada, ada.folder.path() / "world", {{"betterworld.yaml", definition}});
  const std::filesystem::path data = BW_SOURCE_DIR "/examples/ohca/data";
  const Batch batch = record_batch(ada.environment, world, *ada.signer,
                                   {.file = data / "koeln-aed.csv", .mapping = data / "koeln-aed.map.yaml"});
  CHECK(batch.rows == 145);
  CHECK(batch.bad_count == 0);
  REQUIRE(batch.events.size() == 1);
  const auto root = Digest::from_hex(batch.events.front().body().at("root").get<std::string>());
  const std::string rows = *open_journal(ada.environment, world.id()).table_rows(*root);
  std::size_t places = 0;
  for (std::size_t at = rows.find("\"place\""); at != std::string::npos; at = rows.find("\"place\"", at + 1))
    ++places;
  CHECK(places == 145 - 24);
  CHECK(contains(rows, "Sparkasse KölnBonn"));
  CHECK_FALSE(contains(rows, "\"\""));
}

}  // namespace bw
