#include "world/operations.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/strict_json.h"
#include "base/text.h"
#include "world/moving_work_tree.h"
#include "world/registry.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_log_bytes = 4u << 20;
constexpr std::size_t max_read_bytes = 64u << 20;
constexpr int lines_looked_at = 100;
constexpr const char* outside = "outside";
const std::string wish_about = "sync.";  // followed by the id of a behaviour

fs::path folder_of(const Environment& environment, const WorldId& world) {
  return environment.state_folder / "operations" / world.text();
}
fs::path log_path(const Environment& environment, const WorldId& world) {
  return folder_of(environment, world) / "operations.jsonl";
}

fs::path place_of(const World& world) {
  return fs::absolute(world.folder()).lexically_normal();
}

CopyState state_of_copy(const Environment& environment, const World& world) {
  CopyState standing;
  const git::Repository& repository = world.repository;
  for (const std::string_view ref : {main_ref, stream_ref, details_ref}) {
    if (const auto oid = repository.ref(ref)) standing[std::string(ref)] = oid->hex();
  }
  if (const auto branch = repository.head_branch()) standing["HEAD"] = *branch;
  for (const char* setting : {"bw.home", "bw.homeplace"}) {
    if (const auto value = repository.config(setting)) standing[setting] = *value;
  }
  if (const auto known = known_world_at(environment, place_of(world))) {
    standing["sync"] = text_of(known->sync);
    for (const auto& [behaviour, wish] : known->behaviours) standing[wish_about + behaviour] = text_of(wish);
  }
  return standing;
}

std::string line_of(const PastOperation& operation) {
  Json json = {
      {"after", operation.after},     {"at", operation.at.text()},           {"before", operation.before},
      {"command", operation.command}, {"folder", operation.folder.string()}, {"number", operation.number}};
  if (operation.undoes) json["undoes"] = *operation.undoes;
  return json.dump() + "\n";
}

// Throws Json::exception or Error(invalid) where the line is none.
PastOperation read_line(std::string_view line) {
  const Json json = Json::parse(line);
  const auto at = Timestamp::parse(json.at("at").get<std::string>());
  if (!at) throw Error(ErrorCode::invalid, at.reason());
  PastOperation operation{json.at("number"),  *at,
                          json.at("command"), json.at("folder").get<std::string>(),
                          json.at("before"),  json.at("after"),
                          std::nullopt};
  if (json.contains("undoes")) operation.undoes = json.at("undoes").get<std::uint64_t>();
  return operation;
}

std::string whole_lines(const fs::path& path) {
  std::string content = read_file_if_exists(path, max_read_bytes).value_or("");
  content.erase(content.rfind('\n') + 1);
  return content;
}

std::vector<PastOperation> read_log(const fs::path& path) {
  const std::string content = whole_lines(path);
  std::vector<PastOperation> result;
  std::size_t number = 0;
  for (const std::string_view line : split(content, '\n')) {
    ++number;
    if (line.empty()) continue;
    const auto damaged = [&](const char* why) {
      return Error(ErrorCode::invalid, fmt::format("{} line {} is damaged: {}", path.string(), number, why),
                   "move that file away; only \"bw undo --op\" needs it");
    };
    try {
      result.push_back(read_line(line));
    } catch (const Json::exception& error) {
      throw damaged(error.what());
    } catch (const Error& error) {
      throw damaged(error.what());
    }
  }
  return result;
}

// The last one, or the last of that folder, without reading all of them: commands come here every day.
std::optional<PastOperation> last_of(const fs::path& path, const fs::path& folder = {}) {
  const std::string content = whole_lines(path);
  std::string_view rest = content;
  for (int i = 0; i < lines_looked_at && !rest.empty(); ++i) {
    rest.remove_suffix(1);
    const std::size_t start = rest.rfind('\n') + 1;  // of the first line: npos + 1 = 0
    PastOperation operation = read_line(rest.substr(start));
    if (folder.empty() || operation.folder == folder) return operation;
    rest = rest.substr(0, start);
  }
  return std::nullopt;
}

void append(const Environment& environment, const WorldId& world, PastOperation operation) {
  const fs::path path = log_path(environment, world);
  const FileLock lock(folder_of(environment, world) / "lock");
  const auto last = last_of(path);
  operation.number = last ? last->number + 1 : 1;
  const std::string content = whole_lines(path);
  if (content.size() > max_log_bytes) {
    fs::rename(path, folder_of(environment, world) / "operations.old.jsonl");
    write_file(path, line_of(operation), 0600);
  } else if (read_file_if_exists(path, max_read_bytes).value_or("") == content) {
    append_file(path, line_of(operation));
  } else {  // a torn last line, which said nothing whole
    write_file(path, content + line_of(operation), 0600);
  }
}

