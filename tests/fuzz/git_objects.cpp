// Commits and trees of other people's repositories, and addresses of remotes.

#include "fuzz.h"
#include "git/commit_object.h"
#include "git/remote_url.h"
#include "git/tree_object.h"
#include "stream/commit_author.h"

void fuzz(std::string_view input) {
  if (const auto commit = bw::git::parse_commit(input)) (void)bw::commit_signer(*commit);
  if (const auto tree = bw::git::parse_tree(input)) MUST(tree->size() <= input.size());
  if (const auto url = bw::git::RemoteUrl::parse(input)) MUST(!input.starts_with('-'));
}
