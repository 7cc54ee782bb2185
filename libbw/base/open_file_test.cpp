#include "base/open_file.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/files.h"

using namespace bw;

namespace {

std::string read(const OpenFile& file, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  file.read(offset, bytes);
  return bytes;
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("a file is read in places, and not beyond its end") {
  const TemporaryFolder folder;
  write_file(folder.path() / "x", "0123456789");
  const auto file = OpenFile::open(folder.path() / "x");
  REQUIRE(file);
  CHECK(file->size() == 10);
  CHECK(read(*file, 0, 10) == "0123456789");
  CHECK(read(*file, 7, 3) == "789");
  CHECK_THROWS_AS(read(*file, 7, 4), Error);
  CHECK_THROWS_AS(read(*file, 11, 1), Error);
  CHECK_FALSE(OpenFile::open(folder.path() / "y"));
  CHECK_FALSE(OpenFile::open(folder.path() / "x" / "y"));
  CHECK_THROWS_AS(OpenFile::open(folder.path()), Error);
}

TEST_CASE("a new file has its name once it is kept, and leaves nothing where it is not") {
  const TemporaryFolder folder;
  {
    OpenFile dropped = OpenFile::create_in(folder.path());
    dropped.append("gone");
    CHECK(files_in(folder.path()) == 1);
  }
  CHECK(files_in(folder.path()) == 0);
  {
    OpenFile kept = OpenFile::create_in(folder.path());
    kept.append("he");
    kept.append("re");
    kept.keep_as(folder.path() / "kept");
    CHECK(read(kept, 1, 3) == "ere");
  }
  CHECK(read_file(folder.path() / "kept", 10) == "here");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a scratch file can be written and read, and moved") {
  OpenFile first = OpenFile::scratch();
  first.append("abc");
  OpenFile second = std::move(first);
  second.append("def");
  CHECK(second.size() == 6);
  CHECK(read(second, 2, 2) == "cd");
}
