#include "world/validate.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/files.h"
#include "world/definition_for_tests.h"

using namespace bw;
using namespace bw::testing;
using git::failure_of;

namespace {

const std::string good(test_definition);
std::string bad() {
  return with(good, "indicator: aeds, target", "indicator: gone, target");
}

}  // namespace

TEST_CASE("a folder, its definition and a draft under another name are checked alike") {
  const TemporaryFolder folder;
  const auto& root = folder.path();
  write_file(root / "betterworld.yaml", bad());
  write_file(root / "a draft.yaml", bad());
  for (const auto& path : {root, root / "betterworld.yaml", root / "a draft.yaml"}) {
    CAPTURE(path);
    const Validated validated = validate_files(path);
    REQUIRE(validated.problems.size() == 1);
    const auto file = path == root ? root / "betterworld.yaml" : path;
    CHECK(validated.problems[0].file == file.string());
    CHECK(validated.problems[0].code == "unknown-indicator");
    CHECK(validated.files.contains(file.string()));
  }
  write_file(root / "betterworld.yaml", good);
  CHECK(validate_files(root).problems.empty());
}

TEST_CASE("files are named as they were given") {
  const TemporaryFolder folder;
  write_file(folder.path() / "sub" / "betterworld.yaml", bad());
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const std::string from_folder = validate_files("sub").problems.at(0).file;
  const std::string from_dots = validate_files("./sub/../sub/betterworld.yaml").problems.at(0).file;
  std::filesystem::current_path(folder.path() / "sub");
  const std::string from_here = validate_files(".").problems.at(0).file;
  const std::string from_file = validate_files("betterworld.yaml").problems.at(0).file;
  std::filesystem::current_path(before);
  CHECK(from_folder == "sub/betterworld.yaml");
  CHECK(from_dots == "sub/betterworld.yaml");
  CHECK(from_here == "betterworld.yaml");
  CHECK(from_file == "betterworld.yaml");
}

TEST_CASE("a tool's file is checked with its world, and only its own problems count") {
  const TemporaryFolder folder;
  write_file(folder.path() / "betterworld.yaml", bad());
  write_file(folder.path() / "tools" / "nothing-like-it.yaml", "a: 1\n");
  const Validated validated = validate_files(folder.path() / "tools" / "nothing-like-it.yaml");
  CHECK_FALSE(validated.problems.empty());
  for (const Problem& problem : validated.problems) CHECK(problem.file.ends_with("nothing-like-it.yaml"));
}

TEST_CASE("symbolic links are problems and never read") {
  const TemporaryFolder folder;
  const auto& root = folder.path();
  std::filesystem::create_symlink("/etc/passwd", root / "betterworld.yaml");
  std::filesystem::create_symlink("/etc/passwd", root / "draft.yaml");
  for (const auto& path : {root, root / "betterworld.yaml", root / "draft.yaml"}) {
    CAPTURE(path);
    const Validated validated = validate_files(path);
    CHECK(has_errors(validated.problems));
    for (const auto& [name, content] : validated.files) CHECK(content.find("root:") == std::string::npos);
  }
}

TEST_CASE("a folder where a file should be is a problem, and nothing at all an error") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "betterworld.yaml");
  CHECK(has_errors(validate_files(folder.path()).problems));
  CHECK(failure_of([&] { validate_files(folder.path() / "nothing"); }).code == ErrorCode::cannot);
}
