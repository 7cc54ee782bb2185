#include <algorithm>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include <csv.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "world/row_reader.h"

namespace bw {
namespace {

constexpr std::size_t block_bytes = std::size_t{64} << 10;

// libcsv's parser with what it needs to be begun again after a fault.
class CsvParser {
public:
  explicit CsvParser(char delimiter) : delimiter_(delimiter) { begin(); }
  ~CsvParser() { csv_free(&parser_); }
  CsvParser(const CsvParser&) = delete;
  CsvParser& operator=(const CsvParser&) = delete;

  using OnField = void (*)(void*, std::size_t, void*);
  using OnEnd = void (*)(int, void*);

  // False where a quote stands where none may.
  bool feed(std::string_view bytes, OnField on_field, OnEnd on_end, void* reader) {
    if (csv_parse(&parser_, bytes.data(), bytes.size(), on_field, on_end, reader) == bytes.size())
      return true;
    require_parse_error();
    return false;
  }
  bool finish(OnField on_field, OnEnd on_end, void* reader) {
    if (csv_fini(&parser_, on_field, on_end, reader) == 0) return true;
    require_parse_error();
    return false;
  }
  void restart() {
    csv_free(&parser_);
    begin();
  }
  bool between_rows() const { return parser_.pstate == state_between_rows_; }
  std::size_t field_bytes() const { return parser_.entry_pos; }

private:
  void begin() {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
    state_between_rows_ = parser_.pstate;
  }
  void require_parse_error() {
    if (csv_error(&parser_) != CSV_EPARSE) throw std::bad_alloc();
  }

  csv_parser parser_{};
  char delimiter_;
  int state_between_rows_ = 0;
};

class CsvReader {
public:
  CsvReader(char delimiter, const OnHeader& on_header, const OnRow& on_row)
      : parser_(delimiter), on_header_(on_header), on_row_(on_row) {}

  void read(std::istream& input) {
    std::string block(block_bytes, '\0');
    bool first = true;
    while (input) {
      input.read(block.data(), static_cast<std::streamsize>(block.size()));
      std::string_view bytes(block.data(), static_cast<std::size_t>(input.gcount()));
      if (first && bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
      first = false;
      take(bytes);
    }
    if (!skipping_ && !parser_.finish(on_field, on_end, this)) {
      fail(fields_ + 1, "a quoted field does not end");
    }
    rethrow();
  }

private:
  // Bytes of the file, a line at a time, so that it is known where rows begin.
  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
      bytes.remove_prefix(part.size());
      take_part(part);
      if (end != std::string_view::npos) {
        ++line_;
        skipping_ = false;
      }
    }
  }

  void take_part(std::string_view part) {
    if (skipping_) return;
    if (parser_.between_rows()) row_line_ = line_;
    if (!parser_.feed(part, on_field, on_end, this)) {
      fail(fields_ + 1, "a quote stands where none may (a quote inside a quoted field is written twice)");
    } else if (parser_.field_bytes() > max_field_bytes) {
      fail(fields_ + 1, "a field is larger than 64 KiB (is a quote missing?)");
    }
    rethrow();
  }

  // What began as this row cannot be read: reading goes on at the next line.
  void fail(std::size_t column, const std::string& what) {
    parser_.restart();
    skipping_ = true;
    if (!fault_) fault_ = InputFault{column, what};
    end_row();
  }

  // libcsv is C: nothing may be thrown through it.
  static void on_field(void* bytes, std::size_t size, void* self) {
    static_cast<CsvReader*>(self)->guard([&](CsvReader& reader) {
      reader.add_field({static_cast<const char*>(bytes), size});
    });
  }
  static void on_end(int /*terminator*/, void* self) {
    static_cast<CsvReader*>(self)->guard([](CsvReader& reader) { reader.end_row(); });
  }
  template <class Act>
  void guard(Act act) {
    if (thrown_) return;
    try {
      act(*this);
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }
  void rethrow() {
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

  void add_field(std::string_view field) {
    const std::size_t position = fields_++;
    if (!fault_) {
      std::string problem = cell_problem(field);
      if (field.size() > max_field_bytes) problem = "a field larger than 64 KiB";
      if (!problem.empty()) fault_ = InputFault{position + 1, std::move(problem)};
    }
    if (!has_header_) {
      header_.emplace_back(field);
    } else if (position < cell_of_.size() && cell_of_[position] != unwanted) {
      row_.cells[cell_of_[position]] = field;
    }
  }

  void end_row() {
    if (!has_header_) {
      begin_rows();
    } else {
      if (!fault_ && fields_ != header_.size()) {
        fault_ = InputFault{0, fmt::format("{} fields, where the header has {}", fields_, header_.size())};
      }
      row_.line = row_line_;
      row_.fault = std::exchange(fault_, std::nullopt);
      on_row_(row_);
    }
    fields_ = 0;
    // In a file whose lines end in CR alone every row would be on line 1; that is true as well.
    row_line_ = line_;
  }

  void begin_rows() {
    if (fault_) {
      throw Error(ErrorCode::invalid,
                  fmt::format("line {}: the header, column {}: {}", row_line_, fault_->column, fault_->what),
                  "the file must be CSV in UTF-8, its first line naming the columns");
    }
    has_header_ = true;
    const std::vector<std::string> wanted = on_header_(header_);
    cell_of_.assign(header_.size(), unwanted);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (std::count(header_.begin(), header_.end(), wanted[i]) > 1) {
        throw Error(
            ErrorCode::invalid,
            fmt::format("line {}: the header has the column \"{}\" twice", row_line_, printable(wanted[i])),
            "rename one of them");
      }
      const auto found = std::find(header_.begin(), header_.end(), wanted[i]);
      const auto position = static_cast<std::size_t>(found - header_.begin());
      if (found != header_.end()) cell_of_[position] = i;
      row_.columns.push_back(found != header_.end() ? position + 1 : 0);
    }
    row_.cells.resize(wanted.size());
  }

  static constexpr std::size_t unwanted = static_cast<std::size_t>(-1);

  CsvParser parser_;
  const OnHeader& on_header_;
  const OnRow& on_row_;
  bool has_header_ = false;
  std::vector<std::string> header_;
  std::vector<std::size_t> cell_of_;  // for each field of the file
  InputRow row_;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  std::size_t fields_ = 0;  // of this row so far
  bool skipping_ = false;   // to the end of the line
  std::optional<InputFault> fault_;
  std::exception_ptr thrown_;
};

}  // namespace

std::string cell_problem(std::string_view text) {
  bool ascii = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x7f || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')) {
      return fmt::format("the control character 0x{:02x}", byte);
    }
    ascii = ascii && byte < 0x80;
  }
  return ascii || is_utf8(text) ? "" : "bytes that are not UTF-8";
}

void read_csv(std::istream& input, char delimiter, const OnHeader& on_header, const OnRow& on_row) {
  CsvReader(delimiter, on_header, on_row).read(input);
}

}  // namespace bw
