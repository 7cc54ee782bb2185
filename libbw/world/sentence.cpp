#include "world/sentence.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "stream/body_reader.h"
#include "stream/receipt.h"
#include "stream/steward_change.h"
#include "stream/table.h"

namespace bw {
namespace {

constexpr std::size_t short_digits = 10;
constexpr std::size_t actor_digits = 12;
constexpr std::size_t named_totals = 3;
constexpr std::size_t name_columns = 60;

std::string cut(std::string_view text) {
  // Cut by bytes first: the width of a text is only asked of as much as can be shown.
  return truncate_to_width(printable(text.substr(0, 8 * name_columns)), name_columns);
}

std::string short_id(const Digest& digest) {
  return digest.hex().substr(0, short_digits);
}

std::string plural(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string claim(BodyReader& reader) {
  const std::string behaviour = reader.text("behaviour");
  const std::string quantity = reader.text("quantity");
  return fmt::format("{} {} {}", cut(behaviour), cut(quantity), cut(reader.text("unit")));
}

std::string created(BodyReader& reader) {
  reader.text_or_null("home");
  reader.number("k", 1, 1);
  std::string sentence = fmt::format("created the world \"{}\"", cut(reader.text("name")));
  if (const Json* parent = reader.object_or_null("parent")) {
    BodyReader inner(*parent);
    sentence += ", forked from " + short_id(inner.digest("world"));
  }
  reader.array("signers", max_event_bytes);
  reader.array("stewards", max_event_bytes);
  return sentence;
}

// The uses of announced keys, each once.
std::string announced(BodyReader& reader) {
  std::vector<std::string> uses;
  for (const Json& key : reader.array("keys", max_event_bytes)) {
    BodyReader inner(key);
    std::string use = cut(inner.text("use"));
    if (std::find(uses.begin(), uses.end(), use) == uses.end()) uses.push_back(std::move(use));
  }
  if (uses.empty()) return "joined";
  return fmt::format("announced keys: {}", fmt::join(uses, ", "));
}

std::string retired(BodyReader& reader) {
  return "retired " + plural(reader.array("keys", max_event_bytes).size(), "key");
}

std::string linked(BodyReader& reader) {
  const std::string key = reader.did("key").text();
  return "named " + key +
         (reader.flag("ends") ? " as the key that takes this one's place" : " as a key of the same person");
}

std::string revoked(BodyReader& reader) {
  return "revoked the key " + reader.did("key").text();
}

std::string disputed(BodyReader& reader) {
  return "disputed the revocation " + short_id(reader.digest("revocation"));
}

std::string recovered(BodyReader& reader) {
  reader.text("proof");
  return "took the place of all keys of " + reader.did("person").text() + ", by the recovery key";
}

std::string endorsed(BodyReader& reader) {
  const std::string key = reader.did("key").text();
  return fmt::format("endorsed {} as the key of {}", key, reader.did("person").text());
}

std::string adopted(BodyReader& reader) {
  const std::string commit = reader.text("commit");
  const Digest digest = reader.digest("definition");
  const auto previous = reader.digest_or_null("previous");
  reader.array("signers", max_event_bytes);
  return fmt::format("adopted {}definition {} (commit {})", previous ? "" : "the first ", short_id(digest),
                     cut(commit.substr(0, short_digits)));
}

std::string proposed(BodyReader& reader) {
  const Json* change = reader.object_or_null("change");
  const auto parsed = StewardChange::parse(change != nullptr ? *change : Json());
  if (!parsed) {
    reader.refuse(parsed.reason());
    return {};
  }
  return "proposed to " + printable(parsed->sentence());
}

std::string approved(BodyReader& reader) {
  return "approved proposal " + short_id(reader.digest("proposal"));
}

std::string tabled(BodyReader& reader) {
  const std::uint32_t count = reader.number("count", 1, max_table_rows);
  reader.digest("root");
  const bool open = reader.text("rows") == "public";
  const Json& totals = reader.array("totals", max_event_bytes);
  std::vector<std::string> shown;
  for (const Json& total : totals) {
    if (shown.size() == named_totals) {
      shown.emplace_back("…");
      break;
    }
    BodyReader inner(total);
    shown.push_back(claim(inner));
  }
  return fmt::format("{}{}: {}", plural(count, "row"), open ? "" : ", private", fmt::join(shown, ", "));
}

std::string corrected(BodyReader& reader) {
  const Digest event = reader.digest("event");
  return fmt::format("corrected {}: {}", short_id(event), claim(reader));
}

std::string retracted(BodyReader& reader) {
  return "retracted " + short_id(reader.digest("event"));
}

std::string logged(BodyReader& reader) {
  return reader.has("behaviour") ? claim(reader) : "did something that is concealed";
}

std::string revealed(BodyReader& reader) {
  const Digest event = reader.digest("event");
  reader.text("salt");
  const Json* value = reader.object_or_null("value");
  const Json none = Json::object();
  BodyReader inner(value != nullptr ? *value : none);
  const std::string what = claim(inner);
  if (std::string reason = inner.problem(); !reason.empty()) reader.refuse(reason);
  return fmt::format("revealed {}: {}", short_id(event), what);
}

std::string withdrawn(BodyReader& reader) {
  const Digest event = reader.digest("event");
  std::vector<std::string> fields;
  std::size_t parts = 0;
  for (const Json& field : reader.array("fields", max_event_bytes)) {
    const std::string name = field.is_string() ? field.get<std::string>() : "";
    if (name.starts_with("evidence_")) {
      ++parts;
    } else if (fields.size() < named_totals) {
      fields.push_back(cut(name));
    }
  }
  if (fields.empty() && parts > 0) fields.push_back(plural(parts, "part") + " of files");
  return fmt::format("withdrew {} of {}", fmt::join(fields, ", "), short_id(event));
}

std::string confirmed(BodyReader& reader) {
  const Json& events = reader.array("events", max_event_bytes);
  const bool one = events.size() == 1 && events[0].is_string();
  return "confirmed " +
         (one ? cut(events[0].get<std::string>().substr(0, short_digits)) : plural(events.size(), "event"));
}

std::string attested(BodyReader& reader) {
  const Digest event = reader.digest("event");
  const std::string verdict = reader.text("verdict");
  if (verdict != "supports" && verdict != "disputes") reader.refuse("no verdict");
  return cut(verdict) + " " + short_id(event);
}

std::string thanked(BodyReader& reader) {
  const auto event = reader.digest_or_null("event");
  const std::string to = cut(reader.did("to").short_id().substr(0, actor_digits));
  return fmt::format("thanked {}{}", to, event ? " for " + short_id(*event) : "");
}

std::string listed(BodyReader& reader) {
  std::uint64_t size = 0;
  if (const Json* checkpoint = reader.object_or_null("checkpoint")) {
    BodyReader inner(*checkpoint);
    inner.digest("root");
    size = inner.size("size");
  }
  const Digest world = reader.digest("listed");
  const std::string name = reader.text("name");
  reader.array("remotes", max_event_bytes);
  reader.text("summary");
  return fmt::format("listed the world \"{}\" ({}) at {}", cut(name), short_id(world),
                     size == 1 ? "1 entry" : fmt::format("{} entries", size));
}

using Tell = std::string (*)(BodyReader&);

const std::map<std::string_view, Tell>& tellers() {
  static const std::map<std::string_view, Tell> table = {
      {"behaviour.logged", logged},     {"behaviour.tabled", tabled},    {"definition.adopted", adopted},
      {"details.withdrawn", withdrawn}, {"event.revealed", revealed},    {"event.confirmed", confirmed},
      {"event.attested", attested},     {"thanks.given", thanked},       {"event.corrected", corrected},
      {"event.retracted", retracted},   {"hub.listed", listed},          {"identity.announced", announced},
      {"identity.retired", retired},    {"identity.linked", linked},     {"identity.revoked", revoked},
      {"identity.disputed", disputed},  {"identity.endorsed", endorsed}, {"identity.recovered", recovered},
      {"steward.approved", approved},   {"steward.proposed", proposed},  {"world.created", created},
  };
  return table;
}

// A text as short as it can be and still be known again: an id or a person by their first characters.
std::string shortened(const std::string& text) {
  if (const auto digest = Digest::from_hex(text)) return short_id(*digest);
  if (const auto did = Did::parse(text)) return did->short_id().substr(0, actor_digits);
  return cut(text);
}

// Of a kind that a tool judges: the kind in words, and what its body says in a word each, as far as they have
// a place: "task claimed: 3f2a91b04c", "badge awarded: helper, z6MkhaXgBZDv".
std::string told_by_members(const Event& event) {
  constexpr std::size_t most = 4;
  std::string sentence = event.kind;
  std::replace_if(
      sentence.begin(), sentence.end(), [](char c) { return c == '.' || c == '_'; }, ' ');
  std::vector<std::string> words;
  const Json body = event.body();
  for (const auto& [name, value] : body.items()) {
    if (words.size() == most) break;
    if (value.is_string() && name != "salt" && name != "proof" && name != "commitment" && name != "code")
      words.push_back(shortened(value.get<std::string>()));
  }
  return words.empty() ? sentence : fmt::format("{}: {}", sentence, fmt::join(words, ", "));
}

}  // namespace

std::string sentence_of(const Event& event) {
  const auto tell = tellers().find(event.kind);
  if (tell == tellers().end()) return truncate_to_width(told_by_members(event), max_sentence_columns);
  const Json body = event.body();
  BodyReader reader(body);
  const std::string sentence = tell->second(reader);
  return reader.problem().empty() ? truncate_to_width(sentence, max_sentence_columns) : event.kind;
}

}  // namespace bw
