#include "stream/bundle.h"

#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/parallel.h"
#include "stream/body_reader.h"
#include "stream/signed_line.h"

namespace bw {
namespace {

std::string opening_line(const BundledOpening& item) {
  return fmt::format(R"({{"opening":{{"event":"{}","field":"{}","salt":"{}","value":{}}}}})",
                     item.event.text(), item.opening.field, to_base64url(item.opening.salt),
                     item.opening.value_text);
}

std::string sealed_line(const BundledSealed& item) {
  return fmt::format(R"({{"sealed":{{"event":"{}","field":"{}","opening":{}}}}})", item.event.text(),
                     item.opening.field, item.opening.text());
}

Json listed(const EventId& event, const std::string& field, Visibility visibility) {
  return {{"event", event.text()}, {"field", field}, {"visibility", text_of(visibility)}};
}

// A bundle is read line by line; every step says why it stops.
class BundleParser {
public:
  explicit BundleParser(std::string_view bytes) : rest_(bytes) { bundle_.digest = sha256(bytes); }

  Result<Bundle> parse() {
    if (!header()) return Reason{reason_};
    for (std::size_t line = 2; !rest_.empty(); ++line) {
      if (!take_line(next())) return Reason{fmt::format("line {}: {}", line, reason_)};
    }
    if (!read_tables()) return Reason{reason_};
    if (bundle_.events.size() != expected_events_ || opened_.size() != visibilities_.size() ||
        bundle_.tables.size() != expected_tables_.size()) {
      return Reason{"the bundle does not hold what its header lists"};
    }
    return std::move(bundle_);
  }

private:
  bool fail(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  std::string_view next() {
    const std::string_view line = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(line.size() + 1);
    return line;
  }

  bool header() {
    if (rest_.size() > max_bundle_bytes) return fail("the bundle is larger than 64 MiB");
    if (!rest_.ends_with('\n')) return fail("the bundle is cut short: its last line does not end");
    const std::string_view line = next();
    const auto parsed = parse_signed_line(line);
    if (!parsed) return fail("the header: " + parsed.reason());
    const Json json = Json::parse(parsed->signed_bytes);
    BodyReader reader(json);
    bundle_.actor = reader.did("actor");
    const auto at = Timestamp::parse(reader.text("at"));
    if (!at) reader.refuse("at: " + at.reason());
    const Digest contents = reader.digest("contents");
    expected_events_ = reader.size("events");
    for (const Json& item : reader.array("openings", max_bundle_openings)) read_listed(item, reader);
    for (const Json& item : reader.array("tables", max_bundle_events)) {
      const auto root = Digest::from_hex(item.is_string() ? item.get<std::string>() : "");
      if (!root) reader.refuse("a table is not named by 64 hexadecimal digits");
      expected_tables_.push_back(root.value_or(Digest{}));
    }
    reader.number("v", 1, 1);
    bundle_.world = WorldId{reader.digest("world")};
    if (std::string reason = reader.problem(); !reason.empty()) return fail("the header: " + reason);
    if (!sshsig::verify(bundle_.actor, sshsig::bundle_namespace, parsed->signed_bytes, parsed->signature)) {
      return fail("the header's signature is not the actor's");
    }
    if (sha256(rest_) != contents) return fail("the bundle was cut or altered after it was signed");
    bundle_.at = *at;
    return true;
  }

  void read_listed(const Json& item, BodyReader& header) {
    BodyReader reader(item);
    const EventId event{reader.digest("event")};
    const std::string field = reader.text("field");
    const auto visibility = parse_visibility(reader.text("visibility"));
    if (!visibility) reader.refuse("a visibility is public, sealed or private");
    if (std::string reason = reader.problem(); !reason.empty()) header.refuse("openings: " + reason);
    if (!visibilities_.emplace(std::pair(event, field), visibility.value_or(Visibility::private_)).second) {
      header.refuse("openings: one is listed twice");
    }
  }

  bool take_line(std::string_view line) {
    if (line.starts_with("{\"event\":{") && line.ends_with('}')) {
      return take_event(line.substr(9, line.size() - 10));
    }
    const auto members = strict_json::members(line);
    if (!members) return fail(members.reason());
    if (members->size() == 1 && members->front().key == "opening")
      return take_opening(members->front().value);
    if (members->size() == 1 && members->front().key == "sealed") return take_sealed(members->front().value);
    if (members->size() == 2 && members->front().key == "rows") return take_table(Json::parse(line));
    return fail("neither an event, nor an opening, nor a table");
  }

  bool take_event(std::string_view line) {
    auto event = parse_event(line);
    if (!event) return fail(event.reason());
    if (event->actor != bundle_.actor) return fail("a bundle carries only its actor's own events");
    if (bundle_.events.size() == max_bundle_events) return fail("more than 10,000 events");
    bundle_.events.push_back(*std::move(event));
    return true;
  }

  bool take_opening(std::string_view text) {
    const auto members = strict_json::members(text);
    if (!members || members->size() != 4)
      return fail("an opening has the members event, field, salt and value");
    const Json json = Json::parse(text);
    BodyReader reader(json);
    const EventId event{reader.digest("event")};
    const std::string field = reader.text("field");
    const auto salt = from_base64url(reader.text("salt"));
    if (!reader.has("value") || !salt || salt->size() != salt_bytes)
      reader.refuse("it has no salt or no value");
    // `value` was not read as one of the reader's members: it is taken as the text that it is.
    if (const std::string reason = reader.refusal(); !reason.empty()) return fail("an opening: " + reason);
    const auto visibility = take_listed(event, field, false);
    if (!visibility) return false;
    Opening opening{field, *salt, std::string(members->back().value)};
    if (opening.text().size() > max_opening_bytes) return fail("an opening is larger than 512 KiB");
    bundle_.openings.push_back({event, std::move(opening), *visibility});
    return true;
  }

  bool take_sealed(std::string_view text) {
    const auto members = strict_json::members(text);
    if (!members || members->size() != 3 || members->back().key != "opening")
      return fail("a sealed opening has the members event, field and opening");
    const auto id = EventId::parse(strict_json::plain_string((*members)[0].value).value_or(""));
    const auto field = strict_json::plain_string((*members)[1].value);
    if ((*members)[0].key != "event" || (*members)[1].key != "field" || !id || !field)
      return fail("a sealed opening does not name an event and a field");
    auto sealed = SealedOpening::parse(std::string(*field), members->back().value);
    if (!sealed) return fail("a sealed opening: " + sealed.reason());
    if (!take_listed(*id, sealed->field, true)) return false;
    bundle_.sealed.push_back({*id, *std::move(sealed)});
    return true;
  }

  // How the header lists an opening that comes now, for the first time and in the form that fits.
  std::optional<Visibility> take_listed(const EventId& event, const std::string& field, bool sealed) {
    const auto listed = visibilities_.find({event, field});
    if (listed == visibilities_.end()) {
      fail("an opening that the header does not list");
    } else if (!opened_.emplace(event, field).second) {
      fail("an opening that was there before");
    } else if ((listed->second == Visibility::sealed) != sealed) {
      fail("an opening that the header lists as " + std::string(text_of(listed->second)));
    } else {
      return listed->second;
    }
    return std::nullopt;
  }

  bool take_table(const Json& json) {
    BodyReader reader(json);
    const auto rows = reader.size("rows");
    const Digest root = reader.digest("table");
    if (std::string reason = reader.problem(); !reason.empty()) return fail(reason);
    const std::string_view start = rest_;
    for (std::uint64_t row = 0; row < rows && !rest_.empty(); ++row) next();
    if (tables_.size() == expected_tables_.size() || expected_tables_[tables_.size()] != root) {
      return fail("a table that the header does not list");
    }
    tables_.push_back({start.substr(0, start.size() - rest_.size()), root, rows});
    return true;
  }

  // Reading rows is nearly all of the work, and each table is its own.
  bool read_tables() {
    std::vector<Result<Table>> read(tables_.size(), Reason{});
    on_all_cores(tables_.size(), [&](std::size_t i) { read[i] = parse_table(tables_[i].rows); });
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const std::string name = "the table " + tables_[i].root.hex() + ": ";
      if (!read[i]) return fail(name + read[i].reason());
      if (read[i]->root != tables_[i].root || read[i]->count != tables_[i].count)
        return fail(name + "it is not the one that its line names");
      bundle_.tables.push_back(*std::move(read[i]));
    }
    return true;
  }

