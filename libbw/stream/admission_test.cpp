#include "stream/admission.h"

#include <doctest/doctest.h>

#include "stream/test_stream.h"

using namespace bw;
using namespace bw::stream_test;

namespace {

const Actor ben = actor('b');

Bundle bundle_of(const StreamWorld& world, std::vector<Event> events) {
  const Did sender = events.empty() ? ben.did() : events.front().actor;
  return {sender, world.now, world.world(), std::move(events), {}, {}, {}};
}

Judgement judge(const StreamWorld& world, const Bundle& bundle) {
  return admit(bundle, world.state, {}, world.now);
}

std::string refusal(const StreamWorld& world, const Event& event) {
  const Judgement judgement = judge(world, bundle_of(world, {event}));
  REQUIRE(judgement.verdicts.size() == 1);
  const bool is_refused = judgement.verdicts[0].kind == Verdict::Kind::refused;
  CHECK(judgement.additions.empty() == is_refused);
  return is_refused ? judgement.verdicts[0].reason : "";
}

// An event with one detail, and the opening of it.
std::pair<Event, BundledOpening> event_with_note(const StreamWorld& world, Visibility visibility) {
  const std::string nonce = make_nonce(system_random);
  const Opening note = make_opening("note", "words", system_random);
  const DetailContext context{world.world(), ben.did().text(), "behaviour.logged", nonce};
  const Event event = sign_event({.at = world.now,
                                  .kind = "behaviour.logged",
                                  .body = logged_body(),
                                  .details = {{"note", commit_to(context, note)}},
                                  .world = world.world()},
                                 nonce, *ben.signer);
  return {event, {event.id, note, visibility}};
}

Table table_of(int count, bool salted = false) {
  std::string content;
  for (int i = 0; i < count; ++i) {
    Row row;
    row.at = Timestamp{start_of_time};
    row.behaviour = "map-aed";
    row.quantity = Decimal(1);
    row.unit = "device";
    if (salted) row.salt = to_base64url(std::string(32, static_cast<char>('a' + i)));
    content += row.line() + "\n";
  }
  return *parse_table(content);
}

}  // namespace

TEST_CASE("good events are admitted in their order, with the index they will have") {
  const StreamWorld world;
  const std::vector<Event> events = {world.logged(ben, "1"), world.logged(ben, "2"), world.logged(ben, "3")};
  const Judgement judgement = judge(world, bundle_of(world, events));
  REQUIRE(judgement.verdicts.size() == 3);
  REQUIRE(judgement.additions.events.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(judgement.verdicts[i].kind == Verdict::Kind::admitted);
    CHECK(judgement.verdicts[i].index == world.state.size() + i);
    CHECK(judgement.verdicts[i].event == events[i].id);
    CHECK(judgement.additions.events[i].id == events[i].id);
  }
}

TEST_CASE("an event is admitted once, within a bundle and in the log") {
  StreamWorld world;
  const Event event = world.logged(ben);
  const Judgement twice = judge(world, bundle_of(world, {event, event}));
  CHECK(twice.verdicts[1].kind == Verdict::Kind::duplicate);
  CHECK(twice.verdicts[1].index == world.state.size());
  CHECK(twice.additions.events.size() == 1);
  const std::uint64_t index = world.state.size();
  world.append(twice.additions, world.creator);
  const Judgement again = judge(world, bundle_of(world, {event}));
  CHECK(again.verdicts[0].kind == Verdict::Kind::duplicate);
  CHECK(again.verdicts[0].index == index);
  CHECK(again.additions.empty());
}

TEST_CASE("what could not stand in the stream is refused with the reason") {
  const StreamWorld world;
  REQUIRE(refusal(world, world.logged(ben)).empty());
  Event forged = world.logged(ben);
  forged = *parse_event(forged.line.substr(0, forged.line.size() - 88) + std::string(86, 'A') + "\"}");
  CHECK(contains(refusal(world, forged), "signature"));
  CHECK(contains(refusal(world, make_event(ben, WorldId{sha256("x")}, "behaviour.logged", logged_body())),
                 "another world"));
  CHECK(contains(refusal(world, make_genesis(ben, "Mine")), "another world"));
  CHECK(contains(refusal(world, make_event(ben, world.world(), "behaviour.logged", logged_body(),
                                           {world.now.seconds + 301})),
                 "future"));
  CHECK(refusal(world,
                make_event(ben, world.world(), "behaviour.logged", logged_body(), {world.now.seconds + 300}))
            .empty());
  CHECK(contains(refusal(world, world.event(ben, "magic.cast", Json::object())), "not known"));
}

