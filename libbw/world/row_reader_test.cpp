#include "world/row_reader.h"

#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <rapidcheck.h>

#include "base/error.h"

namespace bw {
namespace {

struct Read {
  std::vector<std::string> header;
  std::vector<std::string> rows;  // "line: cell|cell" or "line:column! fault"
};

std::string told(const InputRow& row) {
  if (row.fault) return fmt::format("{}:{}! {}", row.line, row.fault->column, row.fault->what);
  return fmt::format("{}: {}", row.line, fmt::join(row.cells, "|"));
}

// Every column is wanted, unless some are named.
Read csv(const std::string& text, std::vector<std::string> wanted = {}, char delimiter = ',') {
  Read read;
  std::istringstream input(text);
  read_csv(
      input, delimiter,
      [&](const std::vector<std::string>& header) {
        read.header = header;
        return wanted.empty() ? header : wanted;
      },
      [&](const InputRow& row) { read.rows.push_back(told(row)); });
  return read;
}

std::vector<std::string> json_lines(const std::string& text, const std::vector<std::string>& wanted) {
  std::vector<std::string> rows;
  std::istringstream input(text);
  read_json_lines(input, wanted, [&](const InputRow& row) { rows.push_back(told(row)); });
  return rows;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("CSV as people and spreadsheets write it") {
  const Read read = csv("\xef\xbb\xbfname,note\r\nKöln,\"a, \"\"b\"\"\"\r\n\r\n急救,\r\nlast,one");
  CHECK(read.header == Rows{"name", "note"});
  CHECK(read.rows == Rows{"2: Köln|a, \"b\"", "4: 急救|", "5: last|one"});
  CHECK(csv("a;b\n1,5;2\n", {}, ';').rows == Rows{"2: 1,5|2"});
  CHECK(csv("a\tb\n1\t2\n", {}, '\t').rows == Rows{"2: 1|2"});
  CHECK(csv("a,b,c\n1,2,3\n", {"c", "a"}).rows == Rows{"2: 3|1"});
}

TEST_CASE("a row has the line on which it begins, also behind quoted newlines") {
  CHECK(csv("a,b\n\"1\n2\r\n3\",x\ny,z\n").rows == Rows{"2: 1\n2\r\n3|x", "5: y|z"});
  CHECK(csv("a,b\n\n\n1,2\n").rows == Rows{"4: 1|2"});
  CHECK(csv("\"a\nb\",c\n1,2\n").rows == Rows{"3: 1|2"});
}

TEST_CASE("a bad row is named by line and column, and reading goes on behind it") {
  CHECK(csv("a,b\n1\n1,2,3\n4,5\n").rows ==
        Rows{"2:0! 1 fields, where the header has 2", "3:0! 3 fields, where the header has 2", "4: 4|5"});
  CHECK(csv("a,b\n1,x\"y\n4,5\n").rows.front().starts_with("2:2! a quote stands where none may"));
  CHECK(csv("a,b\n1,x\"y\n4,5\n").rows.back() == "3: 4|5");
  CHECK(csv("a,b\n\"1\"x,2\n4,5\n").rows.size() == 2);
  CHECK(csv("a,b\n1,\xff\n4,5\n").rows == Rows{"2:2! bytes that are not UTF-8", "3: 4|5"});
  CHECK(csv(std::string("a,b\n\0,2\n4,5\n", 12)).rows == Rows{"2:1! the control character 0x00", "3: 4|5"});
  CHECK(csv("a,b\n1,\x1b[2J\n").rows == Rows{"2:2! the control character 0x1b"});
  CHECK(csv("a,b\n1,\"2\n").rows == Rows{"2:2! a quoted field does not end"});
}

TEST_CASE("a field of ten megabytes is one bad row, whatever stands around it") {
  const std::string big(10 << 20, 'x');
  const auto unquoted = csv("a,b\n1," + big + "\n4,5\n").rows;
  REQUIRE(unquoted.size() == 2);
  CHECK(unquoted.front().starts_with("2:2! a field is larger than 64 KiB"));
  CHECK(unquoted.back() == "3: 4|5");
  const auto quoted = csv("a,b\n1,\"" + big + "\"\n4,5\n").rows;
  REQUIRE(quoted.size() == 2);
  CHECK(quoted.back() == "3: 4|5");
}

TEST_CASE("a header that cannot be read, or has a wanted column twice, stops the file") {
  CHECK_THROWS_AS(csv("a,\xff\n1,2\n"), Error);
  CHECK_THROWS_AS(csv(std::string("\xff\xfe") + "a" + std::string(1, '\0') + "\n"), Error);  // UTF-16
  CHECK_THROWS_AS(csv("a,a\n1,2\n", {"a"}), Error);
  CHECK(csv("a,b,b\n1,2,3\n", {"a"}).rows == Rows{"2: 1"});
  CHECK(csv("").rows.empty());
  CHECK(csv("a,b\n").rows.empty());
}

TEST_CASE("what is thrown while a row is taken comes out of the C library unharmed") {
  std::istringstream input("a\n1\n2\n");
  CHECK_THROWS_AS(read_csv(
                      input, ',', [](const auto& header) { return header; },
                      [](const InputRow&) { throw Error(ErrorCode::cannot, "disk full"); }),
                  Error);
}

TEST_CASE("JSON Lines: texts, and numbers as they were written") {
  const Rows wanted = {"q", "name"};
  CHECK(json_lines("{\"q\":1.50,\"name\":\"K\\u00f6ln\",\"other\":{\"q\":[1,{\"q\":2}]}}\n\n{\"name\":null,"
                   "\"q\":12345678901234567890123}\n",
                   wanted) == Rows{"1: 1.50|Köln", "3: 12345678901234567890123|"});
  CHECK(json_lines("\xef\xbb\xbf{\"q\":\"3\"}", wanted) == Rows{"1: 3|"});
  CHECK(json_lines("{\"q\":0.1000000000000000055511151231257827}", wanted) ==
        Rows{"1: 0.1000000000000000055511151231257827|"});
}

TEST_CASE("JSON lines that are no flat object of their own are bad rows") {
  const Rows wanted = {"q"};
  const auto fault = [&](const std::string& line) {
    const Rows rows = json_lines(line + "\n{\"q\":7}\n", wanted);
    CHECK(rows.size() == 2);
    CHECK(rows.back() == "2: 7");
    return rows.front();
  };
  CHECK(fault("{\"q\":1e400}") == "1:0! a number that is too large");
  CHECK(fault("{\"q\":{\"a\":1}}") == "1:0! the member \"q\" is an object");
  CHECK(fault("{\"q\":[1]}") == "1:0! the member \"q\" is a list");
  CHECK(fault("{\"q\":true}").find("true or false") != std::string::npos);
  CHECK(fault("{\"q\":1,\"q\":2}") == "1:0! the member \"q\" stands there twice");
  CHECK(fault("[1]") == "1:0! a list, not an object");
  CHECK(fault("3") == "1:0! not an object");
  CHECK(fault("{\"q\":1}{\"q\":2}").find("not JSON") != std::string::npos);
  CHECK(fault("{\"q\":NaN}").find("not JSON") != std::string::npos);
  CHECK(fault("{\"q\":\"\xff\"}").find("not JSON") != std::string::npos);
  CHECK(fault("{\"q\":\"\\u0000\"}") == "1:0! the member \"q\" holds the control character 0x00");
  CHECK(fault("{\"q\":").find("not JSON") != std::string::npos);
  CHECK(fault("{\"q\":\"" + std::string(2 << 20, 'x') + "\"}") == "1:0! the line is longer than 1 MiB");
  CHECK(fault(std::string(100'000, '[')) == "1:0! a list, not an object");
  CHECK(fault("{\"other\":" + std::string(100'000, '[')).find("not JSON") != std::string::npos);
}

TEST_CASE("what is written as CSV reads the same, however it is cut into fields") {
  CHECK(rc::check("CSV round trip", [] {
    const auto alphabet = rc::gen::element<std::string>("a", "\"", ",", "\n", "\r\n", "ü", "急", "x");
    const auto pieces = *rc::gen::container<std::vector<std::vector<std::string>>>(
        rc::gen::container<std::vector<std::string>>(alphabet));
    std::string text = "one,two\n";
    Rows expected;
    std::size_t line = 2;
    for (const auto& parts : pieces) {
      std::string field;
      for (const std::string& part : parts) field += part;
      std::string quoted = "\"";
      for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
      text += quoted + "\",2\n";
      expected.push_back(fmt::format("{}: {}|2", line, field));
      line += 1 + static_cast<std::size_t>(std::count(field.begin(), field.end(), '\n'));
    }
    RC_ASSERT(csv(text).rows == expected);
  }));
}

}  // namespace bw
