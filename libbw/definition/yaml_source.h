#pragma once
// The source text under a YAML tree: what makes bytes fit to be parsed at all, and where the tokens end
// that yaml-cpp only says the beginning of.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/problem.h"
#include "definition/yaml.h"

namespace bw::yaml {

// Why `text` must not reach the parser: too large, a byte order mark, not UTF-8, control characters.
std::vector<Problem> unfit(std::string_view text, std::string_view file);

// The first tab in the indentation of a line outside `verbatim` (block scalars, where tabs are content).
std::optional<std::size_t> tab_in_indentation(std::string_view text, const std::vector<Span>& verbatim);

// Where the content of a node begins that begins at `at` with its anchor and tag, if any.
std::size_t after_properties(std::string_view text, std::size_t at);

// The end of the scalar whose token begins at `at` and which says `value`; npos where its closing quote is
// missing, which yaml-cpp overlooks at the end of a file.
std::size_t scalar_end(std::string_view text, std::size_t at, std::string_view value);
// The end of the alias `*name` at `at`.
std::size_t alias_end(std::string_view text, std::size_t at);
// The end of a flow collection whose last child ends at `from`: behind the next closing bracket.
std::size_t flow_end(std::string_view text, std::size_t from);

std::size_t line_begin(std::string_view text, std::size_t at);
// Behind the LF of the line of `at`, or the end of the text.
std::size_t line_end(std::string_view text, std::size_t at);

}  // namespace bw::yaml
