#pragma once
// The tools that this version has, in the order in which they are folded. To add one is to add a folder
// beside this file and a line to the list (docs/adding-a-tool.md).

#include <memory>
#include <string>
#include <vector>

#include "definition/load.h"
#include "state/tool.h"
#include "stream/admission.h"

namespace bw {

std::vector<std::unique_ptr<Tool>> make_tools();

// Loads a definition (definition/load.h), and lets each tool check its rules in it.
LoadedDefinition load_definition(const FileSource& source);

// The commented rules of a tool to begin with, tools/<name>.yaml. Error(usage) where no tool of that name has
// any, with the closest name.
std::string tool_template(const std::string& name);

// What admission asks about kinds that only tools know (stream/admission.h).
KindForms tool_forms();

}  // namespace bw
