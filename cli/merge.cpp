#include <algorithm>
#include <iostream>
#include <iterator>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/standard_input.h"
#include "cli/world_access.h"
#include "world/home.h"
#include "world/merge_bundles.h"
#include "world/merge_definition.h"
#include "world/operations.h"
#include "world/seen_inboxes.h"

namespace bw::cli {
namespace {

struct MergeArguments {
  std::vector<std::string> sources;
  bool inbox = false;
};

void print_bundle(Session& session, const MergedBundle& merged) {
  session.print("bundle {} from {}\n", merged.bundle.hex().substr(0, 10),
                session.shown(merged.sender ? merged.sender->text() : merged.from));
  if (!merged.problem.empty())
    session.print("  {}: {}\n", session.styled(Style::bad, "refused whole"), session.shown(merged.problem));
  for (const Verdict& verdict : merged.verdicts) {
    const Style style = verdict.kind == Verdict::Kind::refused ? Style::bad : Style::plain;
    session.print(
        "  {} {}{}\n", verdict.event.short_text(), session.styled(style, text_of(verdict.kind)),
        verdict.index ? fmt::format(" at {}", *verdict.index) : ": " + session.shown(verdict.reason));
  }
  for (const std::string& warning : merged.warnings) session.warn("{}", session.shown(warning));
}

bool is_refusal(const MergedBundle& merged) {
  return !merged.problem.empty() ||
         std::any_of(merged.verdicts.begin(), merged.verdicts.end(),
                     [](const Verdict& verdict) { return verdict.kind == Verdict::Kind::refused; });
}

// Tells in words at once; for --json everything goes into one object, printed at the end.
int conclude_bundles(Session& session, Json& told, const std::vector<MergedBundle>& merged,
                     std::size_t left = 0) {
  if (!merged.empty()) session.done(counted(merged.size(), "bundle is", "bundles are") + " answered");
  if (session.json()) {
    Json& bundles = told["bundles"];
    if (bundles.is_null()) bundles = Json::array();
    for (const MergedBundle& item : merged) {
      Json json = {{"bundle", item.bundle.hex()},
                   {"sender", item.sender ? Json(item.sender->text()) : Json(nullptr)},
                   {"problem", item.problem.empty() ? Json(nullptr) : Json(item.problem)},
                   {"warnings", item.warnings}};
      json.update(verdicts_json(item.verdicts));
      bundles.push_back(std::move(json));
    }
    told["left"] = told.value("left", std::size_t{0}) + left;
  } else if (merged.empty()) {
    session.print("The inbox is empty\n");
  } else {
    for (const MergedBundle& item : merged) print_bundle(session, item);
  }
  return std::any_of(merged.begin(), merged.end(), is_refusal) ? 4 : 0;
}

int conclude_inboxes(Session& session, Json& told, const MergedInboxes& merged) {
  const int status = conclude_bundles(session, told, merged.bundles, merged.left);
  for (const std::string& warning : merged.warnings) session.warn("{}", session.shown(warning));
  if (merged.cosigned) session.done("the stream's cosigned checkpoint is renewed");
  if (session.json()) {
    told["cosigned"] = told.value("cosigned", false) || merged.cosigned;
  } else if (merged.cosigned) {
    session.print("The world's witnesses stand behind more now: their cosignatures are in the stream\n");
  }
  if (merged.left > 0)
    session.note("{} more {} in the inbox: run \"bw merge --inbox\" again.", merged.left,
                 merged.left == 1 ? "bundle waits" : "bundles wait");
  return status;
}

int conclude_definition(Session& session, Json& told, const std::string& label,
                        const MergedDefinition& merged) {
  const bool conflicts = merged.outcome == MergedDefinition::Outcome::conflicts;
  if (merged.outcome != MergedDefinition::Outcome::already)
    session.done(
        fmt::format("{} is {}", label, conflicts ? "half merged, with conflicts" : "merged into main"));
  constexpr std::string_view outcomes[] = {"already", "fast_forward", "merged", "conflicts"};
  if (session.json()) {
    Json list = Json::array();
    for (const MergeConflict& conflict : merged.conflicts) {
      list.push_back({{"path", conflict.path}, {"sentence", conflict.sentence}, {"line", conflict.line}});
    }
    told["outcome"] = outcomes[static_cast<std::size_t>(merged.outcome)];
    Json& changes = told["changes"];
    if (changes.is_null()) changes = Json::array();
    for (Json& change : changes_as_json(merged.changes)) changes.push_back(std::move(change));
    told["conflicts"] = std::move(list);
    return conflicts ? 1 : 0;
  }
  if (merged.outcome == MergedDefinition::Outcome::already)
    session.print("main holds {} already\n", session.shown(label));
  session.write(changes_as_text(merged.changes, session.color()));
  for (const MergeConflict& conflict : merged.conflicts) {
    session.print("{} {}\n", session.styled(Style::bad, "conflict"), session.shown(conflict.sentence));
  }
  if (conflicts) {
    session.note(
        "Choose between the versions in the files, then: git add -A && git commit -S\nOr go back: git merge "
        "--abort");
  } else if (merged.outcome != MergedDefinition::Outcome::already) {
    session.note("main holds it now; put it in force with \"bw adopt\".");
  }
  return conflicts ? 1 : 0;
}

// A branch here or at a remote, by the name that git would take for it.
std::optional<git::Oid> find_branch(const World& world, const std::string& name) {
  for (const char* prefix : {"refs/heads/", "refs/remotes/"}) {
    const std::string ref = prefix + name;
    if (!git::is_safe_ref_name(ref)) continue;
    if (const auto oid = world.repository.ref(ref)) return oid;
  }
  if (const auto oid = git::Oid::from_hex(name); oid && world.repository.has_object(*oid)) return oid;
  return std::nullopt;
}

// A word that is neither a file, a branch nor a remote is an address, or a slip of the pen.
void require_address(const World& world, const std::string& name) {
  const auto url = git::RemoteUrl::parse(name);
  std::error_code error;
  if (!url || !url->is_local() || std::filesystem::exists(std::filesystem::path(name), error) ||
      name.starts_with("file:"))
    return;
  const std::vector<std::string> remotes = world.repository.remotes();
  std::vector<std::string> names = remotes;
  for (const std::string_view prefix : {"refs/heads/", "refs/remotes/"}) {
    for (const auto& [ref, oid] : world.repository.refs(prefix)) names.push_back(ref.substr(prefix.size()));
  }
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) {
    hint = remotes.empty() ? "`git branch --all` lists the branches" : "the remotes are: " + listed(remotes);
  }
  throw Error(ErrorCode::usage,
              "\"" + name + "\" is neither a bundle file, a branch, a remote nor the address of a repository",
              hint);
}

// Everything that another repository offers: bundles in its inbox, then its main.
int merge_remote(Session& session, World& world, const Acting& me, Json& told, const std::string& name) {
  const auto configured = world.repository.remote_url(name);
  if (!configured) require_address(world, name);
  const git::RemoteUrl url = parse_url(configured.value_or(name));
  const auto merged = merge_inbox_of(session.environment, world, *me.signer, url);
  const bool silent = merged.bundles.empty() && merged.warnings.empty() && merged.left == 0;
  const int status = silent ? 0 : conclude_inboxes(session, told, merged);
  const bool found = git::fetch(world.repository, url, {"+refs/heads/main:refs/bw/merging"},
                                transport_options(session.environment));
  const auto theirs = world.repository.ref("refs/bw/merging");
  if (!found || !theirs) return status;
  const MergedDefinition definition =
      merge_definition(session.environment, world, *me.signer, *theirs, url.shown());
  if (definition.outcome == MergedDefinition::Outcome::already && !merged.bundles.empty()) return status;
  return std::max(status, conclude_definition(session, told, url.shown(), definition));
}

int merge_source(Session& session, World& world, const Acting& me, Json& told, const std::string& source) {
  if (source == "-")
    return conclude_bundles(session, told,
                            merge_bundles(session.environment, world, *me.signer,
                                          {read_standard_input(max_bundle_bytes, "the bundle")}));
  std::error_code none;
  if (std::filesystem::is_regular_file(source, none)) {
    return conclude_bundles(
        session, told,
        merge_bundles(session.environment, world, *me.signer, {read_file(source, max_bundle_bytes)}));
  }
  if (const auto branch = find_branch(world, source)) {
    return conclude_definition(session, told, source,
                               merge_definition(session.environment, world, *me.signer, *branch, source));
  }
  return merge_remote(session, world, me, told, source);
}

int run_merge(Session& session, const MergeArguments& given) {
  if (given.sources.empty() && !given.inbox) {
    throw Error(ErrorCode::usage, "say what to merge: a bundle, a branch, a remote, or --inbox");
  }
  World world = open_world_of(session);
  const Operation operation(session.environment, world, "merge");
  const Acting me = acting(session);
  Json told = Json::object();
  int status = 0;
  const auto tell = [&] {
    if (session.json() && !told.empty()) session.print_json(told);
  };
  try {
    if (given.inbox) {
      status = conclude_inboxes(session, told, merge_inboxes(session.environment, world, *me.signer));
      forget_inboxes(world);
    }
    for (const std::string& source : given.sources)
      status = std::max(status, merge_source(session, world, me, told, source));
  } catch (const Error&) {
    tell();  // what was merged before it stays merged
    throw;
  }
  tell();
  return status;
}

}  // namespace

