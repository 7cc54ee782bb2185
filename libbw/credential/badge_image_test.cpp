#include "credential/badge_image.h"

#include <set>

#include <doctest/doctest.h>

#include "base/error.h"

using namespace bw;
using namespace bw::credential;

TEST_CASE("a badge always looks the same, and another one different") {
  const BadgeImage one{"urn:example:1", "CPR", "Village"};
  CHECK(draw_svg(one) == draw_svg(one));
  CHECK(draw_png(one, 64) == draw_png(one, 64));
  std::set<std::string> pictures;
  for (int i = 0; i < 20; ++i)
    pictures.insert(draw_png({"urn:example:" + std::to_string(i), "CPR", "Village"}, 32));
  CHECK(pictures.size() == 20);
}

TEST_CASE("the words are in the SVG, harmless, and the title in two lines where it is long") {
  const std::string svg =
      draw_svg({"urn:example:1", "Saves <lives> & teaches it to everyone", "心脏 \"安全\" 村\x1b"});
  CHECK(svg.find(">Saves &lt;lives&gt; &amp;</text>") != std::string::npos);
  CHECK(svg.find(">teaches it to everyone</text>") != std::string::npos);
  CHECK(svg.find("心脏 &quot;安全&quot; 村") != std::string::npos);
  CHECK(svg.find('\x1b') == std::string::npos);
  const std::string unbroken = draw_svg({"urn:example:1", std::string(100, 'w'), ""});
  CHECK(unbroken.find(">" + std::string(25, 'w') + "…</text>") != std::string::npos);
}

TEST_CASE("every shape lies inside the picture") {
  for (int i = 0; i < 100; ++i) {
    for (const Shape& shape : badge_shapes(std::to_string(i))) {
      REQUIRE(shape.outline.size() >= 3);
      for (const Point point : shape.outline) {
        REQUIRE(point.x >= 0);
        REQUIRE(point.x <= 1000);
        REQUIRE(point.y >= 0);
        REQUIRE(point.y <= 1000);
      }
    }
  }
}

TEST_CASE("a badge has a size that a screen can show") {
  CHECK_THROWS_AS(draw_png({"a", "b", "c"}, 15), Error);
  CHECK_THROWS_AS(draw_png({"a", "b", "c"}, 1025), Error);
  CHECK(draw_png({"a", "b", "c"}, 16).starts_with("\x89PNG"));
}
