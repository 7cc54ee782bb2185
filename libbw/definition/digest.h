#pragma once
// The digest that names a definition, and the files it is over (`DefinitionFiles`, `definition_digest`).
// They are the stream's, which keeps every adopted set under its digest; named here for those who only
// look at definitions.

#include "stream/definition_set.h"  // IWYU pragma: export
