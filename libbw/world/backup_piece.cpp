#include "world/backup_piece.h"

#include "base/bytes.h"
#include "base/strict_json.h"
#include "base/text.h"
#include "stream/body_reader.h"

namespace bw {
namespace {

constexpr std::string_view context_label = "bw.backup.v1";
constexpr std::uint64_t version = 1;

Json part_json(const BackupPart& part) {
  return {{"from", part.from},
          {"path", part.path.text},
          {"sha256", part.digest.hex()},
          {"size", part.bytes.size()}};
}

// Reads a part's description, and its bytes off the front of `rest`.
std::optional<BackupPart> take_part(const Json& json, std::string_view& rest, std::string& reason) {
  BodyReader reader(json);
  const auto path = BackupPath::parse(reader.text("path"));
  BackupPart part;
  part.from = reader.size("from");
  part.digest = reader.digest("sha256");
  const std::uint64_t size = reader.size("size");
  if (reason = reader.problem(); !reason.empty()) return std::nullopt;
  if (!path) {
    reason = "it holds a file that no backup has";
    return std::nullopt;
  }
  if (size > rest.size()) {
    reason = "it ends in the middle of a part";
    return std::nullopt;
  }
  part.path = *path;
  part.bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  return part;
}

// The members of a document of this version; a reason where it is of another.
Result<Json> parse_version(std::string_view text) {
  auto json = strict_json::parse(text);
  if (!json) return json;
  if (!json->is_object() || !json->contains("v") || (*json)["v"] != version)
    return Reason{"it is of another version than 1"};
  return json;
}

}  // namespace

std::optional<BackupPath> BackupPath::parse(std::string_view text) {
  BackupPath path;
  path.text = text;
  if (text == "worlds.json") return path;
  path.kind = Kind::config;
  if (text == "config.json") return path;
  const std::vector<std::string_view> parts = split(text, '/');
  if (parts.size() < 3 || parts.size() > 4 || parts[0] != "journals") return std::nullopt;
  path.world = WorldId::parse(parts[1]);
  if (!path.world) return std::nullopt;
  if (parts.size() == 3) {
    path.kind = parts[2] == "journal.jsonl" ? Kind::journal : Kind::checkpoints;
    return parts[2] == "journal.jsonl" || parts[2] == "checkpoints.jsonl" ? std::optional(path)
                                                                          : std::nullopt;
  }
  constexpr std::string_view ending = ".jsonl";
  const bool ends = parts[3].ends_with(ending);
  if (!ends || !Digest::from_hex(parts[3].substr(0, parts[3].size() - ending.size()))) return std::nullopt;
  path.kind = parts[2] == "large" ? Kind::large : Kind::table;
  return parts[2] == "large" || parts[2] == "tables" ? std::optional(path) : std::nullopt;
}

std::string BackupPiece::content() const {
  Json list = Json::array();
  for (const BackupPart& part : parts) list.push_back(part_json(part));
  std::string content = strict_json::text({{"number", number},
                                           {"parts", list},
                                           {"previous", previous ? Json(previous->hex()) : Json(nullptr)},
                                           {"v", version}}) +
                        "\n";
  for (const BackupPart& part : parts) content += part.bytes;
  return content;
}

Result<BackupPiece> BackupPiece::parse(std::string_view content) {
  const std::size_t end = content.find('\n');
  if (end == std::string_view::npos) return Reason{"it does not begin with a line"};
  const auto json = parse_version(content.substr(0, end));
  if (!json) return Reason{json.reason()};
  std::string_view rest = content.substr(end + 1);
  BodyReader reader(*json);
  BackupPiece piece;
  piece.number = reader.size("number");
  piece.previous = reader.digest_or_null("previous");
  const Json& parts = reader.array("parts", max_parts);
  reader.size("v");
  if (const std::string problem = reader.problem(); !problem.empty()) return Reason{problem};
  if (rest.size() > max_part_bytes) return Reason{"its parts are larger than 4 MiB"};
  for (const Json& each : parts) {
    std::string reason;
    auto part = take_part(each, rest, reason);
    if (!part) return Reason{std::move(reason)};
    piece.parts.push_back(*std::move(part));
  }
  if (!rest.empty()) return Reason{"something follows its parts"};
  return piece;
}

std::string BackupManifest::content() const {
  return strict_json::text({{"at", at.text()}, {"last", last.hex()}, {"pieces", pieces}, {"v", version}}) +
         "\n";
}

Result<BackupManifest> BackupManifest::parse(std::string_view content) {
  if (!content.ends_with('\n')) return Reason{"it does not end with a line"};
  const auto json = parse_version(content.substr(0, content.size() - 1));
  if (!json) return Reason{json.reason()};
  BodyReader reader(*json);
  const auto at = Timestamp::parse(reader.text("at"));
  BackupManifest manifest;
  manifest.last = reader.digest("last");
  manifest.pieces = reader.size("pieces");
  reader.size("v");
  if (const std::string problem = reader.problem(); !problem.empty()) return Reason{problem};
  if (!at) return Reason{at.reason()};
  manifest.at = *at;
  if (manifest.pieces < 1 || manifest.pieces > max_pieces) return Reason{"it has no such number of pieces"};
  return manifest;
}

std::string piece_context(std::string_view name, std::uint64_t number) {
  return std::string(context_label) + std::string(name) + big_endian_64(number);
}

std::string manifest_context(std::string_view name) {
  return piece_context(name, ~std::uint64_t{0});
}

}  // namespace bw
