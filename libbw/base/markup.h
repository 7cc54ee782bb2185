#pragma once
// Markup (XML, SVG, HTML) made from outside text.

#include <string>
#include <string_view>

namespace bw {

// Stands for the same text between tags, and inside an attribute in double quotes.
std::string escape_markup(std::string_view text);

}  // namespace bw
