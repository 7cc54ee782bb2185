#include "world/identity.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "crypto/agent_for_tests.h"
#include "crypto/openssh_for_tests.h"

using namespace bw;
namespace fs = std::filesystem;

namespace {

struct Person {
  TemporaryFolder folder;
  Environment environment;
  int asked = 0;

  explicit Person(const std::string& passphrase = "") {
    environment.config_folder = folder.path() / "config";
    environment.data_folder = folder.path() / "data";
    environment.state_folder = folder.path() / "state";
    answers(passphrase);
  }
  void answers(const std::string& passphrase) {
    environment.ask_passphrase = [this, passphrase](const fs::path&) {
      ++asked;
      return std::optional(passphrase);
    };
  }
  fs::path identity() const { return environment.config_folder / "identity"; }
};

Error error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  return {ErrorCode::usage, ""};
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::size_t entries_of(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

bool signs(const Person& person, const Identity& identity) {
  const auto signer = open_signer(person.environment, identity);
  const Signature signature = signer->sign("bw.event.v1", "message");
  return openssh::verifies(identity.did, "bw.event.v1", "message",
                           sshsig::armor(identity.did, "bw.event.v1", signature));
}

}  // namespace

TEST_CASE("a new identity is found again, signs, and its files are private") {
  const Person person;
  CHECK_FALSE(find_identity(person.environment));
  CHECK(error_of([&] { require_identity(person.environment); }).code() == ErrorCode::refused);

  const Identity made = create_identity(person.environment, " Ada 王 ", "");
  const Identity found = require_identity(person.environment);
  CHECK(found.did == made.did);
  CHECK(found.name == "Ada 王");
  CHECK(found.key_file == person.identity() / "id_ed25519");
  CHECK(signs(person, found));

  CHECK(mode_of(person.environment.config_folder) == 0700);
  CHECK(mode_of(person.identity()) == 0700);
  for (const char* secret : {"id_ed25519", "seed", "identity.json"}) {
    CHECK(mode_of(person.identity() / secret) == 0600);
  }
  CHECK(found.public_key() == public_key_line(made.did, "Ada 王"));
  CHECK(entries_of(person.environment.config_folder) == 2);  // the folder and its lock
}

TEST_CASE("the allowed_signers line of an identity is one that ssh-keygen accepts") {
  const Person person;
  const Identity identity = create_identity(person.environment, "", "");
  const fs::path file = person.folder.path() / "allowed_signers";
  write_file(file, identity.allowed_signers() + "\n");
  const Signature signature = open_signer(person.environment, identity)->sign("bw.event.v1", "message");
  write_file(person.folder.path() / "sig", sshsig::armor(identity.did, "bw.event.v1", signature));
  const Finished found = openssh::run_openssh({"ssh-keygen", "-Y", "find-principals", "-f", file.string(),
                                               "-s", (person.folder.path() / "sig").string()});
  REQUIRE(found.status == 0);
  const std::string principal = found.output.substr(0, found.output.find('\n'));
  CHECK(openssh::run_openssh({"ssh-keygen", "-Y", "verify", "-f", file.string(), "-I", principal, "-n",
                              "bw.event.v1", "-s", (person.folder.path() / "sig").string()},
                             "message")
            .status == 0);
}

TEST_CASE("a passphrase encrypts key and seed, and a wrong one is refused") {
  Person person("right 密码");
  const Identity identity = create_identity(person.environment, "Ada", "right 密码");
  CHECK(parse_private_key_file(read_file(identity.key_file, 65536))->encrypted);
  CHECK(PersonalSeed::is_encrypted(read_file(person.identity() / "seed", 256)));
  CHECK(signs(person, identity));
  read_personal_seed(person.environment);
  make_paper_key(person.environment);

  person.answers("wrong");
  CHECK(error_of([&] { signs(person, identity); }).code() == ErrorCode::refused);
  CHECK(error_of([&] { read_personal_seed(person.environment); }).code() == ErrorCode::refused);
  CHECK(error_of([&] { make_paper_key(person.environment); }).code() == ErrorCode::refused);

  person.environment.ask_passphrase = nullptr;
  const Error nobody = error_of([&] { read_personal_seed(person.environment); });
  CHECK(nobody.code() == ErrorCode::refused);
  CHECK(std::string(nobody.what()).find("nobody can be asked") != std::string::npos);
}

TEST_CASE("a second identity is refused and the first stays as it was") {
  const Person person;
  const Identity first = create_identity(person.environment, "Ada", "");
  const Error error = error_of([&] { create_identity(person.environment, "Bob", ""); });
  CHECK(error.code() == ErrorCode::refused);
  CHECK(std::string(error.what()).find(first.did.text()) != std::string::npos);
  CHECK(require_identity(person.environment).did == first.did);
}

TEST_CASE("of several processes that make an identity at once one wins, and nothing is left of the others") {
  const Person person;
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      int status = 9;
      try {
        create_identity(person.environment, "p" + std::to_string(i), "");
        status = 0;
      } catch (const Error& error) {
        status = static_cast<int>(error.code());
      }
      ::_exit(status);
    }
    children.push_back(child);
  }
  int won = 0;
  int refused = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WEXITSTATUS(status) == 0) ++won;
    if (WEXITSTATUS(status) == 4) ++refused;
  }
  CHECK(won == 1);
  CHECK(refused == 5);
  CHECK(signs(person, require_identity(person.environment)));
  CHECK(entries_of(person.environment.config_folder) == 2);
}

