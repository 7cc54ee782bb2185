#pragma once
// bw verify --disclosure: what somebody showed, checked against the log that one trusts.

#include "cli/verify_proof.h"

namespace bw::cli {

struct DisclosureGiven {
  std::optional<std::filesystem::path> disclosure;
  std::optional<std::filesystem::path> into;  // where its files go
};

// Trust as for a proof. 0 or 1.
int verify_disclosure(Session& session, const DisclosureGiven& given, const ProofGiven& trust);

}  // namespace bw::cli
