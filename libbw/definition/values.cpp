#include "definition/values.h"

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

}  // namespace bw
