#pragma once
// A log as static files (https://c2sp.org/tlog-tiles): the Merkle tree cut into tiles of at most 256 hashes,
// and the entries in bundles of as many. Tile n of level l holds the roots of the subtrees over 256^l leaves
// from n·256^(l+1) on; a full tile never changes, so copies and caches keep it for ever. Any proof can be
// made from the tiles alone, reading one tile for each level.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tlog/proof.h"

namespace bw {

inline constexpr std::size_t tile_width = 256;

// A number as a path that a file system bears: three digits a folder, "x001/x234/067" for 1234067.
std::string tile_number(std::uint64_t number);

// "tile/<level>/<number>", with ".p/<width>" where it is not full. Level 0 holds the hashes of leaves.
std::string tile_path(unsigned level, std::uint64_t number, std::size_t width);
// "tile/entries/<number>[.p/<width>]".
std::string entry_bundle_path(std::uint64_t number, std::size_t width);

// Takes a file of the tiled log: a path below the log's prefix, and the file's bytes.
using TileSink = std::function<void(const std::string& path, std::string_view bytes)>;

// Cuts a log into tiles and bundles as its entries arrive. Memory does not grow with the log.
class TileWriter {
public:
  static constexpr std::size_t max_entry = 0xFFFF;  // bytes: a bundle gives lengths as 16 bits

  explicit TileWriter(TileSink sink) : sink_(std::move(sink)) {}
  // Throws Error(invalid) where the entry is too long for a bundle.
  void append(std::string_view entry);
  // Writes what is partial. The writer is done then.
  void finish();
  TreeSize size() const { return size_; }

private:
  void add(unsigned level, const Digest& hash);

  TileSink sink_;
  TreeSize size_ = 0;
  std::string bundle_;
  struct Level {
    std::string hashes;  // of the tile that is being filled
    MerkleTree tree;     // over them
    std::uint64_t full = 0;
  };
  std::vector<Level> levels_;
};

// The bytes of a file of a tiled log; nothing where it has none by that path.
using TileSource = std::function<std::optional<std::string>(const std::string& path)>;

// Roots of subtrees of the log of that size, for proofs, read from tiles. They are trusted no further than
// the proofs made from them, or `root_of_tiles`, are checked against a checkpoint. The function throws
// Error(invalid) naming a tile that is missing or has another length.
SubtreeRoot subtrees_of_tiles(TileSource source, TreeSize size);
Digest root_of_tiles(const TileSource& source, TreeSize size);

// The entries of one bundle of `width` entries; a reason where the bytes are not exactly those.
Result<std::vector<std::string>> parse_entry_bundle(std::string_view bytes, std::size_t width);

}  // namespace bw