TEST_CASE("a folder that cannot be written to is named") {
  Person person;
  write_file(person.folder.path() / "file", "");
  person.environment.config_folder = person.folder.path() / "file" / "config";
  CHECK(error_of([&] { create_identity(person.environment, "", ""); }).code() == ErrorCode::cannot);

  if (::geteuid() == 0) return;  // permissions do not stop root
  person.environment.config_folder = person.folder.path() / "config";
  fs::create_directory(person.environment.config_folder);
  fs::permissions(person.environment.config_folder, fs::perms::owner_read | fs::perms::owner_exec);
  const Error error = error_of([&] { create_identity(person.environment, "", ""); });
  fs::permissions(person.environment.config_folder, fs::perms::owner_all);
  CHECK(error.code() == ErrorCode::cannot);
  CHECK(std::string(error.what()).find("config") != std::string::npos);
}

TEST_CASE("a key of the user's own is used where it lies") {
  const Person person;
  const fs::path key = openssh::make_key(person.folder, "my key");
  const Identity identity = use_key(person.environment, key.string() + ".pub", "Ada", false);
  CHECK(identity.key_file == key);
  CHECK(require_identity(person.environment).key_file == key);
  CHECK(signs(person, identity));
  CHECK_FALSE(make_paper_key(person.environment).actor_seed);
  CHECK_FALSE(fs::exists(person.identity() / "id_ed25519"));
}

TEST_CASE("an encrypted key of the user's own encrypts the seed, and its passphrase is checked") {
  Person person("wrong");
  const fs::path key = openssh::make_key(person.folder, "key", "ed25519", "secret");
  CHECK(error_of([&] { use_key(person.environment, key, "", false); }).code() == ErrorCode::refused);
  CHECK_FALSE(find_identity(person.environment));

  person.answers("secret");
  const Identity identity = use_key(person.environment, key, "", false);
  CHECK(PersonalSeed::is_encrypted(read_file(person.identity() / "seed", 256)));
  read_personal_seed(person.environment);
  CHECK(signs(person, identity));
}

TEST_CASE("a key that only the agent holds is used through its public half") {
  Person person;
  person.environment.ask_passphrase = nullptr;
  const fs::path key = openssh::make_key(person.folder, "key");
  const openssh::RunningAgent agent(person.folder);
  agent.add(key);
  fs::remove(key);
  CHECK(error_of([&] { use_key(person.environment, key.string() + ".pub", "", false); }).code() ==
        ErrorCode::cannot);
  person.environment.agent_socket = agent.socket();
  CHECK(signs(person, use_key(person.environment, key.string() + ".pub", "", false)));
}

TEST_CASE("a key of another type is refused by its name, and a file that is none as well") {
  const Person person;
  for (const std::string type : {"rsa", "ecdsa"}) {
    const fs::path key = openssh::make_key(person.folder, type, type);
    const Error error = error_of([&] { use_key(person.environment, key, "", false); });
    CHECK(error.code() == ErrorCode::invalid);
    CHECK(std::string(error.what()).find(type) != std::string::npos);
  }
  write_file(person.folder.path() / "text", "hello");
  CHECK(error_of([&] { use_key(person.environment, person.folder.path() / "text", "", false); }).code() ==
        ErrorCode::invalid);
  CHECK(error_of([&] { use_key(person.environment, person.folder.path() / "none", "", false); }).code() ==
        ErrorCode::cannot);
  CHECK_FALSE(find_identity(person.environment));
}

TEST_CASE("another key replaces the identity only when told to, and the old one is kept aside") {
  const Person person;
  const Identity first = create_identity(person.environment, "Ada", "");
  const fs::path key = openssh::make_key(person.folder, "key");
  CHECK(error_of([&] { use_key(person.environment, key, "", false); }).code() == ErrorCode::refused);
  const Identity second = use_key(person.environment, key, "Ada", true);
  CHECK(require_identity(person.environment).did == second.did);
  bool kept = false;
  for (const auto& entry : fs::directory_iterator(person.environment.config_folder)) {
    if (!entry.path().filename().string().starts_with("identity.old-")) continue;
    kept = parse_private_key_file(read_file(entry.path() / "id_ed25519", 65536))->did == first.did;
  }
  CHECK(kept);
}

