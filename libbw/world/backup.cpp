#include "world/backup.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "git/transport.h"
#include "stream/journal_merge.h"
#include "stream/line_file.h"
#include "world/backup_chain.h"
#include "world/identity.h"
#include "world/journal_proofs.h"
#include "world/world.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

// Digest of the address: which state of the backup it was seen to have.
std::string pushed_ref(const git::RemoteUrl& url) {
  return "refs/bw/pushed/" + sha256(url.text()).hex();
}

class BackingUp {
public:
  BackingUp(const Environment& environment, const git::RemoteUrl& url, bool anew)
      : environment_(environment),
        url_(url),
        lock_(backup_folder(environment) / "lock"),
        keys_(read_personal_seed(environment)),
        repository_(open_backup_copy(environment)) {
    const auto mine = repository_.refs(backup_refs);
    if (!mine.empty()) result_.name = mine.back().first.substr(backup_refs.size());
    // The seed was replaced: what it opened before is another person's to this one.
    if (anew || !is_own_backup_name(keys_, result_.name)) begin_anew(mine);
    head_ = repository_.ref(backup_ref(result_.name));
  }

  BackedUp run() {
    const std::optional<git::Oid> there = remote_head();
    require_known(there);
    std::optional<BackupManifest> last;
    if (head_)
      last = read_backup(repository_, *head_, keys_, result_.name, [&](const BackupPiece& piece) {
        for (const BackupPart& part : piece.parts)
          index_[part.path.text] = {part.from + part.bytes.size(), part.digest};
      });
    BackupWriter writer(environment_, repository_, keys_, result_.name, head_, last);
    add_files(writer);
    const BackupWriter::Result written = writer.finish();
    result_.added = written.added;
    result_.pieces = written.pieces;
    result_.bytes = written.bytes;
    if (written.commit) {
      repository_.set_ref(backup_ref(result_.name), *written.commit, "backup");
      head_ = written.commit;
    }
    if (!head_) throw Error(ErrorCode::invalid, "there is nothing to back up yet");
    if (there != head_) push(there);
    repository_.set_ref(pushed_ref(url_), *head_, "backup");
    return std::move(result_);
  }

private:
  void begin_anew(const std::vector<std::pair<std::string, git::Oid>>& before) {
    for (const auto& [ref, head] : before) repository_.remove_ref(ref);
    result_.name = make_backup_name(keys_, environment_.random);
  }

  git::TransportOptions options() const {
    return {.progress = environment_.progress, .may_prompt = environment_.may_prompt};
  }

  std::optional<git::Oid> remote_head() const {
    const std::string ref = backup_ref(result_.name);
    for (const git::RemoteRef& each : git::list_remote(url_, {ref}, options())) {
      if (each.name == ref) return each.oid;
    }
    return std::nullopt;
  }

  // What is there must be what this machine sent, or an earlier state of it.
  void require_known(const std::optional<git::Oid>& there) {
    const auto sent = repository_.ref(pushed_ref(url_));
    const bool same_name = sent && head_ && repository_.is_ancestor(*sent, *head_);
    if (!there) {
      if (same_name)
        result_.warnings.push_back("the backup that was at " + url_.shown() +
                                   " is gone; all of it is sent again");
      return;
    }
    if (!head_ || !repository_.has_object(*there) || !repository_.is_ancestor(*there, *head_)) {
      throw Error(ErrorCode::refused,
                  "the backup at " + url_.shown() + " has more than this machine sent there",
                  "this machine's files were copied or put back: bring home what the backup has (bw journal "
                  "restore), then begin another beside it: bw journal backup --anew");
    }
    if (same_name && *there != *sent && repository_.is_ancestor(*there, *sent)) {
      result_.warnings.push_back("the backup at " + url_.shown() +
                                 " was set back to an older state; what it lost is sent again");
    }
  }

  void push(const std::optional<git::Oid>& there) {
    const git::PushReport report =
        git::push(repository_, url_, {{*head_, backup_ref(result_.name), there}}, options());
    if (report.result == git::PushResult::done) return;
    throw Error(report.result == git::PushResult::stale ? ErrorCode::cannot : ErrorCode::refused,
                "cannot push the backup to " + url_.shown() + ": " + report.message,
                "what is new is kept here and goes with the next \"bw journal backup\"");
  }

  void add_files(BackupWriter& writer) {
    add_whole(writer, "worlds.json", environment_.data_folder / "worlds.json");
    add_whole(writer, "config.json", environment_.config_folder / "config.json");
    require_journals();
    for (const WorldId& world : journalled_worlds(environment_)) {
      const Journal journal = open_journal(environment_, world);
      const std::string prefix = "journals/" + world.text() + "/";
      // First what events commit to; a line that comes meanwhile goes with the next backup.
      const std::string lines = whole_lines(journal.file());
      add_folder(writer, prefix + "large/", journal.folder() / "large");
      add_folder(writer, prefix + "tables/", journal.folder() / "tables");
      add_growing(writer, prefix + "journal.jsonl", lines);
      add_growing(writer, prefix + "checkpoints.jsonl", whole_lines(journal.folder() / "checkpoints.jsonl"));
    }
  }

