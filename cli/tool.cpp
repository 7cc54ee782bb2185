// bw tool: the tools that a world can adopt, and the rules of those that it has.

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "definition/load.h"
#include "tools/toolset.h"

namespace bw::cli {
namespace {

int list_tools(Session& session) {
  const World world = open_world_of(session);
  const LoadedDefinition adopted = adopted_definition(world);
  Json tools = Json::array();
  Table table({{"TOOL"}, {"ADOPTED"}, {"EVENTS"}});
  for (const auto& tool : make_tools()) {
    const std::string name(tool->name());
    const auto with_rules = tools_with_rules();
    const bool has_rules = std::find(with_rules.begin(), with_rules.end(), name) != with_rules.end();
    const bool is_adopted = !has_rules || adopted.files.contains("tools/" + name + ".yaml");
    const std::vector<std::string_view> kinds = tool->kinds();
    if (kinds.empty() && !has_rules) continue;
    tools.push_back({{"name", name}, {"rules", has_rules}, {"adopted", is_adopted}, {"kinds", kinds}});
    table.row({{name, Style::name},
               {!has_rules   ? "always"
                : is_adopted ? "yes"
                             : "no",
                is_adopted ? Style::good : Style::plain},
               fmt::format("{}", fmt::join(kinds, ", "))});
  }
  if (session.json()) {
    session.print_json({{"tools", tools}});
  } else {
    session.print(table);
  }
  return 0;
}

struct NamedTool {
  std::string tool;
};

std::filesystem::path rules_path(const World& world, const std::string& tool) {
  const auto folder = world.repository.work_tree();
  if (!folder) throw Error(ErrorCode::invalid, "a bare repository has no work tree");
  return *folder / "tools" / (tool + ".yaml");
}

int add_tool(Session& session, const NamedTool& given) {
  const World world = open_world_of(session);
  const std::string text = tool_template(given.tool);
  const std::filesystem::path path = rules_path(world, given.tool);
  std::error_code failure;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, failure))) {
    throw Error(ErrorCode::refused, fmt::format("tools/{}.yaml is there already", given.tool),
                "edit it, or move it away first");
  }
  write_file(path, text);
  session.done(fmt::format("tools/{}.yaml is written", given.tool));
  if (session.json()) {
    session.print_json({{"tool", given.tool}, {"file", path.string()}});
    return 0;
  }
  session.print("{}\n", session.shown(path.string()));
  session.note("Next: edit it, check it with \"bw validate\", commit it, and \"bw adopt\".");
  return 0;
}

int show_tool(Session& session, const NamedTool& given) {
  const World world = open_world_of(session);
  const LoadedDefinition adopted = adopted_definition(world);
  const auto file = adopted.files.find("tools/" + given.tool + ".yaml");
  if (file == adopted.files.end()) {
    std::string known = tool_template(given.tool);  // or there is no such tool at all
    throw Error(ErrorCode::invalid, fmt::format("{} has not adopted the tool {}", world.name(), given.tool),
                fmt::format("bw tool add {} writes a commented file to begin with", given.tool));
  }
  if (session.json()) {
    session.print_json({{"tool", given.tool}, {"rules", file->second}});
  } else {
    session.page();
    for (const std::string_view line : split(file->second, '\n')) session.print("{}\n", session.shown(line));
  }
  return 0;
}

std::vector<Candidate> tool_candidates(Session& /*session*/, const std::string& /*prefix*/) {
  std::vector<Candidate> candidates;
  for (const std::string& name : tools_with_rules()) candidates.push_back({name, ""});
  return candidates;
}

}  // namespace

void declare_tool(Commands& commands) {
  Command& noun = commands.add("tool", Purpose::together, "See and add the tools of a world");
  noun.description =
      "A tool is a set of rules that a world can adopt: its file tools/<tool>.yaml belongs to the "
      "definition, and "
      "is changed, checked and adopted with it.";

  Command& listing = noun.verb("list", "List the tools, and which of them this world has adopted");
  listing.runs(list_tools);
  listing.description = "Those without rules are always there.";
  listing.examples = {{"bw tool list", "All tools"}};
  listing.json = {{"tools", "for each: name, rules (whether it has any), adopted, kinds (of its events)"}};
  listing.see_also = {"validate", "adopt"};

  Command& adding = noun.verb("add", "Write the commented rules of a tool to begin with");
  NamedTool& added = adding.runs(add_tool);
  adding.argument(added.tool, "TOOL", "the tool").offer(tool_candidates);
  adding.description =
      "Nothing is in force before it is committed and adopted. A file that is there is left alone.";
  adding.examples = {{"bw tool add governance", "Writes tools/governance.yaml"}};
  adding.json = {{"tool", "its name"}, {"file", "what was written"}};
  adding.exit_codes = {{4, "the file is there already"}};
  adding.see_also = {"validate", "adopt"};

  Command& showing = noun.verb("show", "Show the adopted rules of a tool");
  NamedTool& shown = showing.runs(show_tool);
  showing.argument(shown.tool, "TOOL", "the tool").offer(tool_candidates);
  showing.description = "As they stand in the definition that was adopted last.";
  showing.examples = {{"bw tool show governance", "How this world decides"}};
  showing.json = {{"tool", "its name"}, {"rules", "the text of its file"}};
  showing.see_also = {"diff", "adopt"};
}

}  // namespace bw::cli
