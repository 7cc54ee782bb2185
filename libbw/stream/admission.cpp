#include "stream/admission.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/decimal.h"
#include "base/text.h"
#include "stream/body_reader.h"
#include "stream/table.h"

namespace bw {
namespace {

constexpr std::size_t max_listed = 450;

void require_decimal(BodyReader& reader, const char* member) {
  const auto value = Decimal::parse(reader.text(member));
  if (!value) reader.refuse(fmt::format("\"{}\": {}", member, value.reason()));
}

void require_id(BodyReader& reader, const char* member) {
  const std::string id = reader.text(member);
  if (id.empty() || id.size() > 64)
    reader.refuse(fmt::format("\"{}\" is not an id of 1 to 64 bytes", member));
}

void require_claim(BodyReader& reader) {
  require_id(reader, "behaviour");
  require_decimal(reader, "quantity");
  require_id(reader, "unit");
}

void check_logged(BodyReader& reader) {
  require_claim(reader);
}

void check_withdrawn(BodyReader& reader) {
  // The form has one home, which needs the event (stream/withdrawal.h); here the members are only named.
  reader.digest("event");
  reader.array("fields", max_detail_fields);
}

void check_tabled(BodyReader& reader) {
  reader.number("count", 1, max_table_rows);
  reader.digest("root");
  const std::string rows = reader.text("rows");
  if (rows != "public" && rows != "private") reader.refuse("\"rows\" is public or private");
  for (const Json& total : reader.array("totals", max_table_rows)) {
    BodyReader total_reader(total);
    require_claim(total_reader);
    if (std::string reason = total_reader.problem(); !reason.empty()) reader.refuse("totals: " + reason);
  }
}

void check_corrected(BodyReader& reader) {
  reader.digest("event");
  require_claim(reader);
}

void check_retracted(BodyReader& reader) {
  reader.digest("event");
}

// Its claim, by the opening that the event committed to; whether it matches is for those to see who have
// both.
void check_revealed(BodyReader& reader) {
  reader.digest("event");
  const auto salt = from_base64url(reader.text("salt"));
  if (!salt || salt->size() != salt_bytes) reader.refuse("\"salt\" is not 32 bytes in base64url");
  const Json* value = reader.object_or_null("value");
  if (value == nullptr) {
    reader.refuse("\"value\" is no claim");
    return;
  }
  BodyReader claim(*value);
  require_claim(claim);
  if (std::string reason = claim.problem(); !reason.empty()) reader.refuse("value: " + reason);
}

void check_confirmed(BodyReader& reader) {
  for (const Json& id : reader.array("events", max_listed)) {
    if (!id.is_string() || !EventId::parse(id.get<std::string>()))
      reader.refuse("\"events\" is not a list of event ids");
  }
}

void check_attested(BodyReader& reader) {
  reader.digest("event");
  const std::string verdict = reader.text("verdict");
  if (verdict != "supports" && verdict != "disputes") reader.refuse("\"verdict\" is supports or disputes");
}

void check_thanked(BodyReader& reader) {
  reader.digest_or_null("event");
  reader.did("to");
}

void check_listed(BodyReader& reader) {
  if (const Json* checkpoint = reader.object_or_null("checkpoint")) {
    BodyReader inner(*checkpoint);
    inner.digest("root");
    inner.size("size");
    if (std::string reason = inner.problem(); !reason.empty()) reader.refuse("checkpoint: " + reason);
  } else {
    reader.refuse("\"checkpoint\" is missing");
  }
  reader.digest("listed");
  const std::string name = reader.text("name");
  if (name.empty() || name.size() > 128) reader.refuse("a name has 1 to 128 bytes");
  for (const Json& remote : reader.array("remotes", 16)) {
    if (!remote.is_string() || remote.get<std::string>().size() > 2048)
      reader.refuse("\"remotes\" is not a list of addresses");
  }
  if (reader.text("summary").size() > 2048) reader.refuse("a summary has at most 2,048 bytes");
}

const std::map<std::string_view, void (*)(BodyReader&)>& forms() {
  static const std::map<std::string_view, void (*)(BodyReader&)> table = {
      {"behaviour.logged", check_logged},   {"behaviour.tabled", check_tabled},
      {"event.corrected", check_corrected}, {"event.retracted", check_retracted},
      {"event.confirmed", check_confirmed}, {"event.attested", check_attested},
      {"thanks.given", check_thanked},      {"hub.listed", check_listed},
      {"event.revealed", check_revealed},   {"details.withdrawn", check_withdrawn},
  };
  return table;
}

std::optional<std::string> table_objection(const Event& event,
                                           const std::map<std::string, const Table*>& tables) {
  const Json body = event.body();
  if (body.at("rows") != "public") return std::nullopt;
  const auto table = tables.find(body.at("root").get<std::string>());
  if (table == tables.end()) return "its table did not come with it";
  const std::string mismatch = table_mismatch(body, *table->second);
  return mismatch.empty() ? std::nullopt : std::optional<std::string>("its table: " + mismatch);
}

// Reasons quote the sender; however long his words, the answer to a full bundle stays a receipt.
std::string short_reason(const std::string& reason) {
  constexpr std::size_t shown_columns = 160;
  return truncate_to_width(printable(reason), shown_columns);
}

}  // namespace

bool is_known_kind(std::string_view kind) {
  return forms().contains(kind) || Authority::interprets(kind);
}

std::string body_problem(const Event& event) {
  const auto form = forms().find(event.kind);
  if (form == forms().end()) return "";
  if (event.kind == "behaviour.logged") {
    const bool commits = event.details.contains("claim");
    if (event.body_text == "{}") return commits ? "" : "it claims nothing, and commits to no claim";
    if (commits) return "its claim is both open and concealed";
  }
  const Json body = event.body();
  BodyReader reader(body);
  form->second(reader);
  if (std::string reason = reader.problem(); !reason.empty()) return reason;
  if (event.kind == "details.withdrawn" && !withdrawn_by(event))
    return "\"fields\" is not an ascending list of names of details";
  return "";
}

Verdict AdmissionRound::judge(const Event& event, const Tables& tables) {
  if (const auto index = state_.ids.find(event.id)) return {Verdict::Kind::duplicate, event.id, *index, {}};
  if (const auto earlier = admitted_.find(event.id); earlier != admitted_.end()) {
    return {Verdict::Kind::duplicate, event.id, earlier->second, {}};
  }
  if (auto reason = objection(event, tables))
    return {Verdict::Kind::refused, event.id, std::nullopt, short_reason(*reason)};
  const std::uint64_t index = state_.size() + admitted_.size();
  if (Authority::interprets(event.kind)) {
    if (!changed_) changed_ = state_.authority;
    changed_->apply(event, index, now_.seconds);
  }
  withdrawn_.take(event, index, authority());
  admitted_.emplace(event.id, index);
  return {Verdict::Kind::admitted, event.id, index, {}};
}

std::optional<std::string> AdmissionRound::objection(const Event& event, const Tables& tables) const {
  if (!has_valid_signature(event)) return "the signature is not the actor's";
  if (!event.world || *event.world != authority().world()) return "the event belongs to another world";
  if (event.at.seconds > now_.seconds + max_clock_lead) return "its time lies in the future";
  // Of other kinds it says only whether the actor's key may speak.
  if (auto reason = authority().objection(event, now_.seconds)) return reason;
  if (Authority::interprets(event.kind)) {
    if (event.kind == "definition.adopted") return "a definition is adopted with its files, by \"bw adopt\"";
    return policy_ ? policy_(event, authority()) : std::nullopt;
  }
  std::optional<std::string> form;
  if (is_known_kind(event.kind)) {
    form = body_problem(event);
  } else if (forms_) {
    form = forms_(event);
  }
  if (!form) return "the kind " + event.kind + " is not known here";
  if (!form->empty()) return form;
  if (event.kind == "event.confirmed" && !authority().is_steward(event.actor))
    return "only a steward confirms history";
  if (const auto withdrawn = withdrawn_by(event); withdrawn && !knows(withdrawn->event))
    return "it withdraws details of an event that is not in the log";
  if (event.kind == "behaviour.tabled") {
    if (auto reason = table_objection(event, tables)) return reason;
  }
  return policy_ ? policy_(event, authority()) : std::nullopt;
}

Judgement AdmissionRound::admit(const Bundle& bundle) {
  Judgement judgement;
  Tables tables;
  for (const Table& table : bundle.tables) tables.emplace(table.root.hex(), &table);
  Accepted accepted;
  for (const Event& event : bundle.events) {
    const Verdict verdict = judge(event, tables);
    judgement.verdicts.push_back(verdict);
    if (verdict.kind != Verdict::Kind::refused) accepted.emplace(event.id, &event);
    if (verdict.kind != Verdict::Kind::admitted) continue;
    judgement.additions.events.push_back(event);
    const Table* table = event.kind == "behaviour.tabled" ? tables[event.body().at("root")] : nullptr;
    if (table != nullptr && !table->salted) judgement.additions.tables.emplace(table->root, table->content);
  }
  take_openings(bundle, accepted, judgement);
  return judgement;
}

bool AdmissionRound::is_withdrawn(const Event& event, std::string_view field) const {
  const Persons& persons = authority().persons();
  return state_.withdrawn.of(event, field, persons) != nullptr ||
         withdrawn_.of(event, field, persons) != nullptr;
}

void AdmissionRound::take_openings(const Bundle& bundle, const Accepted& accepted,
                                   Judgement& judgement) const {
  const auto take = [&](const auto& item, auto& taken, const auto& fits) {
    const auto event = accepted.find(item.event);
    std::string_view problem;
    if (event == accepted.end()) {
      problem = "came without an event that was admitted";
    } else if (is_withdrawn(*event->second, item.opening.field)) {
      problem = "was withdrawn";
    } else if (!fits(*event->second, item.opening)) {
      problem = "does not match what was committed to";
    } else {
      taken.push_back(item);
      return;
    }
    judgement.warnings.push_back(fmt::format("the opening of \"{}\" of event {} {}", item.opening.field,
                                             item.event.short_text(), problem));
  };
  for (const BundledOpening& item : bundle.openings) {
    if (item.visibility == Visibility::public_) take(item, judgement.openings, matches);
  }
  const auto is_committed_to = [](const Event& event, const SealedOpening& sealed) {
    return event.details.contains(sealed.field);
  };
  for (const BundledSealed& item : bundle.sealed) take(item, judgement.sealed, is_committed_to);
}

Judgement admit(const Bundle& bundle, const StreamState& state, const AdmissionRule& policy, Timestamp now) {
  const KindForms none;
  return AdmissionRound(state, policy, none, now).admit(bundle);
}

}  // namespace bw