  static std::string whole_lines(const fs::path& file) {
    std::string content = read_file_if_exists(file, max_line_file_bytes).value_or("");
    content.erase(content.rfind('\n') + 1);
    return content;
  }

  static BackupPath path_of(const std::string& text) {
    const auto path = BackupPath::parse(text);
    if (!path) throw Error(ErrorCode::invalid, text + " is no file that a backup has");
    return *path;
  }

  void add_whole(BackupWriter& writer, const std::string& text, const fs::path& file) {
    const auto content = read_file_if_exists(file, max_part_bytes);
    const auto known = index_.find(text);
    if (!content || (known != index_.end() && known->second.digest == sha256(*content))) return;
    writer.add(path_of(text), 0, *content, *content);
  }

  // Files that are named by what is in them, and written once.
  void add_folder(BackupWriter& writer, const std::string& prefix, const fs::path& folder) {
    std::error_code none;
    for (const auto& each : fs::directory_iterator(folder, none)) {
      const auto path = BackupPath::parse(prefix + each.path().filename().string());
      if (!path || index_.contains(path->text)) continue;
      const std::string content = read_file(each.path(), max_line_file_bytes);
      writer.add(*path, 0, content, content);
    }
  }

  void add_growing(BackupWriter& writer, const std::string& text, const std::string& content) {
    const auto known = index_.find(text);
    const std::uint64_t size = known == index_.end() ? 0 : known->second.size;
    const bool continues =
        known == index_.end() ||
        (size <= content.size() && sha256(std::string_view(content).substr(0, size)) == known->second.digest);
    if (continues && size == content.size()) return;
    if (!continues && path_of(text).kind == BackupPath::Kind::journal) require_no_more(text, content);
    const std::uint64_t from = continues ? size : 0;
    writer.add(path_of(text), from, std::string_view(content).substr(from), content);
  }

  // The file here is not what was backed up and something behind it, as after a line was taken out by hand.
  // It may begin anew only where nothing would be lost but damaged lines, and openings that were erased from
  // the lines of events (Journal::erase_openings).
  void require_no_more(const std::string& text, const std::string& content) const {
    std::string there;
    read_backup(repository_, *head_, keys_, result_.name, [&](const BackupPiece& piece) {
      for (const BackupPart& part : piece.parts) {
        if (part.path.text != text) continue;
        there.resize(part.from);
        there += part.bytes;
      }
    });
    const std::vector<std::string> here = lines_of(content);
    const std::set<EventId> known = events_in(here);
    std::vector<std::string> beyond = lines_beyond(lines_of(there), here);
    std::erase_if(beyond, [&](const std::string& each) {
      const auto line = parse_journal_line(each);
      const auto* entry = line ? std::get_if<JournalEntry>(&*line) : nullptr;
      return !line || (entry != nullptr && known.contains(entry->event.id));
    });
    if (!beyond.empty()) throw has_more(text, beyond.size());
  }

  // A journal that was backed up and is not here at all.
  void require_journals() const {
    for (const auto& [text, file] : index_) {
      const auto path = BackupPath::parse(text);
      if (!path || path->kind != BackupPath::Kind::journal || file.size == 0) continue;
      if (!fs::exists(open_journal(environment_, *path->world).file())) throw has_more(text, 0);
    }
  }

  Error has_more(const std::string& text, std::size_t lines) const {
    return {ErrorCode::refused,
            "the backup has what is not here any more: " +
                (lines == 0 ? "the whole "
                            : fmt::format("{} of ", lines == 1 ? "a line" : fmt::format("{} lines", lines))) +
                text,
            "bring it home first, nothing here is lost by that: bw journal restore " + url_.shown()};
  }

  static std::vector<std::string> lines_of(const std::string& content) {
    std::vector<std::string> lines;
    for (std::size_t start = 0, end = 0; (end = content.find('\n', start)) != std::string::npos;
         start = end + 1) {
      lines.push_back(content.substr(start, end - start));
    }
    return lines;
  }

  const Environment& environment_;
  const git::RemoteUrl& url_;
  FileLock lock_;
  BackupKeys keys_;
  git::Repository repository_;
  std::optional<git::Oid> head_;
  BackupIndex index_;
  BackedUp result_;
};

}  // namespace

BackedUp back_up(const Environment& environment, const git::RemoteUrl& url, bool anew) {
  return BackingUp(environment, url, anew).run();
}

}  // namespace bw
