#include "hub/index_rows.h"

#include <algorithm>
#include <utility>

#include "base/strict_json.h"
#include "base/text.h"
#include "hub/words.h"
#include "stream/definition_set.h"
#include "tools/toolset.h"

namespace bw {
namespace {

constexpr std::size_t max_languages = 32;

// At most `max_indexed_text` bytes, cut between characters.
std::string cut(const std::string& text) {
  if (text.size() <= max_indexed_text) return text;
  std::size_t end = max_indexed_text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string all_versions(const Text& text) {
  std::string all;
  for (std::size_t i = 0; i < std::min(text.versions().size(), max_languages); ++i) {
    all += cut(text.versions()[i].second) + '\n';
  }
  return all;
}

std::string words_of(const std::string& text) {
  return indexed_words(text, max_indexed_words);
}

// The definition that was adopted at the listed checkpoint; nothing where there was none, or where it is
// none to this version.
std::optional<Definition> definition_of(const Hub& hub, const JudgedListing& listed) {
  if (!listed.proof->definition) return std::nullopt;
  const git::Repository repository = open_published(hub.layout, listed.listing.world);
  const git::Oid tree = repository.read_commit(listed.proof->commit).tree;
  return load_definition(memory_source(read_definition_set(repository, tree, *listed.proof->definition)))
      .definition;
}

struct Columns {  // of the table of words
  std::string name, title, summary, vision, goals, behaviours;
};

class WorldRows {
public:
  WorldRows(soci::session& session, long long number) : session_(session), number_(number) {}

  void write(const JudgedListing& listed, const Definition& definition) {
    write_world(listed, definition);
    for (const int sdg : definition.sdgs) {
      session_ << "INSERT OR IGNORE INTO sdgs VALUES (:world, :sdg)", soci::use(number_), soci::use(sdg);
    }
    for (std::size_t i = 0; i < std::min(definition.goals.size(), max_indexed_items); ++i) {
      write_goal(static_cast<long long>(i), definition.goals[i]);
    }
    for (std::size_t i = 0; i < std::min(definition.behaviours.size(), max_indexed_items); ++i) {
      write_behaviour(static_cast<long long>(i), definition.behaviours[i]);
    }
    write_words(listed, definition);
  }

private:
  void write_world(const JudgedListing& listed, const Definition& definition) {
    const Listing& listing = listed.listing;
    const std::string id = listing.world.text();
    const auto size = static_cast<long long>(listing.size);
    const std::string root = listing.root.hex();
    const std::string event = listing.event.text();
    const std::string commit = listed.proof->commit.hex();
    const std::string title = column_of(definition.name);
    const std::string summary = column_of(definition.summary);
    const std::string vision = column_of(definition.vision);
    session_
        << "INSERT INTO worlds VALUES (:number, :id, :name, :size, :root, :event, :commit, :title, :summary,"
           " :vision)",
        soci::use(number_), soci::use(id), soci::use(listing.name), soci::use(size), soci::use(root),
        soci::use(event), soci::use(commit), soci::use(title), soci::use(summary), soci::use(vision);
    for (std::size_t i = 0; i < listing.remotes.size(); ++i) {
      const auto position = static_cast<long long>(i);
      session_ << "INSERT INTO remotes VALUES (:world, :position, :url)", soci::use(number_),
          soci::use(position), soci::use(listing.remotes[i]);
    }
  }

  void write_goal(long long position, const Goal& goal) {
    const std::string title = column_of(goal.title);
    const std::string description = column_of(goal.description);
    session_ << "INSERT INTO goals VALUES (:world, :position, :id, :title, :description)", soci::use(number_),
        soci::use(position), soci::use(goal.id), soci::use(title), soci::use(description);
    words_.goals += all_versions(goal.title) + all_versions(goal.description);
  }

  void write_behaviour(long long position, const Behaviour& behaviour) {
    const std::string title = column_of(behaviour.title);
    const std::string description = column_of(behaviour.description);
    session_ << "INSERT INTO behaviours VALUES (:world, :position, :id, :unit, :title, :description)",
        soci::use(number_), soci::use(position), soci::use(behaviour.id), soci::use(behaviour.unit),
        soci::use(title), soci::use(description);
    words_.behaviours +=
        behaviour.id + '\n' + all_versions(behaviour.title) + all_versions(behaviour.description);
  }

  void write_words(const JudgedListing& listed, const Definition& definition) {
    words_ = {words_of(listed.listing.name),
              words_of(all_versions(definition.name)),
              words_of(all_versions(definition.summary)),
              words_of(all_versions(definition.vision)),
              words_of(words_.goals),
              words_of(words_.behaviours)};
    session_ << "INSERT INTO words (rowid, name, title, summary, vision, goals, behaviours) VALUES (:number, "
                ":name,"
                " :title, :summary, :vision, :goals, :behaviours)",
        soci::use(number_), soci::use(words_.name), soci::use(words_.title), soci::use(words_.summary),
        soci::use(words_.vision), soci::use(words_.goals), soci::use(words_.behaviours);
  }

  soci::session& session_;
  long long number_;
  Columns words_;
};

}  // namespace

std::string column_of(const Text& text) {
  Json pairs = Json::array();
  for (std::size_t i = 0; i < std::min(text.versions().size(), max_languages); ++i) {
    pairs.push_back({text.versions()[i].first, cut(text.versions()[i].second)});
  }
  return pairs.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Text text_of_column(const std::string& column) {
  std::vector<std::pair<std::string, std::string>> versions;
  const Json pairs = Json::parse(column, nullptr, false);
  if (!pairs.is_array()) return {};
  for (const Json& pair : pairs) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) return {};
    versions.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
  }
  return versions.empty() ? Text() : Text(std::move(versions));
}

void remove_world_rows(const IndexDatabase& database, long long number) {
  soci::session& session = database.session();
  for (const char* table : {"remotes", "sdgs", "goals", "behaviours"}) {
    session << "DELETE FROM " << table << " WHERE world = :number", soci::use(number);
  }
  session << "DELETE FROM worlds WHERE number = :number", soci::use(number);
  session << "DELETE FROM words WHERE rowid = :number", soci::use(number);
}

void write_world_rows(const IndexDatabase& database, const Hub& hub, const JudgedListing& listed) {
  std::optional<Definition> definition;
  try {
    definition = definition_of(hub, listed);
  } catch (const Error&) {
    // A world whose definition cannot be read is still listed, by its name and summary.
  }
  if (!definition) definition.emplace();
  if (definition->name.empty()) definition->name = Text(listed.proof->title);
  if (definition->summary.empty() && !listed.listing.summary.empty())
    definition->summary = Text(listed.listing.summary);
  WorldRows(database.session(), static_cast<long long>(listed.listing.index)).write(listed, *definition);
}

}  // namespace bw
