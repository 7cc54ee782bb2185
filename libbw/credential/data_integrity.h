#pragma once
// Data Integrity proofs (https://www.w3.org/TR/vc-data-integrity/) of the cryptosuite eddsa-jcs-2022
// (https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022): a member `proof` in a JSON document, whose
// `proofValue` is the Ed25519 signature, in multibase base58btc, of
//
//     SHA-256(JCS(the proof without its proofValue)) || SHA-256(JCS(the document without its proof))
//
// The key is named by its did:key in `verificationMethod`, so that a proof is checked without asking anyone.
//
// Where the specification leaves room, what is not signed is not accepted: it lets a document have more
// contexts than its proof names, and would sign only those; here both have the same. A chain of proofs, a
// set of them, and a proof for one domain or challenge are refused, for what they add is not checked here.

#include <optional>
#include <string>

#include "base/result.h"
#include "base/strict_json.h"
#include "base/time.h"
#include "crypto/ed25519.h"

namespace bw::data_integrity {

// What a good proof says.
struct Proof {
  Did key;
  std::optional<Timestamp> created;  // claimed by the signer
  std::optional<Timestamp> expires;  // whoever accepts the proof compares it with the time
};

// The document with a proof by that key. Throws Error(invalid) where it has one already, or has no canonical
// text (credential/jcs.h).
Json sign(Json document, const SecretKey& key, Timestamp created);

// The proof of a document, where it holds; otherwise why not.
Result<Proof> check(const Json& document);

// A time as these documents have it (xsd:dateTimeStamp): 2026-11-20T06:30:00Z, also with a fraction of a
// second, which is dropped, or another offset from UTC.
Result<Timestamp> parse_time(std::string_view text);

}  // namespace bw::data_integrity
