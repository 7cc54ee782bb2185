#include "stream/commit_author.h"

#include <fmt/format.h>

#include "crypto/openssh_key.h"
#include "crypto/sshsig.h"

namespace bw {

git::Person appender(const Did& did) {
  return {did.short_id(), did.short_id() + "@bw.invalid"};
}

git::CommitSigner commit_signer_with(const Signer& signer) {
  return [&signer](std::string_view commit_bytes) {
    return sshsig::armor(signer.did(), sshsig::git_namespace,
                         signer.sign(sshsig::git_namespace, commit_bytes));
  };
}

Result<Did> commit_signer(const git::Commit& commit) {
  if (commit.signature.empty()) return Reason{"it is not signed"};
  const auto signature = sshsig::unarmor(commit.signature);
  if (!signature) return Reason{"its signature: " + signature.reason()};
  if (signature->name_space != sshsig::git_namespace ||
      !sshsig::verify(signature->signer, sshsig::git_namespace, commit.signed_bytes, signature->signature)) {
    return Reason{"its signature does not verify"};
  }
  return signature->signer;
}

std::string allowed_signers_line(const Did& did, std::string_view namespaces) {
  return fmt::format("{} namespaces=\"{}\" {}\n", appender(did).email, namespaces, public_key_line(did));
}

}  // namespace bw
