#include "crypto/paper_key.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"
#include "base/text.h"
#include "crypto/ed25519.h"

using namespace bw;

namespace {

using Key = std::array<std::uint8_t, 32>;
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

Did did_of_seed(const Key& seed) {
  return SecretKey(std::string(seed.begin(), seed.end())).did();
}

PaperKey whole_key() {
  Key seed{};
  seed.fill(0x11);
  PersonalSeed personal_seed;
  personal_seed.bytes.fill(0x22);
  return {did_of_seed(seed), personal_seed, seed};
}

bool same(const Result<PaperKey>& parsed, const PaperKey& key) {
  return parsed && parsed->actor == key.actor && parsed->personal_seed == key.personal_seed &&
         parsed->actor_seed == key.actor_seed;
}

// Where the code's symbols stand in its text, without the prefix.
std::vector<std::size_t> symbol_places(const std::string& code) {
  std::vector<std::size_t> places;
  for (std::size_t at = 4; at < code.size(); ++at) {
    if (code[at] != '-' && code[at] != '\n') places.push_back(at);
  }
  return places;
}

}  // namespace

TEST_CASE("a paper key reads back, with the actor's seed or without") {
  CHECK(rc::check("whatever the seeds", [](const Key& seed, const Key& personal_seed, const Key& any) {
    const PaperKey with{did_of_seed(seed), PersonalSeed{personal_seed}, seed};
    const PaperKey without{Did::from_public_key(any), PersonalSeed{personal_seed}, std::nullopt};
    return same(PaperKey::parse(with.code()), with) && same(PaperKey::parse(without.code()), without);
  }));
}

TEST_CASE("the code has the printed form: BW1- and seven lines of four groups of five") {
  const std::string code = whole_key().code();
  CHECK(code.starts_with("BW1-"));
  const auto lines = split(std::string_view(code).substr(4), '\n');
  REQUIRE(lines.size() == 8);
  CHECK(lines[7].empty());
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(lines[i].size() == 23);
    CHECK(std::count(lines[i].begin(), lines[i].end(), '-') == 3);
    CHECK(lines[i].find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ-") == std::string_view::npos);
  }
  // Computed with Python from the description in the header.
  CHECK(code ==
        "BW1-048H2-48H24-8H248-HCST3\n"
        "248H2-48H24-8H248-HJZTQ\n"
        "248H2-48H24-8H248-H7BMC\n"
        "248H2-8H248-H248H-2235K\n"
        "48H24-8H248-H248H-2VHPJ\n"
        "48H24-8H248-H248H-2RP5M\n"
        "48H24-8H266-QX79Z-HPRMQ\n");
}

TEST_CASE("people may type in any case, spacing and line breaks, and mistake I, L and O") {
  const PaperKey key = whole_key();
  const std::string code = key.code();
  std::string lower = code;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  std::string joined = code;
  std::erase(joined, '\n');
  std::string bare = joined;
  std::erase(bare, '-');
  std::string spaced;
  for (const char c : code) spaced += std::string(1, c) + (c == '\n' ? "\r\n\t " : " ");
  std::string mistaken = code;
  for (char& c : mistaken) c = c == '1' ? 'l' : c == '0' ? 'o' : c;
  for (const std::string& typed : {code, lower, joined, bare, spaced, mistaken, "\n\n  " + code + "\n\n"}) {
    CAPTURE(typed);
    CHECK(same(PaperKey::parse(typed), key));
  }
}

TEST_CASE("one typed character changed anywhere names its line") {
  const std::string code = whole_key().code();
  const auto places = symbol_places(code);
  REQUIRE(places.size() == 140);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::string line = "line " + std::to_string(i / 20 + 1) + " ";
    for (const char c : std::string(alphabet) + "U!\n \x80") {
      if (c == code[places[i]]) continue;
      std::string typed = code;
      typed[places[i]] = c;
      const auto parsed = PaperKey::parse(typed);
      CAPTURE(typed);
      REQUIRE_FALSE(parsed);
      REQUIRE_MESSAGE(parsed.reason().find(line) != std::string::npos, parsed.reason());
    }
  }
}

