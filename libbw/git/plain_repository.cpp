#include "git/plain_repository.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace bw::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_config_bytes = 1u << 20;
constexpr std::size_t max_packed_refs_bytes = 64u << 20;

// A folder or a regular file itself, no link to one.
bool is(const fs::path& path, fs::file_type type) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() == type;
}

bool is_mine(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

bool looks_like_git_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path / "HEAD", ignored) && fs::exists(path / "objects", ignored);
}

std::optional<std::string> read(const fs::path& path, std::size_t max_bytes) {
  try {
    return read_file_if_exists(path, max_bytes);
  } catch (const Error&) {
    return std::nullopt;  // libgit2 will say what is wrong with it
  }
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

struct Setting {
  std::string key;         // section and name in lower case: "remote.Origin.url"
  std::string_view value;  // as it stands there
};

// `[section]` or `[section "subsection"]` alone on its line → "section." or "section.subsection."
std::optional<std::string> section_of(std::string_view line) {
  if (!line.ends_with(']')) return std::nullopt;
  line = line.substr(1, line.size() - 2);
  const std::size_t quote = line.find('"');
  const std::string_view name = trimmed(line.substr(0, quote));
  if (name.empty() || name.find_first_of(".# ;[]\\") != std::string_view::npos) return std::nullopt;
  if (quote == std::string_view::npos) return lower(name) + ".";
  const std::string_view inner = line.substr(quote + 1);
  if (!inner.ends_with('"') || inner.find_first_of("\\\"") != inner.size() - 1) return std::nullopt;
  return lower(name) + "." + std::string(inner.substr(0, inner.size() - 1)) + ".";
}

// The settings of a file in the form in which git writes them: one a line. Nothing for a file in another.
std::optional<std::vector<Setting>> settings_in(std::string_view content) {
  std::vector<Setting> settings;
  std::string section;
  for (std::string_view line : split(content, '\n')) {
    line = trimmed(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.ends_with('\\')) return std::nullopt;  // goes on in the next line
    if (line.front() == '[') {
      const auto name = section_of(line);
      if (!name) return std::nullopt;
      section = *name;
      continue;
    }
    const std::size_t equals = line.find('=');
    if (section.empty() || equals == std::string_view::npos) return std::nullopt;
    settings.push_back({section + lower(trimmed(line.substr(0, equals))), trimmed(line.substr(equals + 1))});
  }
  return settings;
}

bool is_plain(const std::vector<Setting>& settings) {
  bool version = false;
  bool bare = false;
  for (const Setting& setting : settings) {
    const std::string_view key = setting.key;
    if (key.starts_with("include.") || key.starts_with("includeif.") || key.starts_with("extensions.") ||
        key == "core.worktree") {
      return false;
    }
    if (key == "core.repositoryformatversion") version = setting.value == "0";
    if (key == "core.bare") bare = setting.value != "false";
  }
  return version && !bare;
}

std::string key_in_lower_case(std::string_view key) {
  const std::size_t first = key.find('.');
  const std::size_t last = key.rfind('.');
  if (first == std::string_view::npos) return std::string(key);
  return lower(key.substr(0, first)) + std::string(key.substr(first, last - first)) + lower(key.substr(last));
}

}  // namespace

std::optional<PlainRepository> PlainRepository::discover(const fs::path& folder) {
  std::error_code error;
  for (fs::path at = fs::canonical(folder, error); !error; at = at.parent_path()) {
    const fs::path git_folder = at / ".git";
    if (fs::symlink_status(git_folder, error).type() != fs::file_type::not_found) {
      error.clear();
      const bool whole = is(git_folder, fs::file_type::directory) && looks_like_git_folder(git_folder) &&
                         is(git_folder / "refs", fs::file_type::directory) &&
                         !fs::exists(git_folder / "commondir", error);
      if (!whole || !is_mine(at) || !is_mine(git_folder)) return std::nullopt;
      PlainRepository found(git_folder);
      const auto config = read(git_folder / "config", max_config_bytes);
      const auto settings = config ? settings_in(*config) : std::nullopt;
      return settings && is_plain(*settings) ? std::optional(found) : std::nullopt;
    }
    error.clear();
    if (looks_like_git_folder(at) || !at.has_relative_path()) return std::nullopt;
  }
  return std::nullopt;
}

PlainAnswer<Oid> PlainRepository::ref(std::string_view name) const {
  constexpr std::size_t hex_digits = 40;
  const fs::path loose = git_folder_ / name;
  std::error_code error;
  const fs::file_type type = fs::symlink_status(loose, error).type();
  if (type == fs::file_type::regular) {
    const auto content = read(loose, hex_digits + 1);
    // Gone since: it is packed at this moment.
    if (content) {
      const auto oid = Oid::from_hex(std::string_view(*content).substr(0, hex_digits));
      return {oid && content->size() == hex_digits + 1 && content->back() == '\n', oid};
    }
  } else if (type != fs::file_type::not_found) {
    return {};
  }
  const fs::path packed = git_folder_ / "packed-refs";
  if (fs::symlink_status(packed, error).type() == fs::file_type::not_found) return {true, std::nullopt};
  const auto content = read(packed, max_packed_refs_bytes);
  if (!content) return {};
  const std::string end = " " + std::string(name) + "\n";
  const std::size_t at = content->find(end);
  if (at == std::string::npos) return {content->empty() || content->ends_with('\n'), std::nullopt};
  if (at < hex_digits || (at > hex_digits && (*content)[at - hex_digits - 1] != '\n')) return {};
  const auto oid = Oid::from_hex(std::string_view(*content).substr(at - hex_digits, hex_digits));
  return {oid.has_value(), oid};
}

PlainAnswer<std::string> PlainRepository::config(std::string_view key) const {
  const auto content = read(git_folder_ / "config", max_config_bytes);
  const auto settings = content ? settings_in(*content) : std::nullopt;
  if (!settings || !is_plain(*settings)) return {};
  PlainAnswer<std::string> answer{true, std::nullopt};
  const std::string wanted = key_in_lower_case(key);
  for (const Setting& setting : *settings) {  // the last one counts
    if (setting.key != wanted) continue;
    const bool literal = setting.value.find_first_of("\"\\#;") == std::string_view::npos;
    answer = {literal, std::string(setting.value)};
  }
  return answer;
}

}  // namespace bw::git
