#include "crypto/ssh_agent.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "crypto/ssh_wire.h"

namespace bw::ssh_agent {
namespace {

enum Message : char {
  request_identities = 11,
  identities_answer = 12,
  sign_request = 13,
  sign_response = 14,
};

constexpr std::uint32_t max_answer = 256u << 10;  // what OpenSSH's own agent keeps to

using Deadline = std::chrono::steady_clock::time_point;

class Connection {
public:
  Connection(const std::string& socket_path, Deadline deadline)
      : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), deadline_(deadline) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path.empty() || socket_path.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
    // A Unix socket connects at once or not at all: EAGAIN means that the agent's queue is full.
    connected_ = descriptor_ >= 0 &&
                 ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The answer to one request without its length.
  std::optional<std::string> ask(std::string_view request) {
    if (!connected_ || !send(ssh_wire::string(request))) return std::nullopt;
    const auto header = receive(4);
    if (!header) return std::nullopt;
    const std::uint32_t length = ssh_wire::Reader(*header).number();
    if (length == 0 || length > max_answer) return std::nullopt;
    return receive(length);
  }

private:
  bool ready(short events) const {
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left <= milliseconds::zero()) return false;
    pollfd poll_for{descriptor_, events, 0};
    const int found = ::poll(&poll_for, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000)));
    return found > 0 || (found < 0 && errno == EINTR);
  }

  static bool may_retry() { return errno == EAGAIN || errno == EINTR; }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      if (!ready(POLLOUT)) return false;
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (!may_retry()) {
        return false;
      }
    }
    return true;
  }

  std::optional<std::string> receive(std::size_t count) const {
    std::string bytes(count, '\0');
    for (std::size_t at = 0; at < count;) {
      if (!ready(POLLIN)) return std::nullopt;
      const ssize_t got = ::recv(descriptor_, bytes.data() + at, count - at, 0);
      if (got > 0) {
        at += static_cast<std::size_t>(got);
      } else if (got == 0 || !may_retry()) {
        return std::nullopt;
      }
    }
    return bytes;
  }

  int descriptor_;
  Deadline deadline_;
  bool connected_ = false;
};

std::optional<std::string> ask(const std::string& socket_path, std::string_view request,
                               std::chrono::milliseconds patience, Message expected) {
  auto answer = Connection(socket_path, std::chrono::steady_clock::now() + patience).ask(request);
  if (!answer || answer->front() != expected) return std::nullopt;
  answer->erase(0, 1);
  return answer;
}

}  // namespace

bool holds(const std::string& socket_path, const Did& did, std::chrono::milliseconds patience) {
  const auto answer = ask(socket_path, std::string(1, request_identities), patience, identities_answer);
  if (!answer) return false;
  ssh_wire::Reader reader(*answer);
  const std::string wanted = ssh_wire::public_key_blob(did);
  bool found = false;
  for (std::uint32_t left = reader.number(); left > 0 && !reader.failed(); --left) {
    found = reader.string() == wanted || found;
    reader.string();  // the comment
  }
  return found && reader.complete();
}

std::optional<Signature> sign(const std::string& socket_path, const Did& did, std::string_view bytes,
                              std::chrono::milliseconds patience) {
  std::string request(1, sign_request);
  request += ssh_wire::string(ssh_wire::public_key_blob(did));
  request += ssh_wire::string(bytes);
  request += big_endian_32(0);  // flags: they concern RSA only
  const auto answer = ask(socket_path, request, patience, sign_response);
  if (!answer) return std::nullopt;
  ssh_wire::Reader reader(*answer);
  const auto signature = ssh_wire::parse_signature_blob(reader.string());
  if (!reader.complete() || !signature || !verify_ed25519(did.public_key(), bytes, *signature)) {
    return std::nullopt;
  }
  return signature;
}

}  // namespace bw::ssh_agent
