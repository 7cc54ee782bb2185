// Proofs of entries, as strangers hand them on; and entry bundles of tiled logs.

#include "world/proof.h"

#include "fuzz.h"
#include "tlog/tiles.h"

void fuzz(std::string_view input) {
  if (const auto proof = bw::TlogProof::parse(input)) MUST(proof->text() == input);
  bw::ProofPolicy policy;
  policy.origin = "bw/" + std::string(64, '0');
  MUST(!bw::check_entry_proof(input, policy));
  const std::size_t width = input.empty() ? 0 : static_cast<unsigned char>(input.front());
  if (const auto entries = bw::parse_entry_bundle(input, width)) MUST(entries->size() == width);
}
