#include "credential/baking.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"
#include "credential/badge_for_tests.h"
#include "credential/badge_image.h"
#include "credential/png_picture.h"

using namespace bw;
using namespace bw::credential;

namespace {

const BadgeImage image{"urn:example:1", "First responder", "Heart Safe Village"};

std::string svg_around(std::string_view content, std::string_view attributes = "") {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:o=\"https://purl.imsglobal.org/ob/v3p0\"" +
         std::string(attributes) + ">" + std::string(content) + "</svg>";
}

}  // namespace

TEST_CASE("a credential baked into a picture comes out as it went in") {
  const std::string text = example_text();
  const std::string svg = bake_svg(draw_svg(image), text);
  CHECK(*extract_svg(svg) == text);
  CHECK(*extract(svg) == text);
  const std::string png = bake_png(draw_png(image, 64), text);
  CHECK(*extract_png(png) == text);
  CHECK(*extract(png) == text);
  CHECK(*extract(text) == text);
}

TEST_CASE("whatever text XML and PNG can hold comes out as it went in") {
  const std::string svg = draw_svg(image);
  const std::string png = draw_png(image, 16);
  CHECK(rc::check("text", [&] {
    const auto parts = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("]]>", "]", ">", "<![CDATA[", "</openbadges:credential>", "&amp;", "<",
                                      "\n", "急救", "🚑", "{}")));
    std::string text;
    for (const std::string& part : parts) text += part;
    return *extract_svg(bake_svg(svg, text)) == text && *extract_png(bake_png(png, text)) == text;
  }));
}

TEST_CASE("baking changes nothing else of the picture") {
  const std::string svg =
      "<?xml version=\"1.0\"?>\n<!-- a > b --><svg xmlns='http://www.w3.org/2000/svg' a='/>'><g/></svg>\n";
  const std::string baked = bake_svg(svg, "{}");
  CHECK(baked ==
        "<?xml version=\"1.0\"?>\n<!-- a > b --><svg xmlns='http://www.w3.org/2000/svg' a='/>'>\n"
        "<openbadges:credential xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\"><![CDATA[{}]]>"
        "</openbadges:credential><g/></svg>\n");
  const std::string png = add_png_text(draw_png(image, 16), {"Title", "急救"});
  const auto texts = read_png_texts(bake_png(png, "{}"));
  REQUIRE(texts);
  REQUIRE(texts->size() == 2);
  CHECK((*texts)[0].text == "急救");
  CHECK((*texts)[1].keyword == "openbadgecredential");
}

TEST_CASE("a credential is found wherever a writer of the standard may have put it") {
  CHECK(*extract_svg(svg_around("<o:credential><![CDATA[{}]]></o:credential>")) == "{}");
  CHECK(*extract_svg(svg_around("<g/><o:credential>{\"a\":&quot;&lt;\"}</o:credential>")) == "{\"a\":\"<\"}");
  CHECK(*extract_svg(
            svg_around("<credential xmlns=\"https://purl.imsglobal.org/ob/v3p0\">{}</credential>")) == "{}");
  CHECK(extract_svg(svg_around("<credential>{}</credential>")).reason() == "the SVG holds no credential");
  CHECK(extract_svg(svg_around("<o:credential verify=\"ey\"/>")).reason() == "the SVG holds no credential");
}

TEST_CASE("a picture holds one credential") {
  CHECK_THROWS_WITH_AS(bake_svg(bake_svg(draw_svg(image), "{}"), "{}"), "the SVG holds a credential already",
                       Error);
  CHECK_THROWS_WITH_AS(bake_png(bake_png(draw_png(image, 16), "{}"), "{}"),
                       "the PNG holds a credential already", Error);
  CHECK(extract_svg(svg_around("<o:credential>1</o:credential><o:credential>2</o:credential>")).reason() ==
        "the SVG holds more than one credential");
  const std::string png = bake_png(draw_png(image, 16), "{}");
  CHECK(extract_png(add_png_text(png, {"openbadgecredential", "[]"})).reason() ==
        "the PNG holds more than one credential");
}

