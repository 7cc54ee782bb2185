#pragma once
// The files that a new world begins with: a template's, the schemas that editors use, Git attributes for
// the merge of definitions, a ready CI workflow; and the pre-commit hook beside them.

#include <map>
#include <string>
#include <string_view>

#include "git/repository.h"

namespace bw {

// Path → content. Error(usage) where no such template exists, with the closest name.
std::map<std::string, std::string> world_files(const std::string& template_name);

// Whether a file of a template is to be executable.
bool is_program(std::string_view path);

// The pre-commit hook that validates the definition. Leaves a hook that is there already alone.
void install_hooks(const git::Repository& repository);

}  // namespace bw
