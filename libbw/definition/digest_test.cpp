#include "definition/digest.h"

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/process.h"
#include "definition/date.h"
#include "definition/model.h"

namespace bw {
namespace {

TEST_CASE("the digest is what sha256sum says") {
  const DefinitionFiles files = {{"betterworld.yaml", "a: 1\n"}, {"tools/points.yaml", ""}, {"é.png", "x"}};
  const TemporaryFolder folder;
  for (const auto& [path, content] : files) write_file(folder.path() / path, content);
  Command command;
  command.arguments = {"sh", "-c",
                       "sha256sum betterworld.yaml tools/points.yaml é.png | sha256sum | cut -c1-64"};
  command.folder = folder.path();
  const Finished theirs = run(command);
  CHECK(definition_digest(files).hex() + "\n" == theirs.output);
  CHECK(definition_digest({}).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("only days that exist are dates") {
  CHECK(Date::parse("2024-02-29")->text() == "2024-02-29");
  for (const char* text : {"2023-02-29", "0000-01-01", "99999-01-01", "1969-12-31", "2026-13-01", "2026-1-1",
                           "2026-01-01T00:00:00Z", "", "２０２６-01-01"})
    CHECK_MESSAGE(!Date::parse(text), text);
  const UtcOffset offset = *UtcOffset::parse("+08:00");
  CHECK(Date::parse("2027-06-30")->ends(offset).text() == "2027-06-30T15:59:59Z");
  CHECK(Date::parse("2027-06-30")->begins(offset).text() == "2027-06-29T16:00:00Z");
}

TEST_CASE("a text is found in the language asked for, or the nearest") {
  const Text text({{"zh-CN", "急救"}, {"en", "First aid"}, {"de", "Erste Hilfe"}});
  CHECK(text.in("zh-CN") == "急救");
  CHECK(text.in("zh") == "急救");
  CHECK(text.in("de-AT") == "Erste Hilfe");
  CHECK(text.in("fr") == "First aid");
  CHECK(Text("AED").in("zh") == "AED");
  CHECK(Text().in("en").empty());
}

TEST_CASE("ids are lower-case words") {
  for (const char* good : {"a", "map-aed", "1", "a1-2b"}) CHECK(is_id(good));
  for (const char* bad : {"", "-a", "a-", "A", "a_b", "a/b", "..", "é", "a\"", "😀"}) CHECK(!is_id(bad));
  CHECK(is_id(std::string(64, 'a')));
  CHECK(!is_id(std::string(65, 'a')));
}

}  // namespace
}  // namespace bw
