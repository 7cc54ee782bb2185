// A log of acts of authority: whatever its entries say, each is in force or changes nothing, and the
// authority in the end can be saved. (Signatures are checked before, and not here.)

#include "stream/authority.h"

#include "base/text.h"
#include "fuzz.h"
#include "stream/entry.h"

void fuzz(std::string_view input) {
  bw::Authority authority;
  std::uint64_t index = 0;
  for (const std::string_view line : bw::split(input, '\n')) {
    const auto entry = bw::parse_entry(line);
    if (!entry) continue;
    const auto objection = authority.objection(entry->event, entry->recorded);
    const auto reason = authority.apply(entry->event, index, entry->recorded);
    MUST(objection.has_value() == reason.has_value());
    if (index++ == 0 && !authority.exists()) return;
  }
  if (authority.exists()) MUST(bw::Authority::from_json(authority.json()).json() == authority.json());
}
