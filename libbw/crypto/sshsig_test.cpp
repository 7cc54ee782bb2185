#include "crypto/sshsig.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/files.h"
#include "crypto/openssh_for_tests.h"
#include "crypto/openssh_key.h"
#include "crypto/ssh_wire.h"

using namespace bw;

namespace {

SecretKey some_key() {
  return SecretKey(std::string(32, 'k'));
}

std::string armored(const std::string& name_space, const std::string& message) {
  const SecretKey key = some_key();
  return sshsig::armor(key.did(), name_space, key.sign(sshsig::signed_data(name_space, message)));
}

// An armoured blob with parts of our choosing.
struct Parts {
  std::string magic = "SSHSIG";
  std::uint32_t version = 1;
  std::string key = ssh_wire::public_key_blob(some_key().did());
  std::string name_space = "git";
  std::string reserved = {};
  std::string hash = "sha512";
  std::string signature = ssh_wire::signature_blob(Signature{});
  std::string trailing = {};

  std::string text() const {
    std::string blob = magic + big_endian_32(version);
    for (const std::string& part : {key, name_space, reserved, hash, signature})
      blob += ssh_wire::string(part);
    return ssh_wire::armor("SSH SIGNATURE", blob + trailing);
  }
};

}  // namespace

TEST_CASE("ssh-keygen verifies what we sign, byte for byte and in its namespace only") {
  const Did did = some_key().did();
  for (const std::string& message : {std::string("{\"v\":1}"), std::string(), std::string(100'000, '\n'),
                                     std::string("zero \0 and \xff", 12)}) {
    const std::string text = armored("bw.event.v1", message);
    CHECK(openssh::verifies(did, "bw.event.v1", message, text));
    CHECK_FALSE(openssh::verifies(did, "git", message, text));
    CHECK_FALSE(openssh::verifies(did, "bw.event.v1", message + " ", text));
    CHECK_FALSE(openssh::verifies(SecretKey(std::string(32, 'o')).did(), "bw.event.v1", message, text));
  }
}

TEST_CASE("ssh-keygen finds our signatures well formed without knowing the signer") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "sig";
  write_file(file, armored("bw.bundle.v1", "message"));
  CHECK(openssh::run_openssh(
            {"ssh-keygen", "-Y", "check-novalidate", "-n", "bw.bundle.v1", "-s", file.string()}, "message")
            .status == 0);
  CHECK(openssh::run_openssh(
            {"ssh-keygen", "-Y", "check-novalidate", "-n", "bw.bundle.v1", "-s", file.string()}, "massage")
            .status != 0);
}

TEST_CASE("we verify what ssh-keygen signs, and would have written the same text") {
  const TemporaryFolder folder;
  const auto key_file = openssh::make_key(folder, "key");
  write_file(folder.path() / "message", "a deed\n");
  REQUIRE(openssh::run_openssh({"ssh-keygen", "-Y", "sign", "-n", "git", "-f", key_file.string(),
                                (folder.path() / "message").string()})
              .status == 0);
  const std::string text = read_file(folder.path() / "message.sig", 4096);
  const auto signature = sshsig::unarmor(text);
  REQUIRE(signature);
  CHECK(signature->name_space == sshsig::git_namespace);
  CHECK(sshsig::verify(signature->signer, "git", "a deed\n", signature->signature));
  CHECK_FALSE(sshsig::verify(signature->signer, "bw.event.v1", "a deed\n", signature->signature));
  CHECK_FALSE(sshsig::verify(signature->signer, "git", "a deed", signature->signature));
  CHECK(sshsig::armor(signature->signer, signature->name_space, signature->signature) == text);

  const auto key = parse_private_key_file(read_file(key_file, 1u << 16));
  REQUIRE(key);
  CHECK(signature->signer == key->did);
  CHECK(key->secret->sign(sshsig::signed_data("git", "a deed\n")) == signature->signature);
}

TEST_CASE("signatures of other key types and hashes are refused by name") {
  const TemporaryFolder folder;
  write_file(folder.path() / "message", "a deed\n");
  const auto sign = [&](const std::filesystem::path& key, const std::string& hash) {
    std::filesystem::remove(folder.path() / "message.sig");
    REQUIRE(openssh::run_openssh({"ssh-keygen", "-Y", "sign", "-n", "git", "-O", "hashalg=" + hash, "-f",
                                  key.string(), (folder.path() / "message").string()})
                .status == 0);
    return sshsig::unarmor(read_file(folder.path() / "message.sig", 4096));
  };
  const auto ecdsa = sign(openssh::make_key(folder, "ecdsa", "ecdsa"), "sha512");
  CHECK_FALSE(ecdsa);
  CHECK(ecdsa.reason().find("ecdsa-sha2-nistp256") != std::string::npos);
  const auto sha256_hash = sign(openssh::make_key(folder, "ed25519"), "sha256");
  CHECK_FALSE(sha256_hash);
  CHECK(sha256_hash.reason().find("sha512") != std::string::npos);
}

