#include "base/strict_json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

#include <utf8proc.h>

#include "base/error.h"

namespace bw::strict_json {
namespace {

// How many bytes at the front stand for themselves in a string: ASCII but for controls, quote and
// backslash. Most of what is verified is such bytes, so eight are looked at together: the top bit of
// a byte in `stops` is set where that byte (or, by a borrow, one before it) ends the run.
std::size_t plain_run(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x80 * ones;
  std::size_t at = 0;
  for (; at + sizeof ones <= text.size(); at += sizeof ones) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t stops =
        word | (word - 0x20 * ones) | ((word ^ 0x22 * ones) - ones) | ((word ^ 0x5c * ones) - ones);
    if ((stops & tops) != 0) break;
  }
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) - 0x20u < 0x60 && c != '"' && c != '\\';
  };
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

bool is_key_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // Scans one value and then the end of the text. Keeps the members of the outermost object.
  std::string scan(std::vector<Member>* outermost) {
    outermost_ = outermost;
    if (value(0) && at_ != text_.size()) fail("something follows the value");
    return reason_;
  }

private:
  bool fail(std::string_view what) {
    if (reason_.empty()) reason_ = std::string(what) + " at byte " + std::to_string(at_);
    return false;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char expected) {
    if (at_ >= text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }

  bool literal(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return fail("not a JSON value");
    at_ += word.size();
    return true;
  }

  bool value(int depth) {
    switch (peek()) {
      case '{':
        return object(depth + 1);
      case '[':
        return array(depth + 1);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return integer();
    }
  }

  bool object(int depth) {
    if (depth > max_depth) return fail("nested deeper than 16 levels");
    ++at_;
    if (take('}')) return true;
    std::string_view previous;
    do {
      if (!take('"')) return fail("an object key is missing");
      const std::size_t start = at_;
      while (at_ < text_.size() && is_key_byte(text_[at_])) ++at_;
      const std::string_view key = text_.substr(start, at_ - start);
      if (key.empty() || !take('"')) return fail("an object key is not made of a-z, 0-9 and _");
      if (key == previous) return fail("the object key \"" + std::string(key) + "\" stands twice");
      if (key < previous) return fail("the object key \"" + std::string(key) + "\" is out of order");
      previous = key;
      if (!take(':')) return fail("a colon is missing");
      const std::size_t value_start = at_;
      if (!value(depth)) return false;
      if (depth == 1 && outermost_ != nullptr) {
        outermost_->push_back({key, text_.substr(value_start, at_ - value_start)});
      }
    } while (take(','));
    return take('}') || fail("an object does not end");
  }

  bool array(int depth) {
    if (depth > max_depth) return fail("nested deeper than 16 levels");
    ++at_;
    if (take(']')) return true;
    do {
      if (!value(depth)) return false;
    } while (take(','));
    return take(']') || fail("an array does not end");
  }

  bool integer() {
    const std::size_t start = at_;
    const bool negative = take('-');
    const std::size_t digits = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    const std::string_view number = text_.substr(digits, at_ - digits);
    if (number.empty()) return fail("not a JSON value");
    if (peek() == '.' || peek() == 'e' || peek() == 'E') return fail("a number is not an integer");
    if (number.size() > 1 && number.front() == '0') return fail("an integer has a leading zero");
    if (negative && number == "0") return fail("zero has a sign");
    std::int64_t parsed = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), parsed);
    if (error != std::errc{} || parsed > max_integer) {
      at_ = start;
      return fail("an integer is beyond 2^53-1");
    }
    return true;
  }

  bool escape() {
    ++at_;
    constexpr std::string_view short_escapes = "\"\\bfnrt";
    if (at_ < text_.size() && short_escapes.find(text_[at_]) != std::string_view::npos) {
      ++at_;
      return true;
    }
    const std::string_view code = text_.substr(at_, 5);
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (code.size() == 5 && code.starts_with("u00") && (code[3] == '0' || code[3] == '1') &&
        is_hex(code[4])) {
      const bool has_short =
          code[3] == '0' && std::string_view("89acd").find(code[4]) != std::string_view::npos;
      if (!has_short) {
        at_ += 5;
        return true;
      }
    }
    return fail("an escape that is not needed or not minimal");
  }

  bool string() {
    ++at_;
    while (true) {
      at_ += plain_run(text_.substr(at_));
      if (at_ == text_.size()) return fail("a string does not end");
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte == '"') {
        ++at_;
        return true;
      }
      if (byte == '\\') {
        if (!escape()) return false;
      } else if (byte < 0x20) {
        return fail("a control character that is not escaped");
      } else if (!multibyte()) {
        return fail("text that is not UTF-8");
      }
    }
  }

  // The code points beyond ASCII that follow one another here.
  bool multibyte() {
    while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80) {
      std::int32_t code_point = 0;
      const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text_.data()) + at_,
                                           static_cast<utf8proc_ssize_t>(text_.size() - at_), &code_point);
      if (length <= 0) return false;
      at_ += static_cast<std::size_t>(length);
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string reason_;
  std::vector<Member>* outermost_ = nullptr;
};

bool holds_float_or_bytes(const Json& value) {
  if (value.is_structured()) return std::any_of(value.begin(), value.end(), holds_float_or_bytes);
  return value.is_number_float() || value.is_binary();
}

}  // namespace

std::string problem(std::string_view text) {
  return Scanner(text).scan(nullptr);
}

Result<std::vector<Member>> members(std::string_view text) {
  if (text.empty() || text.front() != '{') return Reason{"not a JSON object"};
  std::vector<Member> found;
  found.reserve(8);  // as many as an event has
  if (std::string reason = Scanner(text).scan(&found); !reason.empty()) return Reason{std::move(reason)};
  return found;
}

std::optional<std::string_view> plain_string(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.find('\\') != std::string_view::npos) {
    return std::nullopt;
  }
  return value.substr(1, value.size() - 2);
}

Result<Json> parse(std::string_view text) {
  if (std::string reason = problem(text); !reason.empty()) return Reason{std::move(reason)};
  return Json::parse(text);
}

std::string text(const Json& value) {
  // dump() would write NaN as null and bytes as an object.
  if (holds_float_or_bytes(value)) throw Error(ErrorCode::invalid, "a value has no strict JSON form");
  std::string result;
  try {
    result = value.dump();
  } catch (const Json::exception&) {
    throw Error(ErrorCode::invalid, "text that is not UTF-8");
  }
  if (std::string reason = problem(result); !reason.empty()) {
    throw Error(ErrorCode::invalid, "a value has no strict JSON form: " + reason);
  }
  return result;
}

}  // namespace bw::strict_json
