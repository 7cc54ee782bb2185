#pragma once
// ReadAhead: work on the objects of a repository that can be begun before its turn has come. Verifying folds
// one entry after the other into a state, which only one thread can do; reading and inflating objects and
// checking signatures and rows, nearly all of the work, depends on nothing before it.
//
// Each thread opens the repository for itself. Work is finished in the order in which it was begun, and what
// is done but not finished is bounded, so that a fast reader does not fill the memory.

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "git/repository.h"

namespace bw {

class ReadAhead {
public:
  // Returns how many bytes it keeps until it is finished.
  using Work = std::function<std::size_t(const git::Repository&)>;

  // With one thread everything is done where it is finished.
  ReadAhead(const git::Repository& repository, unsigned threads);
  // Drops what was not begun yet and waits for the rest.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  class Job;
  std::shared_ptr<Job> begin(Work work);
  // Once for each job: on return its work is done, here where no thread took it yet. Throws what it threw.
  void finish(Job& job);

private:
  void work_along();

  const git::Repository& repository_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::size_t kept_ = 0;  // bytes of what is done and not finished
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace bw
