#include "stream/disclosure.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

// Why a line is none of a disclosure, and what it adds where it is one.
std::string take_line(std::string_view line, Disclosure& disclosure) {
  const auto members = strict_json::members(line);
  if (!members) return members.reason();
  if (members->size() == 1 && members->front().key == "proof") {
    const auto proof = strict_json::parse(members->front().value);
    if (!proof || !proof->is_string()) return "a proof is no text";
    if (disclosure.events.size() == max_disclosed_events) return "more than 1,000 events";
    disclosure.events.push_back({proof->get<std::string>(), {}});
    return "";
  }
  if (members->size() != 2 || (*members)[0].key != "field" || (*members)[1].key != "opening")
    return "neither a proof nor an opening";
  const auto field = strict_json::plain_string((*members)[0].value);
  if (!field || field->empty()) return "an opening of no field";
  if (disclosure.events.empty()) return "an opening before any event";
  auto& openings = disclosure.events.back().openings;
  const bool twice = std::any_of(openings.begin(), openings.end(),
                                 [&](const Opening& opening) { return opening.field == *field; });
  if (twice || openings.size() == max_detail_fields) return "an opening that was there before";
  auto opening = Opening::parse(std::string(*field), (*members)[1].value);
  if (!opening) return opening.reason();
  openings.push_back(*std::move(opening));
  return "";
}

Result<WorldId> parse_head(std::string_view line) {
  const auto json = strict_json::parse(line);
  if (!json) return Reason{json.reason()};
  BodyReader reader(*json);
  reader.number("disclosure", 1, 1);
  const WorldId world{reader.digest("world")};
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  return world;
}

}  // namespace

std::string Disclosure::text() const {
  std::string text = fmt::format("{{\"disclosure\":1,\"world\":\"{}\"}}\n", world.text());
  for (const DisclosedEvent& event : events) {
    text += strict_json::text({{"proof", event.proof}}) + "\n";
    for (const Opening& opening : event.openings)
      text += fmt::format("{{\"field\":\"{}\",\"opening\":{}}}\n", opening.field, opening.text());
  }
  if (text.size() > max_disclosure_bytes || events.size() > max_disclosed_events) {
    throw Error(ErrorCode::invalid, "more than one disclosure holds (64 MiB, 1,000 events)",
                "disclose in parts");
  }
  return text;
}

Result<Disclosure> Disclosure::parse(std::string_view bytes) {
  if (bytes.size() > max_disclosure_bytes) return Reason{"it is larger than 64 MiB"};
  if (!bytes.ends_with('\n')) return Reason{"it is cut short: its last line does not end"};
  bytes.remove_suffix(1);
  const std::vector<std::string_view> lines = split(bytes, '\n');
  const auto world = parse_head(lines.front());
  if (!world) return Reason{"it does not begin as a disclosure: " + world.reason()};
  Disclosure disclosure{*world, {}};
  for (std::size_t line = 1; line < lines.size(); ++line) {
    if (const std::string why = take_line(lines[line], disclosure); !why.empty())
      return Reason{fmt::format("line {}: {}", line + 1, why)};
  }
  if (disclosure.events.empty()) return Reason{"it discloses no event"};
  return disclosure;
}

}  // namespace bw
