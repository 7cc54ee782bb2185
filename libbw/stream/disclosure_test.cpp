#include "stream/disclosure.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const WorldId world{sha256("world")};

Disclosure full() {
  Json deep = "word";
  for (int i = 0; i < 13; ++i) deep = Json::array({deep});
  return {
      world,
      {{"proof one\nof two lines\n",
        {make_opening("note", "said \"aloud\"", system_random), make_opening("deep", deep, system_random)}},
       {"proof two\n", {}}}};
}

std::string refusal(const std::string& text) {
  return Disclosure::parse(text).reason();
}

}  // namespace

TEST_CASE("a disclosure comes back as it was written") {
  const std::string text = full().text();
  const auto read = Disclosure::parse(text);
  REQUIRE(read);
  CHECK(read->world == world);
  REQUIRE(read->events.size() == 2);
  CHECK(read->events[0].proof == full().events[0].proof);
  CHECK(read->events[0].openings.size() == 2);
  CHECK(read->text() == text);
}

TEST_CASE("a disclosure cut anywhere within a line, or of another form, is refused") {
  const std::string text = full().text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at > 0 && text[at - 1] == '\n') continue;
    if (Disclosure::parse(text.substr(0, at))) FAIL_CHECK("cut at " << at);
  }
  const std::string head = text.substr(0, text.find('\n') + 1);
  const std::string proof = "{\"proof\":\"p\"}\n";
  const std::string opening =
      "{\"field\":\"note\",\"opening\":" + make_opening("note", 1, system_random).text() + "}\n";
  CHECK(refusal(head + proof + opening).empty());
  CHECK(contains(refusal(head), "no event"));
  CHECK(contains(refusal(head + opening), "before any event"));
  CHECK(contains(refusal(head + proof + opening + opening), "before"));
  CHECK(contains(refusal(head + "{\"proof\":1}\n"), "no text"));
  CHECK(contains(refusal(head + proof + "{}\n"), "neither"));
  CHECK(contains(refusal(proof), "begin"));
  CHECK(contains(refusal(head + proof + "{\"field\":\"\",\"opening\":{}}\n"), "no field"));
  std::string many = head;
  for (std::size_t i = 0; i <= max_disclosed_events; ++i) many += proof;
  CHECK(contains(refusal(many), "1,000"));
}
