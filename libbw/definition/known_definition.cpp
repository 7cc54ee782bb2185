#include "definition/known_definition.h"

#include <algorithm>

#include "base/embedded.h"
#include "base/error.h"
#include "base/files.h"
#include "definition/read.h"
#include "definition/yaml.h"

namespace bw {
namespace {

// Raised whenever a definition could be judged or read otherwise than before, but for its schema, whose
// digest is part of each file.
constexpr std::string_view version = "bw-known-definition-3";
constexpr std::size_t max_known_bytes = 64u << 20;

std::filesystem::path path_in(const std::filesystem::path& folder, const Digest& digest) {
  return folder / digest.hex();
}

// Before the trees: what they belong to, and a checksum against damage.
std::string header(const Digest& digest, std::string_view trees) {
  return std::string(version) + " " + schemas_digest() + " " + digest.hex() + " " + sha256(trees).hex() +
         "\n";
}

// Numbers as four bytes, texts behind their length, each node before its children.
void put(std::string& bytes, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(number >> shift & 0xff));
}
void put(std::string& bytes, std::string_view text) {
  put(bytes, static_cast<std::uint32_t>(text.size()));
  bytes += text;
}
void put(std::string& bytes, const yaml::Node& node) {
  put(bytes, static_cast<std::uint32_t>(node.kind));
  put(bytes, node.text);
  put(bytes, static_cast<std::uint32_t>(node.mark.line));
  put(bytes, static_cast<std::uint32_t>(node.mark.column));
  put(bytes, node.key);
  put(bytes, static_cast<std::uint32_t>(node.children.size()));
  for (const yaml::Node& child : node.children) put(bytes, child);
}

// Reads what `put` wrote. What is not that ends the reading; nothing is trusted to be as long as it says.
class TreeReader {
public:
  explicit TreeReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<Trees> trees() {
    Trees trees;
    while (whole_ && !rest_.empty()) {
      std::string path = text();
      trees.emplace(std::move(path), node(0));
    }
    return whole_ && trees.contains(definition_file) ? std::optional(std::move(trees)) : std::nullopt;
  }

private:
  std::uint32_t number() {
    if (rest_.size() < 4) return fail();
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i)
      value = value << 8 | static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)]);
    rest_.remove_prefix(4);
    return value;
  }
  std::string text() {
    const std::uint32_t size = number();
    if (size > rest_.size()) {
      fail();
      return {};
    }
    std::string result(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return result;
  }
  yaml::Node node(int depth) {
    yaml::Node result;
    const std::uint32_t kind = number();
    if (kind > static_cast<std::uint32_t>(yaml::Kind::mapping) || depth > yaml::max_depth) fail();
    result.kind = static_cast<yaml::Kind>(kind);
    result.text = text();
    result.mark.line = static_cast<int>(number());
    result.mark.column = static_cast<int>(number());
    result.key = text();
    const std::uint32_t children = number();
    result.children.reserve(std::min<std::size_t>(children, rest_.size() / 24));
    for (std::uint32_t i = 0; i < children && whole_; ++i) result.children.push_back(node(depth + 1));
    return result;
  }
  std::uint32_t fail() {
    whole_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool whole_ = true;
};

}  // namespace

std::string schemas_digest() {
  Sha256 digest;
  for (const embedded::File& file : embedded::schemas()) digest.add(file.content);
  return digest.finish().hex();
}

std::optional<Definition> read_known_definition(const std::filesystem::path& folder, const Digest& digest) {
  try {
    const auto bytes = read_file_if_exists(path_in(folder, digest), max_known_bytes);
    if (!bytes) return std::nullopt;
    const std::string_view trees =
        std::string_view(*bytes).substr(std::min(bytes->find('\n'), bytes->size() - 1) + 1);
    if (!bytes->starts_with(header(digest, trees))) return std::nullopt;
    auto read = TreeReader(trees).trees();
    return read ? std::optional(read_definition(*std::move(read))) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // it is loaded instead
  }
}

void keep_known_definition(const std::filesystem::path& folder, const LoadedDefinition& loaded) {
  if (!loaded.valid()) return;
  std::string trees;
  const auto put_file = [&](const std::string& path) {
    const yaml::Document document = yaml::parse(loaded.files.at(path), path);
    put(trees, path);
    put(trees, document.root.value());
  };
  put_file(definition_file);
  for (const ToolRules& tool : loaded.definition->tools) put_file("tools/" + tool.id + ".yaml");
  try {
    write_file(path_in(folder, loaded.digest), header(loaded.digest, trees) + trees, 0600);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
  }
}

}  // namespace bw