TEST_CASE("characters left out, added or exchanged name their line") {
  const std::string code = whole_key().code();
  const auto places = symbol_places(code);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::string line = "line " + std::to_string(i / 20 + 1) + " ";
    std::string missing = code;
    missing.erase(places[i], 1);
    CHECK(PaperKey::parse(missing).reason().find(line) != std::string::npos);
    std::string more = code;
    more.insert(places[i], 1, 'Z');
    CHECK(PaperKey::parse(more).reason().find(line) != std::string::npos);
    if (i % 20 != 19 && code[places[i]] != code[places[i + 1]]) {
      std::string swapped = code;
      std::swap(swapped[places[i]], swapped[places[i + 1]]);
      CHECK(PaperKey::parse(swapped).reason().find(line) != std::string::npos);
    }
  }
}

TEST_CASE("lines missing, repeated, in another order or of another paper are found") {
  const std::string code = whole_key().code();
  const auto rows = split(std::string_view(code).substr(4, code.size() - 5), '\n');
  REQUIRE(rows.size() == 7);
  const auto typed = [](const std::vector<std::string_view>& lines) {
    std::string text = "BW1-";
    for (const auto line : lines) text.append(line).append("\n");
    return PaperKey::parse(text).reason();
  };
  auto lines = rows;
  std::swap(lines[2], lines[3]);
  CHECK(typed(lines).find("line 3 ") != std::string::npos);
  lines = rows;
  lines.pop_back();
  CHECK(typed(lines).find("line 7 ") != std::string::npos);
  lines = rows;
  lines.erase(lines.begin() + 1);
  CHECK(typed(lines).find("line 2 ") != std::string::npos);
  lines = rows;
  lines.push_back(rows[6]);
  CHECK(typed(lines).find("follows line 7") != std::string::npos);

  PaperKey other = whole_key();
  other.personal_seed.bytes.fill(0x33);
  const std::string other_code = other.code();
  lines = rows;
  lines[4] = split(std::string_view(other_code).substr(4), '\n')[4];
  CHECK(typed(lines).find("different paper keys") != std::string::npos);
}

TEST_CASE("what is no paper key at all is refused") {
  for (const std::string& typed :
       {std::string(), std::string("BW"), std::string("BW1"), std::string("BW1-"),
        std::string("BW2-") + whole_key().code().substr(4), whole_key().code().substr(4),
        std::string(100'000, 'B'), std::string(4000, '\n'), "BW1-" + std::string(140, '0'),
        std::string("\0\xff\xfe", 3)}) {
    const auto parsed = PaperKey::parse(typed);
    CHECK_FALSE(parsed);
    CHECK_FALSE(parsed.reason().empty());
  }
  CHECK(rc::check("also any text", [](const std::string& text) { return !PaperKey::parse("BW1-" + text); }));
}

TEST_CASE("a seed of another actor is not printed") {
  PaperKey key = whole_key();
  key.actor = Did::from_public_key(Key{});
  CHECK_THROWS_AS((void)key.code(), Error);
}

TEST_CASE("the page says whose it is, what it is for, and carries the code that can be copied from it") {
  const PaperKey key = whole_key();
  const std::string page = key.page("小明 \x1b[31m");
  CHECK(page.starts_with("Paper key of 小明"));
  CHECK(page.find('\x1b') == std::string::npos);
  CHECK(page.find(key.actor.text()) != std::string::npos);
  CHECK(page.find("bw id restore") != std::string::npos);
  CHECK(page.find("It holds your signing key") != std::string::npos);
  CHECK(page.find("█") != std::string::npos);
  for (const std::string_view line : split(page, '\n')) CHECK(terminal_width(line) <= 79);
  CHECK(same(PaperKey::parse(page.substr(page.find("1   BW1-"))), key));

  PaperKey without = key;
  without.actor_seed.reset();
  CHECK(without.page("").find("does not hold your signing key") != std::string::npos);
  CHECK(without.page("").starts_with("Paper key\n"));
}

TEST_CASE("the SVG page is self-contained, and no name breaks out of it") {
  const std::string svg = whole_key().svg("<script>&\"]]>");
  CHECK(svg.starts_with("<?xml"));
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(svg.find("&lt;script&gt;&amp;&quot;") != std::string::npos);
  CHECK(svg.find("href") == std::string::npos);
  CHECK(svg.find("url(") == std::string::npos);
}
