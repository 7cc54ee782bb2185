#include "cli/chart.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/markup.h"

namespace bw::cli {
namespace {

constexpr std::array<const char*, 9> eighths = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

// What is drawn needs no exactness.
double number(const Decimal& value) {
  return std::stod(value.text());
}

std::string date(Timestamp at, UtcOffset offset) {
  return Timestamp{std::max<std::int64_t>(0, at.seconds + offset.seconds)}.text().substr(0, 10);
}

struct Frame {
  std::int64_t begin = 0, end = 1;
  double top = 1;
};

Frame frame_of(const Curve& curve) {
  Frame frame;
  frame.begin = curve.steps.empty() ? curve.now.seconds : curve.steps.front().first.seconds;
  frame.end = std::max({curve.now.seconds, curve.due.value_or(curve.now).seconds, frame.begin + 1});
  double top = curve.target ? number(*curve.target) : 0;
  for (const auto& [at, value] : curve.steps) top = std::max(top, number(value));
  frame.top = top > 0 ? top : 1;
  return frame;
}

// The value at a moment; nothing where that has not come yet.
std::optional<double> value_at(const Curve& curve, std::int64_t moment) {
  if (moment > curve.now.seconds) return std::nullopt;
  double value = 0;
  for (const auto& [at, after] : curve.steps) {
    if (at.seconds > moment) break;
    value = number(after);
  }
  return value;
}

}  // namespace

std::string chart_text(const Curve& curve, UtcOffset offset, std::size_t columns, std::size_t rows) {
  const Frame frame = frame_of(curve);
  const std::string top = fmt::format("{:g}", frame.top);
  const std::size_t margin = std::max<std::size_t>(top.size(), 1) + 1;
  const std::size_t width = columns > margin + 10 ? columns - margin : 10;
  std::vector<std::optional<double>> values;
  for (std::size_t x = 0; x < width; ++x) {
    const double share = (static_cast<double>(x) + 1) / static_cast<double>(width);
    values.push_back(
        value_at(curve, frame.begin + std::llround(share * static_cast<double>(frame.end - frame.begin))));
  }
  const double target = curve.target ? number(*curve.target) / frame.top * static_cast<double>(rows) : -1;
  std::string text;
  for (std::size_t row = rows; row-- > 0;) {
    text += fmt::format("{:>{}} ", row + 1 == rows ? top : row == 0 ? "0" : "", margin - 1);
    const bool target_here = target > static_cast<double>(row) && target <= static_cast<double>(row + 1);
    for (const auto& value : values) {
      const double height =
          value ? *value / frame.top * static_cast<double>(rows) - static_cast<double>(row) : 0;
      const auto eighth = static_cast<std::size_t>(std::clamp(std::lround(height * 8), 0L, 8L));
      text += eighth == 0 && target_here ? "┈" : eighths[eighth];
    }
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  }
  const std::string first = date({frame.begin}, offset), last = date({frame.end}, offset);
  text += fmt::format("{:>{}} {}", "", margin - 1, first);
  if (width > first.size() + last.size()) text += fmt::format("{:>{}}", last, width - first.size());
  return text + "\n";
}

std::string chart_svg(const Curve& curve, UtcOffset offset) {
  constexpr double width = 640, height = 320, left = 60, right = 20, above = 40, below = 40;
  const Frame frame = frame_of(curve);
  const auto x = [&](std::int64_t moment) {
    return left + (width - left - right) * static_cast<double>(moment - frame.begin) /
                      static_cast<double>(frame.end - frame.begin);
  };
  const auto y = [&](double value) { return height - below - (height - above - below) * value / frame.top; };
  std::string path = fmt::format("M{:.1f},{:.1f}", x(frame.begin), y(0));
  double before = 0;
  for (const auto& [at, after] : curve.steps) {
    path += fmt::format(" L{:.1f},{:.1f} L{:.1f},{:.1f}", x(at.seconds), y(before), x(at.seconds),
                        y(number(after)));
    before = number(after);
  }
  path += fmt::format(" L{:.1f},{:.1f}", x(curve.now.seconds), y(before));
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" "
      "role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{2}</title>\n"
      "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"#ffffff\"/>\n"
      "<text x=\"{3:.0f}\" y=\"24\" font-size=\"16\">{2}</text>\n"
      "<path d=\"M{3:.0f},{4:.0f} V{5:.0f} H{6:.0f}\" fill=\"none\" stroke=\"#888888\"/>\n"
      "<text x=\"{7:.0f}\" y=\"{8:.0f}\" text-anchor=\"end\">{9:g}</text>\n"
      "<text x=\"{7:.0f}\" y=\"{5:.0f}\" text-anchor=\"end\">0</text>\n"
      "<text x=\"{3:.0f}\" y=\"{10:.0f}\">{11}</text>\n"
      "<text x=\"{6:.0f}\" y=\"{10:.0f}\" text-anchor=\"end\">{12}</text>\n",
      width, height, escape_markup(curve.title), left, above, height - below, width - right, left - 6,
      above + 4, frame.top, height - below + 20, date({frame.begin}, offset), date({frame.end}, offset));
  if (curve.target) {
    svg += fmt::format(
        "<path d=\"M{0:.0f},{1:.1f} H{2:.0f}\" stroke=\"#2a7f3f\" stroke-dasharray=\"6 4\"/>\n"
        "<text x=\"{2:.0f}\" y=\"{3:.1f}\" text-anchor=\"end\" fill=\"#2a7f3f\">{4} {5}</text>\n",
        left, y(number(*curve.target)), width - right, y(number(*curve.target)) - 5, curve.target->text(),
        escape_markup(curve.unit));
  }
  svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#1f5fbf\" stroke-width=\"2\"/>\n</svg>\n", path);
  return svg;
}

}  // namespace bw::cli
