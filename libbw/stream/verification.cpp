#include "stream/verification.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/error.h"
#include "base/text.h"

#include "stream/commit_author.h"
#include "stream/definition_set.h"
#include "stream/entry.h"
#include "stream/log_reader.h"
#include "stream/table.h"

namespace bw {
namespace {

// A line of the log after the checks that need no state and so can run on any core.
struct CheckedLine {
  std::string_view line;
  std::optional<Entry> entry;
  std::string problem;
};

void check_lines(std::vector<CheckedLine>& lines, std::size_t first, std::size_t step) {
  for (std::size_t i = first; i < lines.size(); i += step) {
    auto entry = parse_entry(lines[i].line);
    if (!entry) {
      lines[i].problem = entry.reason();
      continue;
    }
    if (!has_valid_signature(entry->event)) lines[i].problem = "the signature is not the actor's";
    lines[i].entry = *std::move(entry);
  }
}

std::vector<CheckedLine> check_in_parallel(std::string_view content, unsigned threads) {
  std::vector<CheckedLine> lines;
  for (std::string_view rest = content; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    lines.push_back({line, std::nullopt, {}});
  }
  // Below this many lines starting a thread costs more than it saves.
  constexpr std::size_t worth_a_thread = 8;
  const std::size_t workers = std::clamp<std::size_t>(lines.size() / worth_a_thread, 1, std::max(1U, threads));
  std::vector<std::jthread> pool;
  for (std::size_t worker = 1; worker < workers; ++worker) {
    pool.emplace_back([&lines, worker, workers] { check_lines(lines, worker, workers); });
  }
  check_lines(lines, 0, workers);
  pool.clear();
  return lines;
}

class Verifier {
 public:
  Verifier(const git::Repository& repository, StreamState from, const VerifyOptions& options)
      : repository_(repository), options_(options) {
    result_.state = std::move(from);
    if (result_.state.head) {
      tree_ = repository_.read_commit(*result_.state.head).tree;
      tail_ = read_log_file(repository_, *tree_, state().size() / entries_per_file);
    }
  }

  void advance(const git::Oid& oid) {
    commit_ = oid;
    const git::Commit commit = repository_.read_commit(oid);
    const bool first = !state().head.has_value();
    check_parent(commit);
    const std::vector<git::TreeChange> changes = repository_.compare(tree_, commit.tree);
    new_tree_ = commit.tree;
    // A checkpoint covers entries of earlier commits, so it is judged before the new ones are read.
    for (const git::TreeChange& change : changes) {
      if (change.path == "checkpoint") take_checkpoint(change);
    }
    // Who may append is what stood before this commit; only the creator's own word makes the first.
    const Authority before = first ? Authority{} : state().authority;
    events_.clear();
    take_log(changes);
    check_appender(commit, first ? state().authority : before);
    check_tables(changes);
    check_definitions(changes);
    for (const git::TreeChange& change : changes) check_belongs(change);
    if (state().size() > 0) state().boundaries[state().size()] = state().tree.root();
    state().head = oid;
    tree_ = commit.tree;
    if (options_.progress) options_.progress(state().size());
  }

  StreamVerification finish() && { return std::move(result_); }
  bool full() const { return result_.problems.size() >= options_.max_problems; }

 private:
  StreamState& state() { return result_.state; }

  void problem(const std::string& where, std::string what) {
    const std::string commit = "commit " + commit_.hex().substr(0, 12);
    result_.problems.push_back({where.empty() ? commit : commit + ": " + where, std::move(what)});
  }

  void check_parent(const git::Commit& commit) {
    const std::vector<git::Oid> expected =
        state().head ? std::vector<git::Oid>{*state().head} : std::vector<git::Oid>{};
    if (commit.parents != expected) problem("", "its parents are not just the commit before it");
  }

  void check_appender(const git::Commit& commit, const Authority& authority) {
    const auto signer = commit_signer(commit);
    if (!signer) {
      problem("", signer.reason());
    } else if (!authority.may_append(*signer)) {
      problem("", fmt::format("{} signed it, who is no steward or sequencer at this point", signer->text()));
    } else if (commit.author.name != appender(*signer).name || commit.author.email != appender(*signer).email ||
               commit.committer.name != commit.author.name || commit.committer.email != commit.author.email) {
      problem("", "author and committer are not the actor that signed it");
    }
  }

  // ── log ────────────────────────────────────────────────────────────────────────────────────────

