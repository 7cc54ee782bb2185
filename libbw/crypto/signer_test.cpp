#include "crypto/signer.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "crypto/agent_for_tests.h"
#include "crypto/openssh_for_tests.h"
#include "crypto/openssh_key.h"
#include "crypto/ssh_wire.h"

using namespace bw;
namespace fs = std::filesystem;

namespace {

AskPassphrase answer(std::string passphrase) {
  return [passphrase = std::move(passphrase)](const fs::path&) { return passphrase; };
}

AskPassphrase must_not_ask() {
  return [](const fs::path&) -> std::optional<std::string> {
    FAIL("a passphrase was asked for");
    return std::nullopt;
  };
}

ErrorCode code_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    CHECK(std::string(error.what()).size() > 10);
    return error.code();
  }
  FAIL("nothing was thrown");
  return ErrorCode::usage;
}

Did did_of(const fs::path& key_file) {
  const auto did = parse_public_key_line(read_file(key_file.string() + ".pub", 4096));
  REQUIRE(did);
  return *did;
}

bool signs(const Signer& signer, const std::string& name_space, const std::string& message) {
  const Signature signature = signer.sign(name_space, message);
  return sshsig::verify(signer.did(), name_space, message, signature) &&
         openssh::verifies(signer.did(), name_space, message,
                           sshsig::armor(signer.did(), name_space, signature));
}

}  // namespace

TEST_CASE("an unencrypted key file signs, named by either of its two files") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "key");
  for (const fs::path& named : {key_file, fs::path(key_file.string() + ".pub")}) {
    const auto signer = open_signer(named, "", must_not_ask());
    CHECK(signer->did() == did_of(key_file));
    CHECK(signs(*signer, "bw.event.v1", "{\"v\":1}"));
  }
  fs::remove(key_file.string() + ".pub");
  CHECK(signs(*open_signer(key_file, "", {}), "git", "message"));
}

TEST_CASE("an encrypted key file signs through ssh-keygen, and its passphrase is asked once") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "schlüssel mit raum", "ed25519", "korrektes Pferd 马");
  int asked = 0;
  const auto signer = open_signer(key_file, "", [&](const fs::path& path) {
    CHECK(path == key_file);
    ++asked;
    return std::optional<std::string>("korrektes Pferd 马");
  });
  CHECK(asked == 0);
  CHECK(signer->did() == did_of(key_file));
  CHECK(signs(*signer, "bw.event.v1", "first"));
  CHECK(signs(*signer, "git", std::string("zero \0 and \xff\n", 13)));
  CHECK(signs(*signer, "git", ""));
  CHECK(asked == 1);
}

TEST_CASE("a wrong passphrase is refused, and asked for again at the next signature") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "key", "ed25519", "right");
  std::vector<std::string> answers{"right", "wrong"};
  const auto signer = open_signer(key_file, "", [&](const fs::path&) {
    std::string next = answers.back();
    answers.pop_back();
    return std::optional<std::string>(next);
  });
  try {
    (void)signer->sign("git", "message");
    FAIL("a wrong passphrase was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::refused);
    CHECK(std::string(error.what()).find("wrong passphrase") != std::string::npos);
    CHECK(std::string(error.what()).find(key_file.string()) != std::string::npos);
  }
  CHECK(signs(*signer, "git", "message"));
}

TEST_CASE("an encrypted key is refused where nobody can be asked") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "key", "ed25519", "right");
  const auto nobody = [](const fs::path&) { return std::optional<std::string>(); };
  CHECK(code_of([&] { (void)open_signer(key_file, "", nobody)->sign("git", "x"); }) == ErrorCode::refused);
  CHECK(code_of([&] { (void)open_signer(key_file, "", {})->sign("git", "x"); }) == ErrorCode::refused);
}

TEST_CASE("a passphrase that ssh-keygen would read differently is not sent") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "key", "ed25519", "right");
  for (const std::string& bad : {std::string(), std::string("right\n"), std::string("a\rb"),
                                 std::string("right\0x", 7), std::string(1001, 'x')}) {
    CHECK(code_of([&] { (void)open_signer(key_file, "", answer(bad))->sign("git", "x"); }) ==
          ErrorCode::usage);
    CHECK(code_of([&] { encrypt_key_file(key_file, bad); }) == ErrorCode::usage);
  }
}

TEST_CASE("a key that ssh-agent holds signs without its private file and without a passphrase") {
  const TemporaryFolder folder;
  const openssh::RunningAgent agent(folder);
  const auto key_file = openssh::make_key(folder, "key");
  agent.add(key_file);
  encrypt_key_file(key_file, "secret");
  const auto encrypted = open_signer(key_file, agent.socket(), must_not_ask());
  CHECK(signs(*encrypted, "bw.event.v1", "message"));

  fs::remove(key_file);
  const auto signer = open_signer(key_file, agent.socket(), must_not_ask());
  CHECK(signer->did() == did_of(key_file));
  CHECK(signs(*signer, "git", "message"));
  CHECK(code_of([&] { open_signer(key_file, "", must_not_ask()); }) == ErrorCode::cannot);

  // The agent forgets the key after the signer was opened.
  REQUIRE(openssh::run_openssh({"ssh-add", "-q", "-D"}, {}, agent.socket()).status == 0);
  CHECK(code_of([&] { (void)signer->sign("git", "message"); }) == ErrorCode::refused);
}

