#pragma once
// Single values of a definition, from YAML scalars. Those without a reason are for trees in which nothing
// is wrong: the schema has said already what is missing or has another form.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "base/time.h"
#include "definition/date.h"
#include "definition/model.h"
#include "definition/yaml.h"

namespace bw {

// A plain or quoted decimal: no exponent, no plus sign, no leading zeros.
Result<Decimal> decimal_of(const yaml::Node& node);

// Digits after the point.
int fraction_digits(Decimal value);

// The children of the list under `key`; nothing where there is none.
const std::vector<yaml::Node>& list_of(const yaml::Node& node, std::string_view key);

// The text of the scalar under `key`; otherwise empty.
std::string_view text_of(const yaml::Node& node, std::string_view key);

std::optional<std::string> optional_text(const yaml::Node& node, std::string_view key);
bool flag_of(const yaml::Node& node, std::string_view key, bool otherwise = false);
int whole(const yaml::Node& node, std::string_view key, int otherwise);
Text words(const yaml::Node& node, std::string_view key);
std::optional<Decimal> decimal(const yaml::Node& node, std::string_view key);
std::optional<Date> date(const yaml::Node& node, std::string_view key);
std::optional<Duration> duration(const yaml::Node& node, std::string_view key);

// The enumerator of that name; the schema allows no other.
template <class Enum>
Enum choice(const yaml::Node& node, std::string_view key, std::initializer_list<Enum> all, Enum otherwise) {
  const std::string_view word = text_of(node, key);
  for (const Enum value : all)
    if (name_of(value) == word) return value;
  return otherwise;
}

// Each item of the list under `key` as `read` gives it.
template <class Item>
std::vector<Item> items(const yaml::Node& node, std::string_view key, Item (*read)(const yaml::Node&)) {
  std::vector<Item> all;
  for (const yaml::Node& item : list_of(node, key)) all.push_back(read(item));
  return all;
}

}  // namespace bw
