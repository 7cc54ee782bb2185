#pragma once
// Operations: what commands did to this machine's copies of a world, one after another, with what stood
// before and after. Some of them can be taken back: those of which nothing has left this machine, as far as
// it knows.
//
//     operations/<world id>/operations.jsonl     in the user's state folder, only ever appended to
//
//     {"after":{…},"at":"…","before":{…},"command":"merge","folder":"…","number":7}     strict JSON, a line
//     each
//
// `before` and `after` hold what there was of: HEAD (the branch that is checked out), refs/heads/main,
// refs/heads/stream, refs/heads/details, bw.home, bw.homeplace, sync, sync.<behaviour>. `"undoes":7` says
// that this one took back number 7. What was changed by hand, or by a command that was killed, is found by
// the next command and recorded as `outside`. At 4 MB the file becomes operations.old.jsonl, and numbers go
// on.
//
// What can be taken back, and what not, is said at `undo_operation`.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "world/world.h"

namespace bw {

// Name → value, of what is there.
using CopyState = std::map<std::string, std::string>;

struct PastOperation {
  std::uint64_t number = 0;
  Timestamp at;
  std::string command;
  std::filesystem::path folder;
  CopyState before;
  CopyState after;
  std::optional<std::uint64_t> undoes;

  // The names whose values differ.
  std::vector<std::string> moved() const;
};

// While it lives, a command is at work; what had moved at its end is recorded. A log that cannot be written
// (a full or read-only disk) is left as it is: it only describes.
class Operation {
public:
  // `world` lives longer. `created`: the command made this copy, so that nothing stood before.
  Operation(const Environment& environment, const World& world, std::string command, bool created = false);
  ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  void undoes(std::uint64_t number) { undoes_ = number; }

private:
  const Environment& environment_;
  const World& world_;
  std::string command_;
  CopyState before_;
  std::optional<std::uint64_t> undoes_;
};

// Those of this copy, oldest first; a torn last line is left out. Error(invalid) naming the line where one is
// damaged.
std::vector<PastOperation> operations(const Environment& environment, const World& world);

// Takes back the operation of that number, or the last one that was not taken back yet. That can be:
//
//   * a move of `main` by `bw merge`, where no remote's main and no Hub is known to have it, it was not
//   offered, and
//     no definition that came with it was adopted;
//   * a wish of `bw world sync`;
//   * `bw world home --here`, where nothing was appended since.
//
// Nothing else: the stream only grows, since whoever could read this folder may have seen its entries, and
// its checkpoints are signed. What was made (init, clone, fork) is removed with its folder, by hand.
// Error(refused) with every reason, and what to do instead; Error(invalid) where there is no such operation.
PastOperation undo_operation(const Environment& environment, World& world,
                             std::optional<std::uint64_t> number);

}  // namespace bw
