#include "stream/event_index.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"

using namespace bw;

namespace {

EventId id(std::uint64_t number) {
  return EventId{sha256(big_endian_64(number))};
}

// Saved and opened again.
EventIndex again(EventIndex& index, const std::filesystem::path& runs) {
  index.settle(runs);
  return EventIndex::restore(index.runs_json(), index.recent_bytes(), runs);
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(folder)) files.push_back(file.path());
  return files;
}

}  // namespace

TEST_CASE("an index finds the lowest position of every id") {
  const TemporaryFolder folder;
  EventIndex index;
  CHECK_FALSE(index.find(id(0)));
  for (std::uint64_t i = 0; i < 5000; ++i) index.push_back(id(i));
  index.push_back(id(17));
  for (std::uint64_t i = 5000; i < 20000; ++i) index.push_back(id(i));
  const auto check = [](const EventIndex& asked) {
    CHECK(asked.size() == 20001);
    CHECK(asked.find(id(17)) == 17u);
    CHECK(asked.find(id(4999)) == 4999u);
    CHECK(asked.find(id(5000)) == 5001u);
    CHECK(asked.find(id(19999)) == 20000u);
    CHECK(asked[17] == id(17));
    CHECK(asked[20000] == id(19999));
    CHECK_FALSE(asked.find(id(20000)));
  };
  check(index);
  check(again(index, folder.path()));
  check(index);
}

TEST_CASE("an index that grew, was saved or goes on growing answers alike") {
  CHECK(
      rc::check("find agrees with a search", [](const std::vector<std::uint8_t>& numbers, std::uint8_t cut) {
        const TemporaryFolder folder;
        EventIndex whole;
        EventIndex resumed;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
          whole.push_back(id(numbers[i]));
          if (i == cut) resumed = again(resumed, folder.path());
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

TEST_CASE("however often an index is saved while it grows, it answers alike, in a few files") {
  const TemporaryFolder folder;
  EventIndex index;
  std::uint64_t size = 0;
  // Sizes around a block, what is saved beside the runs, and several runs together.
  for (const std::uint64_t more :
       {1u, 127u, 2000u, 2100u, 1u, 5000u, 40000u, 128u, 3000u, 3000u, 3000u, 6000u}) {
    for (std::uint64_t i = 0; i < more; ++i) index.push_back(id(size++));
    index.push_back(id(size / 2));  // stands there already
    index = again(index, folder.path());
  }
  for (std::uint64_t n = 0; n < size; n += 7) {
    const auto at = index.find(id(n));
    REQUIRE(at);
    CHECK(*at >= n);
    CHECK(*at <= n + 12);
  }
  CHECK_FALSE(index.find(id(size)));
  CHECK(index.size() == size + 12);
  CHECK(index.recent_bytes().size() <= 2048 * 32);
  CHECK(files_in(folder.path()).size() <= 6);
}

TEST_CASE("an index of more ids than memory shall hold answers alike, saved and not") {
  const TemporaryFolder folder;
  EventIndex index;
  constexpr std::uint64_t count = 600'000;
  for (std::uint64_t i = 0; i < count; ++i) index.push_back(id(i));
  index.push_back(id(5));
  const auto check = [](const EventIndex& asked) {
    for (std::uint64_t n = 0; n < count; n += 997) CHECK(asked.find(id(n)) == n);
    CHECK(asked.find(id(5)) == 5u);
    CHECK(asked.find(id(count - 1)) == count - 1);
    for (std::uint64_t n = count; n < count + 1000; ++n) CHECK_FALSE(asked.find(id(n)));
    CHECK(asked.with_prefix(id(77).text().substr(0, 20), 5) == std::vector{id(77)});
  };
  check(index);
  check(again(index, folder.path()));
  CHECK(files_in(folder.path()).size() == 1);
}

TEST_CASE("ids are found by any beginning of their text, in memory and in files") {
  const TemporaryFolder folder;
  EventIndex index;
  for (std::uint64_t i = 0; i < 3000; ++i) index.push_back(id(i));
  const EventIndex saved = again(index, folder.path());
  for (std::uint64_t i = 3000; i < 4000; ++i) index.push_back(id(i));
  for (const std::uint64_t n : {7u, 2999u, 3001u}) {
    const std::string text = id(n).text();
    for (const std::size_t length : {9u, 10u, 31u, 63u, 64u})
      CHECK(index.with_prefix(text.substr(0, length), 5) == std::vector{id(n)});
    CHECK(index.with_prefix(text + "0", 5).empty());
  }
  CHECK(index.with_prefix("", 5).size() == 5);
  CHECK(saved.with_prefix("", 5000).size() == 3000);
  for (const std::string start : {"0", "7", "f", "ff", "00"}) {
    std::size_t expected = 0;
    for (std::uint64_t i = 0; i < 4000; ++i) expected += id(i).text().starts_with(start) ? 1 : 0;
    CHECK(index.with_prefix(start, 4000).size() == expected);
    CHECK(index.with_prefix(start, 2).size() == 2);
  }
  CHECK(index.with_prefix("xyz", 5).empty());
  CHECK(index.with_prefix("ABCDEF", 5).empty());
}

TEST_CASE("a run that is missing or cut is found when it is opened, a changed one when it is asked") {
  const TemporaryFolder folder;
  EventIndex index;
  for (std::uint64_t i = 0; i < 3000; ++i) index.push_back(id(i));
  index.settle(folder.path());
  const Json runs = index.runs_json();
  const auto path = files_in(folder.path()).front();
  const std::string good = read_file(path, 1u << 20);
  const auto code_with = [&](const std::string& content) {
    write_file(path, content);
    try {
      const EventIndex opened = EventIndex::restore(runs, "", folder.path());
      for (std::uint64_t i = 0; i < 3000; ++i) {
        if (opened.find(id(i)) != i) return -1;
      }
      return 0;
    } catch (const Error& error) {
      return static_cast<int>(error.code());
    }
  };
  CHECK(code_with(good) == 0);
  CHECK(code_with(good.substr(0, good.size() - 1)) == static_cast<int>(ErrorCode::invalid));
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 40) {
    std::string changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_MESSAGE(code_with(changed) == static_cast<int>(ErrorCode::invalid), "changed at " << at);
  }
  std::filesystem::remove(path);
  CHECK_THROWS_AS(EventIndex::restore(runs, "", folder.path()), Error);
}

TEST_CASE("an index can be saved into two folders, and one whose files were removed is saved again") {
  const TemporaryFolder first;
  const TemporaryFolder second;
  EventIndex index;
  for (std::uint64_t i = 0; i < 10000; ++i) index.push_back(id(i));
  index.settle(first.path());
  EventIndex other = index;
  CHECK(again(other, second.path()).find(id(9999)) == 9999u);
  for (const auto& file : files_in(first.path())) std::filesystem::remove(file);
  CHECK(again(index, first.path()).find(id(77)) == 77u);
}
