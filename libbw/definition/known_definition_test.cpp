#include "definition/known_definition.h"

#include <doctest/doctest.h>

#include "base/files.h"

using namespace bw;

namespace {

LoadedDefinition example(const char* name) {
  return load(folder_source(std::filesystem::path(BW_SOURCE_DIR) / "examples" / name), {});
}

// Enough of a definition to tell one from another.
void check_same(const Definition& a, const Definition& b) {
  CHECK(a.name.in("en") == b.name.in("en"));
  CHECK(a.behaviours.ids() == b.behaviours.ids());
  CHECK(a.units.ids() == b.units.ids());
  CHECK(a.goals.ids() == b.goals.ids());
  CHECK(a.grace.seconds == b.grace.seconds);
  CHECK(a.utc_offset.seconds == b.utc_offset.seconds);
  for (const std::string& id : a.behaviours.ids()) {
    const Behaviour& one = *a.behaviours.find(id);
    const Behaviour& other = *b.behaviours.find(id);
    CHECK(one.unit == other.unit);
    CHECK(one.minimum == other.minimum);
    CHECK(one.maximum == other.maximum);
    CHECK(one.limits.size() == other.limits.size());
    CHECK(one.mark.line == other.mark.line);
    CHECK(one.visibility == other.visibility);
    CHECK(one.evidence.kinds == other.evidence.kinds);
  }
}

}  // namespace

TEST_CASE("a definition that was kept comes back as it was loaded") {
  for (const char* name : {"ohca", "hackathon", "green-travel"}) {
    const TemporaryFolder folder;
    const LoadedDefinition loaded = example(name);
    REQUIRE(loaded.valid());
    CHECK_FALSE(read_known_definition(folder.path(), loaded.digest));
    keep_known_definition(folder.path(), loaded);
    const auto known = read_known_definition(folder.path(), loaded.digest);
    REQUIRE(known);
    check_same(*known, *loaded.definition);
  }
}

TEST_CASE("one that is not valid is not kept, and one is not known by another's digest") {
  const TemporaryFolder folder;
  const LoadedDefinition broken = load(memory_source({{definition_file, "betterworld: 1\n"}}), {});
  keep_known_definition(folder.path(), broken);
  CHECK_FALSE(read_known_definition(folder.path(), broken.digest));
  const LoadedDefinition loaded = example("hackathon");
  keep_known_definition(folder.path(), loaded);
  std::filesystem::rename(folder.path() / loaded.digest.hex(), folder.path() / broken.digest.hex());
  CHECK_FALSE(read_known_definition(folder.path(), broken.digest));
}

TEST_CASE("a kept definition that was cut or changed anywhere is not known") {
  const TemporaryFolder folder;
  const LoadedDefinition loaded = example("hackathon");
  keep_known_definition(folder.path(), loaded);
  const auto path = folder.path() / loaded.digest.hex();
  const std::string good = read_file(path, 1u << 20);
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 200) {
    std::string changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write_file(path, changed);
    if (read_known_definition(folder.path(), loaded.digest)) FAIL_CHECK("changed at " << at);
    write_file(path, good.substr(0, at));
    if (read_known_definition(folder.path(), loaded.digest)) FAIL_CHECK("cut at " << at);
  }
}
