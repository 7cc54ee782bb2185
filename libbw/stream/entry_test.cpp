#include "stream/entry.h"

#include <doctest/doctest.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

TEST_CASE("an entry comes back as it was written") {
  const Event event = make_genesis(actor('a'));
  for (const std::int64_t recorded : {std::int64_t{0}, start_of_time, Timestamp::last}) {
    const std::string line = entry_line(event.line, recorded);
    const auto entry = parse_entry(line);
    REQUIRE(entry);
    CHECK(entry->recorded == recorded);
    CHECK(entry->event.line == event.line);
    CHECK(Json::parse(line).at("recorded") == recorded);
  }
}

TEST_CASE("an entry in any other form is refused") {
  const std::string event = make_genesis(actor('a')).line;
  for (const std::string& line :
       {std::string(), std::string("{}"), event, R"({"event":)" + event + "}",
        R"({"event":)" + event + R"(,"recorded":-1})", R"({"event":)" + event + R"(,"recorded":01})",
        R"({"event":)" + event + R"(,"recorded":1.0})", R"({"event":)" + event + R"(,"recorded":"1"})",
        R"({"event":)" + event + R"(,"recorded":1}})", R"({"event":)" + event + R"(,"recorded":1 })",
        R"({"event":)" + event + R"(,"recorded":})", R"({"event":)" + event + R"(,"recorded":253402300800})",
        R"({"event":)" + event + R"(,"recorded":99999999999999999999})",
        R"({"event":)" + event + R"(,"recorded":1,"recorded":2})",
        R"({ "event":)" + event + R"(,"recorded":1})", R"({"recorded":1,"event":)" + event + "}",
        R"({"event":)" + event + R"(,"recorded":+1})", std::string(max_entry_bytes + 1, 'x')}) {
    CAPTURE(line);
    CHECK_FALSE(parse_entry(line));
  }
}

TEST_CASE("log files are named as C2SP tlog-tiles names tiles") {
  CHECK(log_path(0) == "log/000.jsonl");
  CHECK(log_path(7) == "log/007.jsonl");
  CHECK(log_path(999) == "log/999.jsonl");
  CHECK(log_path(1000) == "log/x001/000.jsonl");
  CHECK(log_path(1234) == "log/x001/234.jsonl");
  CHECK(log_path(1'234'067) == "log/x001/x234/067.jsonl");  // the specification's example
  CHECK(log_path(1'000'000) == "log/x001/x000/000.jsonl");
}