TEST_CASE("a body that does not have the form of its kind is refused") {
  const StreamWorld world;
  const std::string id = sha256("x").hex();
  const auto refused = [&](const char* kind, const Json& body) {
    return !refusal(world, world.event(world.creator, kind, body)).empty();
  };
  const Json logged = logged_body();
  const auto with = [](Json json, const char* member, const Json& value) {
    json[member] = value;
    return json;
  };
  const auto without = [](Json json, const char* member) {
    json.erase(member);
    return json;
  };
  for (const char* member : {"behaviour", "quantity", "unit"}) {
    CHECK(refused("behaviour.logged", without(logged, member)));
    CHECK(refused("behaviour.logged", with(logged, member, 5)));
    CHECK(refused("behaviour.logged", with(logged, member, "")));
  }
  for (const char* quantity : {"1e400", "-0", "NaN", "１２", "01", "1.50", "+1", " 1"}) {
    CHECK(refused("behaviour.logged", with(logged, "quantity", quantity)));
  }
  CHECK(refused("behaviour.logged", with(logged, "note", "words")));
  CHECK(refused("behaviour.logged", with(logged, "behaviour", std::string(65, 'x'))));

  CHECK_FALSE(refused("event.corrected", with(logged, "event", id)));
  CHECK(refused("event.corrected", logged));
  CHECK_FALSE(refused("event.retracted", {{"event", id}}));
  CHECK(refused("event.retracted", {{"event", "x"}}));
  CHECK_FALSE(refused("event.confirmed", {{"events", {id}}}));
  CHECK(refused("event.confirmed", {{"events", {"x"}}}));
  CHECK(refused("event.confirmed", {{"events", {5}}}));
  CHECK(refused("event.confirmed", {{"events", id}}));

  const Json word = {{"event", id}, {"verdict", "supports"}};
  CHECK_FALSE(refused("event.attested", word));
  CHECK_FALSE(refused("event.attested", with(word, "verdict", "disputes")));
  CHECK(refused("event.attested", with(word, "verdict", "perhaps")));
  CHECK(refused("event.attested", with(word, "event", nullptr)));
  CHECK(refused("event.attested", with(word, "note", "words")));
  const Json thanks = {{"event", id}, {"to", ben.did().text()}};
  CHECK_FALSE(refused("thanks.given", thanks));
  CHECK_FALSE(refused("thanks.given", with(thanks, "event", nullptr)));
  CHECK(refused("thanks.given", with(thanks, "to", nullptr)));
  CHECK(refused("thanks.given", without(thanks, "event")));

  const Json listed = {{"checkpoint", {{"root", id}, {"size", 3}}},
                       {"listed", id},
                       {"name", "heart"},
                       {"remotes", {"https://example.org/heart.git"}},
                       {"summary", "three defibrillators"}};
  CHECK_FALSE(refused("hub.listed", listed));
  CHECK(refused("hub.listed", with(listed, "checkpoint", nullptr)));
  CHECK(refused("hub.listed", with(listed, "name", "")));
  CHECK(refused("hub.listed", with(listed, "remotes", {5})));
  CHECK(refused("hub.listed", with(listed, "summary", std::string(2049, 'x'))));
}

TEST_CASE("authority is exercised by those who have it") {
  const StreamWorld world;
  const StewardChange change{
      .act = StewardChange::Act::add_steward, .did = ben.did(), .witness = {}, .number = 0, .home = {}};
  CHECK(contains(refusal(world, world.proposed(ben, change)), "only a steward"));
  CHECK(refusal(world, world.proposed(world.creator, change)).empty());
  CHECK(contains(refusal(world, world.event(ben, "steward.approved", {{"proposal", sha256("x").hex()}})),
                 "only a steward"));
  CHECK(contains(refusal(world, world.event(ben, "event.confirmed", {{"events", Json::array()}})),
                 "only a steward"));
  const Json adoption = {{"commit", std::string(40, 'a')},
                         {"definition", sha256("d").hex()},
                         {"previous", nullptr},
                         {"signers", Json::array()}};
  CHECK(contains(refusal(world, world.event(ben, "definition.adopted", adoption)), "only a steward"));
  CHECK(contains(refusal(world, world.event(world.creator, "definition.adopted", adoption)), "bw adopt"));
  CHECK(contains(refusal(world, world.event(ben, "steward.crowned", Json::object())), "not known"));
  CHECK(refusal(world, world.event(ben, "identity.announced", {{"keys", Json::array()}})).empty());
}

TEST_CASE("what a bundle admits counts for the events after it") {
  const StreamWorld world;
  const StewardChange first{
      .act = StewardChange::Act::add_steward, .did = ben.did(), .witness = {}, .number = 0, .home = {}};
  const Event once = world.proposed(world.creator, first);
  const Event again = world.proposed(world.creator, first);
  const Judgement judgement = judge(world, bundle_of(world, {once, again}));
  CHECK(judgement.verdicts[0].kind == Verdict::Kind::admitted);
  CHECK(judgement.verdicts[1].kind == Verdict::Kind::refused);
  CHECK(contains(judgement.verdicts[1].reason, "a steward already"));
}

