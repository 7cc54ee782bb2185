#pragma once
// Errors: one family for everything that can go wrong, thrown where it is known and caught once, at
// the edge of a program. An error says what happened and where (`what()`), and what to do next
// (`hint()`). Parsers of hostile input do not throw: they return a `Result` (base/result.h).

#include <stdexcept>
#include <string>
#include <utility>

namespace bw {

// The values are the exit codes of the command line.
enum class ErrorCode {
  invalid = 1,  // the answer is no: not valid, not verified, not found
  usage = 2,    // the caller asked for something that cannot be meant
  cannot = 3,   // the machine or the other side failed: I/O, network, lock
  refused = 4,  // a rule or a missing permission forbids it
};

class Error : public std::runtime_error {
public:
  // `what`: one sentence without a full stop, naming the thing. `hint`: what to do next; may be empty.
  Error(ErrorCode code, const std::string& what, std::string hint = {})
      : std::runtime_error(what), code_(code), hint_(std::move(hint)) {}

  ErrorCode code() const { return code_; }
  const std::string& hint() const { return hint_; }

private:
  ErrorCode code_;
  std::string hint_;
};

}  // namespace bw
