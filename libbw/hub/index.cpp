#include "hub/index.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/files.h"
#include "hub/index_database.h"
#include "hub/index_rows.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

bool is_file_itself(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(path, error)) && !error;
}

// The listings that were borne out when the index was last made.
ListingProofs known_proofs(const IndexDatabase& database) {
  ListingProofs proofs;
  soci::session& session = database.session();
  std::string event, commit, definition, title;
  soci::statement rows = (session.prepare << "SELECT event, commit_id, definition, title FROM proofs",
                          soci::into(event), soci::into(commit), soci::into(definition), soci::into(title));
  rows.execute();
  while (rows.fetch()) {
    const auto id = EventId::parse(event);
    const auto oid = git::Oid::from_hex(commit);
    if (id && oid) proofs.emplace(*id, ListingProof{*oid, Digest::from_hex(definition), title});
  }
  return proofs;
}

void remember(const IndexDatabase& database, const ListingProofs& proofs) {
  for (const auto& [id, proof] : proofs) {
    if (!proof) continue;  // what is amiss with it may be mended
    const std::string event = id.text();
    const std::string commit = proof->commit.hex();
    const std::string definition = proof->definition ? proof->definition->hex() : "";
    database.session() << "INSERT OR REPLACE INTO proofs VALUES (:event, :commit, :definition, :title)",
        soci::use(event), soci::use(commit), soci::use(definition), soci::use(proof->title);
  }
}

// The worlds in the index, by the event that listed them.
std::map<std::string, long long> present_worlds(const IndexDatabase& database) {
  std::map<std::string, long long> present;
  std::string key;
  long long number = 0;
  soci::session& session = database.session();
  soci::statement rows = (session.prepare << "SELECT event || commit_id, number FROM worlds", soci::into(key),
                          soci::into(number));
  rows.execute();
  while (rows.fetch()) present.emplace(key, number);
  return present;
}

Indexed write_directory(const IndexDatabase& database, const Hub& hub, const HubDirectory& directory) {
  Indexed result{directory.worlds.size(), 0, {}};
  std::map<std::string, long long> present = present_worlds(database);
  std::vector<const JudgedListing*> missing;
  for (const auto& [world, position] : directory.worlds) {
    const JudgedListing& listed = directory.listings[position];
    if (present.erase(listed.listing.event.text() + listed.proof->commit.hex()) == 0)
      missing.push_back(&listed);
  }
  for (const auto& [event, number] : present) remove_world_rows(database, number);
  for (const JudgedListing* listed : missing) write_world_rows(database, hub, *listed);
  result.written = missing.size();
  std::copy_if(directory.listings.begin(), directory.listings.end(), std::back_inserter(result.ineffective),
               [](const JudgedListing& judged) { return !judged.problem.empty(); });
  return result;
}

// Reads the Hub's stream, verifies what the database does not vouch for, and writes what differs.
Indexed bring_up_to_date(const Environment& environment, const Hub& hub, const IndexDatabase& database) {
  std::vector<Listing> listings = read_listings(hub.world);
  ListingProofs proofs = known_proofs(database);
  std::vector<Listing> unproven;
  std::copy_if(listings.begin(), listings.end(), std::back_inserter(unproven),
               [&](const Listing& listing) { return !proofs.contains(listing.event); });
  ListingProofs proven = prove_listings(environment, hub.layout, unproven);
  soci::transaction transaction(database.session());
  remember(database, proven);
  proofs.merge(proven);
  Indexed result = write_directory(database, hub, judge_listings(std::move(listings), proofs));
  record_source(database, source_of(hub));
  transaction.commit();
  return result;
}

