#include "stream/stream_state.h"

#include <doctest/doctest.h>

#include "base/files.h"
#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

TEST_CASE("a state comes back as it was saved") {
  StreamWorld world;
  world.checkpoint();
  world.append({world.logged(actor('b'))});
  const std::string bytes = world.state.bytes();
  const StreamState again = StreamState::from_bytes(bytes);
  CHECK(again.bytes() == bytes);
  CHECK(again.head == world.state.head);
  CHECK(again.tree.root() == world.state.tree.root());
  CHECK(again.covered() == 2);
  CHECK(again.pending() == 1);
  CHECK(again.authority.json() == world.state.authority.json());
  CHECK(StreamState::from_bytes(StreamState{}.bytes()).bytes() == StreamState{}.bytes());
}

TEST_CASE("a state of many entries keeps most of their ids in files beside it") {
  const TemporaryFolder folder;
  StreamState state;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const Digest leaf = sha256(big_endian_64(i));
    state.ids.push_back(EventId{leaf});
    state.tree.append(leaf);
  }
  state.ids.settle(folder.path());
  const std::string bytes = state.bytes();
  CHECK(bytes.size() < 5000 * 32 / 2);
  const StreamState again = StreamState::from_bytes(bytes, folder.path());
  CHECK(again.bytes() == bytes);
  CHECK(again.ids.find(EventId{sha256(big_endian_64(4711))}) == 4711u);
  CHECK_THROWS_AS(StreamState::from_bytes(bytes, folder.path() / "elsewhere"), Error);
}

TEST_CASE("a saved state that was damaged anywhere is refused") {
  StreamWorld world;
  world.checkpoint();
  const std::string bytes = world.state.bytes();
  const auto refused = [](const std::string& damaged) {
    try {
      StreamState::from_bytes(damaged);
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::invalid;
    }
  };
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (!refused(bytes.substr(0, at))) FAIL_CHECK("cut at " << at);
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    if (!refused(changed)) FAIL_CHECK("changed at " << at);
  }
  CHECK(refused(bytes + "x"));
}

TEST_CASE("a saved state with a good checksum over nonsense is refused, too") {
  StreamWorld world;
  world.checkpoint();
  const std::string content = world.state.bytes().substr(65);
  const auto outcome = [](const std::string& changed) {
    try {
      StreamState::from_bytes(sha256(changed).hex() + "\n" + changed);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::invalid);
    }
  };
  const std::size_t json_end = content.find('\n');
  for (std::size_t at = 0; at <= json_end; ++at) {
    for (const char c : {'0', '"', '{', 'x', '\n'}) {
      std::string changed = content;
      changed[at] = c;
      outcome(changed);
    }
    outcome(content.substr(0, at));
    outcome(content.substr(at));
  }
}
