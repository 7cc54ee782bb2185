#include "tlog/tiles.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace bw {
namespace {

constexpr unsigned tile_height = 8;  // 2^8 hashes
constexpr std::size_t hash_bytes = 32;

std::string partial(std::size_t width) {
  return width == tile_width ? "" : fmt::format(".p/{}", width);
}

// The tiles of one log, each read once while it is in use.
class Tiles {
public:
  Tiles(TileSource source, TreeSize size) : source_(std::move(source)), size_(size) {}

  // MTH(D[first:last]) where that range is a subtree of the log or of one of its prefixes.
  Digest root(TreeSize first, TreeSize last) {
    const TreeSize count = last - first;
    // The largest level whose nodes the range can be made of: few of them, all in one or two tiles.
    unsigned level = 0;
    while ((level + 1) * tile_height < 64 && count >> ((level + 1) * tile_height) != 0) ++level;
    return root_at(level, first, last);
  }

private:
  // Joins whole nodes of `level` and, for what is left over at the end, the nodes below.
  Digest root_at(unsigned level, TreeSize first, TreeSize last) {
    const unsigned shift = level * tile_height;
    const TreeSize span = TreeSize{1} << shift;
    MerkleTree whole;
    TreeSize at = first;
    for (; last - at >= span; at += span) whole.append(node(level, at >> shift));
    if (at == last) return whole.root();
    Digest root = root_at(level - 1, at, last);
    const std::vector<Digest>& frontier = whole.frontier();
    for (auto left = frontier.rbegin(); left != frontier.rend(); ++left) root = node_hash(*left, root);
    return root;
  }

  Digest node(unsigned level, std::uint64_t number) {
    const std::string& tile = read(level, number / tile_width);
    const std::size_t offset = number % tile_width * hash_bytes;
    if (offset + hash_bytes > tile.size())
      throw Error(ErrorCode::invalid, "a tile does not hold the hash it should");
    return *Digest::from_bytes(std::string_view(tile).substr(offset, hash_bytes));
  }

  const std::string& read(unsigned level, std::uint64_t number) {
    const auto known = cache_.find({level, number});
    if (known != cache_.end()) return known->second;
    const std::uint64_t nodes = size_ >> (level * tile_height);
    const std::size_t width = std::min<std::uint64_t>(tile_width, nodes - number * tile_width);
    const std::string path = tile_path(level, number, width);
    std::optional<std::string> bytes = source_(path);
    // A log may drop a partial tile once the full one is there.
    if (!bytes && width < tile_width) bytes = source_(tile_path(level, number, tile_width));
    if (!bytes) throw Error(ErrorCode::invalid, "the log lacks " + path);
    if (bytes->size() < width * hash_bytes) throw Error(ErrorCode::invalid, path + " is too short");
    if (cache_.size() >= most_cached) cache_.clear();
    return cache_[{level, number}] = *std::move(bytes);
  }

  static constexpr std::size_t most_cached = 64;
  TileSource source_;
  TreeSize size_;
  std::map<std::pair<unsigned, std::uint64_t>, std::string> cache_;
};

}  // namespace

std::string tile_number(std::uint64_t number) {
  std::string path = fmt::format("{:03}", number % 1000);
  for (std::uint64_t rest = number / 1000; rest > 0; rest /= 1000) {
    path = fmt::format("x{:03}/{}", rest % 1000, path);
  }
  return path;
}

std::string tile_path(unsigned level, std::uint64_t number, std::size_t width) {
  return fmt::format("tile/{}/{}{}", level, tile_number(number), partial(width));
}

std::string entry_bundle_path(std::uint64_t number, std::size_t width) {
  return fmt::format("tile/entries/{}{}", tile_number(number), partial(width));
}

void TileWriter::append(std::string_view entry) {
  if (entry.size() > max_entry) throw Error(ErrorCode::invalid, "an entry is longer than a bundle can tell");
  bundle_.push_back(static_cast<char>(entry.size() >> 8));
  bundle_.push_back(static_cast<char>(entry.size() & 0xFF));
  bundle_.append(entry);
  if (++size_ % tile_width == 0) {
    sink_(entry_bundle_path(size_ / tile_width - 1, tile_width), bundle_);
    bundle_.clear();
  }
  add(0, leaf_hash(entry));
}

void TileWriter::add(unsigned level, const Digest& hash) {
  if (levels_.size() <= level) levels_.resize(level + 1);
  levels_[level].hashes.append(hash.view());
  levels_[level].tree.append(hash);
  if (levels_[level].tree.size() < tile_width) return;
  const Digest root = levels_[level].tree.root();
  sink_(tile_path(level, levels_[level].full, tile_width), levels_[level].hashes);
  levels_[level] = {{}, {}, levels_[level].full + 1};
  add(level + 1, root);
}

void TileWriter::finish() {
  if (const std::size_t width = size_ % tile_width; width != 0) {
    sink_(entry_bundle_path(size_ / tile_width, width), bundle_);
  }
  for (unsigned level = 0; level < levels_.size(); ++level) {
    const Level& each = levels_[level];
    if (each.tree.size() != 0) sink_(tile_path(level, each.full, each.tree.size()), each.hashes);
  }
}

SubtreeRoot subtrees_of_tiles(TileSource source, TreeSize size) {
  auto tiles = std::make_shared<Tiles>(std::move(source), size);
  return [tiles](TreeSize first, TreeSize last) { return tiles->root(first, last); };
}

Digest root_of_tiles(const TileSource& source, TreeSize size) {
  return size == 0 ? MerkleTree().root() : Tiles(source, size).root(0, size);
}

Result<std::vector<std::string>> parse_entry_bundle(std::string_view bytes, std::size_t width) {
  std::vector<std::string> entries;
  while (!bytes.empty()) {
    if (entries.size() == width) return Reason{"an entry bundle holds more entries than it should"};
    if (bytes.size() < 2) return Reason{"an entry bundle ends within a length"};
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) << 8 |
                               static_cast<unsigned char>(bytes[1]);
    if (bytes.size() - 2 < length) return Reason{"an entry bundle ends within an entry"};
    entries.emplace_back(bytes.substr(2, length));
    bytes.remove_prefix(2 + length);
  }
  if (entries.size() != width) return Reason{"an entry bundle holds fewer entries than it should"};
  return entries;
}

}  // namespace bw
