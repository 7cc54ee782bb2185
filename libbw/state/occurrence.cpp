#include "state/occurrence.h"

#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "stream/signed_line.h"

namespace bw {
namespace {

constexpr std::string_view start = R"({"event":)";
constexpr std::string_view before_recorded = R"(,"recorded":)";
constexpr std::string_view before_actor = R"({"actor":")";
constexpr std::string_view before_at = R"(,"at":")";
constexpr std::string_view before_body = R"(,"body":)";
constexpr std::string_view before_details = R"(,"details":{)";
constexpr std::string_view before_kind = R"(,"kind":")";

// Takes `token` off the front of `text`.
bool skip(std::string_view& text, std::string_view token) {
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}

// Takes the contents of a string that has no escapes, and its closing quotation mark.
std::string_view take_string(std::string_view& text) {
  const std::size_t end = text.find('"');
  if (end == std::string_view::npos) return {};
  const std::string_view contents = text.substr(0, end);
  text.remove_prefix(end + 1);
  return contents;
}

// The body without the details that follow it. Inside a string a quotation mark is escaped, so that the token
// is no part of one; a member `details` of the body itself is followed by more than one closing brace.
std::string_view without_details(std::string_view body) {
  const std::size_t details = body.rfind(before_details);
  if (details == std::string_view::npos || body.find('}', details) != body.size() - 1) return body;
  return body.substr(0, details);
}

bool cut(std::string_view line, Occurrence& found) {
  const std::size_t recorded = line.rfind(before_recorded);
  if (recorded == std::string_view::npos || !line.starts_with(start)) return false;
  const std::string_view number = line.substr(recorded + before_recorded.size());
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), found.recorded);
  if (error != std::errc{} || std::string_view(end, 1) != "}") return false;

  found.event = line.substr(start.size(), recorded - start.size());
  std::string_view rest = found.event;
  if (!skip(rest, before_actor)) return false;
  found.actor = take_string(rest);
  if (!skip(rest, before_at)) return false;
  const auto at = Timestamp::parse(take_string(rest));
  if (!at || !skip(rest, before_body)) return false;
  found.at = *at;
  // After the kind stand nonce, version, world and signature, none of which holds the token.
  const std::size_t kind = rest.rfind(before_kind);
  if (kind == std::string_view::npos) return false;
  found.body_text = without_details(rest.substr(0, kind));
  rest.remove_prefix(kind + before_kind.size());
  found.kind = take_string(rest);
  return true;
}

}  // namespace

EventId Occurrence::id() const {
  return EventId{sha256(signed_bytes_of(event))};
}

Event Occurrence::parsed() const {
  auto made = parse_event(event);
  if (!made) throw Error(ErrorCode::invalid, fmt::format("entry {}: {}", index, made.reason()));
  return *std::move(made);
}

Occurrence cut_open(std::uint64_t index, std::string_view line) {
  Occurrence found{.index = index, .event = {}, .actor = {}, .kind = {}, .body_text = {}, .at = {}};
  if (!cut(line, found)) throw Error(ErrorCode::invalid, fmt::format("entry {} has another form", index));
  return found;
}

}  // namespace bw
