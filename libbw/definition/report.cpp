#include "definition/report.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace bw {
namespace {

constexpr std::size_t shown_line_columns = 160;  // of a source line; longer ones are cut around the caret

std::string_view word_for(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

class Style {
public:
  explicit Style(bool colour) : colour_(colour) {}
  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string severity(Severity severity, std::string_view text) const {
    return wrap(severity == Severity::error ? "1;31" : "1;33", text);
  }

private:
  std::string wrap(std::string_view code, std::string_view text) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  bool colour_;
};

std::string_view line_of(std::string_view text, int line) {
  std::size_t begin = 0;
  for (int i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return {};
    begin = end + 1;
  }
  std::string_view found = text.substr(begin, text.find('\n', begin) - begin);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

// The bytes of the first `characters` characters.
std::size_t bytes_of(std::string_view text, int characters) {
  std::size_t i = 0;
  for (; i < text.size() && characters > 0; --characters) do
      ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80);
  return i;
}

// The source line and a caret under the column, or nothing where the line is not known.
std::string excerpt(const Problem& problem, const DefinitionFiles& files, const Style& style) {
  const auto file = files.find(problem.file);
  if (file == files.end()) return "";
  std::string_view line = line_of(file->second, problem.line);
  if (line.empty()) return "";
  std::size_t column = bytes_of(line, problem.column - 1);
  if (column > shown_line_columns) {
    const std::size_t cut = bytes_of(line, problem.column - 1 - static_cast<int>(shown_line_columns / 4));
    line.remove_prefix(cut);
    column -= cut;
  }
  std::string before = printable(line.substr(0, column));
  std::string whole = printable(line.substr(0, 4 * shown_line_columns));
  // A tab has no width of its own; printable() keeps one character for it.
  const std::string gutter = fmt::format("{:>5} | ", problem.line);
  return fmt::format("{}{}\n{}{}{}\n", style.dim(gutter), truncate_to_width(whole, shown_line_columns),
                     style.dim("      | "), std::string(terminal_width(before), ' '),
                     style.severity(problem.severity, "^"));
}

std::string counted(std::ptrdiff_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// https://docs.github.com/actions/reference/workflow-commands-for-github-actions, as actions/toolkit does.
std::string escape_annotation(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

// A relative file name as a URI reference (RFC 3986).
std::string uri_of(std::string_view path) {
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string out;
  for (const char c : path) {
    if (unreserved.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

std::string problems_as_text(const std::vector<Problem>& problems, const DefinitionFiles& files,
                             bool colour) {
  if (problems.empty()) return "";
  const Style style(colour);
  std::string out;
  for (const Problem& problem : problems) {
    out += fmt::format(
        "{} {} {} {}\n",
        style.bold(fmt::format("{}:{}:{}:", printable(problem.file), problem.line, problem.column)),
        style.severity(problem.severity, fmt::format("{}:", word_for(problem.severity))),
        printable(problem.message), style.dim(fmt::format("[{}]", problem.code)));
    out += excerpt(problem, files, style);
    if (!problem.hint.empty()) out += fmt::format("      {} {}\n", style.dim("="), printable(problem.hint));
    out += '\n';
  }
  const auto errors = std::ranges::count(problems, Severity::error, &Problem::severity);
  const auto warnings = std::ranges::count(problems, Severity::warning, &Problem::severity);
  if (errors > 0) out += counted(errors, "error");
  if (errors > 0 && warnings > 0) out += ", ";
  if (warnings > 0) out += counted(warnings, "warning");
  return out + "\n";
}

Json problems_as_json(const std::vector<Problem>& problems) {
  Json list = Json::array();
  for (const Problem& problem : problems) {
    list.push_back({{"file", problem.file},
                    {"line", problem.line},
                    {"column", problem.column},
                    {"severity", word_for(problem.severity)},
                    {"code", problem.code},
                    {"message", problem.message},
                    {"hint", problem.hint}});
  }
  return list;
}

Json problems_as_sarif(const std::vector<Problem>& problems, const std::string& version) {
  Json rules = Json::array();
  std::set<std::string> codes;
  for (const Problem& problem : problems)
    if (codes.insert(problem.code).second) rules.push_back({{"id", problem.code}});
  Json results = Json::array();
  for (const Problem& problem : problems) {
    const std::string text =
        problem.hint.empty() ? problem.message : fmt::format("{} ({})", problem.message, problem.hint);
    const Json place = {{"physicalLocation",
                         {{"artifactLocation", {{"uri", uri_of(problem.file)}, {"uriBaseId", "%SRCROOT%"}}},
                          {"region", {{"startLine", problem.line}, {"startColumn", problem.column}}}}}};
    results.push_back({{"ruleId", problem.code},
                       {"level", word_for(problem.severity)},
                       {"message", {{"text", text}}},
                       {"locations", Json::array({place})}});
  }
  const Json driver = {{"name", "bw"}, {"version", version}, {"rules", rules}};
  const Json run = {
      {"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({run})}};
}

std::string problems_as_github(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& problem : problems) {
    const std::string text =
        problem.hint.empty() ? problem.message : fmt::format("{}\n{}", problem.message, problem.hint);
    out += fmt::format("::{} file={},line={},col={},title={}::{}\n", word_for(problem.severity),
                       escape_annotation(problem.file, true), problem.line, problem.column,
                       escape_annotation(problem.code, true), escape_annotation(text, false));
  }
  return out;
}

}  // namespace bw
