#pragma once
// The picture of a badge for worlds that bring none: a medal with a ribbon, whose colours and star follow
// from the achievement's id, so that badges can be told apart and one badge always looks the same. Drawn with
// whole numbers alone; the SVG also has the words, the PNG is the same picture without them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bw::credential {

struct BadgeImage {
  std::string id;     // of the achievement: decides colours and star
  std::string title;  // the achievement's name
  std::string world;  // the world's name
};

std::string draw_svg(const BadgeImage& image);
// A square of that many pixels a side, from 16 to 1024. Throws Error(usage) for other sizes.
std::string draw_png(const BadgeImage& image, unsigned side = 512);

// A point of the picture's plane, 1000 units a side, with its origin at the top left.
struct Point {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

// A polygon without intersections, filled with one colour.
struct Shape {
  std::vector<Point> outline;
  Colour colour;
};

// What is drawn, from the back to the front.
std::vector<Shape> badge_shapes(std::string_view id);

}  // namespace bw::credential