TEST_CASE("armour survives the round trip, with or without its last line end") {
  CHECK(rc::check("for any key, namespace and signature", [](const std::array<std::uint8_t, 32>& key) {
    const std::string name_space =
        *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('!', '~')));
    RC_PRE(name_space.size() < 1000);
    Signature signature{};
    for (auto& byte : signature) byte = *rc::gen::arbitrary<std::uint8_t>();
    const Did did = Did::from_public_key(key);
    const std::string text = sshsig::armor(did, name_space, signature);
    const auto same = [&](std::string_view form) {
      const auto read = sshsig::unarmor(form);
      return read && read->signer == did && read->name_space == name_space && read->signature == signature;
    };
    return same(text) && same(std::string_view(text).substr(0, text.size() - 1));
  }));
}

TEST_CASE("no other text than OpenSSH's is taken for a signature") {
  const std::string good = armored("git", "message");
  REQUIRE(sshsig::unarmor(good));
  std::string crlf;
  for (const char c : good) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  std::string one_line = good;
  one_line.erase(std::remove(one_line.begin() + 31, one_line.end() - 29, '\n'), one_line.end() - 29);
  const std::string body = good.substr(30, good.size() - 30 - 28);
  for (const std::string& bad :
       {std::string(), std::string("\n"), good + "\n", "\n" + good, " " + good, good + "x", good + good, crlf,
        one_line, good.substr(0, 30), good.substr(30), good.substr(0, 30) + good.substr(good.size() - 28),
        good.substr(0, 30) + "\n" + body + good.substr(good.size() - 28), std::string(5000, 'A'),
        std::string("-----BEGIN SSH SIGNATURE-----"), std::string("-----END SSH SIGNATURE-----"),
        good.substr(0, 40) + " " + good.substr(40), good.substr(0, 40) + '\0' + good.substr(41)}) {
    CAPTURE(bad.substr(0, 400));
    CHECK_FALSE(sshsig::unarmor(bad));
  }
  for (std::size_t length = 0; length + 1 < good.size(); ++length) {
    CHECK_FALSE(sshsig::unarmor(std::string_view(good).substr(0, length)));
  }
}

TEST_CASE("every part of the signed structure is checked") {
  REQUIRE(sshsig::unarmor(Parts{}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.magic = "SSHSIH"}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.version = 2}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.version = 0}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.key = ""}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.key = ssh_wire::public_key_blob(some_key().did()) + "x"}.text()));
  CHECK_FALSE(
      sshsig::unarmor(Parts{.key = ssh_wire::string("ssh-ed25519") + ssh_wire::string("short")}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.key = ssh_wire::string("ssh-ed25519-cert-v01@openssh.com")}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.name_space = ""}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.name_space = std::string("git\0x", 5)}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.reserved = "x"}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.hash = "sha256"}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.hash = ""}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.signature = ""}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.signature = ssh_wire::signature_blob(Signature{}) + "x"}.text()));
  CHECK_FALSE(
      sshsig::unarmor(Parts{.signature = ssh_wire::string("ssh-rsa") + ssh_wire::string("x")}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.trailing = "x"}.text()));
  CHECK_FALSE(sshsig::unarmor(Parts{.name_space = std::string(4096, 'n')}.text()));
}

TEST_CASE("hostile lengths and changed bytes never do more than be refused or verify falsely") {
  const std::string good = armored("git", "message");
  CHECK(rc::check("wherever they stand", [&good] {
    std::string text = good;
    text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    const auto read = sshsig::unarmor(text);
    return !read || text == good || (text.size() == good.size() && text.back() != '\n') ||
           read->name_space != "git" || !sshsig::verify(read->signer, "git", "message", read->signature);
  }));
  CHECK_FALSE(sshsig::unarmor(ssh_wire::armor(
      "SSH SIGNATURE", std::string("SSHSIG") + big_endian_32(1) + big_endian_32(0xffffffff))));
}
