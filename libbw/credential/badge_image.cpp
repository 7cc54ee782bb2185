#include "credential/badge_image.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/markup.h"
#include "base/text.h"
#include "credential/png_picture.h"
#include "crypto/hash.h"

namespace bw::credential {
namespace {

constexpr std::int64_t side_units = 1000;
constexpr Point centre{500, 400};

// 10000 times the cosine of 0°, 3°, 6°, … 90°.
constexpr std::array<std::int64_t, 31> cosines = {
    10000, 9986, 9945, 9877, 9781, 9659, 9511, 9336, 9135, 8910, 8660, 8387, 8090, 7771, 7431, 7071,
    6691,  6293, 5878, 5446, 5000, 4540, 4067, 3584, 3090, 2588, 2079, 1564, 1045, 523,  0};
constexpr unsigned steps = 120;  // of 3° in a circle

std::int64_t cosine(unsigned step) {
  step %= steps;
  if (step > steps / 2) step = steps - step;
  return step <= steps / 4 ? cosines.at(step) : -cosines.at(steps / 2 - step);
}

// From the top, clockwise.
Point on_circle(Point middle, std::int64_t radius, unsigned step) {
  return {middle.x + radius * cosine(step + steps * 3 / 4) / 10000, middle.y - radius * cosine(step) / 10000};
}

// Corners alternately at one distance from the middle and at the other, `step` apart.
std::vector<Point> ring(std::int64_t outer, std::int64_t inner, unsigned step) {
  std::vector<Point> points;
  bool out = true;
  for (unsigned at = 0; at < steps; at += step) {
    points.push_back(on_circle(centre, out ? outer : inner, at));
    out = !out;
  }
  return points;
}

std::uint8_t channel(std::int64_t value) {
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, 255));
}

// A hue of 0 to 1535, on the way from red over yellow, green, cyan, blue and magenta back to red; lightness
// from 0 (black) to 255 (white), and strength from 0 (grey) to 255.
Colour coloured(std::int64_t hue, std::int64_t lightness, std::int64_t strength) {
  const auto part = [&](std::int64_t shift) {
    const std::int64_t at = (hue + shift) % 1536;
    const std::int64_t wave = at < 256 ? at : at < 768 ? 255 : at < 1024 ? 1023 - at : 0;
    return channel(lightness + (2 * wave - 255) * strength * std::min(lightness, 255 - lightness) /
                                   (std::int64_t{255} * 255));
  };
  return {part(512), part(0), part(1024)};
}

std::string hex(Colour colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

// Two lines at most: where the title is too long for one it is broken at the space closest to its middle.
std::vector<std::string> title_lines(const std::string& title) {
  constexpr std::size_t line_columns = 26;
  if (terminal_width(title) <= line_columns) return {title};
  std::size_t best = std::string::npos;
  const auto distance = [&](std::size_t at) {
    return at > title.size() / 2 ? 2 * at - title.size() : title.size() - 2 * at;
  };
  for (std::size_t at = title.find(' '); at != std::string::npos; at = title.find(' ', at + 1)) {
    if (best == std::string::npos || distance(at) < distance(best)) best = at;
  }
  if (best == std::string::npos) return {truncate_to_width(title, line_columns)};
  return {truncate_to_width(title.substr(0, best), line_columns),
          truncate_to_width(title.substr(best + 1), line_columns)};
}

std::string text_line(std::string_view words, int y, int size, Colour colour, bool bold) {
  return fmt::format("  <text x=\"500\" y=\"{}\" font-size=\"{}\"{} fill=\"{}\">{}</text>\n", y, size,
                     bold ? " font-weight=\"bold\"" : "", hex(colour), escape_markup(printable(words)));
}

// Even-odd: how many edges a ray to the right crosses. In a plane finer than the pixels are.
bool is_inside(const std::vector<Point>& outline, Point point) {
  bool inside = false;
  for (std::size_t i = 0, before = outline.size() - 1; i < outline.size(); before = i++) {
    const Point a = outline[i];
    const Point b = outline[before];
    if ((a.y > point.y) == (b.y > point.y)) continue;
    const std::int64_t cross = (b.x - a.x) * (point.y - a.y) - (point.x - a.x) * (b.y - a.y);
    if ((cross > 0) == (b.y > a.y)) inside = !inside;
  }
  return inside;
}

// What a shape covers, in units; asking only there is what makes drawing quick.
struct Box {
  Point least{side_units, side_units};
  Point most{0, 0};
};

Box box_of(const std::vector<Point>& outline) {
  Box box;
  for (const Point point : outline) {
    box.least = {std::min(box.least.x, point.x), std::min(box.least.y, point.y)};
    box.most = {std::max(box.most.x, point.x), std::max(box.most.y, point.y)};
  }
  return box;
}

constexpr unsigned samples = 4;  // a pixel's edge is so many times finer, for smooth outlines

// Paints over the pixels, as far as the shape covers each of them.
void paint(std::vector<std::uint8_t>& pixels, unsigned side, const Shape& shape) {
  // Units are scaled up, so that the middle of every sample is a whole number.
  const std::int64_t scale = std::int64_t{2} * samples * side;
  std::vector<Point> outline = shape.outline;
  for (Point& point : outline) point = {point.x * scale, point.y * scale};
  const Box box = box_of(shape.outline);
  const auto last = [&](std::int64_t unit) {
    return std::min<std::int64_t>(side - 1, unit * side / side_units);
  };
  for (std::int64_t y = box.least.y * side / side_units; y <= last(box.most.y); ++y) {
    for (std::int64_t x = box.least.x * side / side_units; x <= last(box.most.x); ++x) {
      std::int64_t covered = 0;
      for (unsigned sample = 0; sample < samples * samples; ++sample) {
        const Point at{(2 * (x * samples + sample % samples) + 1) * side_units,
                       (2 * (y * samples + sample / samples) + 1) * side_units};
        covered += is_inside(outline, at) ? 1 : 0;
      }
      std::uint8_t* pixel = &pixels[4 * static_cast<std::size_t>(y * side + x)];
      const std::array<std::uint8_t, 3> paint = {shape.colour.red, shape.colour.green, shape.colour.blue};
      const std::int64_t all = std::int64_t{samples} * samples;
      // An edge of the picture is see-through; a shape over another mixes with it.
      const std::int64_t under = pixel[3] * (all - covered);
      const std::int64_t opacity = 255 * covered + under;
      for (std::size_t i = 0; i < paint.size() && opacity > 0; ++i) {
        pixel[i] = channel((std::int64_t{paint[i]} * 255 * covered + pixel[i] * under) / opacity);
      }
      pixel[3] = channel(opacity / all);
    }
  }
}

}  // namespace

