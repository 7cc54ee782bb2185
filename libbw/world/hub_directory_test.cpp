#include "world/hub_directory.h"

#include <algorithm>
#include <fstream>

#include <doctest/doctest.h>

#include "base/error.h"
#include "stream/commit_author.h"
#include "world/appending.h"
#include "world/test_hub.h"

namespace bw {
namespace {

using namespace bw::testing;
namespace fs = std::filesystem;

Json listing_body(const World& world, const std::string& name) {
  return {{"checkpoint",
           {{"root", world.stream.checkpoint->root.hex()}, {"size", world.stream.checkpoint->size}}},
          {"listed", world.id().text()},
          {"name", name},
          {"remotes", Json::array()},
          {"summary", "A summary"}};
}

// Puts a listing into the Hub's stream without any of the care that publishing takes.
EventId append_listing(const TestHub& keeper, const TestPerson& actor, const Json& body) {
  Hub hub = keeper.open();
  const EventDraft draft{.at = actor.environment.now(),
                         .kind = "hub.listed",
                         .body = body,
                         .details = {},
                         .world = hub.world.id()};
  const Event event = sign_event(draft, make_nonce(actor.environment.random), *actor.signer);
  append_at_home(keeper.environment, hub.world, *keeper.signer, [&](const StreamState&) {
    return Composition{.additions = {.events = {event}, .tables = {}, .definitions = {}}, .openings = {}};
  });
  return event.id;
}

void copy_to_hub(const TestHub& keeper, const World& world) {
  fs::copy(world.repository.git_folder(), HubLayout(keeper.hub_folder).repository_of(world.id()),
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

// An entry more, and a checkpoint over it.
void grow(const TestPerson& person, World& world) {
  const EventDraft draft{.at = person.environment.now(),
                         .kind = "behaviour.logged",
                         .body = {{"behaviour", "teach"}, {"quantity", "1"}, {"unit", "hour"}},
                         .details = {},
                         .world = world.id()};
  const Event event = sign_event(draft, make_nonce(person.environment.random), *person.signer);
  append_at_home(person.environment, world, *person.signer, [&](const StreamState&) {
    return Composition{.additions = {.events = {event}, .tables = {}, .definitions = {}}, .openings = {}};
  });
}

HubDirectory directory_of(const TestHub& keeper) {
  return read_directory(keeper.environment, keeper.open());
}

std::string problem_of(const HubDirectory& directory, const EventId& event) {
  for (const JudgedListing& judged : directory.listings) {
    if (judged.listing.event == event) return judged.problem;
  }
  return "not in the directory";
}

bool mentions(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

struct Listed {
  TestHub keeper;
  TestPerson ada{"Ada"};
  World world = make_named_world(ada, "First");
};

TEST_CASE("a listing by a steward of a world that the Hub holds counts") {
  Listed given;
  copy_to_hub(given.keeper, given.world);
  const EventId event = append_listing(given.keeper, given.ada, listing_body(given.world, "first"));
  const HubDirectory directory = directory_of(given.keeper);
  REQUIRE(directory.listings.size() == 1);
  CHECK(problem_of(directory, event) == "");
  const JudgedListing* current = directory.current(given.world.id());
  REQUIRE(current != nullptr);
  CHECK(current->listing.name == "first");
  CHECK(current->listing.size == given.world.stream.checkpoint->size);
  CHECK(current->proof->title == "First");
  CHECK(current->proof->definition == given.world.stream.authority.adopted()->digest);
  CHECK(directory.names.at("first") == given.world.id());
}

TEST_CASE("a name belongs to the world that had it first, and to no other") {
  Listed given;
  const TestPerson ben("Ben");
  const World other = make_named_world(ben, "Other");
  copy_to_hub(given.keeper, given.world);
  copy_to_hub(given.keeper, other);
  append_listing(given.keeper, given.ada, listing_body(given.world, "first"));
  const EventId theft = append_listing(given.keeper, ben, listing_body(other, "first"));
  const HubDirectory directory = directory_of(given.keeper);
  CHECK(mentions(problem_of(directory, theft), "belongs to world " + given.world.id().text()));
  CHECK(directory.names.at("first") == given.world.id());
  CHECK(directory.current(other.id()) == nullptr);
}

TEST_CASE("a world keeps the names it had, shows the last, and has at most eight") {
  Listed given;
  const TestPerson ben("Ben");
  const World other = make_named_world(ben, "Other");
  copy_to_hub(given.keeper, given.world);
  copy_to_hub(given.keeper, other);
  append_listing(given.keeper, given.ada, listing_body(given.world, "name-0"));
  for (int i = 1; i < 8; ++i)
    append_listing(given.keeper, given.ada, listing_body(given.world, "name-" + std::to_string(i)));
  const EventId ninth = append_listing(given.keeper, given.ada, listing_body(given.world, "name-8"));
  const EventId theft = append_listing(given.keeper, ben, listing_body(other, "name-0"));
  const HubDirectory directory = directory_of(given.keeper);
  CHECK(directory.current(given.world.id())->listing.name == "name-7");
  CHECK(directory.names.size() == 8);
  CHECK(mentions(problem_of(directory, ninth), "8 names already"));
  CHECK(mentions(problem_of(directory, theft), "belongs to world"));
  CHECK(resolve_name(given.ada.environment, given.keeper.hub_folder, "name-0")->name == "name-7");
}

TEST_CASE("a listed checkpoint never falls") {
  Listed given;
  const Json before = listing_body(given.world, "first");
  grow(given.ada, given.world);
  copy_to_hub(given.keeper, given.world);
  append_listing(given.keeper, given.ada, listing_body(given.world, "first"));
  const EventId fallen = append_listing(given.keeper, given.ada, before);
  const HubDirectory directory = directory_of(given.keeper);
  CHECK(mentions(problem_of(directory, fallen), "is behind the listed one"));
  CHECK(directory.current(given.world.id())->listing.size == given.world.stream.checkpoint->size);
}

TEST_CASE("growing listings of one world all count") {
  Listed given;
  const Json first = listing_body(given.world, "first");
  grow(given.ada, given.world);
  const Json second = listing_body(given.world, "first");
  grow(given.ada, given.world);
  copy_to_hub(given.keeper, given.world);
  const EventId one = append_listing(given.keeper, given.ada, first);
  const EventId two = append_listing(given.keeper, given.ada, second);
  const HubDirectory directory = directory_of(given.keeper);
  CHECK(problem_of(directory, one) == "");
  CHECK(problem_of(directory, two) == "");
}

TEST_CASE("who is no steward of the listed world at the listed checkpoint lists nothing") {
  Listed given;
  const TestPerson eve("Eve");
  copy_to_hub(given.keeper, given.world);
  const EventId event = append_listing(given.keeper, eve, listing_body(given.world, "first"));
  const HubDirectory directory = directory_of(given.keeper);
  CHECK(mentions(problem_of(directory, event), eve.did().text() + " was no steward"));
  CHECK(directory.names.empty());
}

TEST_CASE("an ineffective listing takes no name") {
  Listed given;
  const TestPerson eve("Eve");
  copy_to_hub(given.keeper, given.world);
  append_listing(given.keeper, eve, listing_body(given.world, "wanted"));
  const EventId event = append_listing(given.keeper, given.ada, listing_body(given.world, "wanted"));
  CHECK(problem_of(directory_of(given.keeper), event) == "");
}

TEST_CASE("a listing of a world whose copy is missing, another, or no repository is ineffective") {
  Listed given;
  const EventId event = append_listing(given.keeper, given.ada, listing_body(given.world, "first"));
  const fs::path copy = HubLayout(given.keeper.hub_folder).repository_of(given.world.id());

  CHECK(mentions(problem_of(directory_of(given.keeper), event), "is missing"));

  fs::create_directory_symlink(given.world.repository.git_folder(), copy);
  CHECK(mentions(problem_of(directory_of(given.keeper), event), "no folder of its own"));
  fs::remove(copy);

  fs::create_directory(copy);
  CHECK(problem_of(directory_of(given.keeper), event) != "");
  fs::remove(copy);

  const TestPerson ben("Ben");
  const World other = make_named_world(ben, "Other");
  fs::copy(other.repository.git_folder(), copy, fs::copy_options::recursive);
  CHECK(mentions(problem_of(directory_of(given.keeper), event), "no checkpoint of size"));
  fs::remove_all(copy);

  copy_to_hub(given.keeper, given.world);
  CHECK(problem_of(directory_of(given.keeper), event) == "");
}

TEST_CASE("a listing of another world's checkpoint under its own id is ineffective") {
  Listed given;
  const TestPerson ben("Ben");
  const World other = make_named_world(ben, "Other");
  // Ben puts a copy of Ada's world where his own belongs, and claims it.
  fs::copy(given.world.repository.git_folder(), HubLayout(given.keeper.hub_folder).repository_of(other.id()),
           fs::copy_options::recursive);
  Json body = listing_body(given.world, "stolen");
  body["listed"] = other.id().text();
  const EventId event = append_listing(given.keeper, ben, body);
  CHECK(mentions(problem_of(directory_of(given.keeper), event), "another world"));
}

TEST_CASE("a copy whose stream was tampered with up to the listed checkpoint makes the listing ineffective") {
  Listed given;
  copy_to_hub(given.keeper, given.world);
  const EventId event = append_listing(given.keeper, given.ada, listing_body(given.world, "first"));
  // Eve commits the same tree again, in a history that she signs.
  const TestPerson eve("Eve");
  auto copy = git::Repository::open(HubLayout(given.keeper.hub_folder).repository_of(given.world.id()));
  const git::Oid head = *copy.ref(stream_ref);
  const git::Oid forged = copy.commit({.tree = copy.read_commit(head).tree,
                                       .parents = {},
                                       .author = appender(eve.did()),
                                       .time = eve.environment.now(),
                                       .message = "Append\n"},
                                      commit_signer_with(*eve.signer));
  copy.set_ref(stream_ref, forged, "tamper");
  CHECK(mentions(problem_of(directory_of(given.keeper), event), "does not verify"));
}

TEST_CASE("what comes after the listed checkpoint cannot harm the listing") {
  Listed given;
  copy_to_hub(given.keeper, given.world);
  const EventId event = append_listing(given.keeper, given.ada, listing_body(given.world, "first"));
  const TestPerson eve("Eve");
  auto copy = git::Repository::open(HubLayout(given.keeper.hub_folder).repository_of(given.world.id()));
  const git::Oid head = *copy.ref(stream_ref);
  const git::Oid junk = copy.commit({.tree = copy.empty_tree(),
                                     .parents = {head},
                                     .author = appender(eve.did()),
                                     .time = eve.environment.now(),
                                     .message = "Junk\n"},
                                    commit_signer_with(*eve.signer));
  copy.set_ref(stream_ref, junk, "junk");
  const HubDirectory directory = directory_of(given.keeper);
  CHECK(problem_of(directory, event) == "");
}

TEST_CASE("a listing without the form of one is ineffective and harms nothing") {
  Listed given;
  copy_to_hub(given.keeper, given.world);
  std::vector<EventId> bad;
  bad.push_back(append_listing(given.keeper, given.ada, Json::object()));
  for (const char* name : {"../../etc", "A", "a/b", ".hidden"}) {
    bad.push_back(append_listing(given.keeper, given.ada, listing_body(given.world, name)));
  }
  const EventId good = append_listing(given.keeper, given.ada, listing_body(given.world, "first"));
  const HubDirectory directory = directory_of(given.keeper);
  for (const EventId& event : bad) CHECK(problem_of(directory, event) != "");
  CHECK(problem_of(directory, good) == "");
  CHECK(directory.names.size() == 1);
}

TEST_CASE("only addresses that git may be given are taken from a listing") {
  Listed given;
  copy_to_hub(given.keeper, given.world);
  Json body = listing_body(given.world, "first");
  body["remotes"] = {
      "https://example.org/first.git",        "ext::sh -c id", "--upload-pack=id", "/etc", "file:///etc",
      "https://user:secret@example.org/x.git"};
  append_listing(given.keeper, given.ada, body);
  const HubDirectory directory = directory_of(given.keeper);
  const auto& remotes = directory.current(given.world.id())->listing.remotes;
  REQUIRE(remotes.size() == 2);
  CHECK(remotes[0] == "https://example.org/first.git");
  CHECK_FALSE(mentions(remotes[1], "secret"));
}

TEST_CASE("a name resolves in any spelling, or by id, to the Hub's copy pinned to its world") {
  Listed given;
  copy_to_hub(given.keeper, given.world);
  append_listing(given.keeper, given.ada, listing_body(given.world, "急救-aed"));
  const Environment& environment = given.ada.environment;
  for (const std::string& name :
       {std::string("急救-aed"), std::string("急救-ＡＥＤ"), given.world.id().text()}) {
    const auto found = resolve_name(environment, given.keeper.hub_folder, name);
    REQUIRE(found);
    CHECK(found->world == given.world.id());
    CHECK(found->url.pin() == given.world.id().text());
    CHECK(found->url.text() == HubLayout(given.keeper.hub_folder).repository_of(given.world.id()).string());
  }
  for (const char* name : {"", "急救", "../急救-aed", "\xff"}) {
    CHECK_FALSE(resolve_name(environment, given.keeper.hub_folder, name));
  }
  try {
    require_name(environment, given.keeper.hub_folder, "急救-aec");
    FAIL("a name that is not listed was found");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid);
    CHECK(mentions(error.hint(), "急救-aed"));
  }
}

TEST_CASE("the listings related to a name decide about it as all of them do") {
  Listed given;
  const TestPerson ben("Ben");
  const TestPerson cleo("Cleo");
  const World second = make_named_world(ben, "Second");
  const World third = make_named_world(cleo, "Third");
  for (const World* world : {static_cast<const World*>(&given.world), &second, &third})
    copy_to_hub(given.keeper, *world);
  append_listing(given.keeper, given.ada, listing_body(given.world, "one"));
  append_listing(given.keeper, ben, listing_body(second, "one"));
  append_listing(given.keeper, ben, listing_body(second, "two"));
  append_listing(given.keeper, cleo, listing_body(third, "three"));
  const Hub hub = given.keeper.open();
  const auto all = read_listings(hub.world);
  const HubDirectory whole = directory_of(given.keeper);
  for (const char* name : {"one", "two", "three", "four"}) {
    auto related = related_listings(all, name, std::nullopt);
    const ListingProofs proofs = prove_listings(given.ada.environment, hub.layout, related);
    const HubDirectory part = judge_listings(std::move(related), proofs);
    CAPTURE(name);
    CHECK(part.names.contains(name) == whole.names.contains(name));
    if (part.names.contains(name)) CHECK(part.names.at(name) == whole.names.at(name));
  }
  CHECK(related_listings(all, "three", std::nullopt).size() == 1);
}

TEST_CASE("a folder that is no Hub, or was made to look like one, is refused with a reason") {
  const TestHub keeper;
  const HubLayout layout(keeper.hub_folder);
  const auto refusal = [&](const fs::path& folder) -> std::string {
    try {
      open_hub(keeper.environment, folder);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  const auto write = [&](const std::string& text) { std::ofstream(layout.settings()) << text; };
  const std::string settings = read_file(layout.settings(), 4096);

  CHECK(refusal(keeper.hub_folder) == "");
  CHECK(refusal(keeper.hub_folder / "") == "");
  CHECK(mentions(refusal(keeper.folder.path() / "none"), "is no Hub"));
  CHECK(mentions(refusal(keeper.hub_folder / "world"), "is no Hub"));
  for (const char* text :
       {"", "{}", "[]", "{\"format\":1}", "{\"format\":1,\"world\":7}", "{\"format\":1,\"world\":\"../x\"}",
        "{\"format\":1,\"format\":1,\"world\":\"\"}", "\xff"}) {
    write(text);
    CAPTURE(text);
    CHECK(mentions(refusal(keeper.hub_folder), "damaged"));
  }
  write("{\"format\":2,\"world\":\"\"}");
  CHECK(mentions(refusal(keeper.hub_folder), "does not know"));
  write(strict_json::text({{"format", 1}, {"world", sha256("another").hex()}}));
  CHECK(mentions(refusal(keeper.hub_folder), "damaged"));
  write(std::string(1u << 20, ' '));
  CHECK(refusal(keeper.hub_folder) != "");

  fs::rename(layout.settings(), keeper.folder.path() / "elsewhere.json");
  std::ofstream(keeper.folder.path() / "elsewhere.json") << settings;
  fs::create_symlink(keeper.folder.path() / "elsewhere.json", layout.settings());
  CHECK(refusal(keeper.hub_folder) != "");
  fs::remove(layout.settings());
  write(settings);
  CHECK(refusal(keeper.hub_folder) == "");

  fs::rename(layout.world(), keeper.folder.path() / "moved");
  fs::create_directory_symlink(keeper.folder.path() / "moved", layout.world());
  CHECK(mentions(refusal(keeper.hub_folder), "no folder of its own"));
}

}  // namespace
}  // namespace bw
