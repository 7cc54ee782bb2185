#pragma once
// Man pages, written in man(7) from the declarations.

#include <filesystem>
#include <string>

#include "cli/command.h"

namespace bw::cli {

std::string man_page(const Commands& commands);  // bw(1)
std::string man_page(const Command& command);    // bw-<command>(1)

// Writes the page of every command that this program serves, and bw.1 where `with_overview`.
void write_man_pages(const Commands& commands, const std::filesystem::path& folder, bool with_overview);

}  // namespace bw::cli
