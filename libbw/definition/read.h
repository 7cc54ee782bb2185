#pragma once
// From trees in which nothing is wrong (schema.h and meaning.h found no error) to the typed model.

#include "definition/meaning.h"
#include "definition/model.h"

namespace bw {

// `trees` has one of betterworld.yaml.
Definition read_definition(Trees trees);

}  // namespace bw
