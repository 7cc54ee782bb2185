#pragma once
// The database of a Hub's index: SQLite through SOCI. For the sources of this folder. Every value is a
// bound parameter. A file that somebody else wrote, or that is damaged, is never worked with: whoever
// opens it asks `recorded_source` and makes it anew where that is empty.

#include <filesystem>
#include <memory>
#include <string>

// Debian's SOCI is configured for Boost but does not depend on it, and Boost only adds types to bind.
#include <soci/soci-config.h>
#undef SOCI_HAVE_BOOST
#include <soci/soci.h>

#include "base/error.h"
#include "world/hub_layout.h"

namespace bw {

class IndexDatabase {
public:
  // Opens or creates the file.
  explicit IndexDatabase(const std::filesystem::path& file);
  // Lives in memory, for a Hub that cannot be written to.
  IndexDatabase();

  soci::session& session() const { return *session_; }
  void create_tables() const;

private:
  explicit IndexDatabase(const std::string& connection);
  std::unique_ptr<soci::session> session_;
};

// What an index was made from: equal texts, equal index.
std::string source_of(const Hub& hub);
// The source it was last brought up to; empty where this is no index of this version.
std::string recorded_source(const IndexDatabase& database);
void record_source(const IndexDatabase& database, const std::string& source);

// Runs `work` and turns what the database throws into an Error(cannot).
template <class Work>
auto with_database_errors(Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const soci::soci_error& error) {
    throw Error(ErrorCode::cannot, std::string("the Hub's index: ") + error.what(),
                "it is only a projection: delete index.sqlite, or run \"bw hub reindex\"");
  }
}

}  // namespace bw
