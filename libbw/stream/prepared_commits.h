#pragma once
// Prepared commits: what of a stream's commits depends on nothing but their objects, read and checked some
// way ahead of the commit whose turn it is (stream/read_ahead.h): what changed, who signed, and the new
// entries of each log file with their forms and signatures. Verification (stream/verification.h) then folds
// commit after commit into its state.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stream/read_ahead.h"
#include "stream/stateless_checks.h"

namespace bw {

// A log file of a commit, read and checked ahead of its turn.
struct LogFile {
  std::size_t known = 0;  // bytes of it that the commit before had, as far as could be told; checked then
  std::string content;
  std::vector<CheckedLine> lines;  // behind those
};

// What of a commit depends on nothing but its objects.
struct PreparedCommit {
  std::shared_ptr<const git::Commit> commit;
  std::vector<git::TreeChange> changes;
  std::shared_ptr<Result<Did>> signer;
  std::shared_ptr<ReadAhead::Job> signing;
  struct Log {
    std::shared_ptr<LogFile> file;
    std::shared_ptr<ReadAhead::Job> job;
  };
  std::map<std::string, Log> logs;  // those that were added or changed as regular files
};

// The commits of a history, oldest first. Where one cannot be read, it is prepared again, and fails, when its
// turn has come.
class PreparedCommits {
public:
  // `tree`: that of the commit before the first; nothing where there is none.
  PreparedCommits(const git::Repository& repository, ReadAhead& ahead, std::vector<git::Oid> commits,
                  std::optional<git::Oid> tree)
      : repository_(repository), ahead_(ahead), commits_(std::move(commits)), tree_(tree) {}

  bool at_end() const { return next_ == commits_.size(); }
  const git::Oid& next_oid() const { return commits_[next_]; }
  // Throws as reading the repository does; the same commit is then next again.
  PreparedCommit take();

private:
  PreparedCommit begin(const git::Oid& oid);
  void begin_work(PreparedCommit& prepared);

  const git::Repository& repository_;
  ReadAhead& ahead_;
  std::vector<git::Oid> commits_;
  std::size_t next_ = 0;
  std::deque<PreparedCommit> begun_;
  std::optional<git::Oid> tree_;  // of the last that was begun
};

}  // namespace bw
