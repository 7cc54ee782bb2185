#pragma once
// The bytes of a commit object: headers `tree`, `parent`…, `author`, `committer`, others, a blank
// line, the message. Reading is strict about everything that a signature could be misread by; what
// `git verify-commit` takes for the signed bytes is what we take for them.

#include <string>
#include <string_view>

#include "base/result.h"
#include "git/repository.h"

namespace bw::git {

// The commit, without its `oid`. Refuses: headers in another order, a second signature, signature
// headers of other kinds (git leaves those out of the signed bytes), zero bytes, times past 9999.
Result<Commit> parse_commit(std::string_view bytes);

// The unsigned object. Throws Error(invalid) where the draft holds what would break out of its header.
// A message gets its final line feed where it lacks one.
std::string commit_bytes(const CommitDraft& draft);

// `bytes` with `signature` as its gpgsig header, where git puts it.
std::string with_signature(std::string_view bytes, std::string_view signature);

}  // namespace bw::git
