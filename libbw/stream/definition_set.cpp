#include "stream/definition_set.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace bw {

Digest definition_digest(const DefinitionFiles& files) {
  Sha256 hash;
  for (const auto& [path, content] : files) hash.add(sha256(content).hex()).add("  ").add(path).add("\n");
  return hash.finish();
}

std::string definition_path(const Digest& digest) {
  return "definition/" + digest.hex();
}

DefinitionFiles read_definition_set(const git::Repository& repository, const git::Oid& stream_tree,
                                    const Digest& digest) {
  const auto folder = repository.find(stream_tree, definition_path(digest));
  if (!folder || folder->mode != git::Mode::tree) {
    throw Error(ErrorCode::invalid, "the stream lacks the adopted definition " + digest.hex());
  }
  DefinitionFiles files;
  std::size_t total = 0;
  for (const git::TreeEntry& entry : repository.list_recursive(folder->oid, max_definition_files)) {
    const bool plain_name =
        std::none_of(entry.name.begin(), entry.name.end(), [](char c) { return c >= 0 && c < ' '; });
    if (entry.mode != git::Mode::file || !plain_name) {  // a line feed could forge lines of the digest
      throw Error(ErrorCode::invalid,
                  "the definition holds " + printable(entry.name) + ", which is no regular file");
    }
    std::string content = repository.read_blob(entry.oid, max_definition_bytes);
    total += content.size();
    if (total > max_definition_bytes) throw Error(ErrorCode::invalid, "a definition is larger than 32 MiB");
    files.emplace(entry.name, std::move(content));
  }
  return files;
}

std::string definition_set_problem(const git::Repository& repository, const git::Oid& stream_tree,
                                   const Digest& digest) {
  try {
    const DefinitionFiles files = read_definition_set(repository, stream_tree, digest);
    return definition_digest(files) == digest ? "" : "its files are not those that the digest names";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace bw
