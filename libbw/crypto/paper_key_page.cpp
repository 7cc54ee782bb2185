// The two pages of a paper key: what a person sees. The code itself is in paper_key.cpp.

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <qrcodegen/qrcodegen.hpp>

#include "base/markup.h"
#include "base/text.h"
#include "crypto/paper_key.h"

namespace bw {
namespace {

using qrcodegen::QrCode;

constexpr int quiet_zone = 4;  // light modules on every side, as the QR standard wants

// One line of capitals, digits and "-", which QR codes have a short form for.
QrCode qr_of(std::string code) {
  code.pop_back();
  std::replace(code.begin(), code.end(), '\n', '-');
  return QrCode::encodeText(code.c_str(), QrCode::Ecc::MEDIUM);
}

// Two rows of modules per line of text.
std::string half_blocks(const QrCode& qr) {
  std::string text;
  for (int y = -quiet_zone; y < qr.getSize() + quiet_zone; y += 2) {
    for (int x = -quiet_zone; x < qr.getSize() + quiet_zone; ++x) {
      const bool upper = qr.getModule(x, y);
      const bool lower = qr.getModule(x, y + 1);
      text += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

// What the page says, in lines of at most 76 columns.
std::vector<std::string> explanation(const PaperKey& key) {
  std::vector<std::string> lines{
      "WHOEVER HOLDS THIS PAGE CAN ACT IN YOUR NAME. Keep it where you keep your",
      "passport: not as a photo, not in a mailbox, not beside the computer.",
      "",
      "With it you get your identity back when computer and disk are gone:",
      "run `bw id restore` on any machine, and type the code or scan the square.",
      "A typing error is found in its line. Capitals, spaces and dashes do not",
      "matter; the code has no letters I, L, O or U.",
      "",
  };
  const std::vector<std::string> with_key{
      "It holds your signing key, and the seed of the keys that open what was",
      "sealed for you, sign your badges, and recover your identity.",
  };
  const std::vector<std::string> without_key{
      "It holds the seed of the keys that open what was sealed for you, sign your",
      "badges, and recover your identity. It does not hold your signing key",
      "itself, which was not made by bw: keep a copy of that key file as well.",
  };
  const auto& held = key.actor_seed ? with_key : without_key;
  lines.insert(lines.end(), held.begin(), held.end());
  return lines;
}

// The lines of the code, numbered and with room to read.
std::vector<std::string> numbered_lines(const std::string& code) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(std::string_view(code).substr(0, code.size() - 1), '\n')) {
    const bool first = lines.empty();
    lines.push_back(fmt::format("{}   {}{}", lines.size() + 1, first ? "" : "    ", line));
    std::replace(lines.back().begin() + 8, lines.back().end(), '-', ' ');
  }
  return lines;
}

std::string title(std::string_view name) {
  return name.empty() ? "Paper key" : "Paper key of " + truncate_to_width(printable(name), 60);
}

// Runs of dark modules as one path in units of a module.
std::string path_of(const QrCode& qr) {
  std::string path;
  for (int y = 0; y < qr.getSize(); ++y) {
    for (int x = 0; x < qr.getSize(); ++x) {
      const int start = x;
      while (qr.getModule(x, y)) ++x;
      if (x > start) path += fmt::format("M{} {}h{}v1h-{}z", start, y, x - start, x - start);
    }
  }
  return path;
}

}  // namespace

std::string PaperKey::page(std::string_view name) const {
  const std::string text = code();
  std::string result = title(name) + "\n" + actor.text() + "\n\n";
  for (const std::string& line : explanation(*this)) result += line + "\n";
  result += "\n" + half_blocks(qr_of(text)) + "\n";
  for (const std::string& line : numbered_lines(text)) result += line + "\n";
  return result;
}

std::string PaperKey::svg(std::string_view name) const {
  const std::string text = code();
  const QrCode qr = qr_of(text);
  constexpr double qr_millimetres = 90;
  double y = 25;
  std::string body;
  const auto write = [&](std::string_view line, std::string_view style, double below) {
    body += fmt::format("<text x=\"20\" y=\"{}\" {}>{}</text>\n", y, style, escape_markup(line));
    y += below;
  };
  write(title(name), "font-size=\"7\" font-weight=\"bold\"", 7);
  write(actor.text(), "font-size=\"3.6\" font-family=\"monospace\"", 12);
  for (const std::string& line : explanation(*this)) write(line, "font-size=\"4.2\"", 6);
  y += 4;
  body += fmt::format("<path transform=\"translate(20 {}) scale({:.5f})\" d=\"{}\"/>\n", y,
                      qr_millimetres / qr.getSize(), path_of(qr));
  y += qr_millimetres + 14;
  for (const std::string& line : numbered_lines(text)) {
    write(line, "font-size=\"5\" font-family=\"monospace\" xml:space=\"preserve\"", 8);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 210 297\" "
         "font-family=\"sans-serif\">\n"
         "<rect width=\"210\" height=\"297\" fill=\"white\"/>\n" +
         body + "</svg>\n";
}

}  // namespace bw
