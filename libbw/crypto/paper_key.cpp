#include "crypto/paper_key.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace bw {
namespace {

constexpr std::string_view prefix = "BW1";
constexpr std::string_view domain = "bw.paper.v1";
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

constexpr std::size_t line_count = 7;
constexpr std::size_t line_bytes = 10;    // 16 characters, and 4 more of checksum
constexpr std::size_t line_symbols = 20;  // in groups of five
constexpr std::size_t data_symbols = 16;
constexpr std::size_t payload_bytes = 65;
constexpr std::size_t max_typed = 4096;

constexpr char holds_public_key = 0;
constexpr char holds_seed = 1;

std::string_view view(const std::array<std::uint8_t, 32>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::array<std::uint8_t, 32> array_of(std::string_view bytes) {
  std::array<std::uint8_t, 32> result{};
  std::copy_n(bytes.begin(), result.size(), result.begin());
  return result;
}

// Whole groups of 40 bits only: 5 bytes, 8 symbols.
std::string to_base32(std::string_view bytes) {
  std::string text;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bits = bits << 8 | static_cast<unsigned char>(bytes[i]);
    if (i % 5 != 4) continue;
    for (int shift = 35; shift >= 0; shift -= 5) text.push_back(crockford[bits >> shift & 31]);
  }
  return text;
}

std::string from_base32(std::string_view symbols) {
  std::string bytes;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    bits = bits << 5 | crockford.find(symbols[i]);
    if (i % 8 != 7) continue;
    for (int shift = 32; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(bits >> shift & 255));
  }
  return bytes;
}

std::string digest_of(std::string_view content) {
  return std::string(sha256(std::string(domain).append(content)).view());
}

// The 20 symbols of the line with that number (from 1).
std::string line_text(std::size_t number, std::string_view bytes) {
  const std::string digest = digest_of(std::string(1, static_cast<char>(number)).append(bytes));
  const std::string checksum = to_base32(std::string_view(digest).substr(0, 5)).substr(0, 4);
  return to_base32(bytes) + checksum;
}

std::string payload_digest(std::string_view payload) {
  return digest_of(payload).substr(0, line_count * line_bytes - payload_bytes);
}

// What a person typed as symbols of the alphabet; other characters stay and are found in their line.
std::string normalised(std::string_view typed) {
  std::string symbols;
  for (char c : typed) {
    if (c == ' ' || c == '-' || c == '\t' || c == '\r') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'I' || c == 'L') c = '1';
    if (c == 'O') c = '0';
    symbols.push_back(c);
  }
  return symbols;
}

Reason wrong_line(std::size_t number, const std::string& what) {
  return Reason{"line " + std::to_string(number) + " of the paper key " + what};
}

// The typed lines where they are kept apart as on the paper; otherwise cut by length.
std::vector<std::string> lines_of(const std::string& symbols) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(symbols, '\n')) {
    if (!line.empty()) lines.emplace_back(line);
  }
  if (lines.size() == line_count) {
    // A whole page that was copied brings its line numbers along.
    for (std::size_t i = 0; i < line_count; ++i) {
      const bool numbered = lines[i].size() == line_symbols + 1 && lines[i].front() == crockford[i + 1];
      if (numbered) lines[i].erase(0, 1);
    }
    return lines;
  }
  std::string all;
  for (const std::string& line : lines) all += line;
  lines.clear();
  for (std::size_t at = 0; at < all.size(); at += line_symbols) lines.push_back(all.substr(at, line_symbols));
  return lines;
}

Result<std::string> line_bytes_of(std::size_t number, const std::string& line) {
  const std::size_t strange = line.find_first_not_of(crockford);
  if (strange != std::string::npos) {
    return wrong_line(
        number, "has a character that the code does not use, after \"" + line.substr(0, strange) + "\"");
  }
  if (line.size() != line_symbols) {
    return wrong_line(number, "has " + std::to_string(line.size()) + " characters instead of 20");
  }
  std::string bytes = from_base32(std::string_view(line).substr(0, data_symbols));
  if (line_text(number, bytes) != line) return wrong_line(number, "is not as printed; compare it");
  return bytes;
}

}  // namespace

std::string PaperKey::code() const {
  std::string payload;
  if (actor_seed) {
    if (SecretKey(view(*actor_seed)).did() != actor) {
      throw Error(ErrorCode::usage, "the seed for a paper key is not that of its actor");
    }
    payload.append(1, holds_seed).append(view(*actor_seed));
  } else {
    payload.append(1, holds_public_key).append(view(actor.public_key()));
  }
  payload.append(view(personal_seed.bytes));
  payload += payload_digest(payload);

  std::string text(prefix);
  for (std::size_t number = 1; number <= line_count; ++number) {
    const std::string line =
        line_text(number, std::string_view(payload).substr((number - 1) * line_bytes, line_bytes));
    if (number == 1) text += '-';
    for (std::size_t at = 0; at < line.size(); at += 5) {
      if (at > 0) text += '-';
      text.append(line, at, 5);
    }
    text += '\n';
  }
  return text;
}

Result<PaperKey> PaperKey::parse(std::string_view typed) {
  if (typed.size() > max_typed) return Reason{"a paper key is longer than its seven lines"};
  std::string symbols = normalised(typed);
  symbols.erase(0, std::min(symbols.find_first_not_of('\n'), symbols.size()));
  if (symbols.starts_with("1BW1")) symbols.erase(0, 1);  // a line number
  if (!symbols.starts_with(prefix)) return wrong_line(1, "does not begin with BW1-");
  const std::vector<std::string> lines = lines_of(symbols.substr(prefix.size()));

  std::string payload;
  for (std::size_t i = 0; i < std::min(lines.size(), line_count); ++i) {
    auto bytes = line_bytes_of(i + 1, lines[i]);
    if (!bytes) return Reason{bytes.reason()};
    payload += *bytes;
  }
  if (lines.size() > line_count) return Reason{"something follows line 7 of the paper key"};
  if (lines.size() < line_count) return wrong_line(lines.size() + 1, "is missing");

  const std::string digest = payload.substr(payload_bytes);
  payload.resize(payload_bytes);
  if (payload_digest(payload) != digest) return Reason{"the lines belong to different paper keys"};
  const std::string_view rest = std::string_view(payload).substr(1);
  const PersonalSeed personal_seed{array_of(rest.substr(32))};
  const auto actor = array_of(rest);
  switch (payload.front()) {
    case holds_public_key:
      return PaperKey{Did::from_public_key(actor), personal_seed, std::nullopt};
    case holds_seed:
      return PaperKey{SecretKey(view(actor)).did(), personal_seed, actor};
    default:
      return Reason{"the paper key is of a later version of bw"};
  }
}

}  // namespace bw
