#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/strict_json.h"
#include "world/row_reader.h"

namespace bw {
namespace {

constexpr std::size_t block_bytes = std::size_t{64} << 10;

// Takes the members of one object from nlohmann's parser as they come. Numbers keep their digits: only
// what a parser of doubles cannot read at all is refused.
class MemberReader : public nlohmann::json_sax<Json> {
public:
  MemberReader(const std::vector<std::string>& wanted, InputRow& row)
      : wanted_(wanted), row_(row), seen_(wanted.size(), false) {}

  bool null() override { return value(""); }
  bool boolean(bool /*value*/) override { return refuse("is true or false, not a text or a number"); }
  bool number_integer(number_integer_t number) override { return value(std::to_string(number)); }
  bool number_unsigned(number_unsigned_t number) override { return value(std::to_string(number)); }
  bool number_float(number_float_t /*number*/, const string_t& digits) override { return value(digits); }
  bool string(string_t& text) override { return value(text); }
  bool binary(binary_t& /*bytes*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return ++depth_ == 1 || refuse("is an object"); }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t /*size*/) override {
    if (depth_++ > 0) return refuse("is a list");
    row_.fault = InputFault{0, "a list, not an object"};
    return false;
  }
  bool end_array() override { return --depth_ >= 0; }
  bool key(string_t& name) override {
    if (depth_ > 1) return true;
    const auto found = std::find(wanted_.begin(), wanted_.end(), name);
    cell_ = static_cast<std::size_t>(found - wanted_.begin());
    if (found == wanted_.end()) return true;
    if (seen_[cell_]) return refuse("stands there twice");
    seen_[cell_] = true;
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    const std::string_view text = error.what();
    const bool range = text.find("out_of_range") != std::string_view::npos;
    row_.fault =
        InputFault{0, range ? "a number that is too large" : fmt::format("not JSON at byte {}", position)};
    return false;
  }

private:
  bool is_wanted() const { return cell_ < wanted_.size(); }

  bool value(const std::string& text) {
    if (depth_ == 0) {
      row_.fault = InputFault{0, "not an object"};
      return false;
    }
    if (depth_ > 1 || !is_wanted()) return true;
    if (const std::string problem = cell_problem(text); !problem.empty()) return refuse("holds " + problem);
    row_.cells[cell_] = text;
    return true;
  }

  bool refuse(std::string_view why) {
    if (depth_ == 0 || !is_wanted()) return true;
    row_.fault = InputFault{0, fmt::format("the member \"{}\" {}", wanted_[cell_], why)};
    return false;
  }

  const std::vector<std::string>& wanted_;
  InputRow& row_;
  std::vector<bool> seen_;
  std::size_t cell_ = static_cast<std::size_t>(-1);
  int depth_ = 0;
};

class JsonLinesReader {
public:
  JsonLinesReader(const std::vector<std::string>& wanted, const OnRow& on_row)
      : wanted_(wanted), on_row_(on_row) {
    row_.columns.assign(wanted.size(), 0);
  }

  void read(std::istream& input) {
    std::string block(block_bytes, '\0');
    while (input) {
      input.read(block.data(), static_cast<std::streamsize>(block.size()));
      take({block.data(), static_cast<std::size_t>(input.gcount())});
    }
    if (!text_.empty() || too_long_) end_line();
  }

private:
  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      too_long_ = too_long_ || text_.size() + part.size() > max_json_line_bytes;
      if (!too_long_) text_ += part;
      if (end == std::string_view::npos) return;
      end_line();
      bytes.remove_prefix(end + 1);
    }
  }

  void end_line() {
    ++row_.line;
    row_.fault.reset();
    std::string_view text = text_;
    if (row_.line == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const bool empty = text.find_first_not_of(" \t\r") == std::string_view::npos;
    if (too_long_) {
      row_.fault = InputFault{0, "the line is longer than 1 MiB"};
    } else if (!empty) {
      row_.cells.assign(wanted_.size(), "");
      MemberReader reader(wanted_, row_);
      const bool whole = Json::sax_parse(text, &reader);
      if (!whole && !row_.fault) row_.fault = InputFault{0, "not a JSON object"};
    }
    if (too_long_ || !empty) on_row_(row_);
    text_.clear();
    too_long_ = false;
  }

  const std::vector<std::string>& wanted_;
  const OnRow& on_row_;
  InputRow row_;
  std::string text_;
  bool too_long_ = false;
};

}  // namespace

void read_json_lines(std::istream& input, const std::vector<std::string>& wanted, const OnRow& on_row) {
  JsonLinesReader(wanted, on_row).read(input);
}

}  // namespace bw
