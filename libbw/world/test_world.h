#pragma once
// People and worlds for tests: everyone has folders, a clock and an identity of their own below a
// temporary folder, so a test makes as many as its story needs.

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/files.h"
#include "crypto/hash.h"
#include "stream/commit_author.h"
#include "world/identity.h"
#include "world/init.h"
#include "world/record.h"
#include "world/registry.h"
#include "world/world.h"

namespace bw::testing {

// Randomness that is the same in every run; another seed gives another stream.
inline Random seeded_random(std::string seed) {
  return [seed = std::move(seed), counter = std::make_shared<int>(0)](std::size_t wanted) {
    std::string bytes;
    while (bytes.size() < wanted) bytes += sha256(seed + "/" + std::to_string((*counter)++)).view();
    bytes.resize(wanted);
    return bytes;
  };
}

class TestPerson {
public:
  // The clock begins on a Monday at 09:00 UTC and moves on a second whenever it is asked.
  static constexpr std::string_view beginning = "2026-03-02T09:00:00Z";

  explicit TestPerson(const std::string& name = "Ada") : now(std::make_shared<Timestamp>()) {
    *now = *Timestamp::parse(beginning);
    environment.now = [clock = now] { return Timestamp{clock->seconds++}; };
    environment.random = seeded_random(name);
    environment.config_folder = folder.path() / "config";
    environment.data_folder = folder.path() / "data";
    environment.state_folder = folder.path() / "state";
    identity = create_identity(environment, name, "");
    signer = bw::open_signer(environment, *identity);
  }

  void set_time(std::string_view text) const { *now = *Timestamp::parse(text); }
  const Did& did() const { return identity->did; }

  TemporaryFolder folder;
  std::shared_ptr<Timestamp> now;
  Environment environment;
  std::optional<Identity> identity;
  std::unique_ptr<Signer> signer;
};

// A definition with one behaviour for each rule that recording checks. Its day begins at 16:00 UTC.
inline constexpr std::string_view test_definition = R"(betterworld: 1
name: Test world
vision: Every rule is tried once.
utc_offset: "+08:00"
grace: 30d
units:
  - {id: device, title: Device, precision: 0}
  - {id: hour, title: Hour, precision: 2}
indicators:
  - {id: aeds, title: Devices, unit: device}
goals:
  - {id: coverage, title: Coverage, indicator: aeds, target: 3, due: 2027-06-30}
behaviours:
  - id: map-aed
    title: Map a device
    unit: device
    quantity: {minimum: 1, maximum: 20}
    limits: [{per: day, quantity: 25}, {per: week, quantity: 60}]
    contributes: [{indicator: aeds}]
  - {id: teach, title: Teach, unit: hour, visibility: public}
  - {id: mend, title: Mend, unit: device, visibility: sealed}
  - id: rescue
    title: Rescue
    unit: device
    evidence: {need: required, kinds: [photo]}
  - id: attend
    title: Attend
    unit: hour
    limits: [{per: ever, quantity: 3}]
)";

// A world of `founder` in `folder`, whose `main` holds these files.
inline World make_world(const TestPerson& founder, const std::filesystem::path& folder,
                        const std::map<std::string, std::string>& files = {
                            {"betterworld.yaml", std::string(test_definition)}}) {
  git::Repository repository = git::Repository::create(folder, false);
  std::vector<git::TreeEdit> edits;
  edits.reserve(files.size());
  for (const auto& [path, content] : files) edits.push_back({path, repository.write_blob(content)});
  const git::Oid main = repository.commit({.tree = repository.edit_tree(std::nullopt, edits),
                                           .parents = {},
                                           .author = appender(founder.did()),
                                           .time = founder.environment.now(),
                                           .message = "Begin\n"},
                                          commit_signer_with(*founder.signer));
  repository.set_ref(main_ref, main, "begin");
  repository.checkout_head(std::nullopt);
  return begin_stream(founder.environment, std::move(repository), *founder.signer,
                      {"Test world", std::nullopt, std::nullopt, {}, main});
}

inline Deed deed(std::string behaviour, std::string_view quantity = "1") {
  Deed made;
  made.behaviour = std::move(behaviour);
  made.quantity = *Decimal::parse_lenient(quantity);
  return made;
}
inline Deed deed_at(std::string behaviour, std::string_view quantity, std::string_view at) {
  Deed made = deed(std::move(behaviour), quantity);
  made.at = *Timestamp::parse(at);
  return made;
}

// A person with a world: what most tests begin with.
struct TestWorld : TestPerson {
  explicit TestWorld(const std::string& name = "Ada")
      : TestPerson(name), world(make_world(*this, folder.path() / "world")) {}

  World world;
};

}  // namespace bw::testing
