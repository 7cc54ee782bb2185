#pragma once
// Edits of YAML source by commands: only the lines that must change do, so that comments, order and style
// stay as people left them. A path is keys and ids from the root: {"goals", "aed-coverage", "target"}; an
// item of a list without ids is named by its position, from 0.
//
// Each function returns the new text, which has been parsed again and says what was asked. Error(invalid)
// where the text is no valid YAML or the path leads nowhere; Error(refused) where the place is written in a
// way that cannot be edited without touching more (a person then edits the file).

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace bw {

// Members keep the order in which they are to be written. A decimal with a fraction is given as a string;
// floats are refused. A decimal string that takes the place of a plain number is written plain.
using YamlValue = nlohmann::ordered_json;

using YamlPath = std::vector<std::string>;
YamlPath yaml_path(std::string_view text);  // "goals/aed-coverage/target", split at '/'

// Sets the value at `path`: replaces what is there, or adds the key at the end of the mapping that the
// rest of the path leads to.
std::string set_value(std::string_view text, const YamlPath& path, const YamlValue& value);

// Appends an item to the list at `path`; begins the list where its key is missing, empty or `[]`. An item
// that has the id of another is refused.
std::string append_item(std::string_view text, const YamlPath& path, const YamlValue& item);

// Removes the item or key at `path`, with the comments that belong to it. The last item leaves `[]`, the
// last key `{}`.
std::string remove_value(std::string_view text, const YamlPath& path);

// A value as block YAML, each line indented by `indent` spaces, ending with LF. Strings that would read as
// something else are quoted.
std::string block_yaml(const YamlValue& value, std::size_t indent = 0);
// A value on one line: `[a, b]`, `"3"`.
std::string flow_yaml(const YamlValue& value);

}  // namespace bw
