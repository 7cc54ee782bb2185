#pragma once
// Output: results on their way to standard output, to a pager, or into a closed pipe; and the shapes
// they take for people: tables and bars that count columns as a terminal does.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bw::cli {

// Buffered. What cannot be written is dropped and remembered, so that a command ends what it began whatever
// becomes of its results; `error` then says so.
class Output {
public:
  explicit Output(int descriptor) : descriptor_(descriptor) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);
  void flush();
  // The errno of the first write that failed; 0 where all went well. EPIPE: nobody reads any more.
  int error() const { return error_; }
  // What comes from now on goes to another descriptor, which stays the caller's.
  void redirect(int descriptor);

private:
  int descriptor_;
  int error_ = 0;
  std::string buffer_;
};

enum class Style { plain, heading, good, bad, warning, faint, name };
// `text` made harmless, and in colour where `colored`.
std::string styled(Style style, std::string_view text, bool colored);

enum class Align { left, right };
struct Column {
  std::string heading;
  Align align = Align::left;
};
struct Cell {
  Cell(std::string content, Style look = Style::plain)  // NOLINT(google-explicit-constructor): reads as text
      : text(std::move(content)), style(look) {}
  Cell(const char* content) : text(content) {}  // NOLINT(google-explicit-constructor)
  std::string text;
  Style style = Style::plain;
};

class Table {
public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Lines with LF. `width`: columns of the terminal, where the last column is cut; 0 for no limit.
  std::string text(bool colored, std::size_t width) const;

private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// The usual width of a bar beside a name and a figure.
constexpr std::size_t bar_columns = 20;

// A bar of `columns` columns, of which `share` (0 to 1) is filled.
std::string bar(double share, std::size_t columns);

// "a, b, c"
std::string listed(const std::vector<std::string>& words);

// Words of `text` in lines of at most `width` columns, each after `indent` spaces. Paragraphs are
// separated by empty lines; a line that begins with a space stays as it is.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace bw::cli
