#include "stream/verification.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "stream/checkpoint_rules.h"
#include "stream/commit_author.h"
#include "stream/definition_set.h"
#include "stream/entry.h"
#include "stream/log_reader.h"
#include "stream/prepared_commits.h"
#include "stream/stateless_checks.h"
#include "stream/table.h"

namespace bw {
namespace {

class Verifier {
public:
  Verifier(const git::Repository& repository, StreamState from, const VerifyOptions& options)
      : repository_(repository), options_(options), ahead_(repository, options.threads) {
    result_.state = std::move(from);
    if (result_.state.head) {
      tree_ = repository_.read_commit(*result_.state.head).tree;
      tail_ = read_log_file(repository_, *tree_, state().size() / entries_per_file);
    }
  }

  PreparedCommits prepare(std::vector<git::Oid> commits) {
    return {repository_, ahead_, std::move(commits), tree_};
  }

  void advance(const git::Oid& oid, PreparedCommits& prepared) {
    commit_ = oid;
    current_ = prepared.take();
    const git::Commit& commit = *current_.commit;
    const std::vector<git::TreeChange>& changes = current_.changes;
    const bool first = !state().head.has_value();
    check_parent(commit);
    new_tree_ = commit.tree;
    // A checkpoint covers entries of earlier commits, so it is judged before the new ones are read; and
    // before the cosigned one, which may be the same.
    for (const git::TreeChange& change : changes) {
      if (change.path == "checkpoint") take_note(change, take_checkpoint);
      if (change.path == "cosigned") take_note(change, take_cosigned);
    }
    // Who may append is what stood before this commit.
    if (!first) check_appender(commit);
    events_.clear();
    take_log(changes);
    if (first) check_creator(commit);
    check_tables(changes);
    check_definitions(changes);
    for (const git::TreeChange& change : changes) check_belongs(change);
    if (state().size() > 0) state().boundaries[state().size()] = state().tree.root();
    state().head = oid;
    tree_ = commit.tree;
    if (options_.progress) options_.progress(state().size());
  }

