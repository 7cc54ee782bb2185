#include "stream/prepared_commits.h"

#include <algorithm>

#include "base/error.h"
#include "stream/commit_author.h"

namespace bw {
namespace {

constexpr std::size_t most_ahead = 16;

}  // namespace

PreparedCommit PreparedCommits::take() {
  while (begun_.size() < most_ahead && next_ + begun_.size() < commits_.size()) {
    try {
      begun_.push_back(begin(commits_[next_ + begun_.size()]));
    } catch (const Error&) {
      if (begun_.empty()) throw;
      break;
    }
  }
  PreparedCommit commit = std::move(begun_.front());
  begun_.pop_front();
  ++next_;
  return commit;
}

PreparedCommit PreparedCommits::begin(const git::Oid& oid) {
  PreparedCommit prepared;
  prepared.commit = std::make_shared<const git::Commit>(repository_.read_commit(oid));
  prepared.changes = repository_.compare(tree_, prepared.commit->tree);
  const auto is_log = [](const git::TreeChange& change) {
    return change.path.starts_with("log/") && change.after && change.after->mode == git::Mode::file;
  };
  for (const git::TreeChange& change : prepared.changes) {
    if (!is_log(change)) continue;
    auto file = std::make_shared<LogFile>();
    if (change.before && change.before->mode == git::Mode::file)
      file->known = repository_.blob_size(change.before->oid);
    prepared.logs.emplace(change.path, PreparedCommit::Log{std::move(file), nullptr});
  }
  // Nothing can fail from here on, so that no work is begun that nobody finishes.
  begin_work(prepared);
  tree_ = prepared.commit->tree;
  return prepared;
}

void PreparedCommits::begin_work(PreparedCommit& prepared) {
  prepared.signer = std::make_shared<Result<Did>>(Reason{});
  prepared.signing = ahead_.begin(
      [signer = prepared.signer, commit = prepared.commit](const git::Repository&) -> std::size_t {
        *signer = commit_signer(*commit);
        return 0;
      });
  for (const git::TreeChange& change : prepared.changes) {
    const auto log = prepared.logs.find(change.path);
    if (log == prepared.logs.end()) continue;
    log->second.job = ahead_.begin([file = log->second.file, blob = change.after->oid](
                                       const git::Repository& repository) -> std::size_t {
      file->content = repository.read_blob(blob, max_log_file_bytes);
      const std::string_view content = file->content;
      file->lines = check_lines(content.substr(std::min(file->known, content.size())));
      return 4 * content.size();  // a parsed entry takes some times its line
    });
  }
}

}  // namespace bw
