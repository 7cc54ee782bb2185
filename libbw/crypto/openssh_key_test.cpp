#include "crypto/openssh_key.h"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "crypto/openssh_for_tests.h"
#include "crypto/ssh_wire.h"

using namespace bw;

namespace {

std::string fixed_random(std::size_t bytes) {
  return std::string(bytes, '\x5a');
}

std::string read(const std::filesystem::path& path) {
  return read_file(path, 64u << 10);
}

std::string view(const Did& did) {
  return {did.public_key().begin(), did.public_key().end()};
}

// A private key file with parts of our choosing.
struct Parts {
  SecretKey key{std::string(32, 'k')};
  std::string magic = std::string("openssh-key-v1\0", 15);
  std::string cipher = "none";
  std::string derivation = "none";
  std::string options = {};
  std::uint32_t keys = 1;
  std::string public_blob = ssh_wire::public_key_blob(key.did());
  std::uint32_t second_check = 7;
  std::string type = "ssh-ed25519";
  std::string public_half = view(key.did());
  std::string secret = std::string(key.seed()) + view(key.did());
  std::string comment = "me@home";
  std::string padding = "\x01\x02\x03\x04\x05\x06";
  std::string trailing = {};

  std::string text() const {
    const std::string section = big_endian_32(7) + big_endian_32(second_check) + ssh_wire::string(type) +
                                ssh_wire::string(public_half) + ssh_wire::string(secret) +
                                ssh_wire::string(comment) + padding;
    return ssh_wire::armor("OPENSSH PRIVATE KEY",
                           magic + ssh_wire::string(cipher) + ssh_wire::string(derivation) +
                               ssh_wire::string(options) + big_endian_32(keys) +
                               ssh_wire::string(public_blob) + ssh_wire::string(section) + trailing);
  }
};

}  // namespace

TEST_CASE("a key made by ssh-keygen is read, and its two files name the same actor") {
  const TemporaryFolder folder;
  const auto path = openssh::make_key(folder, "key", "ed25519", "", "comment of several words");
  const auto key = parse_private_key_file(read(path));
  REQUIRE(key);
  CHECK_FALSE(key->encrypted);
  REQUIRE(key->secret);
  CHECK(key->secret->did() == key->did);
  const std::string line = read(path.string() + ".pub");
  CHECK(*parse_public_key_line(line) == key->did);
  CHECK(public_key_line(key->did, "comment of several words") + "\n" == line);
}

TEST_CASE("an encrypted key names its actor and keeps its secret") {
  const TemporaryFolder folder;
  const auto path = openssh::make_key(folder, "key", "ed25519", "correct horse");
  const auto key = parse_private_key_file(read(path));
  REQUIRE(key);
  CHECK(key->encrypted);
  CHECK_FALSE(key->secret);
  CHECK(key->did == *parse_public_key_line(read(path.string() + ".pub")));
  std::filesystem::remove(path);
  std::filesystem::remove(path.string() + ".pub");
  const Finished made =
      openssh::run_openssh({"ssh-keygen", "-q", "-t", "ed25519", "-a", "1", "-Z",
                            "chacha20-poly1305@openssh.com", "-N", "secret", "-f", path.string()});
  REQUIRE(made.status == 0);
  CHECK(parse_private_key_file(read(path))->encrypted);  // this cipher adds a tag after the section
}

TEST_CASE("ssh-keygen reads the private key files that we write, whatever their comment's length") {
  const TemporaryFolder folder;
  for (std::size_t length = 0; length < 9; ++length) {
    const SecretKey key = SecretKey::generate(system_random);
    const std::string comment(length, 'c');
    const auto path = folder.path() / ("key" + std::to_string(length));
    const std::string text = private_key_file(key, comment, system_random);
    write_file(path, text, 0600);
    const Finished shown = openssh::run_openssh({"ssh-keygen", "-y", "-f", path.string()});
    CHECK(shown.status == 0);
    CHECK(shown.output == public_key_line(key.did(), comment) + "\n");
    const auto parsed = parse_private_key_file(text);
    REQUIRE(parsed);
    CHECK(parsed->secret->seed() == key.seed());
  }
}

