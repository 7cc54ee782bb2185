#include "world/verified_stream.h"

#include <doctest/doctest.h>

#include "world/test_world.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t seal_line = 65;

fs::path file_of(const testing::TestWorld& ada) {
  return ada.world.repository.git_folder() / "bw" / "verified-stream";
}
std::string content_of(const fs::path& file) {
  return read_file(file, 1 << 20);
}
World reopened(const testing::TestPerson& person, const testing::TestWorld& ada) {
  return open_world(person.environment, ada.world.folder());
}

// The genuine state as a thief would like it: she is a steward.
std::string forged(const std::string& genuine, const Did& thief) {
  StreamState state = StreamState::from_bytes(genuine.substr(seal_line));
  Json authority = state.authority.json();
  authority["stewards"].push_back(thief.text());
  state.authority = Authority::from_json(authority);
  return genuine.substr(0, seal_line) + state.bytes();
}

TEST_CASE("a verified state that somebody else put into the repository is not believed") {
  testing::TestWorld ada;
  const testing::TestPerson thief("Thief");
  write_file(file_of(ada), forged(content_of(file_of(ada)), thief.did()));
  CHECK_FALSE(remembered_stream(ada.environment, ada.world.repository));
  const World world = reopened(ada, ada);
  CHECK_FALSE(world.stream.authority.is_steward(thief.did()));
  CHECK(world.stream.authority.is_steward(ada.did()));
}

TEST_CASE("a verified state without a seal, or cut anywhere, is made again") {
  testing::TestWorld ada;
  const std::string whole = content_of(file_of(ada));
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{64}, std::size_t{65},
                                 std::size_t{130}, whole.size() - 1}) {
    write_file(file_of(ada), whole.substr(0, size));
    CHECK(reopened(ada, ada).stream.size() == ada.world.stream.size());
    CHECK(content_of(file_of(ada)) == whole);
  }
  write_file(file_of(ada), whole.substr(seal_line));
  CHECK(reopened(ada, ada).stream.size() == ada.world.stream.size());
  CHECK(content_of(file_of(ada)) == whole);
}

TEST_CASE("a verified state of another user is made again") {
  testing::TestWorld ada;
  const testing::TestPerson eve("Eve");
  CHECK(remembered_stream(ada.environment, ada.world.repository));
  CHECK(reopened(eve, ada).stream.size() == ada.world.stream.size());
  CHECK(remembered_stream(eve.environment, ada.world.repository));
  CHECK_FALSE(remembered_stream(ada.environment, ada.world.repository));
}

TEST_CASE("the key of the seals is the user's alone, and a damaged one is replaced") {
  testing::TestWorld ada;
  const fs::path key = ada.environment.state_folder / "cache.key";
  CHECK((fs::status(key).permissions() & fs::perms(0777)) == fs::perms(0600));
  write_file(key, "none\n", 0600);
  CHECK_FALSE(remembered_stream(ada.environment, ada.world.repository));
  CHECK(reopened(ada, ada).stream.size() == ada.world.stream.size());
  CHECK(remembered_stream(ada.environment, ada.world.repository));
}

}  // namespace
}  // namespace bw
