#include "world/new_folder.h"

#include <doctest/doctest.h>

#include "base/test_errors.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

// As a process leaves it that was killed while it made a world there.
void leave_unfinished(const fs::path& folder) {
  write_file(folder / ".bw-unfinished", "1\n");
  write_file(folder / ".git" / "config", "half\n");
  write_file(folder / "betterworld.yaml", "");
}

TEST_CASE("a new folder is kept as it was filled, or goes away again") {
  const TemporaryFolder place;
  const fs::path path = place.path() / "world";
  {
    const NewFolder folder(path);
    CHECK(NewFolder::is_unfinished(path));
    write_file(path / "file", "x");
  }
  CHECK_FALSE(fs::exists(path));
  {
    NewFolder folder(path);
    write_file(path / "file", "x");
    folder.keep();
  }
  CHECK(fs::exists(path / "file"));
  CHECK_FALSE(NewFolder::is_unfinished(path));
  CHECK_THROWS_AS(NewFolder{path}, Error);
  CHECK(fs::exists(path / "file"));
}

TEST_CASE("a folder that was half made is begun anew, and one that is being made is left alone") {
  const TemporaryFolder place;
  const fs::path path = place.path() / "world";
  leave_unfinished(path);
  {
    const NewFolder folder(path);
    CHECK_FALSE(fs::exists(path / ".git"));
    CHECK_THROWS_AS(NewFolder{path}, Error);
    CHECK_THROWS_AS(NewFolder::clear_unfinished(path), Error);
  }
  CHECK(fs::is_empty(path));
}

TEST_CASE("what is unfinished can be cleared away by name") {
  const TemporaryFolder place;
  leave_unfinished(place.path() / "world");
  NewFolder::clear_unfinished(place.path() / "world");
  CHECK(fs::is_empty(place.path() / "world"));
}

}  // namespace
}  // namespace bw