TEST_CASE("the same key in another place keeps the seed") {
  const Person person;
  const fs::path key = openssh::make_key(person.folder, "key");
  use_key(person.environment, key, "Ada", false);
  const PersonalSeed seed = read_personal_seed(person.environment);
  const fs::path moved = person.folder.path() / "moved";
  fs::rename(key, moved);
  use_key(person.environment, moved, "Ada", false);
  CHECK(read_personal_seed(person.environment) == seed);
  CHECK(require_identity(person.environment).key_file == moved);
}

TEST_CASE("a paper backup brings back the same actor and the same other keys") {
  for (const std::string passphrase : {"", "secret"}) {
    Person lost(passphrase);
    const Identity before = create_identity(lost.environment, "Ada", passphrase);
    const PaperKey paper = make_paper_key(lost.environment);
    CHECK(lost.asked == (passphrase.empty() ? 0 : 1));
    const auto typed = PaperKey::parse(paper.code());
    REQUIRE(typed);

    Person found("new one");
    const Identity after = restore_identity(found.environment, *typed, "Ada", "new one", false);
    CHECK(after.did == before.did);
    CHECK(read_personal_seed(found.environment).box_public_key() ==
          read_personal_seed(lost.environment).box_public_key());
    CHECK(signs(found, after));
  }
}

TEST_CASE("restoring over an identity needs to be said, and keeps the old one aside") {
  const Person person;
  create_identity(person.environment, "Ada", "");
  const PaperKey paper = make_paper_key(person.environment);
  const Person other;
  const Identity old = create_identity(other.environment, "Bob", "");
  CHECK(error_of([&] { restore_identity(other.environment, paper, "", "", false); }).code() ==
        ErrorCode::refused);
  CHECK(require_identity(other.environment).did == old.did);
  restore_identity(other.environment, paper, "", "", true);
  restore_identity(other.environment, paper, "", "", true);
  CHECK(require_identity(other.environment).did == paper.actor);
  CHECK(entries_of(other.environment.config_folder) == 4);  // identity, its lock, two old ones
}

TEST_CASE("a paper without the key restores the seed, and the key file joins it later") {
  const Person lost;
  const fs::path key = openssh::make_key(lost.folder, "key");
  use_key(lost.environment, key, "Ada", false);
  const PaperKey paper = make_paper_key(lost.environment);

  const Person found;
  restore_identity(found.environment, paper, "Ada", "", false);
  CHECK(error_of([&] { signs(found, require_identity(found.environment)); }).code() == ErrorCode::cannot);
  CHECK(signs(found, use_key(found.environment, key, "Ada", false)));
  CHECK(read_personal_seed(found.environment) == paper.personal_seed);
}

TEST_CASE("a damaged identity is said to be damaged, and can be replaced") {
  const Person person;
  create_identity(person.environment, "Ada", "");
  const PaperKey paper = make_paper_key(person.environment);
  for (const std::string text :
       {"", "{", "[]", "{\"did\":7}", "{\"did\":\"did:key:z6Mk\",\"key_file\":\"x\"}"}) {
    write_file(person.identity() / "identity.json", text);
    CHECK(error_of([&] { find_identity(person.environment); }).code() == ErrorCode::invalid);
    CHECK(error_of([&] { create_identity(person.environment, "", ""); }).code() == ErrorCode::refused);
  }
  CHECK(restore_identity(person.environment, paper, "", "", true).did == paper.actor);
}

TEST_CASE("a key file that was exchanged for another does not sign in my name") {
  const Person person;
  const fs::path key = openssh::make_key(person.folder, "key");
  const Identity identity = use_key(person.environment, key, "", false);
  fs::rename(openssh::make_key(person.folder, "other"), key);
  CHECK(error_of([&] { signs(person, identity); }).code() == ErrorCode::invalid);
}

TEST_CASE("a name changes without touching the key, and a harmful one is refused") {
  const Person person;
  const Identity identity = create_identity(person.environment, "Ada", "");
  rename_identity(person.environment, "艾达");
  CHECK(require_identity(person.environment).name == "艾达");
  CHECK(require_identity(person.environment).key_file == identity.key_file);
  for (const std::string& name : {std::string("a\nb"), std::string("\x1b[31m"), std::string("\xff"),
                                  std::string(201, 'x'), std::string("\xE2\x80").append("\xAEnimda")}) {
    CHECK(error_of([&] { rename_identity(person.environment, name); }).code() == ErrorCode::usage);
  }
  CHECK(require_identity(person.environment).name == "艾达");
}

TEST_CASE("the identity of this machine may move with its folder") {
  Person person;
  create_identity(person.environment, "Ada", "");
  fs::rename(person.environment.config_folder, person.folder.path() / "elsewhere");
  person.environment.config_folder = person.folder.path() / "elsewhere";
  CHECK(signs(person, require_identity(person.environment)));
}
