#include "state/canonical.h"

#include <fmt/format.h>

namespace bw {

Decimal read_decimal(const Json& text) {
  const auto value = Decimal::parse(text.get_ref<const std::string&>());
  if (!value) throw Error(ErrorCode::invalid, "a number of the written state: " + value.reason());
  return *value;
}

const Json& member(const Json& json, const char* name) {
  if (!json.is_object() || !json.contains(name))
    throw Error(ErrorCode::invalid, fmt::format("the written state has no \"{}\"", name));
  return json.at(name);
}

void require(bool holds, const char* otherwise) {
  if (!holds) throw Error(ErrorCode::invalid, otherwise);
}

}  // namespace bw