TEST_CASE("hostile SVG is refused with the reason") {
  const std::string entities =
      "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>" +
      svg_around("<o:credential>&b;</o:credential>");
  CHECK(extract_svg(entities).reason() == "the SVG has a document type");
  CHECK(extract_svg("<html/>").reason() == "the picture is no SVG");
  CHECK(extract_svg("<svg/>").reason() == "the picture is no SVG");
  CHECK(extract_svg(svg_around("<o:credential>{<b/>}</o:credential>")).reason() ==
        "there are elements in the SVG's credential");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<g>";
  CHECK(extract_svg(svg_around(deep)).reason() == "the SVG is nested too deeply");
  CHECK(extract_svg(svg_around("<o:credential>" + std::string(max_text_bytes + 1, 'x') + "</o:credential>"))
            .reason() == "the SVG's credential is too large");
  CHECK(extract_svg(svg_around(std::string(max_picture_bytes, ' '))).reason() == "the SVG is too large");
  for (const std::string& bad :
       {std::string(), std::string("<"), svg_around("").substr(0, 60), svg_around("") + "<svg/>",
        svg_around("<o:credential>&unknown;</o:credential>"), svg_around("\xff"),
        svg_around(std::string(1, '\0'))}) {
    CAPTURE(bad);
    CHECK(extract_svg(bad).reason().starts_with("the SVG is not well-formed"));
  }
  CHECK_THROWS_WITH_AS(bake_svg("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "{}"), "the SVG is empty",
                       Error);
  CHECK_THROWS_AS(bake_svg("no picture", "{}"), Error);
}

TEST_CASE("hostile PNG is refused with the reason") {
  const std::string png = bake_png(draw_png(image, 16), example_text());
  for (std::size_t size = 0; size < png.size(); ++size) REQUIRE_FALSE(extract_png(png.substr(0, size)));
  CHECK(extract_png(draw_png(image, 16)).reason() == "the PNG holds no credential");
  CHECK(extract_png("no picture").reason().starts_with("not a PNG"));
  CHECK(extract_png(png + std::string(max_picture_bytes, ' ')).reason() == "the PNG is too large");
  CHECK_THROWS_AS(bake_png("no picture", "{}"), Error);
  std::string wide = draw_png(image, 16);
  wide[16] = '\x7f';  // the first byte of its width
  CHECK_FALSE(extract_png(wide));
  std::string vast = png.substr(0, 33) + "\x5d\x5d\x3e\x22" + "iTXt" + png.substr(41);  // a chunk of 1.5 GB
  CHECK(extract_png(vast).reason() == "not a PNG that can be read: it ends too early");
  CHECK(rc::check("a byte changed gives the same text, or none, or one that is refused", [&] {
    std::string changed = png;
    changed[*rc::gen::inRange<std::size_t>(0, png.size())] = *rc::gen::arbitrary<char>();
    const auto text = extract_png(changed);
    return !text || *text == example_text();
  }));
}

TEST_CASE("what cannot stand in a picture as it is, is not baked") {
  CHECK_THROWS_AS(bake_svg(draw_svg(image), "\x01"), Error);
  CHECK_THROWS_AS(bake_svg(draw_svg(image), "a\r\nb"), Error);
  CHECK_THROWS_AS(bake_svg(draw_svg(image), ""), Error);
  CHECK_THROWS_AS(bake_png(draw_png(image, 16), std::string("a\0b", 3)), Error);
  CHECK_THROWS_AS(bake_png(draw_png(image, 16), ""), Error);
}

TEST_CASE("a file that is neither is refused") {
  CHECK_FALSE(extract(""));
  CHECK_FALSE(extract("eyJhbGciOiJFZERTQSJ9.e30.c2ln"));
  CHECK_FALSE(extract(std::string(max_text_bytes + 1, '{')));
}
