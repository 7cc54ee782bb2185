#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/strict_json.h"
#include "base/text.h"
#include "definition/edit.h"
#include "definition/yaml_builder.h"

namespace bw {
namespace {

// Words that YAML 1.1 readers, which many tools still are, take for something else than text.
constexpr std::array<std::string_view, 8> surprising = {"y", "n", "yes", "no", "on", "off", "true", "false"};

bool is_plain(const std::string& text) {
  constexpr std::string_view indicators = "-?:,[]{}#&*!|>'\"%@`=<";
  if (yaml::core_kind(text) != yaml::Kind::string || indicators.find(text.front()) != std::string_view::npos)
    return false;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
  // yaml-cpp ends a plain scalar of a flow collection at a "?" as well.
  if (text.find_first_of("[]{},?\t") != std::string::npos || printable(text) != text) return false;
  // 08:00 is a number in base 60 to YAML 1.1.
  if (text.find_first_not_of("+-0123456789:._") == std::string::npos && text.find(':') != std::string::npos)
    return false;
  return std::ranges::find(surprising, casefold(text)) == surprising.end() && text != "---" && text != "...";
}

// Several lines read best as they are; only a text that a block scalar can hold exactly is written so.
bool fits_block_scalar(const std::string& text) {
  return text.find('\n') != std::string::npos && text.front() != ' ' && text.front() != '\n' &&
         text.find('\t') == std::string::npos && text.find(" \n") == std::string::npos &&
         text.back() != ' ' && !text.ends_with("\n\n") && printable(text, true) == text;
}

std::string block_scalar(const std::string& text, std::size_t indent) {
  std::string out = text.ends_with('\n') ? "|\n" : "|-\n";
  std::string_view body = text;
  if (body.ends_with('\n')) body.remove_suffix(1);
  for (const std::string_view line : split(body, '\n'))
    out += line.empty() ? "\n" : fmt::format("{:{}}{}\n", "", indent, line);
  return out;
}

// Every JSON string is a double-quoted YAML scalar.
std::string quoted(const std::string& text) {
  return Json(text).dump();
}

std::string key_text(const std::string& key) {
  return !key.empty() && is_plain(key) ? key : quoted(key);
}

void write(const YamlValue& value, std::size_t indent, std::string& out);

// Behind "key:" or "-": a scalar on the same line, a collection on lines of its own.
void write_value(const YamlValue& value, std::size_t indent, std::string& out) {
  if (value.is_structured() && !value.empty()) {
    out += '\n';
    write(value, indent, out);
  } else if (value.is_string() && fits_block_scalar(value.get_ref<const std::string&>())) {
    out += ' ' + block_scalar(value.get_ref<const std::string&>(), indent);
  } else {
    out += ' ' + flow_yaml(value) + '\n';
  }
}

void write(const YamlValue& value, std::size_t indent, std::string& out) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, member] : value.items()) {
      out += fmt::format("{:{}}{}:", "", indent, key_text(key));
      write_value(member, indent + 2, out);
    }
  } else if (value.is_array() && !value.empty()) {
    for (const YamlValue& item : value) {
      if (item.is_object() && !item.empty()) {
        // The first member stands behind the dash.
        std::string lines;
        write(item, indent + 2, lines);
        lines[indent] = '-';
        out += lines;
      } else {
        out += fmt::format("{:{}}-", "", indent);
        write_value(item, indent + 2, out);
      }
    }
  } else {
    out += fmt::format("{:{}}{}\n", "", indent, flow_yaml(value));
  }
}

}  // namespace

std::string flow_yaml(const YamlValue& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return !text.empty() && is_plain(text) ? text : quoted(text);
  }
  if (value.is_number_float())
    throw Error(ErrorCode::usage, "a number with a fraction must be given as text, so that it stays exact");
  if (!value.is_structured()) return value.dump();
  std::string out;
  for (const auto& [key, member] : value.items()) {
    if (!out.empty()) out += ", ";
    if (value.is_object()) out += key_text(key) + ": ";
    out += flow_yaml(member);
  }
  return value.is_object() ? fmt::format("{{{}}}", out) : fmt::format("[{}]", out);
}

std::string block_yaml(const YamlValue& value, std::size_t indent) {
  std::string out;
  write(value, indent, out);
  return out;
}

}  // namespace bw
