#pragma once
// Composites: what people have done towards behaviours that are made of others. Each deed that counts is kept
// until it completes one, or is too old to; what completed stays so, whatever becomes of the deeds later.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/strict_json.h"
#include "base/time.h"
#include "definition/model.h"
#include "state/person_number.h"
#include "stream/ids.h"

namespace bw {

class Composites {
public:
  // A deed counts: whether it completes the composite behaviour, and the time of the last deed that did.
  // A claim whose deed completed it already completes nothing again, whatever it is corrected to.
  struct Deed {
    const std::string& part;
    Timestamp at;
    EventId claim;
  };
  std::optional<Timestamp> add(const Behaviour& behaviour, PersonNumber person, const Deed& deed);
  // One counts no longer.
  void remove(const Behaviour& behaviour, PersonNumber person, const Deed& deed);
  void merge(PersonNumber from, PersonNumber into);
  Json json() const;
  void restore(const Json& json);

private:
  using Times = std::map<std::string, std::multiset<std::int64_t>>;  // by part
  // By composite behaviour and person.
  std::map<std::pair<std::string, PersonNumber>, Times> open_;
  // By composite behaviour and claim: how many deeds count no longer that were used up.
  std::map<std::pair<std::string, EventId>, std::uint64_t> spent_;
};

}  // namespace bw