  // What cannot be read ends the way: nothing after it could be judged.
  void stop(const git::Oid& oid, std::string why) {
    commit_ = oid;
    problem("", std::move(why));
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

  std::optional<Did> check_signer(const git::Commit& commit) {
    ahead_.finish(*current_.signing);
    const Result<Did>& signer = *current_.signer;
    if (!signer) {
      problem("", signer.reason());
      return std::nullopt;
    }
    const git::Person expected = appender(*signer);
    for (const git::Person& person : {commit.author, commit.committer}) {
      if (person.name != expected.name || person.email != expected.email) {
        problem("", "author and committer are not the actor that signed it");
        break;
      }
    }
    return *signer;
  }

  void check_appender(const git::Commit& commit) {
    const auto signer = check_signer(commit);
    if (signer && !state().authority.may_append(*signer)) {
      problem("", fmt::format("{} signed it, who is no steward or sequencer at this point", signer->text()));
    }
  }

  // Only the creator's own word makes a world, whomever the first entries may name besides.
  void check_creator(const git::Commit& commit) {
    const auto signer = check_signer(commit);
    if (signer && signer != creator_) {
      problem("", fmt::format("{} signed it, who is not the creator of the world", signer->text()));
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
      problem(printable(path), "a log file that was complete, or whose turn has not come, was changed");
    }
  }

  void take_log_file(const git::TreeChange& change) {
    if (!change.after || change.after->mode != git::Mode::file) {
      problem(change.path, "a log file was removed or is no regular file");
      return;
    }
    const PreparedCommit::Log prepared = current_.logs.at(change.path);
    ahead_.finish(*prepared.job);
    LogFile& file = *prepared.file;
    const std::string& content = file.content;
    const std::string& known = state().size() % entries_per_file == 0 ? empty_ : tail_;
    if (!content.starts_with(known)) {
      report_changed_lines(change.path, known, content);
      return;
    }
    if (!content.ends_with('\n')) problem(change.path, "the last line does not end");
    if (known.size() != file.known) file.lines = check_lines(std::string_view(content).substr(known.size()));
    const std::vector<CheckedLine>& lines = file.lines;
    if (lines.empty() || lines.size() + state().size() % entries_per_file > entries_per_file) {
      problem(change.path, "a log file holds no new entry or more than 256");
    }
    for (const CheckedLine& line : lines) take_entry(change.path, line);
    tail_ = std::move(file.content);
    current_.logs.erase(change.path);
  }

  void report_changed_lines(const std::string& path, std::string_view before, std::string_view after) {
    const auto old_lines = split(before, '\n');
    const auto new_lines = split(after, '\n');
    bool found = false;
    for (std::size_t i = 0; i + 1 < old_lines.size(); ++i) {
      if (i < new_lines.size() && old_lines[i] == new_lines[i]) continue;
      found = true;
      problem(fmt::format("{} line {}", path, i + 1),
              "an entry that the log held before was changed or removed");
    }
    if (!found) problem(path, "the last line does not end");
  }

  void take_entry(const std::string& path, const CheckedLine& line) {
    const std::uint64_t index = state().size();
    const std::string where = fmt::format("{} line {} (entry {})", path, index % entries_per_file + 1, index);
    state().tree.append(line.leaf);
    if (!line.problem.empty()) problem(where, line.problem);
    if (!line.entry) {
      state().ids.push_back(EventId{sha256(line.line)});  // keeps positions; names no event
      return;
    }
    const Event& event = line.entry->event;
    const auto earlier = state().ids.find(event.id);
    state().ids.push_back(event.id);
    check_recorded(where, line.entry->recorded);
    if (!line.problem.empty()) return;
    if (earlier) {
      problem(where, fmt::format("the event {} stands at entry {} already", event.id.short_text(), *earlier));
    } else if (index == 0) {
      take_genesis(where, event, line.entry->recorded);
    } else if (state().authority.exists()) {  // without a genesis, that fault was named before
      take_event(where, event, index, line.entry->recorded);
    }
  }

  void take_genesis(const std::string& where, const Event& event, std::int64_t recorded) {
    if (const auto reason = state().authority.apply(event, 0, recorded)) {
      problem(where, *reason);
    } else {
      creator_ = event.actor;
    }
  }

  void take_event(const std::string& where, const Event& event, std::uint64_t index, std::int64_t recorded) {
    if (event.world_id() != state().authority.world()) {
      problem(where, "the event belongs to another world");
      return;
    }
    const auto reason = state().authority.apply(event, index, recorded);
    const auto& reset = state().authority.clock_reset();
    if (reset && reset->index == index) state().last_recorded = reset->recorded;
    if (reason) result_.ineffective.push_back({index, event.id, *reason});
    state().withdrawn.take(event, index, state().authority);
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

  // ── checkpoint, cosigned ───────────────────────────────────────────────────────────────────────

  using Take = std::vector<std::string> (*)(StreamState& state, const Result<Note>& note);
  void take_note(const git::TreeChange& change, Take take) {
    if (!change.after || change.after->mode != git::Mode::file) {
      problem(change.path, "it was removed or is no regular file");
      return;
    }
    const auto note = Note::parse(repository_.read_blob(change.after->oid, Note::max_bytes));
    for (std::string& fault : take(state(), note)) problem(change.path, std::move(fault));
  }

  // ── what entries name ──────────────────────────────────────────────────────────────────────────

  void check_tables(const std::vector<git::TreeChange>& changes) {
    std::set<std::string> named;
    std::vector<CheckedTable> tables;
    for (const Event& event : events_) {
      if (auto table = begin_table(event, named)) tables.push_back(*std::move(table));
    }
    for (const CheckedTable& table : tables) {
      ahead_.finish(*table.job);
      if (!table.problem->empty()) problem(table.path, *table.problem);
    }
    check_no_other(changes, "tables/", [&](const std::string& path) { return named.contains(path); });
  }

  struct CheckedTable {
    std::string path;
    std::shared_ptr<std::string> problem;  // empty where all is well
    std::shared_ptr<ReadAhead::Job> job;
  };
  // The table that an event names where its rows are public. Whether its body has the form that the
  // kind asks for is for those to say who count it.
  std::optional<CheckedTable> begin_table(const Event& event, std::set<std::string>& named) {
    if (event.kind != "behaviour.tabled") return std::nullopt;
    Json body = event.body();
    if (body.value("rows", Json()) != "public") return std::nullopt;
    const Json name = body.value("root", Json());
    const auto root = Digest::from_hex(name.is_string() ? name.get<std::string>() : "");
    if (!root) return std::nullopt;
    const std::string path = table_path(*root);
    named.insert(path);
    const auto file = repository_.find(*new_tree_, path);
    if (!file || file->mode != git::Mode::file) {
      problem(path, fmt::format("the table of event {} is missing", event.id.short_text()));
      return std::nullopt;
    }
    auto found = std::make_shared<std::string>();
    auto job =
        ahead_.begin([found, body = std::move(body), blob = file->oid](const git::Repository& repository) {
          *found = table_problem(body, repository.read_blob(blob, max_table_bytes));
          return std::size_t{0};
        });
    return CheckedTable{path, std::move(found), std::move(job)};
  }

  void check_definitions(const std::vector<git::TreeChange>& changes) {
    std::set<std::string> named;
    for (const Event& event : events_) {
      if (event.kind != "definition.adopted") continue;
      const Digest digest = Digest::from_hex(event.body().at("definition").get<std::string>()).value();
      const std::string path = definition_path(digest);
      named.insert(path);
      const std::string reason = definition_set_problem(repository_, *new_tree_, digest);
      if (!reason.empty()) problem(path, reason);
    }
    check_no_other(changes, "definition/", [&](const std::string& path) {
      return named.contains(path.substr(0, path.find('/', std::string_view("definition/").size())));
    });
  }

  // Files below `folder` that no entry of this commit named.
  template <class Named>
  void check_no_other(const std::vector<git::TreeChange>& changes, std::string_view folder,
                      const Named& named) {
    for (const git::TreeChange& change : changes) {
      if (!change.path.starts_with(folder)) continue;
      if (change.before) {
        problem(printable(change.path), "a file that stood in the stream was changed or removed");
      } else if (!named(change.path)) {
        problem(printable(change.path), "no entry of this commit names this file");
      }
    }
  }

  void check_belongs(const git::TreeChange& change) {
    const bool known = change.path == "checkpoint" || change.path == "cosigned" ||
                       change.path.starts_with("log/") || change.path.starts_with("tables/") ||
                       change.path.starts_with("definition/");
    if (!known) problem(printable(change.path), "this file does not belong in a stream");
  }

  const git::Repository& repository_;
  const VerifyOptions& options_;
  StreamVerification result_;
  ReadAhead ahead_;
  git::Oid commit_;
  PreparedCommit current_;
  std::optional<git::Oid> tree_;      // of the commit before
  std::optional<git::Oid> new_tree_;  // of this commit
  std::string tail_;                  // the log file that is not full yet
  const std::string empty_;
  std::vector<Event> events_;  // of this commit, those that name files
  std::optional<Did> creator_;
  bool warned_of_clock_ = false;
};

}  // namespace

StreamVerification verify_stream(const git::Repository& repository, const git::Oid& head, StreamState from,
                                 const VerifyOptions& options) {
  const std::optional<git::Oid> until = from.head;
  Verifier verifier(repository, std::move(from), options);
  const auto stop = [&](const git::Oid& at, const Error& error) {
    // A machine that fails says nothing about the stream.
    if (error.code() != ErrorCode::invalid) throw Error(error);
    verifier.stop(at, error.what());
  };
  std::vector<git::Oid> commits;
  try {
    commits = repository.first_parent_history(head, until);
  } catch (const Error& error) {
    if (until) throw;
    stop(head, error);
  }
  PreparedCommits prepared = verifier.prepare(std::move(commits));
  while (!prepared.at_end() && !verifier.full()) {
    const git::Oid oid = prepared.next_oid();
    try {
      verifier.advance(oid, prepared);
    } catch (const Error& error) {
      stop(oid, error);
      break;
    }
  }
  return std::move(verifier).finish();
}

}  // namespace bw
