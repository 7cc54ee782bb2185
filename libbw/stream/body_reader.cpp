#include "stream/body_reader.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bw {
namespace {

const Json none;
const Json empty_array = Json::array();

}  // namespace

void BodyReader::refuse(const std::string& reason) {
  if (reason_.empty()) reason_ = reason;
}

const Json* BodyReader::find(const char* member) {
  if (!has(member)) {
    refuse(fmt::format("the body has no member \"{}\"", member));
    return nullptr;
  }
  ++read_;
  return &object_.at(member);
}

std::string BodyReader::text(const char* member) {
  const Json* value = find(member);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    refuse(fmt::format("\"{}\" is not a string", member));
    return {};
  }
  return value->get<std::string>();
}

std::optional<std::string> BodyReader::text_or_null(const char* member) {
  if (has(member) && object_.at(member).is_null()) {
    ++read_;
    return std::nullopt;
  }
  return text(member);
}

std::uint32_t BodyReader::number(const char* member, std::uint32_t least, std::uint32_t most) {
  const std::uint64_t value = size(member);
  if (value < least || value > most) {
    refuse(fmt::format("\"{}\" is not a number from {} to {}", member, least, most));
    return least;
  }
  return static_cast<std::uint32_t>(value);
}

std::uint64_t BodyReader::size(const char* member) {
  const Json* value = find(member);
  if (value == nullptr) return 0;
  if (!value->is_number_unsigned()) {
    refuse(fmt::format("\"{}\" is not a whole number", member));
    return 0;
  }
  return value->get<std::uint64_t>();
}

Did BodyReader::did(const char* member) {
  const auto did = Did::parse(text(member));
  if (did) return *did;
  refuse(fmt::format("\"{}\": {}", member, did.reason()));
  return Did::from_public_key({});
}

Digest BodyReader::digest(const char* member) {
  const auto digest = Digest::from_hex(text(member));
  if (!digest) refuse(fmt::format("\"{}\" is not 64 hexadecimal digits", member));
  return digest.value_or(Digest{});
}

std::optional<Digest> BodyReader::digest_or_null(const char* member) {
  if (has(member) && object_.at(member).is_null()) {
    ++read_;
    return std::nullopt;
  }
  return digest(member);
}

const Json& BodyReader::any(const char* member) {
  const Json* value = find(member);
  return value == nullptr ? none : *value;
}

EventId BodyReader::event(const char* member) {
  const auto id = EventId::parse(text(member));
  if (!id) refuse(fmt::format("\"{}\" is not the id of an event", member));
  return id.value_or(EventId{});
}

Decimal BodyReader::decimal(const char* member) {
  const auto value = Decimal::parse(text(member));
  if (!value) refuse(fmt::format("\"{}\" is no exact decimal", member));
  return value ? *value : Decimal{};
}

std::string BodyReader::word(const char* member, std::initializer_list<std::string_view> allowed) {
  std::string given = text(member);
  if (std::find(allowed.begin(), allowed.end(), given) == allowed.end())
    refuse(fmt::format("\"{}\" is none of {}", member, fmt::join(allowed, ", ")));
  return given;
}

bool BodyReader::flag(const char* member) {
  if (!has(member)) return false;
  if (object_.at(member) != true) refuse(fmt::format("\"{}\" is true or missing", member));
  ++read_;
  return true;
}

const Json& BodyReader::array(const char* member, std::size_t most) {
  const Json* value = find(member);
  if (value == nullptr) return empty_array;
  if (!value->is_array() || value->size() > most) {
    refuse(fmt::format("\"{}\" is not a list of at most {}", member, most));
    return empty_array;
  }
  return *value;
}

const Json* BodyReader::object_or_null(const char* member) {
  const Json* value = find(member);
  if (value == nullptr || value->is_null()) return nullptr;
  if (!value->is_object()) {
    refuse(fmt::format("\"{}\" is not an object", member));
    return nullptr;
  }
  return value;
}

std::string BodyReader::problem() {
  if (reason_.empty() && object_.is_object() && object_.size() != read_) {
    reason_ = "the body has a member that is not known";
  }
  if (reason_.empty() && !object_.is_object()) reason_ = "not an object";
  return reason_;
}

}  // namespace bw