// What is recorded only describes: no command fails for it.
template <class Work>
void quietly(const Environment& environment, const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    environment.report(fmt::format("the log of operations is not written: {}", error.what()));
  }
}

// Whether a ref of that kind is known to have the commit.
bool has(const git::Repository& repository, const std::string& prefix, std::string_view end,
         const git::Oid& commit) {
  const auto refs = repository.refs(prefix);
  return std::any_of(refs.begin(), refs.end(), [&](const auto& ref) {
    return ref.first.ends_with(end) && repository.has_object(ref.second) &&
           repository.is_ancestor(commit, ref.second);
  });
}

// What stands against setting `main` back, a sentence each.
std::vector<std::string> objections_to_main(const World& world, const PastOperation& operation) {
  const auto value = [&](const CopyState& standing) {
    const auto found = standing.find(std::string(main_ref));
    return found == standing.end() ? std::nullopt : git::Oid::from_hex(found->second);
  };
  const git::Repository& repository = world.repository;
  const auto before = value(operation.before);
  const auto after = value(operation.after);
  if (!before || !after) return {"main was made by it: there is nothing to go back to"};
  if (!repository.has_object(*before) || !repository.has_object(*after)) return {"the commits are gone"};
  if (!repository.is_ancestor(*before, *after)) return {"main did not grow by it"};
  std::vector<std::string> reasons;
  if (has(repository, "refs/remotes/", "/main", *after)) reasons.emplace_back("a remote's main has it");
  if (has(repository, "refs/bw/offered/", "", *after))
    reasons.emplace_back("it was offered with bw contribute");
  if (has(repository, "refs/bw/hub/", "/main", *after)) reasons.emplace_back("it was published on a Hub");
  const auto& adopted = world.stream.authority.adopted();
  const std::vector<git::Oid> commits = repository.reachable(*after, {*before});
  if (adopted && std::any_of(commits.begin(), commits.end(),
                             [&](const git::Oid& commit) { return commit.hex() == adopted->commit; }))
    reasons.emplace_back("a definition that came with it was adopted");
  return reasons;
}

std::vector<std::string> objections(const Environment& environment, const World& world,
                                    const PastOperation& operation) {
  std::vector<std::string> reasons;
  const CopyState now = state_of_copy(environment, world);
  const auto value = [](const CopyState& standing, const std::string& name) {
    const auto found = standing.find(name);
    return found == standing.end() ? std::string() : found->second;
  };
  const std::vector<std::string> moved = operation.moved();
  const std::set<std::string> names(moved.begin(), moved.end());
  if (operation.command == outside)
    reasons.emplace_back("it was no command of bw: see \"git reflog\" for what was done by hand");
  if (operation.undoes) reasons.emplace_back("it took back another one");
  if (names.contains(std::string(stream_ref)) || names.contains(std::string(details_ref)))
    reasons.emplace_back(
        "the stream grew by it, and never goes back: what was submitted is put right by \"bw log "
        "--retract\" or --correct, an adoption by \"bw adopt\" with the commit before");
  if (names.contains("HEAD")) reasons.emplace_back("it changed which branch is checked out: git switch");
  for (const std::string& name : moved) {
    if (value(now, name) != value(operation.after, name))
      reasons.push_back(fmt::format("{} has changed again since", name));
  }
  if (names.contains(std::string(main_ref)) && operation.command != "merge")
    reasons.push_back(
        fmt::format("main was moved by bw {}, which only followed what others have", operation.command));
  if (names.contains("bw.home") &&
      value(now, std::string(stream_ref)) != value(operation.after, std::string(stream_ref)))
    reasons.emplace_back("entries were appended here since");
  if (names.contains(std::string(main_ref)) && reasons.empty()) {
    const auto more = objections_to_main(world, operation);
    reasons.insert(reasons.end(), more.begin(), more.end());
  }
  return reasons;
}

PastOperation chosen(const std::vector<PastOperation>& all, std::optional<std::uint64_t> number) {
  std::set<std::uint64_t> taken_back;
  for (const PastOperation& operation : all) {
    if (operation.undoes) taken_back.insert(*operation.undoes);
  }
  for (auto operation = all.rbegin(); operation != all.rend(); ++operation) {
    if (number ? operation->number != *number : operation->undoes.has_value()) continue;
    if (!taken_back.contains(operation->number)) return *operation;
    if (number) throw Error(ErrorCode::refused, fmt::format("operation {} was taken back already", *number));
  }
  throw Error(
      ErrorCode::invalid,
      number ? fmt::format("this copy knows no operation {}", *number) : "no operation is left to take back",
      "see them with \"bw op log\"");
}