TEST_CASE("an agent that does not hold the key, or is dead, leaves the file to sign") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "key");
  CHECK(
      signs(*open_signer(key_file, (folder.path() / "nothing").string(), must_not_ask()), "git", "message"));
  const openssh::RunningAgent agent(folder);
  agent.add(openssh::make_key(folder, "other"));
  CHECK(signs(*open_signer(key_file, agent.socket(), must_not_ask()), "git", "message"));
}

TEST_CASE("what is no usable key is an error that says why") {
  const TemporaryFolder folder;
  CHECK(code_of([&] { open_signer(folder.path() / "none", "", {}); }) == ErrorCode::cannot);
  CHECK(code_of([&] { open_signer(folder.path(), "", {}); }) == ErrorCode::cannot);
  write_file(folder.path() / "text", "hello");
  CHECK(code_of([&] { open_signer(folder.path() / "text", "", {}); }) == ErrorCode::invalid);
  write_file(folder.path() / "huge", std::string(100'000, 'x'));
  CHECK(code_of([&] { open_signer(folder.path() / "huge", "", {}); }) == ErrorCode::invalid);
  try {
    open_signer(openssh::make_key(folder, "rsa", "rsa"), "", {});
    FAIL("an RSA key was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid);
    CHECK(std::string(error.what()).find("ssh-rsa") != std::string::npos);
  }
}

TEST_CASE("an encrypted file whose public half was exchanged makes no signature") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "key", "ed25519", "secret");
  const Did other = did_of(openssh::make_key(folder, "other"));
  // The public half lies in clear: put the other key's there.
  std::string text = read_file(key_file, 1u << 16);
  std::string encoded = text.substr(36, text.size() - 36 - 34);
  std::erase(encoded, '\n');
  std::string blob = from_base64(encoded).value();
  const Did own = did_of(key_file);
  blob.replace(blob.find(std::string(own.public_key().begin(), own.public_key().end())), 32,
               std::string(other.public_key().begin(), other.public_key().end()));
  write_file(key_file, ssh_wire::armor("OPENSSH PRIVATE KEY", blob), 0600);
  fs::remove(key_file.string() + ".pub");
  const auto signer = open_signer(key_file, "", answer("secret"));
  CHECK(signer->did() == other);
  // ssh-keygen notices, and takes it for a wrong passphrase.
  CHECK(code_of([&] { (void)signer->sign("git", "message"); }) == ErrorCode::refused);
}

TEST_CASE("a private key that others can read is not used when encrypted, and chmod is proposed") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "key", "ed25519", "secret");
  fs::permissions(key_file, fs::perms::others_read, fs::perm_options::add);
  try {
    (void)open_signer(key_file, "", answer("secret"))->sign("git", "message");
    FAIL("ssh-keygen used an open key file");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cannot);
    CHECK(error.hint().find("chmod 600") != std::string::npos);
  }
}

TEST_CASE("encrypting a key file keeps the key, and leaves no copy in clear") {
  const TemporaryFolder folder;
  const auto key = std::make_shared<const SecretKey>(SecretKey::generate(system_random));
  fs::create_directory(folder.path() / "keys");
  const auto key_file = folder.path() / "keys" / "key";
  write_file(key_file, private_key_file(*key, "me", system_random), 0600);
  fs::create_symlink(key_file, folder.path() / "link");
  write_file(key_file.string() + ".encrypting", "left by a crash", 0600);
  encrypt_key_file(folder.path() / "link", "a passphrase");
  const auto file = parse_private_key_file(read_file(key_file, 1u << 16));
  REQUIRE(file);
  CHECK(file->encrypted);
  CHECK(file->did == key->did());
  CHECK((fs::status(key_file).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(std::distance(fs::directory_iterator(folder.path() / "keys"), fs::directory_iterator()) == 1);
  CHECK(signs(*open_signer(key_file, "", answer("a passphrase")), "git", "message"));

  CHECK(code_of([&] { encrypt_key_file(key_file, "another"); }) == ErrorCode::invalid);
  CHECK(code_of([&] { encrypt_key_file(folder.path() / "none", "x"); }) == ErrorCode::cannot);
  CHECK(signs(*open_signer(key_file, "", answer("a passphrase")), "git", "message"));
}

TEST_CASE("a key in memory signs like one in a file") {
  const auto key = std::make_shared<const SecretKey>(std::string(32, 'm'));
  const auto signer = make_signer(key);
  CHECK(signer->did() == key->did());
  CHECK(signs(*signer, "bw.receipt.v1", "message"));
}
