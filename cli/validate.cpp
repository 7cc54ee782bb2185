// bw validate: is this definition right?

#include "world/validate.h"

#include <algorithm>

#include "base/error.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "definition/load.h"
#include "definition/report.h"
#include "git/repository.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;

struct ValidateArguments {
  std::vector<fs::path> paths;
  std::string format = "text";
};

// The work tree around the folder, whether or not a world lives there yet.
fs::path default_path(const Session& session) {
  const fs::path folder = session.world_folder();
  const auto repository = git::Repository::discover(folder);
  const fs::path root = repository ? repository->work_tree().value_or(folder) : folder;
  std::error_code error;
  if (!fs::exists(root / definition_file, error) && !repository) {
    throw Error(ErrorCode::invalid, "there is neither a betterworld.yaml here nor a repository around",
                "name a file or folder, or go into a world");
  }
  return fs::equivalent(root, fs::current_path(), error) ? fs::path(".") : root;
}

Validated validate_all(const Session& session, const ValidateArguments& given) {
  Validated all;
  for (const fs::path& path : given.paths.empty() ? std::vector{default_path(session)} : given.paths) {
    Validated one = validate_files(path);
    all.problems.insert(all.problems.end(), one.problems.begin(), one.problems.end());
    all.files.merge(one.files);
    all.checked += one.checked;
  }
  sort_problems(all.problems);
  return all;
}

int run_validate(Session& session, const ValidateArguments& given) {
  const Validated result = validate_all(session, given);
  const auto errors = static_cast<std::size_t>(
      std::count_if(result.problems.begin(), result.problems.end(),
                    [](const Problem& problem) { return problem.severity == Severity::error; }));
  const std::size_t warnings = result.problems.size() - errors;
  if (session.json() || given.format == "json") {
    session.print_json({{"valid", errors == 0},
                        {"errors", errors},
                        {"warnings", warnings},
                        {"problems", problems_as_json(result.problems)}});
  } else if (given.format == "sarif") {
    session.write(problems_as_sarif(result.problems, BW_VERSION).dump(2) + "\n");
  } else if (given.format == "github") {
    session.write(problems_as_github(result.problems));
  } else {
    session.write(problems_as_text(result.problems, result.files, session.color()));
  }
  session.note("{}: {}, {}, {}", errors == 0 ? "valid" : "not valid",
               counted(result.checked, "file", "files"), counted(errors, "error", "errors"),
               counted(warnings, "warning", "warnings"));
  return errors == 0 ? 0 : 1;
}

}  // namespace

void declare_validate(Commands& commands) {
  Command& command =
      commands.add("validate", Purpose::every_day, "Check a definition and say everything that is wrong");
  ValidateArguments& given = command.runs(run_validate);
  command.argument(given.paths, "PATH", "a file or a folder (default: the work tree of the world)");
  command.option("--format", given.format, "FORMAT", "how problems are written")
      .choose({"text", "json", "sarif", "github"});
  command.description =
      "Checks the YAML itself, its schema, and whether it fits together: references, units, goals in a "
      "cycle, "
      "ids given twice, limits that cannot be met. Everything is said in one run, each with file, line and "
      "column and what to do about it. Works outside any world, too.\n\n"
      "`sarif` is for code-scanning services, `github` prints annotations for a workflow. Worlds made by `bw "
      "init` run this before each commit and in a ready workflow.";
  command.examples = {
      {"bw validate", "Checks the world here"},
      {"bw validate draft.yaml", "Checks a single file, whatever its name"},
      {"bw validate --format sarif > problems.sarif", "Writes a report for a code-scanning service"}};
  command.json = {{"valid", "whether there is no error"},
                  {"errors", "how many"},
                  {"warnings", "how many"},
                  {"problems", "for each: file, line, column, severity, code, message, hint"}};
  command.exit_codes = {{1, "there are errors; warnings alone do not count"}};
  command.see_also = {"diff", "adopt"};
}

}  // namespace bw::cli
