#pragma once
// LogFiles: the files of a stream's log, for who reads many of them: folders are listed once, and the files
// read last are kept, within bounds, so that who looks a little way back does not read anew.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "git/repository.h"

namespace bw {

class LogFiles {
public:
  // The repository outlives it; `tree` is that of a stream's commit.
  LogFiles(const git::Repository& repository, const git::Oid& tree) : repository_(repository), tree_(tree) {}

  struct File {
    std::string text;
    std::vector<std::string_view> lines;  // of `text`, without LF
  };
  // Without lines where there is no such file.
  std::shared_ptr<const File> file(std::uint64_t number);

private:
  using Folder = std::map<std::string, git::Oid, std::less<>>;  // its files

  const Folder& folder(std::string_view path);

  const git::Repository& repository_;
  git::Oid tree_;
  std::map<std::string, Folder, std::less<>> folders_;
  std::map<std::uint64_t, std::shared_ptr<const File>> kept_;
  std::deque<std::uint64_t> order_;  // of `kept_`, oldest first
  std::size_t kept_bytes_ = 0;
};

}  // namespace bw
