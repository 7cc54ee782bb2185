#include "definition/values.h"

#include <charconv>
#include <utility>

namespace bw {

Result<Decimal> decimal_of(const yaml::Node& node) {
  std::string_view digits = node.text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const bool leading_zero = digits.size() > 1 && digits[0] == '0' && digits[1] != '.';
  if (!node.is_scalar() || leading_zero || digits.starts_with('+') || digits.empty())
    return Reason{"not a plain decimal number (write it like 3, 0.5 or 1250.75)"};
  return Decimal::parse_lenient(node.text);
}

int fraction_digits(Decimal value) {
  const std::string text = value.text();
  const std::size_t point = text.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

const std::vector<yaml::Node>& list_of(const yaml::Node& node, std::string_view key) {
  static const std::vector<yaml::Node> none;
  const yaml::Node* list = node.find(key);
  return list && list->is_sequence() ? list->children : none;
}

std::string_view text_of(const yaml::Node& node, std::string_view key) {
  const yaml::Node* value = node.find(key);
  return value && value->is_scalar() ? std::string_view(value->text) : std::string_view();
}

std::optional<std::string> optional_text(const yaml::Node& node, std::string_view key) {
  const yaml::Node* value = node.find(key);
  return value ? std::optional(value->text) : std::nullopt;
}

bool flag_of(const yaml::Node& node, std::string_view key, bool otherwise) {
  const yaml::Node* value = node.find(key);
  return value && value->kind == yaml::Kind::boolean ? value->text == "true" : otherwise;
}

int whole(const yaml::Node& node, std::string_view key, int otherwise) {
  const std::string_view digits = text_of(node, key);
  int value = otherwise;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

Text words(const yaml::Node& node, std::string_view key) {
  const yaml::Node* value = node.find(key);
  if (!value) return {};
  if (value->is_scalar()) return Text(value->text);
  std::vector<std::pair<std::string, std::string>> versions;
  for (const yaml::Node& version : value->children) versions.emplace_back(version.key, version.text);
  return Text(std::move(versions));
}

std::optional<Decimal> decimal(const yaml::Node& node, std::string_view key) {
  const yaml::Node* value = node.find(key);
  if (!value) return std::nullopt;
  const auto parsed = decimal_of(*value);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<Date> date(const yaml::Node& node, std::string_view key) {
  const auto parsed = Date::parse(text_of(node, key));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<Duration> duration(const yaml::Node& node, std::string_view key) {
  const auto parsed = Duration::parse(text_of(node, key));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

}  // namespace bw
