// Definitions in YAML: every text gives a model or a problem with a place, and ends.

#include "definition/difference.h"
#include "fuzz.h"
#include "tools/toolset.h"

void fuzz(std::string_view input) {
  const auto loaded = bw::load_definition(bw::memory_source({{"betterworld.yaml", std::string(input)}}));
  MUST(loaded.valid() != bw::has_errors(loaded.problems));
  for (const bw::Problem& problem : loaded.problems) MUST(!problem.message.empty());
}
