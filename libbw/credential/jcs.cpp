#include "credential/jcs.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace bw::jcs {
namespace {

// UTF-8 sorts as UTF-32 does. UTF-16 puts what lies beyond U+FFFF, which is written with surrogates
// (U+D800 to U+DFFF), before U+E000 to U+FFFF: in UTF-8, the first bytes F0 to F4 before EE and EF.
unsigned rank(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  if (value >= 0xf0) return value - 0xf0u + 0xee;
  if (value >= 0xee) return value - 0xeeu + 0xf3;
  return value;
}

bool before_in_utf16(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return rank(x) < rank(y); });
}

class Writer {
public:
  bool value(const Json& value, int depth) {
    switch (value.type()) {
      case Json::value_t::object:
        return object(value, depth + 1);
      case Json::value_t::array:
        return array(value, depth + 1);
      case Json::value_t::string:
        return string(value.get_ref<const std::string&>());
      case Json::value_t::number_integer:
      case Json::value_t::number_unsigned:
        return integer(value);
      case Json::value_t::boolean:
      case Json::value_t::null:
        text += value.dump();
        return true;
      case Json::value_t::number_float:
        return fail("a number is not an integer");
      default:
        return fail("a value that JSON does not have");
    }
  }

  std::string text;
  std::string reason;

private:
  bool fail(std::string_view why) {
    reason = why;
    return false;
  }

  bool string(const std::string& value) {
    if (!is_utf8(value)) return fail("text that is not UTF-8");
    text += Json(value).dump();
    return true;
  }

  bool integer(const Json& value) {
    const bool fits = value.is_number_unsigned()
                          ? value.get<std::uint64_t>() <= std::uint64_t{strict_json::max_integer}
                          : value.get<std::int64_t>() >= -strict_json::max_integer &&
                                value.get<std::int64_t>() <= strict_json::max_integer;
    if (!fits) return fail("an integer is beyond 2^53-1");
    text += value.dump();
    return true;
  }

  bool array(const Json& array, int depth) {
    if (depth > max_depth) return fail("nested too deeply");
    char separator = '[';
    for (const Json& item : array) {
      text += separator;
      separator = ',';
      if (!value(item, depth)) return false;
    }
    text += array.empty() ? "[]" : "]";
    return true;
  }

  bool object(const Json& object, int depth) {
    if (depth > max_depth) return fail("nested too deeply");
    std::vector<Json::const_iterator> members;
    for (auto member = object.begin(); member != object.end(); ++member) members.push_back(member);
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return before_in_utf16(a.key(), b.key()); });
    char separator = '{';
    for (const auto& member : members) {
      text += separator;
      separator = ',';
      if (!string(member.key())) return false;
      text += ':';
      if (!value(member.value(), depth)) return false;
    }
    text += object.empty() ? "{}" : "}";
    return true;
  }
};

// Builds the value as the library's own reader does, but stops at what must not be; the filter that
// nlohmann offers for that takes a time that grows with the square of an array's length.
class Reader : public nlohmann::json_sax<Json> {
public:
  Json root;
  std::string reason;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string& /*text*/) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Json::binary_t& /*value*/) override { return fail("a value that JSON does not have"); }
  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (opened_.back()->contains(name)) {
      return fail("the name \"" + printable(name) + "\" stands twice in an object");
    }
    member_ = &(*opened_.back())[name];
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    return fail("not JSON, at byte " + std::to_string(position));
  }

private:
  bool fail(std::string why) {
    reason = std::move(why);
    return false;
  }

  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  Json* place(Json value) {
    Json* at = &root;
    if (!opened_.empty() && opened_.back()->is_array()) {
      opened_.back()->push_back(nullptr);
      at = &opened_.back()->back();
    } else if (!opened_.empty()) {
      at = member_;
    }
    *at = std::move(value);
    return at;
  }

  bool open(Json empty) {
    if (opened_.size() == max_depth) return fail("nested too deeply");
    opened_.push_back(place(std::move(empty)));
    return true;
  }

  bool close() {
    opened_.pop_back();
    return true;
  }

  std::vector<Json*> opened_;  // the outermost first; a container moves only when its parent grows
  Json* member_ = nullptr;     // what the next value is given to, in an object
};

}  // namespace

Result<std::string> text(const Json& value) {
  Writer writer;
  if (!writer.value(value, 0)) return Reason{std::move(writer.reason)};
  return std::move(writer.text);
}

Result<Json> parse(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return Reason{"larger than " + std::to_string(max_bytes) + " bytes"};
  if (text.starts_with("\xef\xbb\xbf")) return Reason{"a byte order mark stands in front"};
  // The parser would take it for the end, and not look at what follows.
  if (text.find('\0') != std::string_view::npos) return Reason{"not JSON: it has a zero byte"};
  Reader reader;
  if (!Json::sax_parse(text, &reader)) return Reason{std::move(reader.reason)};
  return std::move(reader.root);
}

}  // namespace bw::jcs
