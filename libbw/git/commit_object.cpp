#include "git/commit_object.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace bw::git {
namespace {

constexpr std::string_view signature_header = "gpgsig";

// Reads a commit from the front; every step returns why it failed, or nothing.
class Reader {
public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::string read() {
    if (rest_.find('\0') != std::string_view::npos) return "it holds a zero byte";
    std::string problem = read_fixed_headers();
    while (problem.empty() && !rest_.empty() && !rest_.starts_with('\n')) problem = read_other_header();
    if (!problem.empty()) return problem;
    commit.signed_bytes += rest_;
    if (!rest_.empty()) commit.message = std::string(rest_.substr(1));
    return {};
  }

  Commit commit;

private:
  // The next line with its line feed; empty at the end or where the line feed is missing.
  std::string_view take_line() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return {};
    const std::string_view line = rest_.substr(0, end + 1);
    rest_.remove_prefix(end + 1);
    return line;
  }

  // The value of the next line where its header is `name`.
  std::optional<std::string_view> take_header(std::string_view name) {
    if (!rest_.starts_with(name) || !rest_.substr(name.size()).starts_with(' ')) return std::nullopt;
    const std::string_view line = take_line();
    if (line.empty()) return std::nullopt;
    commit.signed_bytes += line;
    return line.substr(name.size() + 1, line.size() - name.size() - 2);
  }

  std::string read_fixed_headers() {
    const auto tree = take_header("tree");
    const auto tree_oid = tree ? Oid::from_hex(*tree) : std::nullopt;
    if (!tree_oid) return "it does not begin with its tree";
    commit.tree = *tree_oid;
    while (const auto parent = take_header("parent")) {
      const auto oid = Oid::from_hex(*parent);
      if (!oid) return "a parent is no object name";
      commit.parents.push_back(*oid);
    }
    Timestamp authored;
    const auto author = take_header("author");
    if (!author || !read_person(*author, commit.author, authored)) return "its author line is malformed";
    const auto committer = take_header("committer");
    if (!committer || !read_person(*committer, commit.committer, commit.time)) {
      return "its committer line is malformed";
    }
    return {};
  }

  std::string read_other_header() {
    const std::string_view line = take_line();
    const std::string_view name = line.substr(0, line.find(' '));
    if (name.empty() || name.size() == line.size()) return "a header is malformed";
    for (const std::string_view once : {"tree", "parent", "author", "committer"}) {
      if (name == once) return "the header " + std::string(name) + " is out of place";
    }
    const bool is_signature = name == signature_header;
    if (!is_signature && name.starts_with(signature_header)) {
      return "it has a signature of an unknown kind (" + printable(name) + ")";
    }
    if (is_signature && !commit.signature.empty()) return "it has more than one signature";
    if (is_signature) {
      commit.signature = line.substr(name.size() + 1);
    } else {
      commit.signed_bytes += line;
    }
    while (rest_.starts_with(' ')) {
      const std::string_view next = take_line();
      if (next.empty()) return "a header is cut off";
      if (is_signature) {
        commit.signature += next.substr(1);
      } else {
        commit.signed_bytes += next;
      }
    }
    return {};
  }

  // `Name <email> seconds ±hhmm`
  static bool read_person(std::string_view line, Person& person, Timestamp& time) {
    const std::size_t open = line.find('<');
    const std::size_t close = line.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) return false;
    if (open > 0 && line[open - 1] != ' ') return false;
    person.name = std::string(line.substr(0, open > 0 ? open - 1 : 0));
    person.email = std::string(line.substr(open + 1, close - open - 1));
    const std::vector<std::string_view> rest = split(line.substr(close + 1), ' ');
    if (rest.size() != 3 || !rest[0].empty() || rest[1].empty()) return false;
    const char* end = rest[1].data() + rest[1].size();
    if (rest[1].front() == '-') return false;
    const auto [stop, error] = std::from_chars(rest[1].data(), end, time.seconds);
    if (error != std::errc{} || stop != end || time.seconds > Timestamp::last) return false;
    const std::string_view zone = rest[2];
    return zone.size() == 5 && (zone[0] == '+' || zone[0] == '-') &&
           zone.find_first_not_of("0123456789", 1) == std::string_view::npos;
  }

  std::string_view rest_;
};

void check_person(const Person& person) {
  const auto breaks_out = [](const std::string& text) {
    return text.empty() || text.front() == ' ' || text.back() == ' ' ||
           std::any_of(text.begin(), text.end(),
                       [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f || c == '<' || c == '>'; });
  };
  if (breaks_out(person.name) || breaks_out(person.email) || !is_utf8(person.name) ||
      !is_utf8(person.email)) {
    throw Error(ErrorCode::invalid,
                "a commit cannot be authored by \"" + printable(person.name + " <" + person.email) + ">\"");
  }
}

}  // namespace

Result<Commit> parse_commit(std::string_view bytes) {
  Reader reader(bytes);
  if (std::string problem = reader.read(); !problem.empty()) return Reason{std::move(problem)};
  return std::move(reader.commit);
}

std::string commit_bytes(const CommitDraft& draft) {
  check_person(draft.author);
  if (draft.message.find('\0') != std::string::npos || !is_utf8(draft.message)) {
    throw Error(ErrorCode::invalid, "a commit message must be UTF-8 text without zero bytes");
  }
  if (draft.time.seconds < 0 || draft.time.seconds > Timestamp::last) {
    throw Error(ErrorCode::invalid, "the time of a commit must lie between 1970 and 9999");
  }
  const std::string person = " " + draft.author.name + " <" + draft.author.email + "> " +
                             std::to_string(draft.time.seconds) + " +0000\n";
  std::string bytes = "tree " + draft.tree.hex() + "\n";
  for (const Oid& parent : draft.parents) bytes += "parent " + parent.hex() + "\n";
  bytes += "author" + person + "committer" + person + "\n" + draft.message;
  if (!bytes.ends_with('\n') || draft.message.empty()) bytes += '\n';
  return bytes;
}

std::string with_signature(std::string_view bytes, std::string_view signature) {
  while (signature.ends_with('\n')) signature.remove_suffix(1);
  std::string header(signature_header);
  for (const std::string_view line : split(signature, '\n')) header.append(" ").append(line).append("\n");
  const std::size_t end_of_headers = bytes.find("\n\n") + 1;
  return std::string(bytes.substr(0, end_of_headers)) + header + std::string(bytes.substr(end_of_headers));
}

}  // namespace bw::git
