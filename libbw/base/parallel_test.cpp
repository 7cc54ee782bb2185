#include "base/parallel.h"

#include <stdexcept>

#include <doctest/doctest.h>

using namespace bw;

TEST_CASE("every part of some work is done once, by threads that have something of their own") {
  for (const std::size_t count : {0u, 1u, 2u, 1000u}) {
    std::vector<std::atomic<int>> done(count);
    std::atomic<int> prepared{0};
    on_all_cores(
        count, [&] { return ++prepared; }, [&](int own, std::size_t i) { done[i] += own > 0 ? 1 : 0; });
    CHECK(std::all_of(done.begin(), done.end(), [](const auto& times) { return times == 1; }));
    CHECK(prepared <= static_cast<int>(std::max<std::size_t>(count, 1)));
  }
}

TEST_CASE("what a part of some work throws comes out, once all threads have stopped") {
  std::atomic<int> begun{0};
  const auto work = [&](std::size_t i) {
    ++begun;
    if (i == 3) throw std::runtime_error("the third");
  };
  CHECK_THROWS_WITH_AS(on_all_cores(100'000, work), "the third", std::runtime_error);
  const int before = begun;
  CHECK(before >= 1);
  CHECK(begun == before);
}
