#include "stream/details_branch.h"

#include <doctest/doctest.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ben = actor('b');

// A world with events that have notes, whose openings lie on the branch `details`.
struct PublishedNotes {
  StreamWorld world;
  std::vector<Event> events;
  std::vector<BundledOpening> openings;
  std::optional<git::Oid> head;

  explicit PublishedNotes(int count = 3) {
    for (int i = 0; i < count; ++i) {
      const std::string nonce = make_nonce(system_random);
      const Opening note = make_opening("note", "words " + std::to_string(i), system_random);
      const DetailContext context{world.world(), ben.did().text(), "behaviour.logged", nonce};
      events.push_back(sign_event({.at = world.now,
                                   .kind = "behaviour.logged",
                                   .body = logged_body(),
                                   .details = {{"note", commit_to(context, note)}},
                                   .world = world.world()},
                                  nonce, *ben.signer));
      openings.push_back({events.back().id, note, Visibility::public_});
    }
    world.append(events);
    head = add_openings(world.repository, std::nullopt, openings, {}, world.now, *world.creator.signer);
  }

  std::vector<std::string> faults(const git::Oid& details) const {
    return check_openings(world.repository, details, world.tree(), world.state);
  }
  git::Oid with(const std::vector<git::TreeEdit>& edits) {
    const git::Oid tree = world.repository.edit_tree(world.repository.read_commit(*head).tree, edits);
    return world.repository.commit(
        {.tree = tree, .parents = {}, .author = appender(ben.did()), .time = world.now, .message = "x\n"},
        {});
  }
};

}  // namespace

TEST_CASE("published openings are found with their event and match it") {
  const PublishedNotes notes;
  for (std::size_t i = 0; i < notes.events.size(); ++i) {
    const auto read = read_openings(notes.world.repository, *notes.head, notes.events[i]);
    REQUIRE(read.size() == 1);
    CHECK(read[0].value_text == notes.openings[i].opening.value_text);
  }
  CHECK(notes.faults(*notes.head).empty());
  CHECK(*commit_signer(notes.world.repository.read_commit(*notes.head)) == notes.world.creator.did());
}

TEST_CASE("openings published twice make no second commit") {
  PublishedNotes notes;
  CHECK(add_openings(notes.world.repository, notes.head, notes.openings, {}, notes.world.now,
                     *notes.world.creator.signer) == notes.head);
  CHECK(add_openings(notes.world.repository, notes.head, {}, {}, notes.world.now,
                     *notes.world.creator.signer) == notes.head);
  CHECK_FALSE(add_openings(notes.world.repository, std::nullopt, {}, {}, notes.world.now,
                           *notes.world.creator.signer));
}

TEST_CASE("a hole is no fault, and whatever matches no commitment is one") {
  PublishedNotes notes;
  const std::string path = opening_path(notes.events[0].id, "note");
  const std::string other_path = opening_path(notes.events[1].id, "note");
  const std::string text = notes.openings[0].opening.text();
  CHECK(notes.faults(notes.with({{path, std::nullopt}})).empty());

  const auto fault = [&](const git::TreeEdit& edit) {
    const git::Oid details = notes.with({edit});
    const auto faults = notes.faults(details);
    CHECK(read_openings(notes.world.repository, details, notes.events[0]).size() <= 1);
    REQUIRE(faults.size() == 1);
    CHECK(contains(faults[0], "details: "));
    return faults[0];
  };
  auto put = [&](const std::string& at, const std::string& content, git::Mode mode = git::Mode::file) {
    return notes.world.put(at, content, mode);
  };
  std::string changed = text;
  changed[changed.find("words")] = 'W';
  CHECK(contains(fault(put(path, changed)), "not what the event committed to"));
  CHECK(contains(fault(put(other_path, text)), "not what the event committed to"));
  CHECK(contains(fault(put(path, "nonsense")), path));
  CHECK(contains(fault(put(path, "")), path));
  CHECK(contains(fault(put(path, text, git::Mode::link)), "not the place"));
  CHECK(contains(fault(put(path, text, git::Mode::executable)), "not the place"));
  CHECK(contains(fault(put(path, std::string(max_opening_bytes + 1, 'x'))), "larger"));
  CHECK(contains(fault(put(opening_path(notes.events[0].id, "place"), text)), "not what"));
  CHECK(contains(fault(put(opening_path(EventId{sha256("x")}, "note"), text)), "no such event"));
  CHECK(contains(fault(put("README", "hello")), "not the place"));
  CHECK(contains(fault(put("ff/" + notes.events[0].id.text() + "/note.json", text)), "not the place"));
  CHECK_FALSE(contains(fault(put("a\nb", text)), "\n"));
}

TEST_CASE("faults in many openings across log files are all named") {
  PublishedNotes notes(270);
  CHECK(notes.faults(*notes.head).empty());
  std::vector<git::TreeEdit> edits;
  for (const std::size_t bad : {0u, 1u, 252u, 253u, 254u, 269u}) {
    edits.push_back(notes.world.put(opening_path(notes.events[bad].id, "note"), "{}"));
  }
  CHECK(notes.faults(notes.with(edits)).size() == edits.size());
}

TEST_CASE("sealed openings lie beside public ones, and stay as they came first") {
  PublishedNotes notes;
  const Event& event = notes.events[1];
  const auto sealed_now = [&] {
    const PersonalSeed seed = PersonalSeed::generate(counting_random(7));
    return BundledSealed{
        event.id, seal_opening(event, notes.openings[1].opening, {seed.box_public_key()}, system_random)};
  };
  const BundledSealed first = sealed_now();
  const Signer& signer = *notes.world.creator.signer;
  const auto once = add_openings(notes.world.repository, notes.head, {}, {first}, notes.world.now, signer);
  REQUIRE(once != notes.head);
  CHECK(notes.faults(*once).empty());
  const auto read = read_sealed(notes.world.repository, *once, event);
  REQUIRE(read.size() == 1);
  CHECK(read[0].text() == first.opening.text());
  CHECK(add_openings(notes.world.repository, once, {}, {sealed_now()}, notes.world.now, signer) == once);
  CHECK(read_sealed(notes.world.repository, *once, notes.events[0]).empty());
}

TEST_CASE("sealed openings of no form, of no field of the event or of no event are named and passed over") {
  PublishedNotes notes;
  const EventId& id = notes.events[0].id;
  const PersonalSeed seed = PersonalSeed::generate(counting_random(7));
  const std::string good =
      seal_opening(notes.events[0], notes.openings[0].opening, {seed.box_public_key()}, system_random).text();
  const auto put = [&](const std::string& path, const std::string& text) {
    return notes.faults(notes.with({notes.world.put(path, text)}));
  };
  CHECK(put(sealed_path(id, "note"), good).empty());
  CHECK(put(sealed_path(id, "note"), "{}").size() == 1);
  CHECK(put(sealed_path(id, "note"), good + " ").size() == 1);
  CHECK(put(sealed_path(id, "place"), good).size() == 1);
  CHECK(put(sealed_path(EventId{sha256("none")}, "note"), good).size() == 1);
  CHECK(put(sealed_path(id, "note") + ".sealed", good).size() == 1);
}
