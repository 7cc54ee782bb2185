#include "tlog/tiles.h"

#include <map>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"
#include "tlog/test_log.h"

using namespace bw;

namespace {

using Files = std::map<std::string, std::string>;

std::string entry(std::uint64_t index) {
  return "leaf " + std::to_string(index);  // as SmallLog's
}

Files tiles_of(TreeSize size) {
  Files files;
  TileWriter writer([&](const std::string& path, std::string_view bytes) {
    CHECK(files.emplace(path, bytes).second);  // nothing is written twice
  });
  for (TreeSize i = 0; i < size; ++i) writer.append(entry(i));
  writer.finish();
  return files;
}

TileSource source_of(const Files& files) {
  return [&files](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace

TEST_CASE("paths are those of the specification") {
  CHECK(tile_number(1234067) == "x001/x234/067");
  CHECK(tile_number(0) == "000");
  CHECK(tile_path(0, 5, 256) == "tile/0/005");
  CHECK(tile_path(2, 1000, 17) == "tile/2/x001/000.p/17");
  CHECK(entry_bundle_path(0, 1) == "tile/entries/000.p/1");
}

TEST_CASE("a tree of 70,000 is cut as the specification's example says") {
  const Files files = tiles_of(70'000);
  std::size_t leaves = 0;
  for (const auto& [path, bytes] : files) {
    if (path.starts_with("tile/0/") && path.find(".p/") == std::string::npos) ++leaves;
  }
  CHECK(leaves == 273);
  CHECK(files.at("tile/0/273.p/112").size() == 112 * 32);
  CHECK(files.count("tile/1/000") == 1);
  CHECK(files.at("tile/1/001.p/17").size() == 17 * 32);
  CHECK(files.at("tile/2/000.p/1").size() == 32);
  CHECK(files.at("tile/entries/273.p/112").starts_with(std::string("\0\012leaf 69888", 12)));
  CHECK(root_of_tiles(source_of(files), 70'000) == root_of(SmallLog(70'000).leaves));
}

TEST_CASE("a tree of 256 is one full tile and the root above it") {
  const Files files = tiles_of(256);
  CHECK(files.size() == 3);
  CHECK(files.at("tile/1/000.p/1") == root_of(SmallLog(256).leaves).view());
  CHECK(tiles_of(0).empty());
}

TEST_CASE("proofs made from tiles are those made from the leaves") {
  const SmallLog log(66'000);
  const Files files = tiles_of(66'000);
  CHECK(rc::check("inclusion, and consistency with any smaller tree", [&] {
    const TreeSize size = log.leaves.size();
    const TreeSize index = *rc::gen::inRange<TreeSize>(0, size);
    const SubtreeRoot tiles = subtrees_of_tiles(source_of(files), size);
    RC_ASSERT(inclusion_proof(tiles, index, size) == inclusion_proof(subtrees_of(log.leaves), index, size));
    RC_ASSERT(consistency_proof(tiles, index, size) ==
              consistency_proof(subtrees_of(log.leaves), index, size));
    // The tiles of a log serve its earlier sizes as well.
    if (index > 0) {
      RC_ASSERT(inclusion_proof(tiles, index / 2, index) ==
                inclusion_proof(subtrees_of(log.leaves), index / 2, index));
    }
  }));
}

TEST_CASE("bundles give the entries back, and nothing else is taken for one") {
  const Files files = tiles_of(300);
  const auto full = parse_entry_bundle(files.at("tile/entries/000"), 256);
  REQUIRE(full);
  CHECK(full->front() == entry(0));
  CHECK(full->back() == entry(255));
  const std::string& rest = files.at("tile/entries/001.p/44");
  CHECK(parse_entry_bundle(rest, 44)->size() == 44);
  CHECK_FALSE(parse_entry_bundle(rest, 43));
  CHECK_FALSE(parse_entry_bundle(rest, 45));
  for (std::size_t cut = 0; cut < rest.size(); ++cut)
    CHECK_FALSE(parse_entry_bundle(rest.substr(0, cut), 44));
  CHECK(parse_entry_bundle("", 0)->empty());
}

TEST_CASE("tiles that are missing or too short are named, and an entry too long is refused") {
  Files files = tiles_of(300);
  files.erase("tile/0/000");
  CHECK_THROWS_WITH_AS(inclusion_proof(subtrees_of_tiles(source_of(files), 300), 3, 300),
                       "the log lacks tile/0/000", Error);
  files = tiles_of(300);
  files.at("tile/0/001.p/44").pop_back();
  CHECK_THROWS_WITH_AS(root_of_tiles(source_of(files), 300), "tile/0/001.p/44 is too short", Error);
  TileWriter writer([](const std::string&, std::string_view) {});
  CHECK_NOTHROW(writer.append(std::string(65'535, 'x')));
  CHECK_THROWS_AS(writer.append(std::string(65'536, 'x')), Error);
}
