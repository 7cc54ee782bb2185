// bw id: who I am on this machine.

#include <string>

#include "base/error.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/id_keys.h"
#include "cli/paper.h"
#include "cli/session.h"
#include "world/identity.h"

namespace bw::cli {
namespace {

namespace fs = std::filesystem;

struct New {
  std::optional<std::string> name;
};
struct Use {
  fs::path key_file;
  std::optional<std::string> name;
  bool replace = false;
};
struct Name {
  std::string name;
};
struct Backup {
  std::optional<fs::path> output;
};
struct Restore {
  std::optional<fs::path> file;
  std::optional<std::string> name;
  bool replace = false;
};

int show(Session& session, const Identity& identity) {
  // A key that only ssh-agent holds has no file here, nor has one that a paper key named but did not hold.
  std::error_code error;
  const bool key_is_here = fs::exists(identity.key_file, error);
  if (session.json()) {
    session.print_json({{"did", identity.did.text()},
                        {"name", identity.name},
                        {"public_key", identity.public_key()},
                        {"allowed_signers", identity.allowed_signers()},
                        {"key_file", key_is_here ? Json(identity.key_file.string()) : Json(nullptr)}});
    return 0;
  }
  Table table({{}, {}});
  table.row({{"did", Style::faint}, {identity.did.text(), Style::name}});
  table.row({{"name", Style::faint}, identity.name.empty() ? "(none)" : identity.name});
  table.row({{"key file", Style::faint},
             key_is_here ? identity.key_file.string()
                         : "not on this machine: signing needs ssh-agent, or `bw id use KEYFILE`"});
  table.row({{"public key", Style::faint}, identity.public_key()});
  table.row({{"allowed_signers", Style::faint}, identity.allowed_signers()});
  session.write(table.text(session.color(), 0));  // whole: lines to copy
  return 0;
}

int show_new(Session& session, const Identity& identity) {
  session.done("you are " + identity.did.text() + " on this machine");
  return show(session, identity);
}

std::string name_for(Session& session, const std::optional<std::string>& given, const std::string& usual) {
  if (given) return *given;
  if (!usual.empty()) return usual;
  return session.ask("Your name, as others see it (may be empty): ").value_or("");
}

int make_id(Session& session, const New& given) {
  if (const auto known = find_identity(session.environment)) {
    throw Error(ErrorCode::refused, "there is an identity on this machine already: " + known->did.text(),
                "`bw id show` shows it");
  }
  const std::string name = name_for(session, given.name, "");
  const Identity identity = create_identity(session.environment, name, session.new_passphrase());
  const int code = show_new(session, identity);
  session.note("Next: `bw id backup` prints a paper key, without which a lost disk is a lost identity.");
  return code;
}

int use_id(Session& session, const Use& given) {
  std::string usual;
  if (!given.replace) {
    if (const auto known = find_identity(session.environment)) usual = known->name;
  }
  const std::string name = name_for(session, given.name, usual);
  return show_new(session, use_key(session.environment, given.key_file, name, given.replace));
}

int show_mine(Session& session) {
  return show(session, require_identity(session.environment));
}

int rename_id(Session& session, const Name& given) {
  rename_identity(session.environment, given.name);
  return show_new(session, require_identity(session.environment));
}

int backup_id(Session& session, const Backup& given) {
  const Identity identity = require_identity(session.environment);
  const std::string extension = given.output ? given.output->extension().string() : ".txt";
  if (extension != ".txt" && extension != ".svg") {
    throw Error(ErrorCode::usage, "a paper key is written as text or as a picture",
                "give -o a name that ends in .txt or .svg");
  }
  const PaperKey paper = make_paper_key(session.environment);
  if (given.output) {
    create_file(*given.output, extension == ".svg" ? paper.svg(identity.name) : paper.page(identity.name),
                0600);
    session.done(given.output->string() + " is written");
    session.note("Print {} and delete the file: whoever has it can act in your name.",
                 session.shown(given.output->string()));
    session.note(
        "Worlds that you joined know its recovery key; those that you made: `bw id announce` there.");
  }
  if (session.json()) {
    Json object{{"did", identity.did.text()}, {"holds_key", paper.actor_seed.has_value()}};
    if (given.output)
      object["file"] = given.output->string();
    else
      object["code"] = paper.code();
    session.print_json(object);
  } else if (!given.output) {
    session.write(paper.page(identity.name));
  }
  return 0;
}

int restore_id(Session& session, const Restore& given) {
  const PaperKey paper = read_paper(session, given.file);
  const std::string name = name_for(session, given.name, "");
  const Identity identity =
      restore_identity(session.environment, paper, name, session.new_passphrase(), given.replace);
  const int code = show_new(session, identity);
  if (!paper.actor_seed) {
    session.note("The paper does not hold the signing key itself: `bw id use KEYFILE` adds it.");
  }
  return code;
}

std::vector<Member> identity_members() {
  return {{"did", "the actor, did:key:z6Mk…"},
          {"name", "the name that others see; may be empty"},
          {"public_key", "the public key as a line of OpenSSH"},
          {"allowed_signers", "the line that lets ssh-keygen and git check this actor's signatures"},
          {"key_file", "where the key lies; null where this machine does not have it"}};
}

void declare_new(Command& id) {
  Command& command = id.verb("new", "Make a key and become an actor");
  New& given = command.runs(make_id);
  command.option("--name", given.name, "NAME", "the name that others see");
  command.description =
      "Makes an Ed25519 key in OpenSSH's format, and the seed of your other keys (for what is sealed for "
      "you, for "
      "badges, for recovery). On a terminal it asks for a name and a passphrase; otherwise the passphrase is "
      "that "
      "of BW_PASSPHRASE, or none.";
  command.examples = {
      {"bw id new --name Ada", "Makes an identity, asking for a passphrase on a terminal"},
      {"BW_PASSPHRASE= bw id new --name robot", "Makes one without a passphrase, asking nothing"}};
  command.json = identity_members();
}

void declare_use(Command& id) {
  Command& command = id.verb("use", "Use an Ed25519 SSH key that you have");
  Use& given = command.runs(use_id);
  command.argument(given.key_file, "KEYFILE", "the private key, or its .pub where ssh-agent holds the key");
  command.option("--name", given.name, "NAME", "the name that others see");
  command.flag("--replace", given.replace, "take another key than now; the old identity is kept aside");
  command.description =
      "The key stays where it is. Only Ed25519 keys can be used. Where the key is encrypted, your other keys "
      "are "
      "encrypted with the same passphrase.";
  command.examples = {{"bw id use ~/.ssh/id_ed25519 --name Ada", "Signs with your usual SSH key"},
                      {"bw id use ~/card.pub", "Signs with a key that only ssh-agent holds"}};
  command.json = identity_members();
}

void declare_backup(Command& id) {
  Command& command = id.verb("backup", "Print a paper key");
  Backup& given = command.runs(backup_id);
  command.option("-o,--output", given.output, "FILE", "write a page: FILE.txt, or FILE.svg to print");
  command.description =
      "The page has a code to type and the same as a square to scan. Whoever holds it can act in your name: "
      "print "
      "it, keep it where you keep your passport, and delete the file. A key that you brought yourself (`bw "
      "id "
      "use`) is not in it; keep a copy of that file as well.";
  command.examples = {{"bw id backup", "Shows the page"},
                      {"bw id backup -o paper.svg", "Writes a page to print"}};
  command.json = {{"did", "whose backup it is"},
                  {"holds_key", "whether the signing key itself is in it"},
                  {"code", "the code, in seven lines; not with -o"},
                  {"file", "the file written with -o"}};
}

void declare_restore(Command& id) {
  Command& command = id.verb("restore", "Get your identity back from a paper key");
  Restore& given = command.runs(restore_id);
  command.argument(given.file, "FILE",
                   "a file with the code (the page that was saved will do), or - to read it");
  command.option("--name", given.name, "NAME", "the name that others see");
  command.flag("--replace", given.replace, "replace the identity of this machine, which is kept aside");
  command.description =
      "Without FILE it asks for the lines on a terminal, and says in which line a mistake is. Capitals, "
      "spaces and "
      "dashes do not matter.";
  command.examples = {{"bw id restore", "Asks for the seven lines"},
                      {"zbarimg -q --raw photo.jpg | bw id restore -", "Reads the square with a scanner"}};
  command.json = identity_members();
}

}  // namespace

void declare_id(Commands& commands) {
  Command& id = commands.add("id", Purpose::start, "Say who you are: your key, its backup, your name");
  id.description =
      "Everything that you do in a world is signed by your key, and your key is your name there: a did:key. "
      "It "
      "lives on this machine; nobody gives or takes it.";
  id.see_also = {"config"};
  declare_new(id);
  declare_use(id);
  Command& shown = id.verb("show", "Show your DID, name and public key");
  shown.runs(show_mine);
  shown.examples = {{"bw id show --json", "The same for a program"}};
  shown.json = identity_members();
  Command& renamed = id.verb("name", "Change your name");
  Name& given = renamed.runs(rename_id);
  renamed.argument(given.name, "NAME", "the new name; may be empty");
  renamed.examples = {{"bw id name 'Ada L.'", "Worlds that you joined before keep the name they know"}};
  renamed.json = identity_members();
  declare_backup(id);
  declare_restore(id);
  declare_key_verbs(id);
}

}  // namespace bw::cli
