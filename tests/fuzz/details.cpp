// Openings of details, and files put together from them.

#include "stream/details.h"

#include "fuzz.h"

void fuzz(std::string_view input) {
  const auto opening = bw::Opening::parse("note", input);
  if (!opening) return;
  MUST(opening->text() == input);
  MUST(opening->salt.size() == bw::salt_bytes);
  bw::Opening list = *opening;
  list.field = "evidence";
  (void)bw::read_evidence({list, *opening});
}
