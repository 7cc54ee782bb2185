#pragma once
// Trust policies (https://c2sp.org/tlog-policy): a text file that names logs, witnesses, groups of witnesses
// and the quorum that makes a checkpoint acceptable:
//
//     log <vkey> [<url>]
//     witness <name> <vkey> [<url>]
//     group <name> all|any|<k> <name>…
//     quorum <name>|none
//
// so that a reader of proofs decides herself whom to trust, with a file that other tools read as well.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "tlog/cosignature.h"

namespace bw {

struct TlogPolicy {
  // The specification wants at least 32 of each.
  static constexpr std::size_t max_logs = 1024;
  static constexpr std::size_t max_witnesses_and_groups = 1024;
  static constexpr std::size_t max_bytes = 1u << 20;

  std::vector<NoteVerifier> logs;  // one key each; a log's name is its origin
  WitnessRule quorum;

  // The reason begins with the number of the line. URLs are read over: nothing here speaks to a log.
  static Result<TlogPolicy> parse(std::string_view bytes);
};

}  // namespace bw
