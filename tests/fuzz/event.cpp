// A line of the log, an event, a receipt: what is accepted is written as it was read.

#include "fuzz.h"
#include "stream/entry.h"
#include "stream/receipt.h"
#include "world/sentence.h"

void fuzz(std::string_view input) {
  if (const auto entry = bw::parse_entry(input)) {
    MUST(bw::entry_line(entry->event.line, entry->recorded) == input);
    MUST(entry->event.body().is_object());
  }
  if (const auto event = bw::parse_event(input)) {
    MUST(event->line == input);
    MUST(bw::sentence_of(*event).find('\n') == std::string::npos);
    (void)bw::has_valid_signature(*event);
  }
  if (const auto receipt = bw::parse_receipt(input)) MUST(receipt->verdicts.size() <= input.size());
}
