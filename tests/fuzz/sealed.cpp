// Sealed openings, and disclosures: what is accepted is written as it was read.

#include "stream/sealed.h"

#include "fuzz.h"
#include "stream/disclosure.h"

void fuzz(std::string_view input) {
  if (const auto sealed = bw::SealedOpening::parse("note", input)) {
    MUST(sealed->text() == input);
    MUST(!sealed->keys.empty() && sealed->keys.size() <= bw::max_sealed_readers);
    MUST(sealed->ciphertext.size() <= bw::max_opening_bytes + bw::content_tag_bytes);
  }
  if (const auto disclosure = bw::Disclosure::parse(input)) {
    MUST(disclosure->text() == input);
    MUST(!disclosure->events.empty());
  }
}
