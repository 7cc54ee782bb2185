#pragma once
// What most commands begin with: the world they act on and, where they sign, who I am.

#include <memory>

#include "cli/session.h"
#include "git/remote_url.h"
#include "stream/receipt.h"
#include "world/identity.h"
#include "world/world.h"

namespace bw::cli {

World open_world_of(Session& session);
// The same for acts of authority, also in a copy that contradicts what this machine saw: then with a warning.
World open_world_to_arbitrate(Session& session);

struct Acting {
  Identity identity;
  std::unique_ptr<Signer> signer;
};
Acting acting(Session& session);

// An address from the command line, a relative path seen from here. Error(usage) where it is none that
// may be used.
git::RemoteUrl parse_url(const std::string& text);

// An address that goes into the log as the world's home; Error(usage) where it holds a secret.
std::string parse_home(const std::string& text);

// Where a world is to be got: an address, or with `hub` a name (or id) that this Hub lists, pinned.
struct Source {
  git::RemoteUrl url;
  std::string name;  // what its folder is called by default
};
Source parse_source(Session& session, const std::string& text,
                    const std::optional<std::filesystem::path>& hub);

// The Hub of the setting `hub`; nothing where it is not set.
std::optional<std::filesystem::path> usual_hub(const Session& session);

// "3 events", "1 event".
std::string counted(std::size_t count, std::string_view one, std::string_view many);

// {"admitted": 2, "duplicate": 0, "refused": 1, "events": [{"event","result","index"|"reason"}]}
Json verdicts_json(const std::vector<Verdict>& verdicts);

}  // namespace bw::cli
