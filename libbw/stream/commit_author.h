#pragma once
// Commits that bw makes: authored by the actor (`z6Mk… <z6Mk…@bw.invalid>`) and signed by the actor's
// key as an SSHSIG in namespace "git", so that `git verify-commit` accepts them.

#include <string>

#include "base/result.h"
#include "crypto/signer.h"
#include "git/repository.h"

namespace bw {

git::Person appender(const Did& did);

git::CommitSigner commit_signer_with(const Signer& signer);

// Who signed a commit; the reason where the signature is missing, malformed or wrong. Says nothing
// about whether that actor was allowed to.
Result<Did> commit_signer(const git::Commit& commit);

// The line of an allowed_signers file (ssh-keygen(1)) that lets `git verify-commit` and
// `ssh-keygen -Y verify` accept this actor's signatures in the given namespaces ("git", or a list).
std::string allowed_signers_line(const Did& did, std::string_view namespaces);

}  // namespace bw
