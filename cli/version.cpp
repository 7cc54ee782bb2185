// bw version. The numbers are settled when the program is built.

#include "base/text.h"
#include "cli/command.h"
#include "cli/session.h"

namespace bw::cli {
namespace {

struct Version {
  bool verbose = false;
};

int run_version(Session& session, const Version& given) {
  constexpr std::string_view commit = BW_COMMIT;  // NOLINT(readability-redundant-string-init): "" if unknown
  constexpr std::string_view libraries = BW_LIBRARIES;
  if (session.json()) {
    Json object{{"version", BW_VERSION}, {"commit", commit}, {"libraries", Json::object()}};
    for (const std::string_view library : split(libraries, ',')) {
      const std::size_t space = library.find(' ');
      if (space != std::string_view::npos) {
        object["libraries"][std::string(library.substr(0, space))] = library.substr(space + 1);
      }
    }
    session.print_json(object);
    return 0;
  }
  session.print("bw {}\n", BW_VERSION);
  if (!given.verbose) return 0;
  if (!commit.empty()) session.print("commit {}\n", commit);
  for (const std::string_view library : split(libraries, ',')) {
    if (!library.empty()) session.print("{}\n", library);
  }
  return 0;
}

}  // namespace

void declare_version(Commands& commands) {
  Command& command = commands.add("version", Purpose::more, "Show the version");
  Version& given = command.runs(run_version);
  command.flag("-v,--verbose", given.verbose, "the commit and the libraries it was built with as well");
  command.examples = {{"bw version --verbose", "For a bug report"}};
  command.json = {{"version", "of bw"},
                  {"commit", "that it was built from; empty where unknown"},
                  {"libraries", "an object: library to version"}};
}

}  // namespace bw::cli
