#pragma once
// MovingWorkTree: stands while a command moves `main` together with its work tree, which no system does in
// one step. A process that is killed in between leaves files of two commits side by side, and `git status`
// shows changes that nobody made. So what is going on is noted in `.git/bw/work-tree` ("<commit before>
// <commit after>"), under a lock; where the note is found and the lock is free, the move was interrupted.
//
// Only a work tree without uncommitted changes is moved. So it may then be put to what HEAD says.

#include <optional>

#include "base/files.h"
#include "git/repository.h"

namespace bw {

class MovingWorkTree {
public:
  MovingWorkTree(const git::Repository& repository, const git::Oid& before, const git::Oid& after);
  ~MovingWorkTree();
  MovingWorkTree(const MovingWorkTree&) = delete;
  MovingWorkTree& operator=(const MovingWorkTree&) = delete;

  // What was begun could neither be finished nor given up (a full disk): the note stays, for the doctor.
  void leave_between() { stays_ = true; }

private:
  bool stays_ = false;
  std::filesystem::path note_;
  FileLock lock_;
};

bool is_work_tree_between(const git::Repository& repository);

// Gives up a merge that was begun and puts index and work tree to what HEAD says. Every file that differs,
// also because somebody changed it since, is copied to `.git/bw/aside/work-tree/` before. Error(cannot) where
// git fails.
void settle_work_tree(git::Repository& repository);

}  // namespace bw
