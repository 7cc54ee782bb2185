#include "stream/steward_change.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/time.h"
#include "stream/body_reader.h"
#include "stream/persons.h"
#include "tlog/note.h"

namespace bw {
namespace {

using Act = StewardChange::Act;
enum class Operand { did, witness, number, home, recovery, settlement, clock, root };

struct ActRow {
  Act act;
  std::string_view name;
  Operand operand;
  std::string_view sentence;
};

constexpr std::array<ActRow, 15> rows = {{
    {Act::add_steward, "add_steward", Operand::did, "add {} as a steward"},
    {Act::remove_steward, "remove_steward", Operand::did, "remove {} as a steward"},
    {Act::add_sequencer, "add_sequencer", Operand::did, "let {} append as a sequencer"},
    {Act::remove_sequencer, "remove_sequencer", Operand::did, "end the sequencer {}"},
    {Act::add_device, "add_device", Operand::did, "name {} as a device"},
    {Act::remove_device, "remove_device", Operand::did, "end the device {}"},
    {Act::add_witness, "add_witness", Operand::witness, "name {} as a witness"},
    {Act::remove_witness, "remove_witness", Operand::witness, "end the witness {}"},
    {Act::set_threshold, "set_threshold", Operand::number, "let {} stewards decide together"},
    {Act::set_witness_quorum, "set_witness_quorum", Operand::number, "ask for {} witnesses"},
    {Act::set_home, "set_home", Operand::home, "move the home to {}"},
    {Act::recover_actor, "recover_actor", Operand::recovery, "let {}"},
    {Act::settle_person, "settle_person", Operand::settlement, "end the dispute about {}"},
    {Act::reset_clock, "reset_clock", Operand::clock, "set the log's clock back to {}"},
    {Act::name_root, "name_root", Operand::root, "let the history stand that has {}"},
}};

const ActRow& row_of(Act act) {
  return *std::find_if(rows.begin(), rows.end(), [&](const ActRow& row) { return row.act == act; });
}

std::vector<std::string> texts(const std::vector<Did>& dids) {
  std::vector<std::string> list;
  for (const Did& did : dids) list.push_back(did.text());
  return list;
}

// At least one key, each once.
std::vector<Did> read_keys(BodyReader& reader) {
  std::vector<Did> keys;
  for (const Json& item : reader.array("keys", max_person_keys)) {
    const auto did = Did::parse(item.is_string() ? item.get<std::string>() : "");
    if (!did || std::find(keys.begin(), keys.end(), *did) != keys.end()) {
      reader.refuse("\"keys\" is not a list of different did:keys");
      return {};
    }
    keys.push_back(*did);
  }
  if (keys.empty()) reader.refuse("\"keys\" names no key");
  return keys;
}

}  // namespace

Json StewardChange::json() const {
  const ActRow& row = row_of(act);
  Json json = {{"act", row.name}};
  switch (row.operand) {
    case Operand::did:
      json["did"] = did->text();
      break;
    case Operand::witness:
      json["witness"] = *witness;
      break;
    case Operand::number:
      json["number"] = number;
      break;
    case Operand::home:
      json["home"] = home ? Json(*home) : Json(nullptr);
      break;
    case Operand::recovery:
      json["did"] = did->text();
      json["person"] = person->text();
      break;
    case Operand::settlement:
      json["keys"] = texts(keys);
      json["person"] = person->text();
      break;
    case Operand::clock:
      json["recorded"] = static_cast<std::uint64_t>(recorded);
      break;
    case Operand::root:
      json["root"] = root.hex();
      json["size"] = size;
      break;
  }
  return json;
}

Result<StewardChange> StewardChange::parse(const Json& json) {
  BodyReader reader(json);
  const std::string name = reader.text("act");
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const ActRow& candidate) { return candidate.name == name; });
  if (row == rows.end()) return Reason{"the change \"" + name + "\" is not known"};
  StewardChange change{.act = row->act, .did = {}, .witness = {}, .number = 0, .home = {}};
  switch (row->operand) {
    case Operand::did:
      change.did = reader.did("did");
      break;
    case Operand::number:
      change.number = reader.number("number", 0, 1000);
      break;
    case Operand::home:
      change.home = reader.text_or_null("home");
      break;
    case Operand::witness:
      change.witness = reader.text("witness");
      if (const auto key = NoteVerifier::parse(*change.witness, NoteKeyType::cosignature); !key)
        reader.refuse(key.reason());
      break;
    case Operand::recovery:
      change.did = reader.did("did");
      change.person = reader.did("person");
      break;
    case Operand::settlement:
      change.keys = read_keys(reader);
      change.person = reader.did("person");
      break;
    case Operand::clock: {
      const std::uint64_t seconds = reader.size("recorded");
      if (seconds > static_cast<std::uint64_t>(Timestamp::last)) reader.refuse("\"recorded\" is no time");
      change.recorded = static_cast<std::int64_t>(seconds);
      break;
    }
    case Operand::root:
      change.root = reader.digest("root");
      change.size = reader.size("size");
      break;
  }
  if (std::string reason = reader.problem(); !reason.empty()) return Reason{std::move(reason)};
  return change;
}

std::string StewardChange::sentence() const {
  const ActRow& row = row_of(act);
  std::string operand;
  switch (row.operand) {
    case Operand::did:
      operand = did->text();
      break;
    case Operand::witness:
      operand = *witness;
      break;
    case Operand::number:
      operand = std::to_string(number);
      break;
    case Operand::home:
      operand = home.value_or("the machine that made the world");
      break;
    case Operand::recovery:
      operand = fmt::format("{} take the place of all keys of {}", did->text(), person->text());
      break;
    case Operand::settlement:
      operand = fmt::format("{}, of whose keys live {}", person->text(), fmt::join(texts(keys), ", "));
      break;
    case Operand::clock:
      operand = Timestamp{recorded}.text();
      break;
    case Operand::root:
      operand = fmt::format("the root {} at size {}", root.hex(), size);
      break;
  }
  return fmt::format(fmt::runtime(row.sentence), operand);
}

}  // namespace bw
