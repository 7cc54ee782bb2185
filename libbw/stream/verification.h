#pragma once
// Verifying a stream, commit by commit, from nothing or from a state verified before. No key, no
// network, and no trust in whoever served the repository. Checked for every commit:
//
//   * one parent, the commit before; object bytes that hash to their names (git/repository.h);
//   * an SSHSIG of its author, who by the authority before it may append (the first: the creator);
//   * only additions: log lines after the last, files for tables and definitions that its own entries
//     name, and a checkpoint; nothing else is touched;
//   * each entry: strict form, signature, world, not twice, `recorded` never falling, but where stewards
//     reset the clock;
//   * tables and definition sets: exactly what the events committed to;
//   * a checkpoint: signed by a live log key of an appender, over entries of earlier commits, its root
//     that of the entries, never smaller than the one before;
//   * the cosigned one: a checkpoint of this stream behind which enough of the world's witnesses stand
//     (stream/checkpoint_rules.h).
//
// After a fault it goes on where that makes sense, so that one run names them all. The state of a run
// that found a fault is not to be built upon.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "git/repository.h"
#include "stream/stream_state.h"

namespace bw {

struct StreamProblem {
  std::string where;  // "commit 1a2b3c4d…: log/000.jsonl line 17"
  std::string what;   // a sentence
};

// An entry that is in the log but breaks a rule of authority, or whose actor's key was silent, so that it
// changes nothing.
struct Ineffective {
  std::uint64_t index = 0;
  EventId id;
  std::string reason;
};

struct StreamVerification {
  StreamState state;
  std::vector<StreamProblem> problems;
  std::vector<std::string> warnings;
  std::vector<Ineffective> ineffective;

  bool ok() const { return problems.empty(); }
};

struct VerifyOptions {
  Timestamp now;
  unsigned threads = 1;
  std::size_t max_problems = 1000;
  // Called now and then with the number of entries verified so far; may be empty.
  std::function<void(std::uint64_t entries)> progress = {};
};

// Verifies every commit after `from` (a state whose head is an ancestor of `head`, or an empty one)
// up to `head`. Error(invalid) where `from.head` is no ancestor: history was rewritten. An object that
// is missing or damaged is a problem of the commit that needs it; Error(cannot) where the disk fails.
StreamVerification verify_stream(const git::Repository& repository, const git::Oid& head, StreamState from,
                                 const VerifyOptions& options);

}  // namespace bw
