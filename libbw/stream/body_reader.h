#pragma once
// Reading the body of an event that anyone may have written: every member is asked for by its type,
// and a body with a member that was not asked for is refused, so that one meaning has one form.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/strict_json.h"
#include "crypto/did.h"
#include "crypto/hash.h"
#include "stream/ids.h"

namespace bw {

class BodyReader {
public:
  explicit BodyReader(const Json& object) : object_(object) {}

  // Each returns an empty value and keeps the first reason where the member is missing or of another
  // type. A name ending in `_or_null` accepts null as nothing.
  std::string text(const char* member);
  std::optional<std::string> text_or_null(const char* member);
  std::uint32_t number(const char* member, std::uint32_t least, std::uint32_t most);
  std::uint64_t size(const char* member);
  Did did(const char* member);
  Digest digest(const char* member);
  std::optional<Digest> digest_or_null(const char* member);
  // A member that is true or missing.
  bool flag(const char* member);
  const Json& array(const char* member, std::size_t most);
  const Json* object_or_null(const char* member);
  // Of any type; null where it is missing.
  const Json& any(const char* member);
  EventId event(const char* member);
  Decimal decimal(const char* member);
  // An item of a list of words.
  std::string word(const char* member, std::initializer_list<std::string_view> allowed);
  bool has(const char* member) const { return object_.is_object() && object_.contains(member); }

  // The first reason; also where a member was left unread. Empty where all is well.
  std::string problem();
  // The first reason, where the caller looks after the other members.
  const std::string& refusal() const { return reason_; }
  void refuse(const std::string& reason);

private:
  const Json* find(const char* member);

  const Json& object_;
  std::size_t read_ = 0;
  std::string reason_;
};

}  // namespace bw
