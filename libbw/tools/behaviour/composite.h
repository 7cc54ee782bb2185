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

namespace bw {

class Composites {
public:
  // A deed counts: whether it completes the composite behaviour, and the time of the last deed that did.
  std::optional<Timestamp> add(const Behaviour& behaviour, PersonNumber person, const std::string& part,
                               Timestamp at);
  // One counts no longer.
  void remove(const Behaviour& behaviour, PersonNumber person, const std::string& part, Timestamp at);
  void merge(PersonNumber from, PersonNumber into);
  Json json() const;
  void restore(const Json& json);

private:
  using Times = std::map<std::string, std::multiset<std::int64_t>>;  // by part
  // By composite behaviour and person.
  std::map<std::pair<std::string, PersonNumber>, Times> open_;
};

}  // namespace bw
