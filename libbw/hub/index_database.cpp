#include "hub/index_database.h"

#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace bw {
namespace {

// A change of the tables or of how words are cut makes every older index one to be made anew.
constexpr const char* index_version = "2";

// Words go through our own tokenizer (hub/words.h); FTS5's "ascii" then splits at the spaces only, since
// nothing but letters, marks and digits stands between them.
constexpr const char* tables[] = {
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE proofs (event TEXT PRIMARY KEY, commit_id TEXT NOT NULL, definition TEXT NOT NULL,"
    " title TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE worlds (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,"
    " size BIGINT NOT NULL, root TEXT NOT NULL, event TEXT NOT NULL, commit_id TEXT NOT NULL,"
    " title TEXT NOT NULL, summary TEXT NOT NULL, vision TEXT NOT NULL)",
    "CREATE TABLE remotes (world BIGINT NOT NULL, position BIGINT NOT NULL, url TEXT NOT NULL,"
    " PRIMARY KEY (world, position)) WITHOUT ROWID",
    "CREATE TABLE sdgs (world BIGINT NOT NULL, sdg INTEGER NOT NULL, PRIMARY KEY (sdg, world)) WITHOUT ROWID",
    "CREATE INDEX sdgs_of_world ON sdgs (world)",
    "CREATE TABLE goals (world BIGINT NOT NULL, position BIGINT NOT NULL, id TEXT NOT NULL,"
    " title TEXT NOT NULL, description TEXT NOT NULL, PRIMARY KEY (world, position)) WITHOUT ROWID",
    "CREATE TABLE behaviours (world BIGINT NOT NULL, position BIGINT NOT NULL, id TEXT NOT NULL,"
    " unit TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,"
    " PRIMARY KEY (world, position)) WITHOUT ROWID",
    "CREATE INDEX behaviours_by_id ON behaviours (id, world)",
    "CREATE VIRTUAL TABLE words USING fts5 (name, title, summary, vision, goals, behaviours, tokenize = "
    "'ascii')",
};

// SOCI reads `key=value` pairs; a value in quotation marks may hold anything but those.
std::string connection_to(const std::filesystem::path& file) {
  const std::string path = file.string();
  if (path.find('"') != std::string::npos) {
    throw Error(ErrorCode::usage,
                "the index cannot lie in a folder with a quotation mark in its name: " + path);
  }
  return fmt::format("dbname=\"{}\" timeout=30", path);
}

}  // namespace

IndexDatabase::IndexDatabase(const std::string& connection)
    : session_(std::make_unique<soci::session>(soci::sqlite3, connection)) {
  *session_ << "PRAGMA trusted_schema = OFF";
}

IndexDatabase::IndexDatabase(const std::filesystem::path& file) : IndexDatabase(connection_to(file)) {}
IndexDatabase::IndexDatabase() : IndexDatabase(std::string("dbname=:memory:")) {}

void IndexDatabase::create_tables() const {
  for (const char* table : tables) *session_ << table;
  const std::string version(
      index_version);  // SOCI reads it at the end of the statement: no temporary would do
  *session_ << "INSERT INTO meta VALUES ('version', :version)", soci::use(version);
}

std::string source_of(const Hub& hub) {
  const auto& checkpoint = hub.world.stream.checkpoint;
  return checkpoint ? checkpoint->text() : hub.world.id().text();
}

std::string recorded_source(const IndexDatabase& database) {
  try {
    std::string version;
    std::string source;
    soci::session& session = database.session();
    session << "SELECT value FROM meta WHERE key = 'version'", soci::into(version);
    if (version != index_version) return "";
    session << "SELECT value FROM meta WHERE key = 'source'", soci::into(source);
    return source;
  } catch (const soci::soci_error&) {
    return "";  // no database, or not one of ours
  }
}

void record_source(const IndexDatabase& database, const std::string& source) {
  database.session() << "INSERT OR REPLACE INTO meta VALUES ('source', :source)", soci::use(source);
}

}  // namespace bw
