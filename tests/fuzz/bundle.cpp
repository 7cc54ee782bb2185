// Bundles, as they come by mail or from an inbox.

#include "stream/bundle.h"

#include "fuzz.h"

void fuzz(std::string_view input) {
  const auto bundle = bw::parse_bundle(input);
  if (!bundle) {
    MUST(!bundle.reason().empty());
    return;
  }
  MUST(bundle->digest == bw::sha256(input));
  MUST(bundle->events.size() <= bw::max_bundle_events);
}
