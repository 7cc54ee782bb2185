#include "credential/data_integrity.h"

#include <algorithm>
#include <array>

#include "base/base58.h"
#include "base/error.h"
#include "credential/jcs.h"
#include "crypto/hash.h"

namespace bw::data_integrity {
namespace {

constexpr std::string_view proof_type = "DataIntegrityProof";
constexpr std::string_view cryptosuite = "eddsa-jcs-2022";
constexpr std::string_view purpose = "assertionMethod";

// The text of a member; nothing where it is absent or no string.
std::optional<std::string> string_of(const Json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  return member->get<std::string>();
}

// What is signed: the two digests, one behind the other.
Result<std::string> signed_bytes(const Json& document, const Json& proof) {
  Json unsecured = document;
  unsecured.erase("proof");
  Json configuration = proof;
  configuration.erase("proofValue");
  const auto configuration_text = jcs::text(configuration);
  if (!configuration_text) return Reason{"the proof has no canonical text: " + configuration_text.reason()};
  const auto document_text = jcs::text(unsecured);
  if (!document_text) return Reason{"the document has no canonical text: " + document_text.reason()};
  return std::string(sha256(*configuration_text).view()) + std::string(sha256(*document_text).view());
}

// did:key:<name>#<name>, the one key of such a DID.
std::string method_of(const Did& did) {
  return did.text() + '#' + did.short_id();
}

Result<Did> parse_method(std::string_view text) {
  const auto did = Did::parse(text.substr(0, text.find('#')));
  if (!did || method_of(*did) != text) {
    return Reason{"the proof names no verification method of the form did:key:z6Mk…#z6Mk…"};
  }
  return *did;
}

std::optional<Signature> parse_value(const std::string& text) {
  if (!text.starts_with('z')) return std::nullopt;
  const auto bytes = from_base58btc(std::string_view(text).substr(1));
  Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), signature.begin());
  return signature;
}

// Empty where the members are those of a proof that can be judged here; the signature is not looked at.
std::string form_problem(const Json& document, const Json& proof) {
  constexpr std::array<std::string_view, 10> known = {
      "@context", "created",      "cryptosuite", "expires", "id",
      "nonce",    "proofPurpose", "proofValue",  "type",    "verificationMethod"};
  for (const auto& member : proof.items()) {
    if (std::find(known.begin(), known.end(), member.key()) == known.end()) {
      return "the proof has a member that is not understood here: " + Json(member.key()).dump();
    }
  }
  if (string_of(proof, "type") != proof_type) return "the proof is no DataIntegrityProof";
  if (string_of(proof, "cryptosuite") != cryptosuite) return "the proof is not of the suite eddsa-jcs-2022";
  if (string_of(proof, "proofPurpose") != purpose) return "the proof is not meant as an assertion";
  if (proof.contains("@context") &&
      (!document.contains("@context") || proof["@context"] != document["@context"])) {
    return "the proof was made for other contexts than the document has";
  }
  return {};
}

// An absent member is no time; one that is none is a reason.
Result<std::optional<Timestamp>> time_of(const Json& proof, const char* name) {
  if (!proof.contains(name)) return std::optional<Timestamp>();
  const auto time = parse_time(string_of(proof, name).value_or(""));
  if (!time) return Reason{std::string("the proof's \"") + name + "\" is " + time.reason()};
  return std::optional(*time);
}

}  // namespace

Json sign(Json document, const SecretKey& key, Timestamp created) {
  if (!document.is_object() || document.contains("proof")) {
    throw Error(ErrorCode::invalid, "only a document without a proof is signed");
  }
  Json proof = {{"type", proof_type},
                {"cryptosuite", cryptosuite},
                {"created", created.text()},
                {"verificationMethod", method_of(key.did())},
                {"proofPurpose", purpose}};
  if (const auto context = document.find("@context"); context != document.end()) {
    proof["@context"] = *context;
  }
  const auto bytes = signed_bytes(document, proof);
  if (!bytes) throw Error(ErrorCode::invalid, bytes.reason());
  const Signature signature = key.sign(*bytes);
  proof["proofValue"] =
      'z' + to_base58btc({reinterpret_cast<const char*>(signature.data()), signature.size()});
  document["proof"] = std::move(proof);
  return document;
}

Result<Proof> check(const Json& document) {
  if (!document.is_object() || !document.contains("proof")) return Reason{"there is no proof"};
  const Json& proof = document["proof"];
  if (!proof.is_object()) return Reason{"there is not exactly one proof"};
  if (std::string problem = form_problem(document, proof); !problem.empty()) {
    return Reason{std::move(problem)};
  }

  const auto key = parse_method(string_of(proof, "verificationMethod").value_or(""));
  if (!key) return Reason{key.reason()};
  const auto created = time_of(proof, "created");
  if (!created) return Reason{created.reason()};
  const auto expires = time_of(proof, "expires");
  if (!expires) return Reason{expires.reason()};

  const auto signature = parse_value(string_of(proof, "proofValue").value_or(""));
  if (!signature) return Reason{"the proof's value is no Ed25519 signature in base58btc"};
  const auto bytes = signed_bytes(document, proof);
  if (!bytes) return Reason{bytes.reason()};
  if (!verify_ed25519(key->public_key(), *bytes, *signature)) {
    return Reason{"the proof is not that of " + key->text() + " for this document"};
  }
  return Proof{*key, *created, *expires};
}

Result<Timestamp> parse_time(std::string_view text) {
  if (auto exact = Timestamp::parse(text)) return exact;
  // Of what people may write, only what begins like a time and names its offset.
  constexpr std::string_view begins = "2026-11-20T06:30:00";
  const std::string_view rest = text.substr(std::min(text.size(), begins.size()));
  const bool has_offset = rest.ends_with('Z') || rest.find_first_of("+-") != std::string_view::npos;
  if (text.size() > begins.size() && text[10] == 'T' && text[16] == ':' && has_offset) {
    if (auto time = parse_human_time(text, Timestamp{}, UtcOffset{})) return time;
  }
  return Reason{"not a time like 2026-11-20T06:30:00Z that exists"};
}

}  // namespace bw::data_integrity
