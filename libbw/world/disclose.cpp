#include "world/disclose.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/text.h"
#include "world/history.h"

namespace bw {
namespace {

bool is_part_of_evidence(std::string_view field) {
  return field.starts_with("evidence_");
}

DisclosedEvent disclose_one(const Environment& environment, const World& world, const EventId& id,
                            const std::vector<std::string>& named, std::vector<std::string>& closed) {
  DisclosedEvent disclosed{prove(environment, world, {id, std::nullopt}).text(), {}};
  const EventView view = view_event(environment, world, id);
  for (const std::string& field : detail_fields(view.item.event, named)) {
    const auto opening = std::find_if(view.openings.begin(), view.openings.end(),
                                      [&](const Opening& item) { return item.field == field; });
    std::string why;
    if (opening == view.openings.end()) {
      why = "is not open here";
    } else if (!view.item.mine && view.visibility.at(field) == Visibility::sealed) {
      why = "was sealed to you by its owner, who alone discloses it";
    } else {
      disclosed.openings.push_back(*opening);
      continue;
    }
    if (!named.empty()) {
      throw Error(ErrorCode::invalid, fmt::format("\"{}\" of event {} {}", field, id.short_text(), why),
                  "its owner can disclose it, from the journal in which it was logged");
    }
    if (!is_part_of_evidence(field))
      closed.push_back(fmt::format("\"{}\" of event {} {}", field, id.short_text(), why));
  }
  return disclosed;
}

}  // namespace

std::vector<std::string> detail_fields(const Event& event, const std::vector<std::string>& named) {
  std::vector<std::string> fields;
  const auto is_meant = [&](const std::string& field) {
    return named.empty() || std::any_of(named.begin(), named.end(), [&](const std::string& name) {
             return name == field || (name == "evidence" && is_part_of_evidence(field));
           });
  };
  for (const auto& [field, commitment] : event.details) {
    if (is_meant(field)) fields.push_back(field);
  }
  std::vector<std::string> present;
  for (const auto& [field, commitment] : event.details) {
    if (!is_part_of_evidence(field)) present.push_back(field);
  }
  for (const std::string& name : named) {
    if (event.details.contains(name)) continue;
    throw Error(ErrorCode::invalid,
                fmt::format("event {} has no detail \"{}\"", event.id.short_text(), printable(name)),
                present.empty() ? "it has none" : fmt::format("it has: {}", fmt::join(present, ", ")));
  }
  return fields;
}

DisclosureMade disclose(const Environment& environment, const World& world,
                        const std::vector<EventId>& events, const std::vector<std::string>& fields) {
  DisclosureMade made{{world.id(), {}}, {}};
  for (const EventId& id : events)
    made.disclosure.events.push_back(disclose_one(environment, world, id, fields, made.closed));
  return made;
}

Result<std::vector<CheckedDisclosure>> check_disclosure(std::string_view bytes, const ProofPolicy& policy) {
  auto disclosure = Disclosure::parse(bytes);
  if (!disclosure) return Reason{disclosure.reason()};
  std::vector<CheckedDisclosure> checked;
  for (std::size_t i = 0; i < disclosure->events.size(); ++i) {
    const DisclosedEvent& disclosed = disclosure->events[i];
    auto proof = check_entry_proof(disclosed.proof, policy);
    if (!proof) return Reason{fmt::format("event {}: {}", i + 1, proof.reason())};
    if (proof->entry.event.world_id() != disclosure->world)
      return Reason{fmt::format("event {}: it is of another world than the disclosure says", i + 1)};
    for (const Opening& opening : disclosed.openings) {
      if (!matches(proof->entry.event, opening)) {
        return Reason{fmt::format("event {}: \"{}\" is not what the event committed to", i + 1,
                                  printable(opening.field))};
      }
    }
    CheckedDisclosure item{*std::move(proof), disclosed.openings, {}, {}};
    auto files = read_evidence(item.openings);
    if (files) {
      item.files = *std::move(files);
    } else {
      item.notes.push_back(files.reason());
    }
    checked.push_back(std::move(item));
  }
  return checked;
}

}  // namespace bw