Indexed make_anew(const Environment& environment, const Hub& hub) {
  const fs::path made = hub.layout.folder / (".index-" + to_hex(environment.random(8)));
  std::error_code ignored;
  try {
    Indexed result;
    {
      const IndexDatabase database(made);
      // Nobody sees the file before it is whole, so it needs no journal.
      database.session() << "PRAGMA journal_mode = OFF";
      database.session() << "PRAGMA synchronous = OFF";
      database.create_tables();
      result = bring_up_to_date(environment, hub, database);
    }
    // The journal of an interrupted change would be played into the new file.
    fs::remove(hub.layout.index().string() + "-journal", ignored);
    std::error_code error;
    fs::rename(made, hub.layout.index(), error);
    if (error)
      throw Error(ErrorCode::cannot, "cannot write " + hub.layout.index().string() + ": " + error.message());
    return result;
  } catch (...) {
    fs::remove(made, ignored);
    throw;
  }
}

// The database in place, where it is an index of this version of this Hub.
std::optional<IndexDatabase> usable_index(const Hub& hub) {
  if (!is_file_itself(hub.layout.index())) return std::nullopt;
  try {
    IndexDatabase database(hub.layout.index());
    // The first line of a source names the Hub's world.
    const std::string source = source_of(hub);
    const std::string recorded = recorded_source(database);
    if (recorded.empty() || recorded.substr(0, recorded.find('\n')) != source.substr(0, source.find('\n'))) {
      return std::nullopt;
    }
    return database;
  } catch (const soci::soci_error&) {
    return std::nullopt;
  }
}

}  // namespace

Indexed reindex(const Environment& environment, const Hub& hub) {
  const FileLock lock(hub.layout.index_lock());
  return with_database_errors([&] { return make_anew(environment, hub); });
}

Indexed refresh_index(const Environment& environment, const Hub& hub) {
  const FileLock lock(hub.layout.index_lock());
  try {
    if (const auto database = usable_index(hub)) return bring_up_to_date(environment, hub, *database);
  } catch (const soci::soci_error&) {
    // Damaged somewhere inside: what a projection is for.
  }
  return with_database_errors([&] { return make_anew(environment, hub); });
}

IndexDatabase open_index(const Environment& environment, const Hub& hub, std::string& stale) {
  auto present = usable_index(hub);
  if (present && recorded_source(*present) == source_of(hub)) return *std::move(present);
  try {
    refresh_index(environment, hub);
    if (auto made = usable_index(hub)) return *std::move(made);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
    if (present) {
      stale =
          std::string("the index is older than the Hub and cannot be brought up to date: ") + error.what();
      return *std::move(present);
    }
  }
  return with_database_errors([&] {
    IndexDatabase database;
    database.create_tables();
    bring_up_to_date(environment, hub, database);
    return database;
  });
}

std::string dump_index(const fs::path& file) {
  static constexpr const char* rows[] = {
      "SELECT 'meta ' || quote(key) || quote(value) FROM meta ORDER BY key",
      "SELECT 'proof ' || quote(event) || quote(commit_id) || quote(definition) || quote(title)"
      " FROM proofs ORDER BY event",
      "SELECT 'world ' || quote(number) || quote(id) || quote(name) || quote(size) || quote(root) || "
      "quote(event) ||"
      " quote(commit_id) || quote(title) || quote(summary) || quote(vision) FROM worlds ORDER BY number",
      "SELECT 'remote ' || quote(world) || quote(position) || quote(url) FROM remotes ORDER BY world, "
      "position",
      "SELECT 'sdg ' || quote(world) || quote(sdg) FROM sdgs ORDER BY world, sdg",
      "SELECT 'goal ' || quote(world) || quote(position) || quote(id) || quote(title) || quote(description)"
      " FROM goals ORDER BY world, position",
      "SELECT 'behaviour ' || quote(world) || quote(position) || quote(id) || quote(unit) || quote(title) ||"
      " quote(description) FROM behaviours ORDER BY world, position",
      "SELECT 'words ' || quote(rowid) || quote(name) || quote(title) || quote(summary) || quote(vision) ||"
      " quote(goals) || quote(behaviours) FROM words ORDER BY rowid",
  };
  return with_database_errors([&] {
    const IndexDatabase database(file);
    soci::session& session = database.session();
    std::string dump;
    for (const char* query : rows) {
      std::string row;
      soci::statement statement = (session.prepare << query, soci::into(row));
      statement.execute();
      while (statement.fetch()) dump += row + "\n";
    }
    return dump;
  });
}

}  // namespace bw
