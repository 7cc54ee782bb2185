#include "world/contribute.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "git/transport.h"
#include "stream/commit_author.h"
#include "tools/toolset.h"
#include "world/home.h"
#include "world/offer.h"

namespace bw {
namespace {

constexpr const char* target_main = "refs/bw/contribute/main";
constexpr std::size_t max_topic = 64;

struct Target {
  git::RemoteUrl url;
  bool is_own = false;  // a copy of this very world, not of the one that it was forked from
};

std::optional<git::RemoteUrl> remote_address(const World& world, std::string_view remote) {
  const auto text = world.repository.remote_url(remote);
  if (!text) return std::nullopt;
  const auto url = git::RemoteUrl::parse(*text);
  if (!url) throw Error(ErrorCode::invalid, fmt::format("the remote \"{}\": {}", remote, url.reason()));
  return *url;
}

Target target_of(const World& world, const std::optional<git::RemoteUrl>& to) {
  const auto upstream = remote_address(world, "upstream");
  const auto origin = remote_address(world, "origin");
  const auto home = home_of(world).url;
  std::optional<git::RemoteUrl> url = to;
  for (const auto* next : {&upstream, &origin, &home}) {
    if (!url) url = *next;
  }
  if (!url) {
    throw Error(ErrorCode::usage,
                "there is nowhere to offer it: this repository names no upstream, origin or home",
                "say where: bw contribute --to URL");
  }
  const auto is = [&](const std::optional<git::RemoteUrl>& other) {
    return other && other->text() == url->text();
  };
  const bool is_fork = world.stream.authority.parent().has_value();
  return {url->absolute(world.folder()), !is_fork || (!is(upstream) && (is(origin) || is(home)))};
}

git::Oid fetch_main(const Environment& environment, World& world, const git::RemoteUrl& url) {
  git::fetch(world.repository, url, {fmt::format("+refs/heads/main:{}", target_main)},
             transport_options(environment));
  if (const auto main = world.repository.ref(target_main)) return *main;
  throw Error(ErrorCode::invalid, url.shown() + " has no branch \"main\" to offer changes to");
}

LoadedDefinition valid_definition(const World& world, const git::Oid& commit, const std::string& whose) {
  LoadedDefinition loaded = definition_at(world.repository, commit);
  if (loaded.valid()) return loaded;
  const Problem& first = loaded.problems.front();
  throw Error(ErrorCode::invalid,
              fmt::format("the definition on {} is not valid: {}:{}:{}: {}", whose, first.file, first.line,
                          first.column, first.message),
              "run \"bw validate\" to see everything");
}

// Files that the offer brings and that lie there already, although that definition does not name them.
void add_unnamed_files(const git::Repository& repository, const git::Oid& commit,
                       const DefinitionFiles& offer, DefinitionFiles& files) {
  const git::Oid tree = repository.read_commit(commit).tree;
  for (const auto& [path, content] : offer) {
    const auto entry = files.contains(path) ? std::nullopt : repository.find(tree, path);
    if (!entry) continue;
    if (entry->mode != git::Mode::file && entry->mode != git::Mode::executable) {
      throw Error(ErrorCode::invalid, printable(path) + " is no regular file there",
                  "name the file otherwise");
    }
    files.emplace(path, repository.read_blob(entry->oid, max_named_files_bytes));
  }
}

std::string lines_of(const std::vector<std::string>& sentences) {
  std::string lines;
  for (const std::string& sentence : sentences) lines += "\n  " + printable(sentence);
  return lines;
}

// Where in a definition something changed, as its topic: "goals-aed-coverage" where it is one item,
// otherwise the part they share, or what is named first.
std::string topic_of(const std::vector<Change>& changes) {
  const auto place = [](const Change& change) {
    return change.path.empty() ? change.file
                               : change.path.substr(0, change.path.find('/', change.path.find('/') + 1));
  };
  std::string text = place(changes.front());
  const bool one =
      std::all_of(changes.begin(), changes.end(), [&](const Change& c) { return place(c) == text; });
  if (!one) {
    const std::string part = text.substr(0, text.find('/'));
    const bool shared = std::all_of(changes.begin(), changes.end(),
                                    [&](const Change& c) { return c.path.starts_with(part); });
    text = shared ? part : "definition";
  }
  std::string topic;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      topic += c;
    else if (!topic.empty() && topic.back() != '-')
      topic += '-';
  }
  topic.resize(std::min(topic.size(), max_topic));
  while (topic.ends_with('-')) topic.pop_back();
  return topic.empty() ? "definition" : topic;
}

std::string checked_topic(const std::string& topic) {
  if (is_id(topic)) return topic;
  throw Error(ErrorCode::usage, fmt::format("\"{}\" cannot name a topic", printable(topic)),
              "use small letters, digits and hyphens, such as \"lower-target\"");
}

std::string message_of(const std::vector<Change>& changes, const std::string& given, const World& world) {
  std::string message;
  if (!given.empty()) {
    message = given;
  } else if (changes.size() == 1) {
    message = printable(changes.front().sentence);
  } else {
    message = fmt::format("Offer {} changes of the definition\n", changes.size());
    for (const Change& change : changes) message += "\n" + printable(change.sentence);
  }
  while (message.ends_with('\n')) message.pop_back();
  return message + fmt::format("\n\nFrom-World: {}\n", world.id().text());
}

git::Oid commit_offer(const Environment& environment, World& world, const Signer& signer,
                      const git::Oid& onto, const DefinitionFiles& before, const DefinitionFiles& after,
                      const std::string& message) {
  const git::Oid tree = world.repository.read_commit(onto).tree;
  std::vector<git::TreeEdit> edits;
  for (const auto& [path, content] : after) {
    const auto old = before.find(path);
    if (old != before.end() && old->second == content) continue;
    const auto entry = world.repository.find(tree, path);
    const auto mode = entry && entry->mode == git::Mode::executable ? git::Mode::executable : git::Mode::file;
    edits.push_back({path, world.repository.write_blob(content), mode});
  }
  for (const auto& [path, content] : before) {
    if (!after.contains(path)) edits.push_back({path, std::nullopt});
  }
  return world.repository.commit({.tree = world.repository.edit_tree(tree, edits),
                                  .parents = {onto},
                                  .author = appender(signer.did()),
                                  .time = environment.now(),
                                  .message = message},
                                 commit_signer_with(signer));
}

// An offer made before under this topic gives way; anything that appeared there meanwhile does not.
void push_offer(const Environment& environment, const World& world, const git::RemoteUrl& url,
                const std::string& branch, const git::Oid& commit) {
  const std::string ref = "refs/heads/" + branch;
  const auto present = git::list_remote(url, {ref}, transport_options(environment));
  const auto expected = present.empty() ? std::nullopt : std::optional(present.front().oid);
  const git::PushReport report =
      git::push(world.repository, url, {{commit, ref, expected}}, transport_options(environment));
  if (report.result == git::PushResult::done) return;
  if (report.result == git::PushResult::stale) {
    throw Error(ErrorCode::cannot, fmt::format("the branch {} at {} changed meanwhile", branch, url.shown()),
                "try again");
  }
  throw Error(
      ErrorCode::refused, fmt::format("{} refused the push: {}", url.shown(), report.message),
      "offer it from a copy of your own instead: bw contribute --to URL-OF-YOUR-COPY, and tell its stewards");
}

}  // namespace

