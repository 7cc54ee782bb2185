#include "stream/details.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"

namespace bw {
namespace {

const Opening* find(const std::vector<Opening>& openings, std::string_view field) {
  const auto found = std::find_if(openings.begin(), openings.end(),
                                  [&](const Opening& opening) { return opening.field == field; });
  return found == openings.end() ? nullptr : &*found;
}

std::string chunk_field(std::size_t file, std::size_t chunk) {
  return fmt::format("evidence_{}_{}", file, chunk);
}

// A name from outside becomes a file in somebody's folder.
bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         std::none_of(name.begin(), name.end(), [](char c) {
           return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

Result<EvidenceFile> join_file(std::size_t number, const Json& description,
                               const std::vector<Opening>& openings) {
  EvidenceFile file{description.at("name").get<std::string>(), {}};
  if (!is_file_name(file.name))
    return Reason{fmt::format("file {} has a name that none can have", number + 1)};
  std::size_t count = 0;
  for (const Json& field : description.at("chunks")) {
    // Each chunk has its own field, so that a short list cannot stand for an enormous file.
    if (field != chunk_field(number, count)) return Reason{"the parts of " + file.name + " are out of order"};
    ++count;
    const Opening* chunk = find(openings, field.get<std::string>());
    if (chunk == nullptr) return Reason{"a part of " + file.name + " is missing"};
    const auto text = strict_json::plain_string(chunk->value_text);
    const auto bytes = text ? from_base64url(*text) : std::nullopt;
    if (!bytes) return Reason{"a part of " + file.name + " is not base64url"};
    file.content += *bytes;
  }
  if (file.content.size() != description.at("size").get<std::size_t>() ||
      sha256(file.content).hex() != description.at("sha256").get<std::string>()) {
    return Reason{file.name + " is not the file that was committed to"};
  }
  return file;
}

}  // namespace

std::string_view text_of(Visibility visibility) {
  switch (visibility) {
    case Visibility::public_:
      return "public";
    case Visibility::sealed:
      return "sealed";
    case Visibility::private_:
      break;
  }
  return "private";
}

std::optional<Visibility> parse_visibility(std::string_view text) {
  if (text == "public") return Visibility::public_;
  if (text == "sealed") return Visibility::sealed;
  if (text == "private") return Visibility::private_;
  return std::nullopt;
}

std::string Opening::text() const {
  return fmt::format(R"({{"salt":"{}","value":{}}})", to_base64url(salt), value_text);
}

Result<Opening> Opening::parse(std::string field, std::string_view text) {
  if (text.size() > max_opening_bytes) return Reason{"an opening is larger than 512 KiB"};
  const auto members = strict_json::members(text);
  if (!members) return Reason{members.reason()};
  if (members->size() != 2 || (*members)[0].key != "salt" || (*members)[1].key != "value") {
    return Reason{"an opening has the members salt and value"};
  }
  const auto salt = from_base64url(strict_json::plain_string((*members)[0].value).value_or(""));
  if (!salt || salt->size() != salt_bytes) return Reason{"a salt is not 32 bytes in base64url"};
  return Opening{std::move(field), *salt, std::string((*members)[1].value)};
}

DetailContext detail_context(const Event& event) {
  return {event.world, event.actor.text(), event.kind, event.nonce};
}

Digest commit_to(const DetailContext& context, const Opening& opening) {
  Sha256 hash;
  const auto part = [&](std::string_view bytes) { hash.add(big_endian_64(bytes.size())).add(bytes); };
  part("bw.details.v1");
  part(context.world ? context.world->text() : "");
  part(context.actor);
  part(context.kind);
  part(context.nonce);
  part(opening.field);
  part(opening.salt);
  part(opening.value_text);
  return hash.finish();
}

Opening make_opening(std::string field, const Json& value, const Random& random) {
  Opening opening{std::move(field), random(salt_bytes), strict_json::text(value)};
  // In a bundle the value lies two levels down.
  if (!strict_json::problem("[[" + opening.value_text + "]]").empty()) {
    throw Error(ErrorCode::invalid, opening.field + " is nested too deep");
  }
  if (opening.text().size() > max_opening_bytes) {
    throw Error(ErrorCode::invalid, opening.field + " is larger than 512 KiB", "attach it as a file instead");
  }
  return opening;
}

bool matches(const Event& event, const Opening& opening) {
  const auto commitment = event.details.find(opening.field);
  return commitment != event.details.end() && commitment->second == commit_to(detail_context(event), opening);
}

std::vector<Opening> make_evidence(const std::vector<EvidenceFile>& files, const Random& random) {
  std::vector<Opening> openings;
  Json list = Json::array();
  for (std::size_t number = 0; number < files.size(); ++number) {
    const EvidenceFile& file = files[number];
    Json chunks = Json::array();
    for (std::size_t at = 0; at < file.content.size(); at += file_chunk_bytes) {
      const std::string field = chunk_field(number, chunks.size());
      const std::string_view part = std::string_view(file.content).substr(at, file_chunk_bytes);
      openings.push_back(make_opening(field, to_base64url(part), random));
      chunks.push_back(field);
    }
    list.push_back({{"chunks", chunks},
                    {"name", file.name},
                    {"sha256", sha256(file.content).hex()},
                    {"size", file.content.size()}});
  }
  if (!list.empty()) openings.push_back(make_opening("evidence", list, random));
  return openings;
}

Result<std::vector<EvidenceFile>> read_evidence(const std::vector<Opening>& openings) {
  std::vector<EvidenceFile> files;
  const Opening* list = find(openings, "evidence");
  if (list == nullptr) return files;
  try {
    for (const Json& description : Json::parse(list->value_text)) {
      auto file = join_file(files.size(), description, openings);
      if (!file) return Reason{file.reason()};
      files.push_back(*std::move(file));
    }
  } catch (const Json::exception&) {
    return Reason{"the list of files does not have the form of one"};
  }
  return files;
}

}  // namespace bw
