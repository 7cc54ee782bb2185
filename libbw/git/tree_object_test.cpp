#include "git/tree_object.h"

#include <doctest/doctest.h>

namespace bw::git {
namespace {

std::string entry(const std::string& mode, const std::string& name) {
  return mode + " " + name + std::string(1, '\0') + std::string(20, 'o');
}

TEST_CASE("a tree is read as it is, strange names included") {
  const std::string bytes = entry("100644", "\x1b[31m") + entry("100755", "a b") + entry("120000", "link") +
                            entry("160000", "sub") + entry("40000", "急救");
  const auto entries = parse_tree(bytes);
  REQUIRE(entries);
  REQUIRE(entries->size() == 5);
  CHECK((*entries)[0].name == "\x1b[31m");
  CHECK((*entries)[1].mode == Mode::executable);
  CHECK((*entries)[2].mode == Mode::link);
  CHECK((*entries)[3].mode == Mode::submodule);
  CHECK((*entries)[4].mode == Mode::tree);
  CHECK(tree_bytes(*entries) == bytes);
  CHECK(parse_tree("")->empty());
  CHECK((*parse_tree(entry("100664", "old")))[0].mode == Mode::file);
}

TEST_CASE("folders sort as if they ended in a slash") {
  const std::string bytes = entry("100644", "a-b") + entry("40000", "a") + entry("100644", "a0");
  const auto entries = parse_tree(bytes);
  REQUIRE(entries);
  CHECK(tree_bytes({(*entries)[2], (*entries)[1], (*entries)[0]}) == bytes);
}

TEST_CASE("trees that could be read in two ways or lead elsewhere are refused") {
  for (const std::string& bytes : {entry("100644", ""),
                                   entry("100644", "."),
                                   entry("40000", ".."),
                                   entry("40000", ".git"),
                                   entry("40000", ".GiT"),
                                   entry("100644", "a/b"),
                                   entry("100644", "../x"),
                                   entry("0100644", "a"),
                                   entry("040000", "a"),
                                   entry("777", "a"),
                                   entry("100600", "a"),
                                   entry("", "a"),
                                   entry("100644", "b") + entry("100644", "a"),
                                   entry("100644", "a") + entry("100644", "a"),
                                   entry("100644", "a") + entry("100644", "a-") + entry("40000", "a"),
                                   entry("40000", "a") + entry("100644", "a-"),
                                   std::string("100644 a"),
                                   std::string("100644"),
                                   entry("100644", "a").substr(0, 20),
                                   entry("100644", "a") + "x"}) {
    CAPTURE(bytes);
    const auto entries = parse_tree(bytes);
    CHECK_FALSE(entries);
    CHECK_FALSE(entries.reason().empty());
  }
}

}  // namespace
}  // namespace bw::git
