#include "state/tool.h"

#include <fmt/format.h>

#include "state/canonical.h"

namespace bw {
Json Rules::json() const {
  return {{"adoption", adoption.text()}, {"digest", digest.hex()}, {"from", from}};
}

Rules Rules::from_json(const Json& json, const Archive& archive) {
  const auto digest = Digest::from_hex(member(json, "digest").get<std::string>());
  const auto adoption = EventId::parse(member(json, "adoption").get<std::string>());
  if (!digest || !adoption) throw Error(ErrorCode::invalid, "the written state names no definition");
  return {*digest, *adoption, member(json, "from").get<std::uint64_t>(), archive.definition(*digest)};
}

std::string body_problem(const Tool& tool, const Event& event) {
  const Json body = event.body();
  BodyReader reader(body);
  tool.read_form(event.kind, reader);
  return reader.problem();
}

}  // namespace bw
