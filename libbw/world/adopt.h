#pragma once
// Adopting: putting the definition of a commit of `main` in force. The files go into the stream with the
// event, so that the stream alone says what ruled when.

#include <optional>
#include <string>
#include <vector>

#include "definition/difference.h"
#include "world/appending.h"

namespace bw {

struct Adopted {
  Digest digest;
  git::Oid commit;
  std::uint64_t index = 0;
  bool unchanged = false;  // it was in force already
  std::vector<Did> signers;
};

// `commit`: on `main`; nothing: its head. Errors: invalid (the definition has problems: the hint says
// `bw validate`; a commit on the way is unsigned), refused (not a steward).
Adopted adopt(const Environment& environment, World& world, const Signer& signer,
              const std::optional<git::Oid>& commit);

// Who signed the commits of `main` from `until` (excluded) to `head`; unsigned or invalid ones throw
// Error(invalid) naming the commit.
std::vector<Did> signers_of_main(const git::Repository& repository, const git::Oid& head,
                                 const std::optional<git::Oid>& until);

}  // namespace bw
