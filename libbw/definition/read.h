#pragma once
// From a tree in which nothing is wrong (schema.h and meaning.h found no error) to the typed model.

#include "definition/model.h"
#include "definition/yaml.h"

namespace bw {

Definition read_definition(const yaml::Node& root);

}  // namespace bw
