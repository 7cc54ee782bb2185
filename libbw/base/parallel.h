#pragma once
// Work that falls into parts which need nothing of each other, on all cores.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace bw {

// Calls `work(own, i)` once for every i below `count`, where `own` is what `prepare()` gave the thread that
// it runs on. Nothing runs any more on return. The first exception is thrown again; parts that were not begun
// by then are left.
template <class Prepare, class Work>
void on_all_cores(std::size_t count, const Prepare& prepare, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr thrown;
  const auto take_part = [&] {
    try {
      auto own = prepare();
      for (std::size_t i = next++; i < count; i = next++) work(own, i);
    } catch (...) {
      const std::scoped_lock lock(mutex);
      if (!thrown) thrown = std::current_exception();
      next = count;
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < std::min(count, cores); ++i) threads.emplace_back(take_part);
    if (count > 0) take_part();
  }
  if (thrown) std::rethrow_exception(thrown);
}

template <class Work>
void on_all_cores(std::size_t count, const Work& work) {
  on_all_cores(
      count, [] { return nullptr; }, [&](std::nullptr_t, std::size_t i) { work(i); });
}

}  // namespace bw
