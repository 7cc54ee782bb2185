#include "stream/log_files.h"

#include "base/text.h"
#include "stream/entry.h"

namespace bw {
namespace {

constexpr std::size_t max_kept_bytes = std::size_t{8} << 20;

}  // namespace

const LogFiles::Folder& LogFiles::folder(std::string_view path) {
  const auto known = folders_.find(path);
  if (known != folders_.end()) return known->second;
  Folder& made = folders_[std::string(path)];
  const auto found = repository_.find(tree_, path);
  if (!found || found->mode != git::Mode::tree) return made;
  for (const git::TreeEntry& entry : repository_.list(found->oid)) {
    if (entry.mode == git::Mode::file) made.emplace(entry.name, entry.oid);
  }
  return made;
}

std::shared_ptr<const LogFiles::File> LogFiles::file(std::uint64_t number) {
  if (const auto kept = kept_.find(number); kept != kept_.end()) return kept->second;
  const std::string path = log_path(number);
  const std::size_t slash = path.rfind('/');
  const Folder& files = folder(std::string_view(path).substr(0, slash));
  const auto found = files.find(std::string_view(path).substr(slash + 1));

  const auto file = std::make_shared<File>();
  if (found != files.end()) file->text = repository_.read_blob(found->second, max_log_file_bytes);
  file->lines = split(file->text, '\n');
  if (file->lines.back().empty()) file->lines.pop_back();
  kept_.emplace(number, file);
  order_.push_back(number);
  kept_bytes_ += file->text.size();
  while (kept_bytes_ > max_kept_bytes && order_.size() > 1) {
    const auto oldest = kept_.extract(order_.front());
    kept_bytes_ -= oldest.mapped()->text.size();
    order_.pop_front();
  }
  return file;
}

}  // namespace bw
