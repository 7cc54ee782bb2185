#pragma once
// SettledRefs: what was found out about refs that others left, so that it is found out once: that a
// receipt is valid, that what lies in an inbox is no bundle. Kept by name and object in `.git/bw/`; a
// cache, whose loss costs only time. Neither verdict can change later: a bundle is judged here by its
// bytes alone, and who could append once could do it then for ever.

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "git/repository.h"

namespace bw {

class SettledRefs {
public:
  explicit SettledRefs(const git::Repository& repository);

  bool contains(std::string_view ref, const git::Oid& oid) const;
  void add(std::string_view ref, const git::Oid& oid);
  // Writes down what was added; a folder that takes no more is no failure.
  void save();

private:
  std::filesystem::path folder_;
  std::unordered_set<std::string> lines_;
  std::vector<std::string> added_;
};

}  // namespace bw
