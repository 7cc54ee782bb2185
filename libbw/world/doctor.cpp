#include "world/doctor.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "world/appending.h"
#include "world/examination.h"
#include "world/home.h"
#include "world/identity.h"
#include "world/new_folder.h"

namespace bw {
namespace {

constexpr std::chrono::milliseconds patience{2000};

std::string sentence_of(const Error& error) {
  return error.hint().empty() ? error.what() : fmt::format("{}; {}", error.what(), error.hint());
}

std::optional<World> opened(Examination& examination, const std::filesystem::path& folder) {
  try {
    return open_world(examination.environment, folder);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cannot) throw;
    examination.left("stream-invalid", std::string(stream_ref), error.what(),
                     error.hint().empty() ? "see everything with \"bw verify\"" : error.hint());
    return std::nullopt;
  }
}

void examine_pending(Examination& examination, World& world) {
  const auto identity = find_identity(examination.environment);
  const bool mine = identity && world.stream.authority.may_append(identity->did) &&
                    home_of(world).kind != Home::Kind::elsewhere;
  if (world.stream.pending() == 0 || !mine) return;
  examination.found("no-checkpoint", std::string(stream_ref),
                    fmt::format("{} of its entries are covered by no checkpoint", world.stream.pending()),
                    "a checkpoint was signed over them", "sign a checkpoint over them", [&] {
                      const auto signer = open_signer(examination.environment, *identity);
                      append_at_home(examination.environment, world, *signer,
                                     [](const StreamState&) { return Composition{}; });
                    });
}

void examine_home_copy(Examination& examination, World& world) {
  const auto there = world.repository.ref("refs/bw/home/stream");
  if (!there || home_of(world).kind != Home::Kind::remote || there == world.stream.head ||
      !world.repository.is_ancestor(*world.stream.head, *there)) {
    return;
  }
  examination.found("home-has-more", std::string(stream_ref),
                    "what home had when it was last asked was fetched and not taken over",
                    "it was verified and taken over", "verify it and take it over", [&] {
                      const StreamLock lock(world);
                      refresh(examination.environment, world);
                      catch_up_with(examination.environment, world, there);
                    });
}

// Nothing of it was acknowledged, and nothing else goes on until it is done again.
bool is_unfinished(Examination& examination, const std::filesystem::path& folder) {
  if (!NewFolder::is_unfinished(folder)) return false;
  examination.found(
      "unfinished-folder", folder.string(),
      "the command that was to make a world here ended midway, and nobody was told that it is there",
      "the folder was emptied: give the command again", "empty the folder",
      [&] { NewFolder::clear_unfinished(folder); });
  return true;
}

}  // namespace

std::string_view text_of(Finding::Outcome outcome) {
  switch (outcome) {
    case Finding::Outcome::mended:
      return "mended";
    case Finding::Outcome::mendable:
      return "mendable";
    case Finding::Outcome::left:
      break;
  }
  return "left";
}

bool Diagnosis::healthy() const {
  return std::all_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.outcome == Finding::Outcome::mended; });
}

void Examination::found(std::string kind, std::string where, std::string what, std::string deed,
                        std::string plan, const std::function<void()>& remedy) {
  Finding finding{std::move(kind), std::move(where), std::move(what), Finding::Outcome::mendable,
                  std::move(plan)};
  if (mend_) {
    try {
      remedy();
      finding.outcome = Finding::Outcome::mended;
      finding.done = std::move(deed);
    } catch (const Error& error) {
      finding.outcome = Finding::Outcome::left;
      finding.done = sentence_of(error);
    }
  }
  findings.push_back(std::move(finding));
}

void Examination::left(std::string kind, std::string where, std::string what, std::string advice) {
  findings.push_back(
      {std::move(kind), std::move(where), std::move(what), Finding::Outcome::left, std::move(advice)});
}

bool Examination::is_left(std::string_view kind) const {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.kind == kind && finding.outcome != Finding::Outcome::mended;
  });
}

void examine_progress(Examination& examination, World& world) {
  examine_home_copy(examination, world);
  examine_pending(examination, world);
}

Diagnosis examine(const Environment& environment, const std::filesystem::path& folder, bool mend) {
  Examination examination(environment, mend);
  if (is_unfinished(examination, folder)) return {std::move(examination.findings)};
  auto repository = git::Repository::discover(folder);
  if (!repository) {
    throw Error(ErrorCode::invalid, folder.string() + " is not inside a Git repository",
                "go into a world, name one with -C or --world, or make one with \"bw init\"");
  }
  {
    // No bw appends or pulls meanwhile; plain git is looked for where it matters.
    const FileLock lock(repository->git_folder() / "bw" / "append.lock", patience);
    examine_leftovers(examination, *repository);
    examine_refs(examination, *repository);
    // While a ref cannot be read, little else can.
    if (examination.is_left("broken-ref")) return {std::move(examination.findings)};
    // Of what no branch refers to yet, such as half of a first push, nobody was told; git gc removes it.
    if (!repository->ref(stream_ref)) {
      const char* const advice = "make a world with \"bw init\", or get one with \"bw clone\"";
      const char* const what = "a Git repository but no world: it has no branch \"stream\"";
      if (examination.findings.empty())
        throw Error(ErrorCode::invalid, fmt::format("{} is {}", folder.string(), what), advice);
      // What was done, and what is to be done, is told all the same.
      examination.left("no-world", folder.string(), fmt::format("it is {}", what), advice);
      return {std::move(examination.findings)};
    }
    examine_objects(examination, *repository);
    examine_caches(examination, *repository);
  }
  if (auto world = opened(examination, folder)) {
    examine_settings(examination, *world);
    examine_progress(examination, *world);
    examine_journal(examination, *world);
    examine_records(examination, *world);
  }
  return {std::move(examination.findings)};
}

}  // namespace bw
