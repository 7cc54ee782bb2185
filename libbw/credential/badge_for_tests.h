#pragma once
// A badge that several tests make.

#include <string>

#include "credential/credential.h"

namespace bw::credential {

inline SecretKey issuer_key() {
  return SecretKey(std::string(32, 'i'));
}

inline Badge example_badge() {
  const Digest world = sha256("the world");
  return {issuer_key().did(),
          "Heart Safe Village 心脏安全村",
          SecretKey(std::string(32, 'r')).did(),
          {achievement_urn(world, "first-responder"), "First responder \"🚑\"",
           "Has learned to save a life.\nAnd ]]> did it <often>.", "Pass the exam & train 10 neighbours."},
          *Timestamp::parse("2026-11-20T06:30:00Z"),
          *Timestamp::parse("2028-11-20T06:30:00Z"),
          {{event_urn({world, sha256("the event"), 17}), "Exam passed", "With 19 of 20 answers."}}};
}

inline std::string example_text() {
  return sign(make_badge(example_badge()), issuer_key(), *Timestamp::parse("2026-11-21T00:00:00Z"));
}

}  // namespace bw::credential
