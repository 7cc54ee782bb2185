#include "state/tool.h"

#include <fmt/format.h>

#include "base/error.h"

namespace bw {
namespace {

const Json& member(const Json& json, const char* name) {
  if (!json.is_object() || !json.contains(name))
    throw Error(ErrorCode::invalid, fmt::format("the written state has no \"{}\"", name));
  return json.at(name);
}

}  // namespace

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
