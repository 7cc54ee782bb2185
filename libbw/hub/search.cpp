#include "hub/search.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hub/index.h"
#include "hub/index_database.h"
#include "hub/index_rows.h"
#include "hub/words.h"

namespace bw {
namespace {

constexpr std::size_t max_limit = 1000;
constexpr std::size_t max_shown_behaviours = 10;
constexpr int last_sdg = 17;

constexpr std::array<const char*, 6> columns = {"name", "title", "summary", "vision", "goals", "behaviours"};

// Quoted words of letters, marks and digits, which FTS5 joins by AND.
std::string match_expression(const std::vector<Term>& terms) {
  std::string expression;
  for (const Term& term : terms) {
    if (!expression.empty()) expression += ' ';
    expression += '"' + term.word + '"' + (term.prefix ? "*" : "");
  }
  return expression;
}

void check(const SearchQuery& query) {
  if (!is_utf8(query.text)) throw Error(ErrorCode::usage, "the query is not UTF-8");
  if (query.sdg && (*query.sdg < 1 || *query.sdg > last_sdg)) {
    throw Error(ErrorCode::usage, "there are 17 Sustainable Development Goals: --sdg 1 to 17");
  }
}

class Search {
public:
  Search(soci::session& session, const HubLayout& layout, const SearchQuery& query)
      : session_(session), layout_(layout), query_(query), terms_(query_terms(query.text)) {}

  SearchResults run() {
    SearchResults found;
    const std::size_t limit = std::min(query_.limit, max_limit);
    for (const long long number : numbers(limit + 1)) {
      if (found.results.size() == limit) {
        found.more = true;
        break;
      }
      found.results.push_back(world(number));
    }
    return found;
  }

private:
  std::vector<long long> numbers(std::size_t most) {
    static const std::string filters =
        " (:sdg = 0 OR EXISTS (SELECT 1 FROM sdgs WHERE sdgs.world = worlds.number AND sdgs.sdg = :sdg))"
        " AND (:behaviour = '' OR EXISTS (SELECT 1 FROM behaviours WHERE behaviours.world = worlds.number"
        " AND behaviours.id = :behaviour))";
    const bool all = std::all_of(query_.text.begin(), query_.text.end(), [](char c) { return c == ' '; });
    if (terms_.empty() && !all) return {};  // nothing in it is a word
    const int sdg = query_.sdg.value_or(0);
    const std::string behaviour = query_.behaviour.value_or("");
    const std::string match = match_expression(terms_);
    const auto limit = static_cast<long long>(most);
    long long number = 0;
    soci::statement rows(session_);
    if (terms_.empty()) {
      rows.prepare("SELECT number FROM worlds WHERE" + filters + " ORDER BY name LIMIT :most");
    } else {
      rows.prepare(
          "SELECT worlds.number FROM words JOIN worlds ON worlds.number = words.rowid"
          " WHERE words MATCH :words AND" +
          filters + " ORDER BY bm25(words, 10.0, 8.0, 4.0, 2.0, 2.0, 2.0), worlds.name LIMIT :most");
      rows.exchange(soci::use(match, "words"));
    }
    rows.exchange(soci::use(sdg, "sdg"));
    rows.exchange(soci::use(behaviour, "behaviour"));
    rows.exchange(soci::use(limit, "most"));
    rows.exchange(soci::into(number));
    rows.define_and_bind();
    rows.execute();
    std::vector<long long> result;
    while (rows.fetch()) result.push_back(number);
    return result;
  }

  FoundWorld world(long long number) {
    FoundWorld found;
    std::string id, title, summary;
    long long size = 0;
    session_ << "SELECT id, name, size, title, summary FROM worlds WHERE number = :number", soci::use(number),
        soci::into(id), soci::into(found.name), soci::into(size), soci::into(title), soci::into(summary);
    found.world = WorldId::parse(id).value_or(WorldId{});
    found.size = static_cast<TreeSize>(size);
    found.title = shown(title);
    found.summary = shown(summary);
    found.matched = matched_columns(number);
    found.behaviours = matching_behaviours(number);
    read_sdgs(number, found);
    read_remotes(number, found);
    return found;
  }

  std::string shown(const std::string& column) const {
    const Text text = text_of_column(column);
    return text.empty() ? "" : text.in(query_.language);
  }

  std::vector<std::string> matched_columns(long long number) {
    std::array<std::string, columns.size()> words;
    session_ << "SELECT name, title, summary, vision, goals, behaviours FROM words WHERE rowid = :number",
        soci::use(number), soci::into(words[0]), soci::into(words[1]), soci::into(words[2]),
        soci::into(words[3]), soci::into(words[4]), soci::into(words[5]);
    std::vector<std::string> matched;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (any_term_in(words[i])) matched.emplace_back(columns[i]);
    }
    return matched;
  }

  bool any_term_in(const std::string& words) const {
    return std::any_of(terms_.begin(), terms_.end(), [&](const Term& term) { return holds(words, term); });
  }

  std::vector<FoundWorld::Behaviour> matching_behaviours(long long number) {
    std::vector<FoundWorld::Behaviour> matching;
    if (terms_.empty() && !query_.behaviour) return matching;
    std::string id, title, description;
    soci::statement rows =
        (session_.prepare
             << "SELECT id, title, description FROM behaviours WHERE world = :number ORDER BY position",
         soci::use(number), soci::into(id), soci::into(title), soci::into(description));
    rows.execute();
    while (matching.size() < max_shown_behaviours && rows.fetch()) {
      std::string text = id;
      for (const std::string& column : {title, description}) {
        const Text words = text_of_column(column);
        for (const auto& [language, version] : words.versions()) text += '\n' + version;
      }
      if (query_.behaviour == id || any_term_in(indexed_words(text, max_indexed_words))) {
        matching.push_back({id, shown(title)});
      }
    }
    return matching;
  }

  void read_sdgs(long long number, FoundWorld& found) {
    int sdg = 0;
    soci::statement rows = (session_.prepare << "SELECT sdg FROM sdgs WHERE world = :number ORDER BY sdg",
                            soci::use(number), soci::into(sdg));
    rows.execute();
    while (rows.fetch()) found.sdgs.push_back(sdg);
  }

  void read_remotes(long long number, FoundWorld& found) {
    found.remotes.push_back(layout_.repository_of(found.world).string());
    std::string url;
    soci::statement rows =
        (session_.prepare << "SELECT url FROM remotes WHERE world = :number ORDER BY position",
         soci::use(number), soci::into(url));
    rows.execute();
    while (rows.fetch()) found.remotes.push_back(url);
  }

  soci::session& session_;
  const HubLayout& layout_;
  const SearchQuery& query_;
  std::vector<Term> terms_;
};

}  // namespace

SearchResults search_hub(const Environment& environment, const std::filesystem::path& hub_folder,
                         const SearchQuery& query) {
  check(query);
  const Hub hub = open_hub(environment, hub_folder);
  std::string stale;
  const IndexDatabase database = open_index(environment, hub, stale);
  return with_database_errors([&] {
    const soci::transaction one_moment(database.session());  // all of it from the same state
    SearchResults results = Search(database.session(), hub.layout, query).run();
    results.stale = stale;
    return results;
  });
}

}  // namespace bw
