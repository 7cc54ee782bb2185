#include "world/differences.h"

#include <doctest/doctest.h>

#include "world/adopt.h"
#include "world/definition_for_tests.h"

using namespace bw;
using namespace bw::testing;
using git::failure_of;
using git::git_says;

TEST_CASE("a definition is found by adoption, digest, branch, commit and what else git understands") {
  TestWorld ada("Ada");
  const std::string first = file_on_main(ada.world);
  const Digest first_digest = ada.world.stream.authority.adopted()->digest;
  const git::Oid first_commit = *ada.world.repository.ref(main_ref);
  change(ada, ada.world, "target: 3", "target: 5");
  const std::string second = file_on_main(ada.world);

  const auto named = [&](const std::string& name) {
    return definition_named(ada.world, name).at("betterworld.yaml");
  };
  CHECK(named("adopted") == first);
  CHECK(named("main") == second);
  CHECK(named("HEAD~1") == first);
  CHECK(named(first_commit.hex()) == first);
  CHECK(named(first_commit.hex().substr(0, 9)) == first);
  adopt(ada.environment, ada.world, *ada.signer, std::nullopt);
  CHECK(named("adopted") == second);
  CHECK(named(first_digest.hex()) == first);
  CHECK(named(first_digest.hex().substr(0, 8)) == first);
  git_says(ada.world.folder(), {"branch", "draft", "HEAD~1"});
  CHECK(named("draft") == first);
}

TEST_CASE("a name under which there is nothing is an error, whatever it looks like") {
  TestWorld ada("Ada");
  for (const char* name : {"nothing", "--upload-pack=touch /tmp/x", "-h", "", "main:betterworld.yaml",
                           "$(id)", "@{u}", "00000000", "refs/heads/../../x", "a\nb", "急救"}) {
    CAPTURE(name);
    CHECK(failure_of([&] { definition_named(ada.world, name); }).code == ErrorCode::invalid);
  }
}

TEST_CASE("a definition with mistakes can still be compared") {
  TestWorld ada("Ada");
  change(ada, ada.world, "indicator: aeds, target: 3", "indicator: gone, target: 4");
  const auto changes =
      difference(definition_named(ada.world, "adopted"), definition_named(ada.world, "main"));
  CHECK(changes.size() == 2);
}
