#include "crypto/ssh_agent.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/files.h"
#include "crypto/agent_for_tests.h"
#include "crypto/openssh_for_tests.h"
#include "crypto/ssh_wire.h"

using namespace bw;
using namespace std::chrono_literals;

namespace {

// A listening socket that answers each connection with prepared bytes, or never accepts at all.
class FakeAgent {
public:
  explicit FakeAgent(const TemporaryFolder& folder) : path_((folder.path() / "fake").string()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path_.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path_.data(), path_.size());
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 4) == 0);
  }
  ~FakeAgent() {
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  FakeAgent(const FakeAgent&) = delete;
  FakeAgent& operator=(const FakeAgent&) = delete;

  const std::string& path() const { return path_; }

  // Serves one connection: `answer` byte by byte with `pause` between, until the client goes.
  void answer_once(std::string answer, std::chrono::milliseconds pause = 0ms) {
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([this, answer = std::move(answer), pause] {
      const int connection = ::accept(listener_, nullptr, nullptr);
      std::string request(4096, '\0');
      (void)::recv(connection, request.data(), request.size(), 0);
      for (std::size_t at = 0; at < answer.size();) {
        const std::size_t step = pause == 0ms ? answer.size() : 1;
        const ssize_t sent = ::send(connection, answer.data() + at, step, MSG_NOSIGNAL);
        if (sent <= 0) break;
        at += static_cast<std::size_t>(sent);
        std::this_thread::sleep_for(pause);
      }
      ::close(connection);
    });
  }

private:
  std::string path_;
  int listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::thread thread_;
};

std::string identities(std::uint32_t count, const std::vector<std::string>& blobs) {
  std::string message = "\x0c" + big_endian_32(count);
  for (const std::string& blob : blobs) message += ssh_wire::string(blob) + ssh_wire::string("comment");
  return message;
}

std::string signature_message(const Signature& signature) {
  return "\x0e" + ssh_wire::string(ssh_wire::signature_blob(signature));
}

}  // namespace

TEST_CASE("a real agent lists its keys and signs with them") {
  const TemporaryFolder folder;
  const openssh::RunningAgent agent(folder);
  const auto key_file = openssh::make_key(folder, "key");
  const auto key = parse_private_key_file(read_file(key_file, 1u << 16));
  REQUIRE(key);
  CHECK_FALSE(ssh_agent::holds(agent.socket(), key->did));
  CHECK_FALSE(ssh_agent::sign(agent.socket(), key->did, "bytes"));

  agent.add(openssh::make_key(folder, "rsa", "rsa"));
  agent.add(openssh::make_key(folder, "other"));
  agent.add(key_file);
  CHECK(ssh_agent::holds(agent.socket(), key->did));
  const auto signature = ssh_agent::sign(agent.socket(), key->did, "bytes");
  REQUIRE(signature);
  CHECK(*signature == key->secret->sign("bytes"));
  CHECK_FALSE(ssh_agent::holds(agent.socket(), SecretKey(std::string(32, 'x')).did()));
}

TEST_CASE("a socket that is absent, no socket or dead holds nothing") {
  const TemporaryFolder folder;
  const Did did = SecretKey(std::string(32, 'x')).did();
  write_file(folder.path() / "file", "not a socket");
  std::string dead;
  {
    const FakeAgent agent(folder);
    dead = agent.path();
  }
  for (const std::string& path :
       {std::string(), (folder.path() / "none").string(), (folder.path() / "file").string(),
        folder.path().string(), dead, std::string(500, 'x')}) {
    CHECK_FALSE(ssh_agent::holds(path, did));
    CHECK_FALSE(ssh_agent::sign(path, did, "bytes"));
  }
}

TEST_CASE("a stuck agent, or one that answers drop by drop, is not waited for longer than patience allows") {
  const TemporaryFolder folder;
  const Did did = SecretKey(std::string(32, 'x')).did();
  FakeAgent agent(folder);
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(ssh_agent::holds(agent.path(), did, 50ms));
  CHECK_FALSE(ssh_agent::sign(agent.path(), did, std::string(4u << 20, 'x'), 50ms));
  for (int i = 0; i < 8; ++i)
    CHECK_FALSE(ssh_agent::holds(agent.path(), did, 10ms));  // its queue is full now
  CHECK(std::chrono::steady_clock::now() - start < 2s);

  const TemporaryFolder second_folder;
  FakeAgent slow(second_folder);
  slow.answer_once(ssh_wire::string(identities(1, {ssh_wire::public_key_blob(did)})), 10ms);
  CHECK_FALSE(ssh_agent::holds(slow.path(), did, 100ms));
}

TEST_CASE("what an agent answers is not believed") {
  const TemporaryFolder folder;
  const SecretKey key(std::string(32, 'x'));
  const Did did = key.did();
  const std::string blob = ssh_wire::public_key_blob(did);
  FakeAgent agent(folder);

  agent.answer_once(ssh_wire::string(identities(1, {blob})));
  CHECK(ssh_agent::holds(agent.path(), did));
  for (const std::string& answer :
       {std::string(), std::string("\0\0", 2), std::string(4, '\0'), big_endian_32(0xffffffff) + "x",
        big_endian_32(300u << 10) + std::string(1000, 'x'), ssh_wire::string("\x05"),
        ssh_wire::string("\x0c"), ssh_wire::string(identities(0, {blob})),
        ssh_wire::string(identities(0xffffffff, {blob})), ssh_wire::string(identities(2, {blob})),
        ssh_wire::string(identities(1, {blob}) + "x"),
        ssh_wire::string("\x0c" + big_endian_32(1) + big_endian_32(0xffffffff) + blob),
        ssh_wire::string(identities(1, {blob + "x"})),
        ssh_wire::string(identities(1, {blob})).substr(0, 40)}) {
    CAPTURE(to_hex(answer.substr(0, 40)));
    agent.answer_once(answer);
    CHECK_FALSE(ssh_agent::holds(agent.path(), did, 1s));
  }

  const Signature good = key.sign("bytes");
  agent.answer_once(ssh_wire::string(signature_message(good)));
  CHECK(ssh_agent::sign(agent.path(), did, "bytes") == good);
  for (const std::string& answer :
       {ssh_wire::string(signature_message(key.sign("other bytes"))),
        ssh_wire::string(signature_message(SecretKey(std::string(32, 'y')).sign("bytes"))),
        ssh_wire::string(signature_message(Signature{})), ssh_wire::string(signature_message(good) + "x"),
        ssh_wire::string("\x0e" + ssh_wire::string("")), ssh_wire::string("\x0e"), ssh_wire::string("\x05"),
        ssh_wire::string("\x0e" + ssh_wire::string(ssh_wire::string("ssh-rsa") + ssh_wire::string("x")))}) {
    CAPTURE(to_hex(answer.substr(0, 40)));
    agent.answer_once(answer);
    CHECK_FALSE(ssh_agent::sign(agent.path(), did, "bytes", 1s));
  }
}