std::vector<Shape> badge_shapes(std::string_view id) {
  const Digest digest = sha256(id);
  const std::int64_t hue = (digest.bytes[0] << 8 | digest.bytes[1]) % 1536;
  const std::int64_t ribbon_hue = (hue + 512 + digest.bytes[2]) % 1536;
  constexpr std::array<unsigned, 4> star_steps = {12, 10, 6, 5};  // stars of 5, 6, 10 and 12 points
  const unsigned star_step = star_steps.at(digest.bytes[3] % star_steps.size());
  const std::int64_t star_inner = star_step >= 10 ? 95 : 135;
  const Colour ribbon = coloured(ribbon_hue, 110, 170);
  const Colour ribbon_shade = coloured(ribbon_hue, 85, 170);
  return {
      {{{330, 560}, {500, 640}, {420, 960}, {350, 890}, {250, 920}}, ribbon},
      {{{670, 560}, {500, 640}, {580, 960}, {650, 890}, {750, 920}}, ribbon_shade},
      {ring(345, 315, 3), coloured(hue, 95, 190)},
      {ring(285, 285, 3), coloured(hue, 225, 200)},
      {ring(265, 265, 3), coloured(hue, 125, 190)},
      {ring(205, star_inner, star_step), coloured(hue, 240, 220)},
  };
}

std::string draw_svg(const BadgeImage& image) {
  const Colour ink = coloured(0, 50, 0);
  const Colour pale = coloured(0, 110, 0);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 1240\" role=\"img\" "
      "font-family=\"sans-serif\" text-anchor=\"middle\">\n  <title>{}</title>\n",
      escape_markup(printable(image.title)));
  for (const Shape& shape : badge_shapes(image.id)) {
    std::string points;
    for (const Point point : shape.outline) points += fmt::format(" {},{}", point.x, point.y);
    svg += fmt::format("  <polygon points=\"{}\" fill=\"{}\"/>\n", points.substr(1), hex(shape.colour));
  }
  int y = 1050;
  for (const std::string& line : title_lines(image.title)) {
    svg += text_line(line, y, 64, ink, true);
    y += 74;
  }
  if (!image.world.empty()) svg += text_line(truncate_to_width(image.world, 44), y, 40, pale, false);
  return svg + "</svg>\n";
}

std::string draw_png(const BadgeImage& image, unsigned side) {
  if (side < 16 || side > 1024)
    throw Error(ErrorCode::usage, "a badge is drawn with 16 to 1024 pixels a side");
  std::vector<std::uint8_t> pixels(std::size_t{4} * side * side, 0);
  for (const Shape& shape : badge_shapes(image.id)) paint(pixels, side, shape);
  return write_png(pixels, side, side);
}

}  // namespace bw::credential