void set_main_back(World& world, const PastOperation& operation) {
  git::Repository& repository = world.repository;
  const auto before = *git::Oid::from_hex(operation.before.at(std::string(main_ref)));
  const auto after = *git::Oid::from_hex(operation.after.at(std::string(main_ref)));
  const bool checked_out = repository.head_branch() == "main" && repository.work_tree();
  if (checked_out && repository.has_uncommitted_changes("")) {
    throw Error(ErrorCode::refused, "files have changes that are not committed",
                "commit them, or set them aside with \"git stash\"");
  }
  std::optional<MovingWorkTree> moving;
  if (checked_out) moving.emplace(repository, after, before);
  const auto moved_meanwhile = [] {
    return Error(ErrorCode::cannot, "main was moved by another program", "try again");
  };
  if (!repository.update_ref(main_ref, before, after, "bw: undo")) throw moved_meanwhile();
  try {
    if (checked_out) repository.checkout_head(after);
  } catch (const Error& error) {
    if (moving && error.code() != ErrorCode::refused) moving->leave_between();
    if (!repository.update_ref(main_ref, after, before, "bw: undo given up")) throw moved_meanwhile();
    throw;
  }
}

void set_setting_back(World& world, const PastOperation& operation, const std::string& name) {
  const auto before = operation.before.find(name);
  if (before == operation.before.end())
    world.repository.remove_config(name);
  else
    world.repository.set_config(name, before->second);
}

void set_back(const Environment& environment, World& world, const PastOperation& operation) {
  for (const std::string& name : operation.moved()) {
    if (name == main_ref) {
      set_main_back(world, operation);
    } else if (name == "sync") {
      const auto before = operation.before.find(name);
      const auto wish = before == operation.before.end() ? std::nullopt : parse_sync_wish(before->second);
      remember_world(environment,
                     {world.id(), world.name(), place_of(world), wish.value_or(SyncWish::manual)});
    } else if (name.starts_with(wish_about)) {
      const auto before = operation.before.find(name);
      remember_behaviour_wish(
          environment, place_of(world), name.substr(wish_about.size()),
          before == operation.before.end() ? std::nullopt : parse_sync_wish(before->second));
    } else {
      set_setting_back(world, operation, name);
    }
  }
}

}  // namespace

std::vector<std::string> PastOperation::moved() const {
  std::vector<std::string> names;
  CopyState all = before;
  all.insert(after.begin(), after.end());
  for (const auto& [name, value] : all) {
    const auto was = before.find(name);
    const auto is = after.find(name);
    if (was == before.end() || is == after.end() || was->second != is->second) names.push_back(name);
  }
  return names;
}

Operation::Operation(const Environment& environment, const World& world, std::string command, bool created)
    : environment_(environment), world_(world), command_(std::move(command)) {
  if (created) return;
  quietly(environment, [&] {
    before_ = state_of_copy(environment, world);
    const fs::path place = place_of(world);
    const auto last = last_of(log_path(environment, world.id()), place);
    if (!last || last->after == before_) return;
    append(environment, world.id(),
           {0, environment.now(), outside, place, last->after, before_, std::nullopt});
  });
}

Operation::~Operation() {
  quietly(environment_, [&] {
    const CopyState after = state_of_copy(environment_, world_);
    if (after == before_) return;
    append(environment_, world_.id(),
           {0, environment_.now(), command_, place_of(world_), before_, after, undoes_});
  });
}

std::vector<PastOperation> operations(const Environment& environment, const World& world) {
  std::vector<PastOperation> all = read_log(log_path(environment, world.id()));
  std::erase_if(
      all, [place = place_of(world)](const PastOperation& operation) { return operation.folder != place; });
  return all;
}

PastOperation undo_operation(const Environment& environment, World& world,
                             std::optional<std::uint64_t> number) {
  PastOperation operation = chosen(operations(environment, world), number);
  const std::vector<std::string> reasons = objections(environment, world, operation);
  if (!reasons.empty()) {
    std::string text;
    for (const std::string& reason : reasons) text += (text.empty() ? "" : "; ") + reason;
    throw Error(ErrorCode::refused, fmt::format("operation {} (bw {}) cannot be taken back: {}",
                                                operation.number, operation.command, text));
  }
  set_back(environment, world, operation);
  return operation;
}

}  // namespace bw