TEST_CASE("we lay a private key file out exactly as ssh-keygen does") {
  const TemporaryFolder folder;
  const auto path = openssh::make_key(folder, "key", "ed25519", "", "me@here");
  const std::string text = read(path);
  const auto key = parse_private_key_file(text);
  REQUIRE(key);
  // The number that ssh-keygen drew stands before the type in the private section.
  std::string encoded = text.substr(36, text.size() - 36 - 34);
  std::erase(encoded, '\n');
  const std::string blob = from_base64(encoded).value();
  std::string check = blob.substr(blob.rfind("ssh-ed25519") - 8, 4);
  CHECK(private_key_file(*key->secret, "me@here", [&](std::size_t) { return std::string(check); }) == text);
}

TEST_CASE("keys of other types are refused with their type named") {
  const TemporaryFolder folder;
  const auto refused_as = [&](const std::filesystem::path& path, const std::string& type) {
    const auto key = parse_private_key_file(read(path));
    const auto line = parse_public_key_line(read(path.string() + ".pub"));
    CAPTURE(key.reason());
    CHECK_FALSE(key);
    CHECK_FALSE(line);
    CHECK(key.reason().find(type) != std::string::npos);
    CHECK(line.reason().find(type) != std::string::npos);
  };
  refused_as(openssh::make_key(folder, "rsa", "rsa"), "ssh-rsa");
  refused_as(openssh::make_key(folder, "ecdsa", "ecdsa"), "ecdsa-sha2-nistp256");
  refused_as(openssh::make_key(folder, "ecdsa2", "ecdsa", "secret"), "ecdsa-sha2-nistp256");

  const auto pem = folder.path() / "pem";
  REQUIRE(openssh::run_openssh(
              {"ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-m", "PEM", "-N", "", "-f", pem.string()})
              .status == 0);
  CHECK(parse_private_key_file(read(pem)).reason().find("RSA PRIVATE KEY") != std::string::npos);
  CHECK(parse_public_key_line("sk-ssh-ed25519@openssh.com " +
                              to_base64(ssh_wire::string("sk-ssh-ed25519@openssh.com")))
            .reason()
            .find("sk-ssh-ed25519@openssh.com") != std::string::npos);
}

TEST_CASE("a type that would disturb a terminal is shown harmless") {
  const auto key =
      parse_public_key_line("x " + to_base64(ssh_wire::string("\x1b[2J" + std::string(5000, 'x'))));
  CHECK_FALSE(key);
  CHECK(key.reason().find('\x1b') == std::string::npos);
  CHECK(key.reason().size() < 300);
}

