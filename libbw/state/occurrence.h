#pragma once
// Occurrence: an entry of a verified log as the fold looks at it: cut open along the members of its one
// strict form, and parsed no further than somebody asks. A fold of a million entries looks into most of them
// only once, and hashes only those whose id it needs.

#include <cstdint>
#include <string_view>

#include "base/strict_json.h"
#include "base/time.h"
#include "stream/event.h"

namespace bw {

struct Occurrence {
  std::uint64_t index = 0;    // in the log
  std::int64_t recorded = 0;  // Unix seconds
  std::string_view event;     // the event's line, with its signature
  std::string_view actor;     // the did of a key
  std::string_view kind;
  std::string_view body_text;  // strict JSON, an object
  Timestamp at;                // when, as the actor claims

  EventId id() const;
  Event parsed() const;  // Error(invalid) where the line is no event
  Json body() const { return Json::parse(body_text); }
};

// The views live as long as `line`, an entry without LF. Error(invalid) where it has not the form of one;
// that it is a good one was verified before.
Occurrence cut_open(std::uint64_t index, std::string_view line);

}  // namespace bw