  void take_log(const std::vector<git::TreeChange>& changes) {
    std::map<std::string, const git::TreeChange*> files;
    for (const git::TreeChange& change : changes) {
      if (change.path.starts_with("log/")) files.emplace(change.path, &change);
    }
    while (!files.empty()) {
      const std::uint64_t number = state().size() / entries_per_file;
      const auto file = files.find(log_path(number));
      if (file == files.end()) break;
      const std::uint64_t size_before = state().size();
      take_log_file(*file->second);
      files.erase(file);
      if (state().size() == size_before || state().size() % entries_per_file != 0) break;
    }
    for (const auto& [path, change] : files) {
      problem(path, "a log file that was complete, or whose turn has not come, was changed");
    }
  }

  void take_log_file(const git::TreeChange& change) {
    if (!change.after || change.after->mode != git::Mode::file) {
      problem(change.path, "a log file was removed or is no regular file");
      return;
    }
    const std::string content = repository_.read_blob(change.after->oid, max_log_file_bytes);
    const std::string& known = state().size() % entries_per_file == 0 ? empty_ : tail_;
    if (!content.starts_with(known)) {
      report_changed_lines(change.path, known, content);
      return;
    }
    if (!content.ends_with('\n')) problem(change.path, "the last line does not end");
    const auto lines = check_in_parallel(std::string_view(content).substr(known.size()), options_.threads);
    if (lines.empty() || lines.size() + state().size() % entries_per_file > entries_per_file) {
      problem(change.path, "a log file holds no new entry or more than 256");
    }
    for (const CheckedLine& line : lines) take_entry(change.path, line);
    tail_ = content;
  }

  void report_changed_lines(const std::string& path, std::string_view before, std::string_view after) {
    const auto old_lines = split(before, '\n');
    const auto new_lines = split(after, '\n');
    for (std::size_t i = 0; i + 1 < old_lines.size(); ++i) {
      if (i >= new_lines.size() || old_lines[i] != new_lines[i]) {
        problem(fmt::format("{} line {}", path, i + 1), "an entry that the log held before was changed or removed");
      }
    }
  }

  void take_entry(const std::string& path, const CheckedLine& line) {
    const std::uint64_t index = state().size();
    const std::string where = fmt::format("{} line {} (entry {})", path, index % entries_per_file + 1, index);
    state().tree.append(leaf_hash(line.line));
    if (!line.problem.empty()) problem(where, line.problem);
    if (!line.entry) {
      state().ids.push_back(EventId{sha256(line.line)});  // keeps positions; names no event
      return;
    }
    const Event& event = line.entry->event;
    if (const auto earlier = state().ids.find(event.id)) {
      problem(where, fmt::format("the event {} stands at entry {} already", event.id.short_text(), *earlier));
    }
    state().ids.push_back(event.id);
    check_recorded(where, line.entry->recorded);
    if (!line.problem.empty()) return;
    if (index > 0 && (!state().authority.exists() || event.world_id() != state().authority.world())) {
      problem(where, "the event belongs to another world");
      return;
    }
    const auto reason = state().authority.apply(event, index, line.entry->recorded);
    if (reason && index == 0) problem(where, *reason);
    if (reason) result_.ineffective.push_back({index, event.id, *reason});
    if (index == 0 && event.kind != "world.created") problem(where, "a stream begins with world.created");
    if (event.kind == "behaviour.tabled" || (event.kind == "definition.adopted" && !reason)) {
      events_.push_back(event);
    }
  }

  void check_recorded(const std::string& where, std::int64_t recorded) {
    if (recorded < state().last_recorded) problem(where, "it was recorded before the entry above it");
    if (recorded > options_.now.seconds + max_clock_lead && !warned_of_clock_) {
      warned_of_clock_ = true;
      result_.warnings.push_back(where + ": recorded more than 5 minutes ahead of this machine's clock");
    }
    state().last_recorded = std::max(state().last_recorded, recorded);
  }

  // ── checkpoint ─────────────────────────────────────────────────────────────────────────────────

