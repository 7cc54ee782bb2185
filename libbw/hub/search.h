#pragma once
// Searching a Hub: worlds whose name, title, summary, vision, goals or behaviours hold all the words asked
// for, in whatever language; best first, a word in the name or the title weighing most.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stream/ids.h"
#include "tlog/merkle.h"
#include "world/environment.h"

namespace bw {

struct SearchQuery {
  std::string text;  // empty: everything that passes the filters, by name
  std::optional<int> sdg;
  std::optional<std::string> behaviour;  // an id
  std::size_t limit = 20;
  std::string language = "en";  // of the titles that are shown
};

struct FoundWorld {
  WorldId world;
  std::string name;
  std::string title;
  std::string summary;
  TreeSize size = 0;  // of the listed checkpoint
  std::vector<int> sdgs;
  std::vector<std::string>
      matched;  // where the words are: "name", "title", "summary", "vision", "goals", "behaviours"
  struct Behaviour {
    std::string id;
    std::string title;
  };
  std::vector<Behaviour> behaviours;  // those that match, at most 10
  std::vector<std::string> remotes;   // the Hub's copy first
};

struct SearchResults {
  std::vector<FoundWorld> results;
  bool more = false;  // than the limit let through
  std::string stale;  // why something may be missing; empty otherwise
};

// Error(invalid) where there is no Hub, Error(usage) where the query is not UTF-8 or the SDG is none.
SearchResults search_hub(const Environment& environment, const std::filesystem::path& hub_folder,
                         const SearchQuery& query);

}  // namespace bw