TEST_CASE("a public key line may have spaces around it and a comment, and nothing else") {
  const Did did = SecretKey(std::string(32, 'p')).did();
  const std::string line = public_key_line(did);
  for (const std::string& good : {line, line + "\n", line + "\r\n",
                                  std::string("  ").append(line).append(" me@here "), line + " 小明"}) {
    const auto parsed = parse_public_key_line(good);
    REQUIRE(parsed);
    CHECK(*parsed == did);
  }
  for (const std::string& bad :
       {std::string(), std::string(" "), std::string("ssh-ed25519"), std::string("ssh-ed25519 "), line + "x",
        line + "=", line.substr(0, line.size() - 1), std::string(line).append("\n").append(line),
        "restrict " + line, "ssh-rsa" + line.substr(11), "ssh-ed25519  " + line.substr(12),
        "ssh-ed25519 " + to_base64(ssh_wire::public_key_blob(did) + "x"),
        public_key_line(did, std::string(20'000, 'c')), line + std::string(" a\0b", 4)}) {
    CAPTURE(bad.substr(0, 100));
    CHECK_FALSE(parse_public_key_line(bad));
  }
  CHECK_THROWS_AS(public_key_line(did, "two\nlines"), Error);
  CHECK_THROWS_AS(private_key_file(SecretKey(std::string(32, 'p')), "two\nlines", fixed_random), Error);
}

TEST_CASE("every part of a private key file is checked") {
  REQUIRE(parse_private_key_file(Parts{}.text()));
  const auto refused = [](const Parts& parts) {
    const auto parsed = parse_private_key_file(parts.text());
    return !parsed && !parsed.reason().empty();
  };
  const std::string other = view(SecretKey(std::string(32, 'o')).did());
  CHECK(refused(Parts{.magic = std::string("openssh-key-v2\0", 15)}));
  CHECK(refused(Parts{.derivation = "bcrypt"}));
  CHECK(refused(Parts{.options = "x"}));
  CHECK(refused(Parts{.keys = 0}));
  CHECK(refused(Parts{.keys = 2}));
  CHECK(refused(Parts{.keys = 0xffffffff}));
  CHECK(refused(Parts{.public_blob = ""}));
  CHECK(refused(Parts{.public_blob = ssh_wire::string("ssh-ed25519") + ssh_wire::string(other)}));
  CHECK(refused(Parts{.second_check = 8}));
  CHECK(refused(Parts{.type = "ssh-ed25518"}));
  CHECK(refused(Parts{.public_half = other}));
  CHECK(refused(Parts{.public_half = "", .padding = "\x01\x02\x03\x04\x05\x06"}));
  CHECK(refused(Parts{.secret = std::string(32, 'k') + other}));
  CHECK(refused(Parts{.secret = std::string(32, 'o') + view(SecretKey(std::string(32, 'k')).did())}));
  CHECK(refused(Parts{.secret = std::string(56, 'k')}));
  CHECK(refused(Parts{.padding = ""}));
  CHECK(refused(Parts{.padding = "\x01\x02\x03\x04\x05"}));
  CHECK(refused(Parts{.padding = "\x01\x02\x03\x04\x05\x07"}));
  CHECK(refused(Parts{.padding = std::string(6, '\0')}));
  CHECK(refused(Parts{.trailing = "x"}));
}

TEST_CASE("a private key file that is cut, filled or disguised is refused") {
  const std::string good = Parts{}.text();
  for (std::size_t length = 0; length + 1 < good.size(); ++length) {
    CHECK_FALSE(parse_private_key_file(std::string_view(good).substr(0, length)));
  }
  for (const std::string& bad :
       {good + "x", "x" + good, good + good, std::string(70'000, '\n') + good, std::string(100'000, 'A'),
        good.substr(0, 60) + "!" + good.substr(61),
        std::string("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n"),
        std::string("-----BEGIN OPENSSH PRIVATE KEY-----END OPENSSH PRIVATE KEY-----\n"),
        std::string("-----BEGIN ")}) {
    CHECK_FALSE(parse_private_key_file(bad));
  }
  const std::string magic("openssh-key-v1\0", 15);
  CHECK_FALSE(
      parse_private_key_file(ssh_wire::armor("OPENSSH PRIVATE KEY", magic + big_endian_32(0xfffffff0))));
}

TEST_CASE("a private key file with other line breaks is read") {
  const std::string good = Parts{}.text();
  std::string crlf;
  for (const char c : good) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  CHECK(parse_private_key_file(crlf));
  CHECK(parse_private_key_file("\n" + good + "\n\n"));
}

TEST_CASE("a private key file with any byte changed is refused or still the same key") {
  const std::string good = Parts{}.text();
  const Did did = Parts{}.key.did();
  CHECK(rc::check("wherever the change is", [&] {
    std::string text = good;
    text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    const auto parsed = parse_private_key_file(text);
    // Where the change made it "encrypted", the public half is unproven, and says so.
    return !parsed || parsed->encrypted || (parsed->did == did && parsed->secret->did() == did);
  }));
}
