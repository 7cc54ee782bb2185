#pragma once
// Reading a paper key: typed line by line at a terminal, or from a file or pipe that holds its code.

#include <filesystem>
#include <optional>

#include "cli/session.h"
#include "crypto/paper_key.h"

namespace bw::cli {

// `-` is standard input. Errors: usage (no file, and no terminal to type at), invalid (no paper key; names
// the line that is wrong).
PaperKey read_paper(Session& session, const std::optional<std::filesystem::path>& file);

}  // namespace bw::cli
