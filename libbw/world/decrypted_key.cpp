#include "world/decrypted_key.h"

#include <cerrno>
#include <cstring>

#include <sodium.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/text.h"
#include "crypto/openssh_key.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_key_file = 64u << 10;

struct Wiped {
  std::string text;
  explicit Wiped(std::string content) : text(std::move(content)) {}
  ~Wiped() { sodium_memzero(text.data(), text.size()); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
};

// A file without a name, so that the key in clear never reaches a disk. Other processes of this user
// reach it by its number.
class MemoryFile {
public:
  explicit MemoryFile(const std::string& content) : descriptor_(::memfd_create("bw-key", MFD_CLOEXEC)) {
    // ssh-keygen refuses a key that others could read.
    if (descriptor_ < 0 || ::fchmod(descriptor_, 0600) != 0 ||
        ::write(descriptor_, content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
      const int error = errno;
      close();
      throw Error(ErrorCode::cannot, std::string("cannot keep a key in memory: ") + std::strerror(error));
    }
  }
  ~MemoryFile() { close(); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  fs::path path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(descriptor_);
  }

private:
  void close() const {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor_;
};

Finished remove_passphrase(const fs::path& file, const std::string& passphrase) {
  Command command;
  command.arguments = {"ssh-keygen", "-q", "-p", "-f", file.string()};
  // It reads from standard input where it finds no terminal, no display and no agent.
  command.environment = {{"SSH_ASKPASS_REQUIRE", "never"},
                         {"SSH_ASKPASS", std::nullopt},
                         {"SSH_AUTH_SOCK", std::nullopt},
                         {"DISPLAY", std::nullopt},
                         {"WAYLAND_DISPLAY", std::nullopt}};
  command.input = passphrase + "\n\n\n";
  command.new_session = true;
  command.max_output = 64u << 10;
  command.patience = std::chrono::seconds(60);
  Finished finished = run(command);
  sodium_memzero(command.input.data(), command.input.size());
  return finished;
}

PrivateKeyFile parsed(const fs::path& path, const std::string& text) {
  auto key = parse_private_key_file(text);
  if (!key) throw Error(ErrorCode::invalid, path.string() + ": " + key.reason());
  return *std::move(key);
}

}  // namespace

std::shared_ptr<const SecretKey> decrypted_key(const fs::path& private_key_file,
                                               const std::string& passphrase) {
  const Wiped stored(read_file(private_key_file, max_key_file));
  const PrivateKeyFile key = parsed(private_key_file, stored.text);
  if (key.secret) return key.secret;

  const bool one_line = passphrase.find_first_of(std::string_view("\0\r\n", 3)) == std::string::npos;
  const MemoryFile copy(stored.text);
  const Finished finished =
      one_line ? remove_passphrase(copy.path(), passphrase) : Finished{1, "", "incorrect passphrase"};
  if (finished.status != 0) {
    if (finished.error_output.find("incorrect passphrase") != std::string::npos) {
      throw Error(ErrorCode::refused, "wrong passphrase for the key " + private_key_file.string(),
                  "try again");
    }
    throw Error(ErrorCode::cannot, "ssh-keygen failed on the key " + private_key_file.string() + ": " +
                                       printable(finished.error_output.substr(0, 1000)));
  }
  const Wiped clear(read_file(copy.path(), max_key_file));
  PrivateKeyFile opened = parsed(private_key_file, clear.text);
  if (!opened.secret || opened.did != key.did) {
    throw Error(ErrorCode::cannot, "ssh-keygen did not open the key " + private_key_file.string());
  }
  return opened.secret;
}

}  // namespace bw
