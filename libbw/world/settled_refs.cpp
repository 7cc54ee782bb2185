#include "world/settled_refs.h"

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace bw {
namespace {

constexpr std::size_t max_bytes = 32u << 20;  // some 200,000 refs; then it begins anew
constexpr std::string_view file_name = "settled-refs";

std::string line_of(std::string_view ref, const git::Oid& oid) {
  return oid.hex() + " " + std::string(ref);
}

}  // namespace

SettledRefs::SettledRefs(const git::Repository& repository) : folder_(repository.git_folder() / "bw") {
  try {
    const auto content = read_file_if_exists(folder_ / file_name, max_bytes);
    if (!content) return;
    for (const std::string_view line : split(*content, '\n')) {
      if (!line.empty()) lines_.emplace(line);
    }
  } catch (const Error&) {
    lines_.clear();
  }
}

bool SettledRefs::contains(std::string_view ref, const git::Oid& oid) const {
  return lines_.contains(line_of(ref, oid));
}

void SettledRefs::add(std::string_view ref, const git::Oid& oid) {
  std::string line = line_of(ref, oid);
  if (lines_.insert(line).second) added_.push_back(std::move(line));
}

void SettledRefs::save() {
  if (added_.empty()) return;
  std::string text;
  for (const std::string& line : added_) text += line + "\n";
  added_.clear();
  try {
    const std::filesystem::path file = folder_ / file_name;
    const FileLock lock(folder_ / "settled-refs.lock");
    std::error_code missing;
    const auto size = std::filesystem::file_size(file, missing);
    if (!missing && size + text.size() > max_bytes) {
      write_file(file, text, 0600);
    } else {
      append_file(file, text);
    }
  } catch (const Error&) {
    // It will be found out again.
  }
}

}  // namespace bw
