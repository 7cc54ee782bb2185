#include "cli/paper.h"

#include <string>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/standard_input.h"

namespace bw::cli {
namespace {

constexpr std::size_t max_paper = 1u << 20;

// Drops the tags of an SVG page, whose lines of code then stand as in the text page.
std::string without_tags(const std::string& text) {
  std::string result;
  bool inside = false;
  for (const char c : text) {
    if (c == '<') inside = true;
    if (!inside) result += c;
    if (c == '>') {
      inside = false;
      result += '\n';
    }
  }
  return result;
}

// The code lines of a whole page: from the one with "BW1" on.
std::string code_in(const std::string& page) {
  const std::string text = page.starts_with("<?xml") ? without_tags(page) : page;
  std::string code;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t first = line.find_first_not_of(" \t1");
    if (code.empty() && (first == std::string_view::npos || casefold(line.substr(first, 3)) != "bw1"))
      continue;
    code += std::string(line) + "\n";
  }
  return code.empty() ? page : code;
}

PaperKey typed_paper(Session& session) {
  session.note("Type the seven lines of the paper key, or scan its square.");
  std::string typed;
  for (int line = 1; line <= 7;) {
    const auto answer = session.ask(std::to_string(line) + ": ");
    if (!answer) break;
    const std::string before = typed;
    typed += *answer + "\n";
    auto paper = PaperKey::parse(typed);
    if (paper) return *std::move(paper);
    const std::string next = "line " + std::to_string(line + 1) + " of the paper key is missing";
    if (paper.reason() == next) {
      ++line;
    } else {
      session.warn("{}", session.shown(paper.reason()));
      typed = before;
    }
  }
  throw Error(ErrorCode::invalid, "that was no whole paper key", "try again, or give it as a file");
}

}  // namespace

PaperKey read_paper(Session& session, const std::optional<std::filesystem::path>& file) {
  if (!file && session.can_ask()) return typed_paper(session);
  if (!file) {
    throw Error(ErrorCode::usage, "there is no terminal to type the paper key at",
                "name a file that holds it, or `-` for standard input");
  }
  const std::string text =
      *file == "-" ? read_standard_input(max_paper, "the paper key") : read_file(*file, max_paper);
  if (!is_utf8(text)) throw Error(ErrorCode::invalid, file->string() + " holds no paper key");
  auto paper = PaperKey::parse(code_in(text));
  if (!paper) {
    throw Error(ErrorCode::invalid, paper.reason(),
                "compare that line with the paper; I, L, O and U do not occur");
  }
  return *std::move(paper);
}

}  // namespace bw::cli
