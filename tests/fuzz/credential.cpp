// Credentials: whatever is read can be verified, and what JSON is accepted has one canonical text.

#include "credential/credential.h"

#include "credential/jcs.h"
#include "fuzz.h"

void fuzz(std::string_view input) {
  if (const auto value = bw::jcs::parse(input, bw::credential::max_text_bytes)) {
    if (const auto text = bw::jcs::text(*value)) {
      const auto again = bw::jcs::parse(*text, 8 * bw::credential::max_text_bytes);
      MUST(again && *bw::jcs::text(*again) == *text);
    }
  }
  if (const auto credential = bw::credential::read(input)) {
    const bool holds = bw::credential::verify(*credential, credential->badge.valid_from).empty();
    MUST(!holds || credential->document.contains("proof"));
    MUST(credential->badge.evidence.size() <= bw::credential::max_evidence);
    MUST(!credential->badge.achievement.name.empty());
    for (const auto& evidence : credential->badge.evidence) {
      if (const auto reference = bw::credential::parse_event_urn(evidence.id)) {
        MUST(bw::credential::event_urn(*reference) == evidence.id);
      }
    }
  }
}