TEST_CASE("the world's own rule is asked last and may refuse") {
  const StreamWorld world;
  const AdmissionRule members_only = [](const Event& event,
                                        const Authority& authority) -> std::optional<std::string> {
    if (event.kind == "identity.announced" || authority.members().contains(event.actor)) return std::nullopt;
    return "only members submit";
  };
  const Bundle bundle =
      bundle_of(world, {world.logged(ben), world.event(ben, "identity.announced", {{"keys", Json::array()}}),
                        world.logged(ben, "2"), world.event(ben, "magic.cast", Json::object())});
  const Judgement judgement = admit(bundle, world.state, members_only, world.now);
  CHECK(judgement.verdicts[0].reason == "only members submit");
  CHECK(judgement.verdicts[1].kind == Verdict::Kind::admitted);
  CHECK(judgement.verdicts[2].kind == Verdict::Kind::admitted);
  CHECK(contains(judgement.verdicts[3].reason, "not known"));
}

TEST_CASE("the world's own rule is asked about acts of authority as well") {
  const StreamWorld world;
  const AdmissionRule nobody = [](const Event&, const Authority&) -> std::optional<std::string> {
    return "closed";
  };
  const Bundle bundle = bundle_of(world, {world.event(ben, "identity.announced", {{"keys", Json::array()}})});
  CHECK(admit(bundle, world.state, nobody, world.now).verdicts[0].reason == "closed");
}

TEST_CASE("a public opening is admitted with its event, and again with one that is in the log") {
  StreamWorld world;
  const auto [event, opening] = event_with_note(world, Visibility::public_);
  Bundle bundle = bundle_of(world, {event});
  bundle.openings = {opening};
  const Judgement judgement = judge(world, bundle);
  CHECK(judgement.openings.size() == 1);
  CHECK(judgement.warnings.empty());
  world.append(judgement.additions, world.creator);
  CHECK(judge(world, bundle).openings.size() == 1);
}

TEST_CASE("openings that are private, of no event, or of another content are left out") {
  const StreamWorld world;
  const auto [event, hidden] = event_with_note(world, Visibility::private_);
  Bundle bundle = bundle_of(world, {event});
  bundle.openings = {hidden};
  Judgement judgement = judge(world, bundle);
  CHECK(judgement.openings.empty());
  CHECK(judgement.warnings.empty());
  CHECK(judgement.additions.events.size() == 1);

  BundledOpening changed = hidden;
  changed.visibility = Visibility::public_;
  changed.opening.value_text = "\"other words\"";
  bundle.openings = {changed};
  judgement = judge(world, bundle);
  CHECK(judgement.openings.empty());
  REQUIRE(judgement.warnings.size() == 1);
  CHECK(contains(judgement.warnings[0], "does not match"));
  CHECK(judgement.additions.events.size() == 1);

  changed = hidden;
  changed.visibility = Visibility::public_;
  changed.event = EventId{sha256("x")};
  bundle.openings = {changed};
  judgement = judge(world, bundle);
  CHECK(judgement.openings.empty());
  CHECK(contains(judgement.warnings.at(0), "without an event"));
}

TEST_CASE("a sealed opening is admitted by its form, for a field that its event commits to") {
  const StreamWorld world;
  const auto [event, note] = event_with_note(world, Visibility::sealed);
  const PersonalSeed seed = PersonalSeed::generate(counting_random(8));
  const auto sealed = [&, &event = event](const Opening& opening) {
    return BundledSealed{event.id, seal_opening(event, opening, {seed.box_public_key()}, system_random)};
  };
  Bundle bundle = bundle_of(world, {event});
  // Only who can open it can say that it is something else.
  bundle.sealed = {sealed(note.opening)};
  CHECK(judge(world, bundle).sealed.size() == 1);
  bundle.sealed = {sealed(make_opening("note", "a lie", system_random))};
  CHECK(judge(world, bundle).sealed.size() == 1);
  bundle.sealed = {sealed(make_opening("place", "nowhere", system_random))};
  const Judgement judgement = judge(world, bundle);
  CHECK(judgement.sealed.empty());
  CHECK(contains(judgement.warnings.at(0), "does not match"));
}

