#include "world/hub_name.h"

#include <cstdint>
#include <vector>

#include <utf8proc.h>

#include "base/text.h"

namespace bw {
namespace {

constexpr std::size_t max_characters = 64;
constexpr std::size_t max_bytes = 128;  // what the form of `hub.listed` allows

struct Character {
  std::int32_t value = 0;
  std::string_view bytes;
};

// Of a text that is UTF-8.
std::vector<Character> characters(std::string_view text) {
  std::vector<Character> result;
  while (!text.empty()) {
    std::int32_t value = 0;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &value);
    const std::size_t bytes = size > 0 ? static_cast<std::size_t>(size) : 1;
    result.push_back({value, text.substr(0, bytes)});
    text.remove_prefix(bytes);
  }
  return result;
}

bool is_word(std::int32_t value) {
  const auto category = utf8proc_category(value);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME) ||
         category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL;
}

bool is_joint(std::int32_t value) {
  return value == '-' || value == '_' || value == '.';
}

}  // namespace

std::string hub_name_problem(std::string_view name) {
  if (name.empty()) return "a name has at least one character";
  if (name.size() > max_bytes || !is_utf8(name))
    return "a name has at most 64 characters and 128 bytes of UTF-8";
  const auto all = characters(name);
  if (all.size() > max_characters) return "a name has at most 64 characters";
  for (const Character& character : all) {
    if (!is_word(character.value) && !is_joint(character.value)) {
      return "a name has letters, digits, \"-\", \"_\" and \".\" only";
    }
  }
  if (is_joint(all.front().value) || is_joint(all.back().value))
    return "a name begins and ends with a letter or digit";
  if (casefold(name) != name) return "a name is written in small letters, in its simplest form";
  if (WorldId::parse(name)) return "a name must not look like the id of a world";
  return "";
}

std::string suggested_hub_name(std::string_view title, const WorldId& world) {
  std::string name;
  std::size_t length = 0;
  bool gap = false;
  if (is_utf8(title)) {
    const std::string folded = casefold(title);
    for (const Character& character : characters(folded)) {
      if (!is_word(character.value)) {
        gap = true;
        continue;
      }
      const bool joint = gap && !name.empty();
      if (length + (joint ? 2 : 1) > max_characters || name.size() + character.bytes.size() + 1 > max_bytes)
        break;
      if (joint) name += '-';
      name += character.bytes;
      length += joint ? 2 : 1;
      gap = false;
    }
  }
  return hub_name_problem(name).empty() ? name : "world-" + world.short_text();
}

}  // namespace bw
