// bw diff: what changed in meaning.

#include "base/error.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/world_access.h"
#include "definition/difference.h"
#include "world/differences.h"

namespace bw::cli {
namespace {

struct DiffArguments {
  std::optional<std::string> before;
  std::optional<std::string> after;
};

int run_diff(Session& session, const DiffArguments& given) {
  const World world = open_world_of(session);
  const std::string before = given.before.value_or("adopted");
  const DefinitionFiles old_files = definition_named(world, before);
  bool valid = true;
  DefinitionFiles new_files;
  if (given.after) {
    new_files = definition_named(world, *given.after);
  } else {
    LoadedDefinition loaded = work_tree_definition(world);
    valid = loaded.valid();
    new_files = std::move(loaded.files);
  }
  const std::vector<Change> changes = difference(old_files, new_files);
  if (session.json()) {
    session.print_json({{"before", before},
                        {"after", given.after ? Json(*given.after) : Json(nullptr)},
                        {"changes", changes_as_json(changes)}});
  } else if (changes.empty()) {
    session.note("Nothing changed in meaning.");
  } else {
    session.page();
    session.write(changes_as_text(changes, session.color()));
  }
  if (!valid) session.warn("the work tree's definition has errors; \"bw validate\" shows them");
  return 0;
}

std::vector<Candidate> named_definitions(Session& session, const std::string& /*prefix*/) {
  const World world = open_world_of(session);
  std::vector<Candidate> candidates = {{"adopted", "the definition in force"}};
  for (const std::string_view space : {"refs/heads/", "refs/remotes/"}) {
    for (const auto& [name, oid] : world.repository.refs(space)) {
      if (!name.ends_with("/stream") && !name.ends_with("/details"))
        candidates.push_back({name.substr(space.size()), ""});
    }
  }
  return candidates;
}

}  // namespace

void declare_diff(Commands& commands) {
  Command& command =
      commands.add("diff", Purpose::every_day, "Show what changed in a definition, in meaning");
  DiffArguments& given = command.runs(run_diff);
  command.argument(given.before, "A", "adopted, a branch, a commit or a digest (default: adopted)")
      .offer(named_definitions);
  command.argument(given.after, "B", "the same (default: the files in the work tree)")
      .offer(named_definitions);
  command.description =
      "Compares two definitions by goals, behaviours and fields, not by lines: comments, order of keys and "
      "style make no difference, and what has an id is compared with what has the same id. Without arguments "
      "it shows what `bw adopt` would put in force once the work tree is committed. The files of the work "
      "tree are shown for what they are, committed or not.";
  command.examples = {{"bw diff", "What differs from the definition in force"},
                      {"bw diff adopted upstream/main", "What upstream has that is not in force here"},
                      {"bw diff main~1 main --json", "What the last commit changed, for a program"}};
  command.json = {{"before", "what was compared"},
                  {"after", "with what; null: the work tree"},
                  {"changes", "for each: kind, file, path, before, after, sentence"}};
  command.see_also = {"validate", "adopt", "contribute"};
}

}  // namespace bw::cli