TEST_CASE("what was withdrawn is not admitted again, by whatever bundle") {
  StreamWorld world;
  const auto [event, note] = event_with_note(world, Visibility::public_);
  const Json body = {{"event", event.id.text()}, {"fields", {"note"}}};
  CHECK(contains(refusal(world, world.event(ben, "details.withdrawn", body)), "not in the log"));
  const PersonalSeed seed = PersonalSeed::generate(counting_random(8));
  const BundledSealed sealed{event.id,
                             seal_opening(event, note.opening, {seed.box_public_key()}, system_random)};

  // In the bundle that brings them.
  Bundle bundle = bundle_of(world, {event, world.event(ben, "details.withdrawn", body)});
  bundle.openings = {note};
  Judgement judgement = judge(world, bundle);
  CHECK(judgement.additions.events.size() == 2);
  CHECK(judgement.openings.empty());
  CHECK(contains(judgement.warnings.at(0), "was withdrawn"));

  // By somebody else it has no effect.
  bundle = bundle_of(world, {event});
  bundle.openings = {note};
  bundle.sealed = {sealed};
  world.append({event, world.event(actor('m'), "details.withdrawn", body)});
  CHECK(judge(world, bundle).openings.size() == 1);
  world.append({world.event(world.creator, "details.withdrawn", body)});  // a steward
  judgement = judge(world, bundle);
  CHECK(judgement.openings.empty());
  CHECK(judgement.sealed.empty());
  CHECK(StreamState::from_bytes(world.state.bytes()).is_withdrawn(event, "note"));
}

TEST_CASE("withdrawals, revelations and concealed deeds have their forms") {
  StreamWorld world;
  const Event deed = world.logged(ben);
  world.append({deed});
  const std::string id = deed.id.text();
  const auto form = [&](const char* kind, const Json& body) {
    return refusal(world, world.event(ben, kind, body));
  };
  CHECK(form("details.withdrawn", {{"event", id}, {"fields", {"note"}}}).empty());
  CHECK(contains(form("details.withdrawn", {{"event", id}, {"fields", {"b", "a"}}}), "ascending"));
  CHECK_FALSE(form("details.withdrawn", {{"event", id}}).empty());
  const Json claim = logged_body();
  const std::string salt = to_base64url(std::string(32, 's'));
  CHECK(form("event.revealed", {{"event", id}, {"salt", salt}, {"value", claim}}).empty());
  CHECK(contains(form("event.revealed", {{"event", id}, {"salt", "AA"}, {"value", claim}}), "salt"));
  CHECK(contains(form("event.revealed", {{"event", id}, {"salt", salt}, {"value", nullptr}}), "claim"));
  CHECK(contains(form("event.revealed", {{"event", id}, {"salt", salt}, {"value", {{"behaviour", "x"}}}}),
                 "value"));

  CHECK(contains(form("behaviour.logged", Json::object()), "commits to no claim"));
  const auto logged = [&](const Json& body) {
    const EventDraft draft{.at = world.now,
                           .kind = "behaviour.logged",
                           .body = body,
                           .details = {{"claim", Digest{}}},
                           .world = world.world()};
    return refusal(world, sign_event(draft, make_nonce(system_random), *ben.signer));
  };
  CHECK(logged(Json::object()).empty());
  CHECK(contains(logged(claim), "both"));
}

TEST_CASE("a table comes with its event and is what the event commits to") {
  StreamWorld world;
  const Table table = table_of(3);
  const Event event = world.event(ben, "behaviour.tabled", table.body());
  CHECK(contains(refusal(world, event), "did not come with it"));
  Bundle bundle = bundle_of(world, {event});
  bundle.tables = {table_of(2), table};
  Judgement judgement = judge(world, bundle);
  REQUIRE(judgement.verdicts[0].kind == Verdict::Kind::admitted);
  CHECK(judgement.additions.tables == std::map<Digest, std::string>{{table.root, table.content}});
  world.append(judgement.additions, world.creator);

  Json body = table.body();
  body["totals"][0]["quantity"] = "4";
  bundle.events = {world.event(ben, "behaviour.tabled", body)};
  judgement = judge(world, bundle);
  CHECK(contains(judgement.verdicts[0].reason, "its totals"));
  CHECK(judgement.additions.tables.empty());
  for (const auto& [member, value] : std::vector<std::pair<const char*, Json>>{
           {"count", 0}, {"count", 10'001}, {"root", 5}, {"rows", "some"}, {"totals", {5}}}) {
    body = table.body();
    body[member] = value;
    bundle.events = {world.event(ben, "behaviour.tabled", body)};
    CHECK(judge(world, bundle).verdicts[0].kind == Verdict::Kind::refused);
  }
}

TEST_CASE("the rows of a private table stay where they are") {
  const StreamWorld world;
  const Table table = table_of(3, true);
  Bundle bundle = bundle_of(world, {world.event(ben, "behaviour.tabled", table.body())});
  CHECK(judge(world, bundle).verdicts[0].kind == Verdict::Kind::admitted);
  bundle.tables = {table};
  const Judgement judgement = judge(world, bundle);
  CHECK(judgement.verdicts[0].kind == Verdict::Kind::admitted);
  CHECK(judgement.additions.tables.empty());
}
