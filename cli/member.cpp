// bw member, bw endorse, bw body, bw contract: who belongs to a world, and who sits where.

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/events.h"
#include "cli/session.h"
#include "cli/state_access.h"
#include "cli/world_access.h"
#include "tools/organisation/organisation_tool.h"
#include "world/correction.h"

namespace bw::cli {
namespace {

constexpr std::size_t max_terms_bytes = 16u << 20;

const OrganisationTool& organisation_of(const Seen& seen) {
  return seen.fold->tool<OrganisationTool>();
}

const OrganisationRules& organisation_rules(const Seen& seen) {
  const auto& rules = organisation_of(seen).rules();
  if (rules) return *rules;
  throw Error(ErrorCode::invalid, seen.world.name() + " has adopted no rules of organisation",
              "bw tool add organisation writes a commented file to begin with");
}

std::vector<std::string> bodies_of(const Seen& seen, PersonNumber person) {
  std::vector<std::string> bodies;
  for (const BodyRules& body : organisation_rules(seen).bodies) {
    const auto& seats = organisation_of(seen).seats(body.id);
    if (std::any_of(seats.begin(), seats.end(), [&](const auto& seat) { return seat.person == person; }))
      bodies.push_back(body.id);
  }
  return bodies;
}

Json member_json(const Seen& seen, PersonNumber person, const OrganisationTool::Membership& one) {
  Json endorsers = Json::array();
  for (const PersonNumber each : one.endorsers) endorsers.push_back(seen.fold->people().name(each).text());
  Json skills = Json::object();
  for (const auto& [skill, by] : one.skills) skills[skill] = by.size();
  return {{"person", seen.fold->people().name(person).text()},
          {"state", one.state},
          {"since", one.since},
          {"index", one.index},
          {"roles", one.roles},
          {"bodies", bodies_of(seen, person)},
          {"endorsers", endorsers},
          {"skills", skills}};
}

int list_members(Session& session) {
  const Seen seen = look_ahead(session);
  organisation_rules(seen);
  Json members = Json::array();
  Table table({{"PERSON"}, {"STATE"}, {"SINCE"}, {"ROLES"}, {"BODIES"}, {"SKILLS"}});
  for (const auto& [person, one] : organisation_of(seen).memberships()) {
    members.push_back(member_json(seen, person, one));
    std::vector<std::string> skills;
    for (const auto& [skill, by] : one.skills)
      skills.push_back(by.empty() ? skill : fmt::format("{} ({})", skill, by.size()));
    table.row({{seen.name(person), Style::name},
               {std::string(one.state), one.state == "member" ? Style::good : Style::plain},
               seen.clock(one.since),
               fmt::format("{}", fmt::join(one.roles, ", ")),
               fmt::format("{}", fmt::join(bodies_of(seen, person), ", ")),
               fmt::format("{}", fmt::join(skills, ", "))});
  }
  if (session.json()) {
    session.print_json({{"members", members}, {"size", seen.fold->size()}});
  } else {
    session.print(table);
  }
  return 0;
}

struct Application {
  std::optional<std::string> note;
};

int apply_for_membership(Session& session, const Application& given) {
  std::vector<JournalOpening> words;
  if (given.note)
    words.push_back({note_opening(*given.note, session.environment.random), Visibility::public_});
  return record_and_tell(session, "member.applied", Json::object(), std::move(words));
}

int leave(Session& session) {
  return record_and_tell(session, "member.left", Json::object());
}

struct RoleGiven {
  std::string person, role;
};

int give_role(Session& session, const RoleGiven& given) {
  return record_and_tell(session, "role.given", {{"person", did_in(given.person)}, {"role", given.role}});
}
int take_role(Session& session, const RoleGiven& given) {
  return record_and_tell(session, "role.taken", {{"person", did_in(given.person)}, {"role", given.role}});
}

struct SkillGiven {
  std::string skill;
  std::optional<std::string> person;
};

int record_skill(Session& session, const SkillGiven& given) {
  if (!given.person) return record_and_tell(session, "skill.claimed", {{"skill", given.skill}});
  return record_and_tell(session, "skill.confirmed",
                         {{"person", did_in(*given.person)}, {"skill", given.skill}});
}

int list_bodies(Session& session) {
  const Seen seen = look_ahead(session);
  Json list = Json::array();
  Table table({{"BODY"}, {"SEAT"}, {"SINCE"}, {"UNTIL"}, {"TITLE"}});
  for (const BodyRules& body : organisation_rules(seen).bodies) {
    Json seats = Json::array();
    const std::string title = body.title.in(session.language());
    if (body.seats == 0) table.row({{body.id, Style::name}, "every member", "", "", title});
    for (const auto& seat : organisation_of(seen).seats(body.id)) {
      seats.push_back({{"person", seen.fold->people().name(seat.person).text()},
                       {"since", seat.since},
                       {"until", seat.until ? Json(*seat.until) : Json(nullptr)}});
      table.row({{body.id, Style::name},
                 seen.name(seat.person),
                 seen.clock(seat.since),
                 seat.until ? seen.clock(*seat.until) : "",
                 title});
    }
    const int empty = body.seats - static_cast<int>(seats.size());
    if (empty > 0) table.row({{body.id, Style::name}, fmt::format("{} empty", empty), "", "", title});
    list.push_back({{"id", body.id}, {"seats", body.seats}, {"taken", seats}});
  }
  if (session.json()) {
    session.print_json({{"bodies", list}});
  } else if (table.empty()) {
    session.note("This world has no bodies.");
  } else {
    session.print(table);
  }
  return 0;
}

struct Seating {
  std::string body, person;
};

int seat(Session& session, const Seating& given) {
  return record_and_tell(session, "body.seated", {{"body", given.body}, {"person", did_in(given.person)}});
}
int vacate(Session& session, const Seating& given) {
  return record_and_tell(session, "body.vacated", {{"body", given.body}, {"person", did_in(given.person)}});
}

struct Offer {
  std::string partner;
  std::filesystem::path terms;
  std::optional<std::string> until;
};

int offer_contract(Session& session, const Offer& given) {
  const World world = open_world_of(session);
  Json until = nullptr;
  if (given.until) until = parse_time(session, world, *given.until).seconds;
  const Digest terms = sha256(read_file(given.terms, max_terms_bytes));
  return record_and_tell(session, "contract.offered",
                         {{"terms", terms.hex()}, {"until", until}, {"with", did_in(given.partner)}});
}

int list_contracts(Session& session) {
  const Seen seen = look_ahead(session);
  Json list = Json::array();
  Table table({{"CONTRACT"}, {"STATE"}, {"BY"}, {"WITH"}, {"TERMS"}, {"UNTIL"}});
  for (const auto& [id, one] : organisation_of(seen).contracts()) {
    list.push_back({{"id", id.text()},
                    {"state", one.state},
                    {"by", seen.fold->people().name(one.by).text()},
                    {"with", seen.fold->people().name(one.with).text()},
                    {"terms", one.terms.hex()},
                    {"until", one.until ? Json(*one.until) : Json(nullptr)},
                    {"since", one.since}});
    table.row({{id.short_text(), Style::name},
               {std::string(one.state), one.state == "in force" ? Style::good : Style::plain},
               seen.name(one.by),
               seen.name(one.with),
               one.terms.hex().substr(0, 10),
               one.until ? seen.clock(*one.until) : ""});
  }
  if (session.json()) {
    session.print_json({{"contracts", list}});
  } else if (table.empty()) {
    session.note("There are no contracts.");
  } else {
    session.print(table);
  }
  return 0;
}

std::vector<Candidate> contract_candidates(Session& session, const std::string& /*prefix*/) {
  const Seen seen = look(session);
  std::vector<Candidate> candidates;
  for (const auto& [id, one] : organisation_of(seen).contracts())
    candidates.push_back({id.short_text(), std::string(one.state)});
  return candidates;
}

void declare_lifecycle(Command& noun) {
  Command& applying = noun.verb("apply", "Apply for membership");
  Application& application = applying.runs(apply_for_membership);
  applying.option("--note", application.note, "TEXT", "who you are and why, in words for everyone");
  applying.description = "Members endorse you, and who admits is said by the rules.";
  applying.examples = {{"bw member apply --note \"I live next door.\"", "Apply"}};
  applying.json = recorded_members();
  applying.exit_codes = {{4, "you have applied already, or are a member"}};
  applying.see_also = {"endorse", "submit"};

  Command& leaving = noun.verb("leave", "Leave the world");
  leaving.runs(bw::cli::leave);
  leaving.description = "Your roles and seats end; what you did stays.";
  leaving.examples = {{"bw member leave", "Leave"}};
  leaving.json = recorded_members();
  leaving.exit_codes = {{4, "you are no member"}};
  leaving.see_also = {"submit"};

  declare_about_person(noun, {"admit", "Admit who has applied", "member.admitted", "person", "ACTOR", "whom",
                              "you do not admit, or endorsements are missing"})
      .description = "Only those whom the rules name.";
  declare_about_person(noun, {"suspend", "Suspend a member", "member.suspended", "person", "ACTOR", "whom",
                              "you do not suspend, or that person is no member"})
      .description = "Who is suspended is no member until it is lifted, and can be expelled once heard.";
  declare_about_person(noun, {"resume", "Lift a suspension", "member.resumed", "person", "ACTOR", "whom",
                              "you do not suspend, or that person is not suspended"})
      .description = "That person is a member again.";
  declare_about_person(noun, {"expel", "Expel a suspended member after the hearing", "member.expelled",
                              "person", "ACTOR", "whom", "you do not expel, or the hearing goes on"})
      .description = "A vote expels as well (`bw propose`).";
}

void declare_roles(Command& noun) {
  const auto role_verb = [&](const char* name, const char* summary, int (*run)(Session&, const RoleGiven&)) {
    Command& command = noun.verb(name, summary);
    RoleGiven& given = command.runs(run);
    command.argument(given.person, "ACTOR", "whom");
    command.argument(given.role, "ROLE", "the role; `bw tool show organisation` lists them");
    command.description = "Only those whom the rules name for that role.";
    command.examples = {
        {fmt::format("bw member {} z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK teacher", name),
         summary}};
    command.json = recorded_members();
    command.exit_codes = {{4, "you do not give that role"}};
    command.see_also = {"submit"};
  };
  role_verb("give-role", "Entrust a member with a role", give_role);
  role_verb("take-role", "Take a role from a member", take_role);

  Command& skilled = noun.verb("skill", "Say that you have a skill, or confirm one of somebody else");
  SkillGiven& given = skilled.runs(record_skill);
  skilled.argument(given.skill, "SKILL", "the skill; `bw tool show organisation` lists them");
  skilled.argument(given.person, "ACTOR", "whose you confirm (default: say it of yourself)");
  skilled.description = "What somebody says of herself and what others confirm are kept apart.";
  skilled.examples = {{"bw member skill cpr", "I can do CPR"}};
  skilled.json = recorded_members();
  skilled.exit_codes = {{4, "it was said or confirmed already, or that person does not claim it"}};
  skilled.see_also = {"submit"};
}

void declare_bodies(Commands& commands) {
  Command& noun = commands.add("body", Purpose::together, "See the bodies of a world, and who sits in them");
  noun.description = "Assembly, council, committees, as tools/organisation.yaml has them.";
  Command& listing = noun.verb("list", "List bodies and seats");
  listing.runs(list_bodies);
  listing.description = "A seat whose term is over is empty.";
  listing.examples = {{"bw body list", "Who sits where"}};
  listing.json = {{"bodies", "for each: id, seats (0: every member), taken (person, since, until)"}};
  listing.see_also = {"member", "propose"};
  const auto seat_verb = [&](const char* name, const char* summary, int (*run)(Session&, const Seating&)) {
    Command& command = noun.verb(name, summary);
    Seating& given = command.runs(run);
    command.argument(given.body, "BODY", "the body");
    command.argument(given.person, "ACTOR", "whose seat");
    command.description =
        "Only those whom the rules name for that body; of the others seats are given by election.";
    command.examples = {
        {fmt::format("bw body {} council z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", name), summary}};
    command.json = recorded_members();
    command.exit_codes = {{4, "you do not give seats there, or that person cannot have one"}};
    command.see_also = {"propose", "submit"};
  };
  seat_verb("seat", "Give a member a seat", seat);
  seat_verb("vacate", "Take a seat, or lay down your own", vacate);
}

void declare_contracts(Commands& commands) {
  Command& noun = commands.add("contract", Purpose::together, "Offer, sign and end contracts with partners");
  noun.description = "The log holds the digest of the terms and both signatures, not the terms.";
  Command& listing = noun.verb("list", "List the contracts");
  listing.runs(list_contracts);
  listing.description = "One is in force when both have signed.";
  listing.examples = {{"bw contract list", "All contracts"}};
  listing.json = {{"contracts", "for each: id, state, by, with, terms (SHA-256 of the file), until, since"}};
  listing.see_also = {"member"};
  Command& offering = noun.verb("offer", "Offer a contract");
  Offer& given = offering.runs(offer_contract);
  offering.argument(given.partner, "ACTOR", "to whom");
  offering.argument(given.terms, "FILE", "the terms");
  offering.option("--until", given.until, "TIME", "when it ends by itself");
  offering.description = "Your signature is in the offer; it is in force once the partner signs.";
  offering.examples = {
      {"bw contract offer z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK terms.pdf", "An offer"}};
  offering.json = recorded_members();
  offering.exit_codes = {{4, "it would be with yourself, or have ended already"}};
  offering.see_also = {"submit"};
  declare_about_event(noun,
                      {"sign", "Sign a contract that was offered to you", "contract.signed", "contract",
                       "CONTRACT", "the contract", "it was not offered to you"},
                      contract_candidates)
      .description = "Compare the digest of the terms first: sha256sum.";
  declare_about_event(noun,
                      {"end", "End a contract, or refuse one", "contract.ended", "contract", "CONTRACT",
                       "the contract", "you are no party, or it has ended"},
                      contract_candidates)
      .description = "Either party ends it.";
}

}  // namespace

void declare_member(Commands& commands) {
  Command& noun = commands.add("member", Purpose::together, "See and change who belongs to a world");
  noun.description = "Membership, roles and skills, as tools/organisation.yaml has them.";
  Command& listing = noun.verb("list", "List everyone who applied, belongs or left");
  listing.runs(list_members);
  listing.description = "With what waits in your journal, and as of now.";
  listing.examples = {{"bw member list", "Who belongs"}};
  listing.json = {{"members",
                   "for each: person, state, since, index, roles, bodies, endorsers, skills (with how many "
                   "confirmed them)"},
                  {"size", "how many entries were folded"}};
  listing.see_also = {"body"};
  declare_lifecycle(noun);
  declare_roles(noun);

  Command& endorsing =
      commands.add("endorse", Purpose::together, "Endorse somebody who applies for membership");
  const auto whom = std::make_shared<std::string>();
  endorsing.argument(*whom, "ACTOR", "whom");
  endorsing.run = [whom](Session& session) {
    return record_and_tell(session, "member.endorsed", {{"person", did_in(*whom)}});
  };
  endorsing.description = "Your signed word that you know this person; as many as the rules ask for admit.";
  endorsing.examples = {
      {"bw endorse z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "Endorse a neighbour"}};
  endorsing.json = recorded_members();
  endorsing.exit_codes = {{4, "you are no member, have endorsed already, or that person does not apply"}};
  endorsing.see_also = {"member", "submit"};
  declare_bodies(commands);
  declare_contracts(commands);
}

}  // namespace bw::cli
