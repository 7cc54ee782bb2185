#include <filesystem>

#include <doctest/doctest.h>

#include "base/files.h"
#include "tools/incentive/incentive_tool.h"
#include "tools/organisation/organisation_tool.h"
#include "tools/task/task_tool.h"

namespace bw {

TEST_CASE("the documentation has every lifecycle as it is") {
  const std::string page = read_file(std::filesystem::path(BW_SOURCE_DIR) / "docs/state.md", 1u << 20);
  for (const Lifecycle* lifecycle :
       {&membership_lifecycle(), &contract_lifecycle(), &order_lifecycle(), &task_lifecycle()})
    CHECK_MESSAGE(page.find(lifecycle->table()) != std::string::npos, lifecycle->table());
}

}  // namespace bw