  void take_checkpoint(const git::TreeChange& change) {
    if (!change.after || change.after->mode != git::Mode::file) {
      problem("checkpoint", "it was removed or is no regular file");
      return;
    }
    const auto note = Note::parse(repository_.read_blob(change.after->oid, Note::max_bytes));
    const auto checkpoint = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(Reason{note.reason()});
    if (!checkpoint) {
      problem("checkpoint", checkpoint.reason());
      return;
    }
    if (!state().authority.exists() || checkpoint->origin != log_origin(state().authority.world())) {
      problem("checkpoint", "its origin is another log");
      return;
    }
    if (checkpoint->size < state().covered()) problem("checkpoint", "it covers less than the one before");
    const auto root = state().boundaries.find(checkpoint->size);
    if (root == state().boundaries.end()) {
      problem("checkpoint", fmt::format("no commit before it ended at {} entries", checkpoint->size));
    } else if (root->second != checkpoint->root) {
      problem("checkpoint", fmt::format("its root is not that of the first {} entries", checkpoint->size));
    }
    if (!signed_by_live_key(*note)) problem("checkpoint", "no live log key of a steward or sequencer signed it");
    state().checkpoint = *checkpoint;
    // The covered size stays: a second checkpoint may cover the same entries.
    state().boundaries.erase(state().boundaries.begin(), state().boundaries.lower_bound(checkpoint->size));
  }

  bool signed_by_live_key(const Note& note) {
    const auto& keys = state().authority.log_keys();
    return std::any_of(keys.begin(), keys.end(), [&](const LogKey& key) {
      return !key.until && state().authority.may_append(key.owner) && note.verified_by(key.verifier);
    });
  }

  // ── what entries name ──────────────────────────────────────────────────────────────────────────

  void check_tables(const std::vector<git::TreeChange>& changes) {
    for (const Event& event : events_) {
      if (event.kind != "behaviour.tabled") continue;
      const Json body = event.body();
      const auto root = Digest::from_hex(body.value("root", ""));
      if (!root || body.value("rows", "") != "public") continue;
      const std::string path = table_path(*root);
      expected_.insert(path);
      const auto file = repository_.find(*new_tree_, path);
      if (!file || file->mode != git::Mode::file) {
        problem(path, fmt::format("the table of event {} is missing", event.id.short_text()));
        continue;
      }
      const auto table = parse_table(repository_.read_blob(file->oid, max_table_bytes));
      const std::string mismatch = table ? table_mismatch(body, *table) : table.reason();
      if (!mismatch.empty()) problem(path, mismatch);
    }
    check_no_other(changes, "tables/");
  }

  void check_definitions(const std::vector<git::TreeChange>& changes) {
    for (const Event& event : events_) {
      if (event.kind != "definition.adopted") continue;
      const auto digest = Digest::from_hex(event.body().value("definition", ""));
      if (!digest) continue;
      const std::string path = definition_path(*digest);
      expected_.insert(path);
      const std::string reason = definition_set_problem(repository_, *new_tree_, *digest);
      if (!reason.empty()) problem(path, reason);
    }
    check_no_other(changes, "definition/");
  }

  // Files below `folder` that no entry of this commit named.
  void check_no_other(const std::vector<git::TreeChange>& changes, std::string_view folder) {
    for (const git::TreeChange& change : changes) {
      if (!change.path.starts_with(folder)) continue;
      const bool named = std::any_of(expected_.begin(), expected_.end(), [&](const std::string& path) {
        return change.path == path || change.path.starts_with(path + "/");
      });
      if (!named) problem(change.path, "no entry of this commit names this file");
      if (change.before) problem(change.path, "a file that stood in the stream was changed or removed");
    }
    expected_.clear();
  }

  void check_belongs(const git::TreeChange& change) {
    const bool known = change.path == "checkpoint" || change.path.starts_with("log/") ||
                       change.path.starts_with("tables/") || change.path.starts_with("definition/");
    if (!known) problem(printable(change.path), "this file does not belong in a stream");
  }

  const git::Repository& repository_;
  const VerifyOptions& options_;
  StreamVerification result_;
  git::Oid commit_;
  std::optional<git::Oid> tree_;      // of the commit before
  std::optional<git::Oid> new_tree_;  // of this commit
  std::string tail_;                  // the log file that is not full yet
  const std::string empty_;
  std::vector<Event> events_;  // of this commit, those that name files
  std::set<std::string> expected_;
  bool warned_of_clock_ = false;
};

}  // namespace

StreamVerification verify_stream(const git::Repository& repository, const git::Oid& head, StreamState from,
                                 const VerifyOptions& options) {
  const std::optional<git::Oid> until = from.head;
  Verifier verifier(repository, std::move(from), options);
  for (const git::Oid& oid : repository.first_parent_history(head, until)) {
    if (verifier.full()) break;
    verifier.advance(oid);
  }
  return std::move(verifier).finish();
}

}  // namespace bw
