#include "cli/output.h"

#include <algorithm>
#include <cerrno>
#include <cmath>

#include <unistd.h>

#include "base/text.h"

namespace bw::cli {
namespace {

constexpr std::size_t buffer_size = 64u << 10;
constexpr std::size_t gap = 2;  // columns between two columns of a table

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::heading:
      return "\x1b[1m";
    case Style::good:
      return "\x1b[32m";
    case Style::bad:
      return "\x1b[31m";
    case Style::warning:
      return "\x1b[33m";
    case Style::faint:
      return "\x1b[2m";
    case Style::name:
      return "\x1b[36m";
    case Style::plain:
      break;
  }
  return {};
}

}  // namespace

void Output::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= buffer_size) flush();
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0)
      rest.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      error_ = errno;
  }
  buffer_.clear();
}

void Output::redirect(int descriptor) {
  flush();
  descriptor_ = descriptor;
}

std::string styled(Style style, std::string_view text, bool colored) {
  std::string harmless = printable(text);
  const std::string_view escape = escape_of(style);
  if (!colored || escape.empty() || harmless.empty()) return harmless;
  return std::string(escape) + harmless + "\x1b[0m";
}

std::string Table::text(bool colored, std::size_t width) const {
  std::vector<std::vector<Cell>> lines;
  if (std::any_of(columns_.begin(), columns_.end(), [](const Column& c) { return !c.heading.empty(); })) {
    lines.emplace_back();
    for (const Column& column : columns_) lines.back().emplace_back(column.heading, Style::heading);
  }
  lines.insert(lines.end(), rows_.begin(), rows_.end());

  std::vector<std::size_t> widths(columns_.size(), 0);
  for (std::vector<Cell>& line : lines) {
    for (std::size_t i = 0; i < columns_.size() && i < line.size(); ++i) {
      line[i].text = printable(line[i].text);
      widths[i] = std::max(widths[i], terminal_width(line[i].text));
    }
  }
  std::string result;
  for (const std::vector<Cell>& line : lines) {
    std::string written;
    std::size_t used = 0;
    for (std::size_t i = 0; i < columns_.size() && i < line.size(); ++i) {
      const bool last = i + 1 == columns_.size();
      const std::size_t room = width > used ? width - used : 1;
      const std::string cell = last && width > 0 ? truncate_to_width(line[i].text, room) : line[i].text;
      const std::size_t columns = terminal_width(cell);
      const std::string padding(widths[i] > columns ? widths[i] - columns : 0, ' ');
      if (columns_[i].align == Align::right) written += padding;
      written += styled(line[i].style, cell, colored);
      if (columns_[i].align == Align::left && !last) written += padding;
      if (!last) written.append(gap, ' ');
      used += widths[i] + gap;
    }
    written.erase(written.find_last_not_of(' ') + 1);
    result += written + "\n";
  }
  return result;
}

std::string bar(double share, std::size_t columns) {
  const double bounded = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  const auto eighths = static_cast<std::size_t>(bounded * static_cast<double>(columns) * 8);
  static constexpr const char* parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string result;
  for (std::size_t i = 0; i < eighths / 8; ++i) result += "█";
  result += parts[eighths % 8];
  const std::size_t used = (eighths + 7) / 8;
  for (std::size_t i = used; i < columns; ++i) result += "░";
  return result;
}

std::string listed(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) {
    if (!result.empty()) result += ", ";
    result += word;
  }
  return result;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  const std::string margin(indent, ' ');
  std::string result;
  std::string line;
  const auto end_line = [&] {
    if (!line.empty()) result += margin + line + "\n";
    line.clear();
  };
  for (const std::string_view source : split(text, '\n')) {
    if (source.empty() || source.front() == ' ') {
      end_line();
      result += source.empty() ? "\n" : margin + std::string(source) + "\n";
      continue;
    }
    for (const std::string_view word : split(source, ' ')) {
      if (word.empty()) continue;
      if (!line.empty() && indent + terminal_width(line) + 1 + terminal_width(word) > width) end_line();
      if (!line.empty()) line += ' ';
      line += word;
    }
  }
  end_line();
  return result;
}

}  // namespace bw::cli
