// Tables and their rows.

#include "stream/table.h"

#include "base/text.h"
#include "fuzz.h"

void fuzz(std::string_view input) {
  if (const auto row = bw::Row::parse(input)) MUST(row->line() == input);
  if (const auto table = bw::parse_table(input)) {
    MUST(table->content == input);
    MUST(table->count <= bw::max_table_rows);
    MUST(bw::table_mismatch(table->body(), *table).empty());
    for (const std::string_view line : bw::split(input.substr(0, input.size() - 1), '\n'))
      MUST(bw::Row::parse(line));
  }
  (void)bw::parse_place(input);
}
