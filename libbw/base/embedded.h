#pragma once
// Files compiled into the library (cmake/embed.cmake): the JSON Schemas and the world templates, so
// that one program file can make and check a world on a machine that has nothing else of bw.

#include <string_view>
#include <vector>

namespace bw::embedded {

struct File {
  std::string_view path;  // relative, with '/', in bytewise order
  std::string_view content;
};

const std::vector<File>& schemas();  // schemas/
// libbw/tools/: <tool>/template.yaml, the rules of a tool to begin with, commented.
const std::vector<File>& tool_templates();
const std::vector<File>& templates();  // examples/; the first folder of a path names the template

}  // namespace bw::embedded