Contributed contribute(const Environment& environment, World& world, const Signer& signer,
                       const ContributeOptions& options) {
  if (options.topic) checked_topic(*options.topic);
  const auto mine = world.repository.ref(main_ref);
  if (!mine) throw Error(ErrorCode::invalid, "there is no branch \"main\" with changes to offer");
  const Target target = target_of(world, options.to);
  const LoadedDefinition my_definition = valid_definition(world, *mine, "main");
  const git::Oid onto = fetch_main(environment, world, target.url);
  const auto base = world.repository.merge_base(*mine, onto);
  if (!base) {
    throw Error(ErrorCode::invalid, target.url.shown() + " shares no history with this world",
                "changes can only be offered to the world that this one was forked or cloned from");
  }
  DefinitionFiles theirs = valid_definition(world, onto, target.url.shown()).files;
  DefinitionFiles before = definition_at(world.repository, *base).files;
  const DefinitionFiles offer = offered_files(before, my_definition.files, options.only, !target.is_own);
  add_unnamed_files(world.repository, *base, offer, before);
  add_unnamed_files(world.repository, onto, offer, theirs);
  const MergedFiles merged = merge_offer(before, theirs, offer);
  if (!merged.conflicts.empty()) {
    throw Error(
        ErrorCode::invalid,
        "what you offer and what they changed meanwhile contradict each other:" + lines_of(merged.conflicts),
        "settle it on your main first (\"bw pull\" or \"git fetch\", then \"bw merge\"), and offer it again");
  }
  Contributed result{.branch = {}, .to = target.url.shown(), .changes = {}, .commit = {}};
  result.changes = difference(theirs, merged.files);
  if (result.changes.empty()) {
    const bool uncommitted = world.repository.has_uncommitted_changes(definition_file);
    throw Error(ErrorCode::invalid, fmt::format("there is nothing to offer to {}", target.url.shown()),
                uncommitted ? fmt::format("commit your changes of {} first", definition_file)
                            : "it has every change of the definition that your main has");
  }
  const LoadedDefinition after = load_definition(memory_source(merged.files));
  if (!after.valid()) {
    std::vector<std::string> sentences;
    for (const Problem& problem : after.problems) {
      if (problem.severity == Severity::error)
        sentences.push_back(fmt::format("{}: {}", problem.file, problem.message));
    }
    throw Error(ErrorCode::invalid,
                "with this offer their definition would not be valid:" + lines_of(sentences),
                options.only.empty() ? "bring your main up to date with theirs, and offer it again"
                                     : "offer with --only also what these parts need");
  }
  result.branch = fmt::format("contribute/{}/{}", signer.did().short_id(),
                              options.topic ? *options.topic : topic_of(result.changes));
  if (options.dry_run) return result;
  result.commit = commit_offer(environment, world, signer, onto, theirs, merged.files,
                               message_of(result.changes, options.message, world));
  // Kept here as well: what was offered can be shown, and git finds nothing dangling.
  const std::string kept = "refs/bw/offered/" + result.branch;
  world.repository.set_ref(kept, *result.commit, "bw: contribute");
  push_offer(environment, world, target.url, result.branch, *result.commit);
  return result;
}

}  // namespace bw