void declare_merge(Commands& commands) {
  Command& command =
      commands.add("merge", Purpose::together, "Admit what others submitted, or merge their definition");
  MergeArguments& given = command.runs(run_merge);
  command
      .argument(given.sources, "SOURCE",
                "a bundle file, - for standard input, a branch, a remote or an address")
      .completes = Completes::files;
  command.flag("--inbox", given.inbox,
               "admit everything in the inboxes of this repository, its home and its remotes");
  command.description =
      "A bundle's events are each admitted, found to be in the log already, or refused with the reason; the "
      "sender gets a signed receipt. Merging the same bundle twice changes nothing. With --inbox, what the "
      "world's "
      "witnesses said is collected as well (see `bw witness collect`).\n\n"
      "A branch or a remote's main is merged by meaning: two people who added different behaviours never "
      "conflict; a real conflict names goal and field, keeps comments and order, and leaves both versions to "
      "choose from.";
  command.examples = {{"bw merge --inbox", "Admits what waits in the inboxes"},
                      {"bw merge deeds.jsonl", "Admits a bundle that came by mail"},
                      {"bw merge origin/contribute/z6Mk…/more-training", "Merges a contribution into main"}};
  command.json = {
      {"bundles", "for each: bundle, sender, problem, warnings, admitted, duplicate, refused, events"},
      {"cosigned", "--inbox: whether cosignatures of the world's witnesses were put into the stream"},
      {"left", "how many bundles wait in the inboxes for another run"},
      {"outcome", "of a definition: already, fast_forward, merged or conflicts"},
      {"changes", "what it brought, in meaning"},
      {"conflicts", "for each: path, sentence and line"}};
  command.exit_codes = {{1, "conflicts were left to choose from"}, {4, "something was refused"}};
  command.see_also = {"submit", "contribute", "adopt"};
}

}  // namespace bw::cli
