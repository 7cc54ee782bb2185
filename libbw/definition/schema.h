#pragma once
// Schema: a JSON Schema (draft-07) of `schemas/`, the same file that editors use for completion, applied
// to a YAML tree so that every mistake is reported once, in words, at its own place.
//
// The keywords that our schemas use are applied here, and a schema with any other is refused, so that
// none is silently without effect. A general validator (valijson, which the tests compare with) was tried
// and left: it names only the first unknown key, reports every parent of a mistake as well, cannot place
// a bad property name, compares `uniqueItems` pairwise, and feeds strings of any length to std::regex,
// whose stack overflows.
//
// Keywords of ours, which other validators ignore: `x-bw-file` marks a string that names a file of the
// definition; `x-bw-ref` one that names an item of a list ("behaviours" of betterworld.yaml, "points/shop" of
// tools/points.yaml), a "@group" or a "@figure" of persons (definition/meaning.h); `x-bw-form` says in words
// what a `pattern` or `oneOf` wants.
//
// A schema may refer to the `definitions` of another one by its file name
// ("betterworld.schema.json#/definitions/id").

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "definition/problem.h"
#include "definition/yaml.h"

namespace bw {

// A value that has to be the id of an item of a list.
struct Reference {
  const yaml::Node* node = nullptr;
  std::string list;  // as under `x-bw-ref`
};

class Schema {
public:
  // The embedded schema of that name, e.g. "betterworld.schema.json"; compiled once, thread-safe. Throws
  // Error(invalid) where there is none.
  static const Schema& named(std::string_view name);
  // Throws Error(invalid) where `text` is no schema that can be applied.
  explicit Schema(std::string_view text);
  ~Schema();
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;

  std::vector<Problem> check(const yaml::Node& root, std::string_view file) const;

  // The values that stand under `x-bw-file`, in order.
  std::vector<const yaml::Node*> files_named(const yaml::Node& root) const;
  // The values that stand under `x-bw-ref`, in order.
  std::vector<Reference> references(const yaml::Node& root) const;

private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace bw
