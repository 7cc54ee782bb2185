#include "stream/stream_state.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

EventId id(std::uint64_t number) {
  return EventId{sha256(big_endian_64(number))};
}

}  // namespace

TEST_CASE("an index finds the lowest position of every id") {
  EventIndex index;
  CHECK_FALSE(index.find(id(0)));
  for (std::uint64_t i = 0; i < 5000; ++i) index.push_back(id(i));
  index.push_back(id(17));
  for (std::uint64_t i = 5000; i < 20000; ++i) index.push_back(id(i));
  CHECK(index.size() == 20001);
  CHECK(index.find(id(17)) == 17u);
  CHECK(index.find(id(4999)) == 4999u);
  CHECK(index.find(id(5000)) == 5001u);
  CHECK(index.find(id(19999)) == 20000u);
  CHECK_FALSE(index.find(id(20000)));
  const EventIndex again = EventIndex::from_bytes(index.bytes());
  CHECK(again.size() == index.size());
  CHECK(again.find(id(17)) == 17u);
  CHECK(again.find(id(19999)) == 20000u);
  CHECK_FALSE(again.find(id(20000)));
  CHECK(again[20000] == id(19999));
}

TEST_CASE("an index that grew, was saved or goes on growing answers alike") {
  CHECK(
      rc::check("find agrees with a search", [](const std::vector<std::uint8_t>& numbers, std::uint8_t cut) {
        EventIndex whole;
        EventIndex resumed;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
          whole.push_back(id(numbers[i]));
          if (i == cut) resumed = EventIndex::from_bytes(resumed.bytes());
          resumed.push_back(id(numbers[i]));
        }
        for (std::uint64_t n = 0; n < 256; ++n) {
          const auto at = std::find(numbers.begin(), numbers.end(), n);
          const auto expected = at == numbers.end()
                                    ? std::nullopt
                                    : std::optional(static_cast<std::uint64_t>(at - numbers.begin()));
          RC_ASSERT(whole.find(id(n)) == expected && resumed.find(id(n)) == expected);
        }
      }));
}

TEST_CASE("ids are found by any beginning of their text") {
  EventIndex index;
  for (std::uint64_t i = 0; i < 1000; ++i) index.push_back(id(i));
  const std::string text = id(7).text();
  for (const std::size_t length : {9u, 10u, 31u, 63u, 64u}) {
    CHECK(index.with_prefix(text.substr(0, length), 5) == std::vector{id(7)});
  }
  CHECK(index.with_prefix("", 5).size() == 5);
  std::size_t expected = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) expected += id(i).text().starts_with(text.substr(0, 1)) ? 1 : 0;
  CHECK(index.with_prefix(text.substr(0, 1), 1000).size() == expected);
  CHECK(index.with_prefix(text.substr(0, 1), 2).size() == 2);
  CHECK(index.with_prefix(text + "0", 5).empty());
  CHECK(index.with_prefix("xyz", 5).empty());
  CHECK(index.with_prefix("ABCDEF", 5).empty());
}

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