  struct TableText {
    std::string_view rows;
    Digest root;
    std::uint64_t count = 0;
  };

  std::string_view rest_;
  std::string reason_;
  std::vector<TableText> tables_;
  std::uint64_t expected_events_ = 0;
  std::map<std::pair<EventId, std::string>, Visibility> visibilities_;
  std::set<std::pair<EventId, std::string>> opened_;
  std::vector<Digest> expected_tables_;
  Bundle bundle_{Did::from_public_key({}), {}, {}, {}, {}, {}, {}, {}};
};

}  // namespace

std::string write_bundle(const Bundle& bundle, const Signer& signer) {
  std::string contents;
  Json openings = Json::array();
  Json tables = Json::array();
  for (const Event& event : bundle.events) contents += "{\"event\":" + event.line + "}\n";
  for (const BundledOpening& item : bundle.openings) {
    contents += opening_line(item) + "\n";
    openings.push_back(listed(item.event, item.opening.field, item.visibility));
  }
  for (const BundledSealed& item : bundle.sealed) {
    contents += sealed_line(item) + "\n";
    openings.push_back(listed(item.event, item.opening.field, Visibility::sealed));
  }
  for (const Table& table : bundle.tables) {
    contents +=
        fmt::format("{{\"rows\":{},\"table\":\"{}\"}}\n{}", table.count, table.root.hex(), table.content);
    tables.push_back(table.root.hex());
  }
  const Json header = {{"actor", signer.did().text()},
                       {"at", bundle.at.text()},
                       {"contents", sha256(contents).hex()},
                       {"events", bundle.events.size()},
                       {"openings", openings},
                       {"tables", tables},
                       {"v", 1},
                       {"world", bundle.world.text()}};
  std::string bytes = sign_line(header, sshsig::bundle_namespace, signer) + "\n" + contents;
  if (bytes.size() > max_bundle_bytes || bundle.events.size() > max_bundle_events ||
      bundle.openings.size() + bundle.sealed.size() > max_bundle_openings) {
    throw Error(ErrorCode::invalid, "more than one bundle holds (64 MiB, 10,000 events, 80,000 openings)");
  }
  return bytes;
}

Result<Bundle> parse_bundle(std::string_view bytes) {
  return BundleParser(bytes).parse();
}

}  // namespace bw
