#include "world/world_files.h"

#include "base/embedded.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "definition/load.h"

namespace bw {
namespace {

constexpr const char* attributes =
    R"(# Definitions are merged by meaning (bw sets the driver up in .git/config).
betterworld.yaml merge=betterworld
tools/*.yaml merge=betterworld
)";

constexpr const char* workflow = R"(# Checks the definition and the stream of this world on every change.
name: world
on: [push, pull_request]
jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Is bw there?
        run: command -v bw || { echo "::error::install bw on this runner first"; exit 1; }
      - name: Validate the definition
        run: bw validate --format github
      - name: Verify the stream
        run: |
          git fetch origin stream:stream
          bw verify
)";

constexpr const char* pre_commit = R"(#!/bin/sh
# Installed by bw: a definition with errors is not committed. Skip once with: git commit --no-verify
command -v bw >/dev/null 2>&1 || exit 0
git diff --cached --name-only | grep -qE '^(betterworld\.yaml|tools/)' || exit 0
# What is committed is judged, which need not be what the work tree holds.
staged=$(mktemp -d) || exit 1
trap 'rm -rf "$staged"' EXIT
git checkout-index -a --prefix="$staged/" || exit 1
cd "$staged" && env -u GIT_DIR -u GIT_INDEX_FILE -u GIT_WORK_TREE -u GIT_PREFIX bw validate
)";

}  // namespace

std::map<std::string, std::string> world_files(const std::string& template_name) {
  std::map<std::string, std::string> files;
  std::vector<std::string> names;
  for (const embedded::File& file : embedded::templates()) {
    const std::string name(file.path.substr(0, file.path.find('/')));
    if (names.empty() || names.back() != name) names.push_back(name);
    if (name == template_name && file.path.size() > name.size()) {
      files.emplace(file.path.substr(name.size() + 1), file.content);
    }
  }
  if (!files.contains(definition_file)) {
    throw Error(ErrorCode::usage, "there is no template \"" + printable(template_name) + "\"",
                did_you_mean(template_name, names).empty() ? "see them all with: bw init --list-templates"
                                                           : did_you_mean(template_name, names));
  }
  for (const embedded::File& file : embedded::schemas()) {
    files.emplace("schemas/" + std::string(file.path), file.content);
  }
  files.emplace(".gitattributes", attributes);
  files.emplace(".github/workflows/world.yml", workflow);
  return files;
}

bool is_program(std::string_view path) {
  return path.ends_with(".sh");
}

void install_hooks(const git::Repository& repository) {
  const auto path = repository.git_folder() / "hooks" / "pre-commit";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) write_file(path, pre_commit, 0755);
}

}  // namespace bw
