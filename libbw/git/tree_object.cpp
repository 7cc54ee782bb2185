#include "git/tree_object.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace bw::git {
namespace {

constexpr std::size_t oid_size = 20;

// git compares names as if folders ended in a slash.
std::string sort_key(const TreeEntry& entry) {
  return entry.mode == Mode::tree ? entry.name + '/' : entry.name;
}

std::string mode_text(Mode mode) {
  char text[8];  // six octal digits at most
  const std::to_chars_result end =
      std::to_chars(text, text + sizeof text, static_cast<std::uint32_t>(mode), 8);
  return {text, end.ptr};
}

std::optional<Mode> parse_mode(std::string_view text) {
  if (text == "100664") return Mode::file;  // written by git before 2005
  for (const Mode mode : {Mode::tree, Mode::file, Mode::executable, Mode::link, Mode::submodule}) {
    if (text == mode_text(mode)) return mode;
  }
  return std::nullopt;
}

std::string order_problem(const std::vector<TreeEntry>& entries) {
  std::vector<std::string_view> names;
  names.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    names.push_back(entries[i].name);
    if (i > 0 && sort_key(entries[i - 1]) > sort_key(entries[i])) return "its entries are not in git's order";
  }
  // A file and a folder of one name need not be neighbours in git's order.
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() ? "" : "it holds two entries named " + printable(*twice);
}

}  // namespace

std::string entry_name_problem(std::string_view name) {
  if (name.empty()) return "a name is empty";
  if (name == "." || name == "..") return "a name is " + std::string(name);
  if (name.find('/') != std::string_view::npos) return "a name holds a slash";
  if (name.find('\0') != std::string_view::npos) return "a name holds a zero byte";
  const bool is_git_folder = name.size() == 4 && name[0] == '.' && (name[1] | 0x20) == 'g' &&
                             (name[2] | 0x20) == 'i' && (name[3] | 0x20) == 't';
  return is_git_folder ? "a name is " + std::string(name) : "";
}

Result<std::vector<TreeEntry>> parse_tree(std::string_view bytes) {
  std::vector<TreeEntry> entries;
  while (!bytes.empty()) {
    const std::size_t space = bytes.substr(0, 7).find(' ');
    if (space == std::string_view::npos) return Reason{"an entry has no mode"};
    const std::optional<Mode> mode = parse_mode(bytes.substr(0, space));
    if (!mode) return Reason{"an entry has the unknown mode " + printable(bytes.substr(0, space))};
    bytes.remove_prefix(space + 1);
    const std::size_t end = bytes.find('\0');
    if (end == std::string_view::npos || bytes.size() - end - 1 < oid_size) return Reason{"it is cut off"};
    TreeEntry entry{std::string(bytes.substr(0, end)), *mode, {}};
    if (std::string problem = entry_name_problem(entry.name); !problem.empty())
      return Reason{std::move(problem)};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(end) + 1, oid_size, entry.oid.bytes.begin());
    bytes.remove_prefix(end + 1 + oid_size);
    entries.push_back(std::move(entry));
  }
  if (std::string problem = order_problem(entries); !problem.empty()) return Reason{std::move(problem)};
  return entries;
}

std::string tree_bytes(std::vector<TreeEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const TreeEntry& a, const TreeEntry& b) { return sort_key(a) < sort_key(b); });
  std::string bytes;
  for (const TreeEntry& entry : entries) {
    bytes += mode_text(entry.mode) + ' ' + entry.name + '\0';
    bytes.append(entry.oid.bytes.begin(), entry.oid.bytes.end());
  }
  return bytes;
}

}  // namespace bw::git
