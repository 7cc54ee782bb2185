#pragma once
// The history of a listed world, walked forward from listing to listing: at which commit of its stream a
// checkpoint stands, whether everything up to there verifies, and who was a steward then. What comes
// after the last listed checkpoint is not looked at: it can neither help nor harm a listing.

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "world/hub_directory.h"

namespace bw {

class ListedHistory {
public:
  // `verified`: a state of this repository that needs no second verification; may be empty.
  ListedHistory(const Environment& environment, const git::Repository& repository, StreamState verified)
      : environment_(environment), repository_(repository), state_(std::move(verified)) {}

  // Listings come with their sizes ascending. The reason is one sentence about the listed world.
  Result<ListingProof> proof_of(const Listing& listing);

private:
  std::optional<git::Oid> first_commit_with(TreeSize size, const Digest& root);
  std::optional<std::string> verify_up_to(const git::Oid& commit);
  Authority authority_at(const git::Oid& commit, TreeSize size) const;

  const Environment& environment_;
  const git::Repository& repository_;
  StreamState state_;
  std::optional<git::Oid> walked_;  // the oldest commit looked at for checkpoints
  bool walked_all_ = false;
  std::map<std::pair<TreeSize, Digest>, git::Oid> places_;  // of what was walked: the oldest commit
};

}  // namespace bw
