#include "stream/read_ahead.h"

#include <algorithm>

#include "base/error.h"

namespace bw {
namespace {

constexpr std::size_t most_kept = std::size_t{16} << 20;

}  // namespace

class ReadAhead::Job {
public:
  explicit Job(Work work) : work_(std::move(work)) {}

private:
  friend class ReadAhead;
  enum class State { waiting, running, done };

  void run(const git::Repository& repository) {
    try {
      kept_ = work_(repository);
    } catch (...) {
      thrown_ = std::current_exception();
    }
    work_ = {};
  }

  Work work_;
  State state_ = State::waiting;
  std::size_t kept_ = 0;
  std::exception_ptr thrown_;
};

ReadAhead::ReadAhead(const git::Repository& repository, unsigned threads) : repository_(repository) {
  for (unsigned i = 0; threads > 1 && i < threads; ++i) threads_.emplace_back([this] { work_along(); });
}

ReadAhead::~ReadAhead() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
}

std::shared_ptr<ReadAhead::Job> ReadAhead::begin(Work work) {
  auto job = std::make_shared<Job>(std::move(work));
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(job);
  }
  changed_.notify_all();
  return job;
}

void ReadAhead::finish(Job& job) {
  std::unique_lock lock(mutex_);
  if (job.state_ == Job::State::waiting) {
    std::erase_if(waiting_, [&](const auto& other) { return other.get() == &job; });
    job.state_ = Job::State::running;
    lock.unlock();
    job.run(repository_);
    lock.lock();
    job.state_ = Job::State::done;
  } else {
    changed_.wait(lock, [&] { return job.state_ == Job::State::done; });
    kept_ -= job.kept_;
  }
  lock.unlock();
  changed_.notify_all();
  if (job.thrown_) std::rethrow_exception(job.thrown_);
}

void ReadAhead::work_along() {
  std::optional<git::Repository> own;
  try {
    own = git::Repository::open(repository_.git_folder());
  } catch (const Error&) {
    return;  // whoever finishes the work does it
  }
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || (!waiting_.empty() && kept_ < most_kept); });
    if (ending_) return;
    const std::shared_ptr<Job> job = waiting_.front();
    waiting_.pop_front();
    job->state_ = Job::State::running;
    lock.unlock();
    job->run(*own);
    lock.lock();
    job->state_ = Job::State::done;
    kept_ += job->kept_;
    changed_.notify_all();
  }
}

}  // namespace bw
