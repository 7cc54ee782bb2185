#pragma once
// Doctor: what a crash, a full disk or a hand left behind in a world and in the user's folders, named one by
// one, and mended where nothing can be lost by that. What is not whole is never guessed at and never deleted:
// it is put aside, or it stays and the finding says what to do.
//
//     kind                 what was found                                  mended by
//     unfinished-folder    init, clone or fork ended midway                emptying it: nobody was told of it
//     stale-lock           a lock of Git's whose process is gone           removing it (world/lock_holders.h)
//     leftover             temporary files of a process that is gone       removing them
//     broken-ref           a ref whose file holds no commit                its newest value that is known
//     stream-behind        branch stream lacks what was verified           moving it forward
//     work-tree-between    a merge or pull ended among the files           putting them to what HEAD says
//     damaged-object       an object whose bytes are not what it names     a good one from a remote
//     missing-object       an object that something refers to is missing   the same
//     no-world             beside other findings: no branch stream         -
//     repository-settings  what plain Git needs is wrong                   setting it again
//     homeplace            the home's mark names no place, or another      binding it, where it names none
//     stream-invalid       the stream does not verify                      -
//     no-checkpoint        entries that no checkpoint covers               signing one, where I may
//     home-has-more        what home had at the last fetch was not taken   verifying and taking it
//     torn-journal         a line of the journal that was cut off          setting it aside
//     damaged-journal      a line that cannot be read, or a missing part   -
//     open-submission      a submission arrived, unknown to the journal    noting it
//     stale-cache          a cache that is damaged, or another user's      dropping it
//     damaged-record       a file of the user's that cannot be read        -
//
// The kinds are for programs, and stay as they are.

#include <filesystem>
#include <string>
#include <vector>

#include "world/environment.h"

namespace bw {

struct Finding {
  enum class Outcome {
    mended,
    mendable,  // it would have been
    left,
  };
  std::string kind;
  std::string where;  // a path, a ref, an event
  std::string what;   // a sentence
  Outcome outcome = Outcome::left;
  std::string done;  // what was done, would be done, or is to be done, a sentence
};
std::string_view text_of(Finding::Outcome outcome);

struct Diagnosis {
  std::vector<Finding> findings;
  // Whether nothing is left that is not as it should be.
  bool healthy() const;
};

// The world in `folder`, which may be bare. Changes nothing unless `mend`, but for what opening a world does.
// Asks remotes only for objects that are missing, and the home where a checkpoint can be signed.
// Error(invalid) where there is no repository, Error(cannot) where another bw is at work in it.
Diagnosis examine(const Environment& environment, const std::filesystem::path& folder, bool mend);

}  // namespace bw
