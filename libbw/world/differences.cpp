#include "world/differences.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "stream/definition_set.h"
#include "world/plain_git.h"

namespace bw {
namespace {

constexpr std::size_t least_digits = 8;

// The digests of the sets in the stream that begin with these digits.
std::vector<Digest> digests_like(const World& world, const git::Oid& tree, std::string_view digits) {
  const bool hex = digits.size() >= least_digits && digits.size() <= 64 &&
                   digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  const auto folder = hex ? world.repository.find(tree, "definition") : std::nullopt;
  if (!folder || folder->mode != git::Mode::tree) return {};
  std::vector<Digest> found;
  for (const git::TreeEntry& entry : world.repository.list(folder->oid)) {
    const auto digest = Digest::from_hex(entry.name);
    if (digest && entry.name.starts_with(digits)) found.push_back(*digest);
  }
  return found;
}

}  // namespace

DefinitionFiles definition_named(const World& world, std::string_view name) {
  if (name == "adopted") return adopted_definition(world).files;
  const git::Oid tree = world.repository.read_commit(*world.stream.head).tree;
  const std::vector<Digest> digests = digests_like(world, tree, name);
  if (digests.size() > 1) {
    throw Error(ErrorCode::usage, "several definitions begin with " + std::string(name), "give more digits");
  }
  if (digests.size() == 1) return read_definition_set(world.repository, tree, digests.front());
  if (const auto commit = find_commit(world.repository, name)) {
    return definition_at(world.repository, *commit).files;
  }
  throw Error(ErrorCode::invalid, "there is no commit, branch or definition \"" + printable(name) + "\" here",
              "name a branch, a commit, a digest, or \"adopted\"; fetch others with \"bw pull\"");
}

}  // namespace bw
