#pragma once
// Publishing: a world's branches go to a Hub (world/hub_layout.h), and a listing signed by one of its
// stewards into the Hub's stream: at once where that steward keeps the Hub too, otherwise into its inbox.
// What is in force already is not listed again, so publishing twice changes nothing.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "world/world.h"

namespace bw {

struct PublishOptions {
  std::optional<std::filesystem::path> hub;  // nothing: the one published to last
  std::optional<std::string> name;           // nothing: the one listed, or one made of the world's name
};

struct Published {
  enum class Way {
    unchanged,  // this listing is in force
    listed,     // it is now
    waiting,    // it lies in the Hub's inbox
  };
  Way way = Way::unchanged;
  std::string name;
  TreeSize size = 0;  // of the listed checkpoint
  std::filesystem::path hub;
  std::filesystem::path repository;  // the Hub's copy
  std::vector<std::string> pushed;   // branches that moved there
  std::vector<std::string> notes;    // what was left alone, and why
};

// The Hub that this world was published to last.
std::optional<std::filesystem::path> last_hub(const git::Repository& repository);

// Pushes `main`, `stream` and `details` and nothing else. The Hub's copy becomes the remote "hub", whose
// inbox "bw merge --inbox" collects. Errors: refused (I am no steward; the name belongs to another
// world; the Hub has a newer or another stream), invalid (no checkpoint yet, no Hub there), usage (not
// a name; no Hub was ever named), cannot (others were faster too often).
Published publish(const Environment& environment, World& world, const Signer& signer,
                  const PublishOptions& options);

}  // namespace bw
