#include "crypto/signer.h"

#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/text.h"
#include "crypto/openssh_key.h"
#include "crypto/sodium.h"
#include "crypto/ssh_agent.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_key_file = 64u << 10;
constexpr std::size_t max_passphrase = 1000;  // OpenSSH reads at most 1023 bytes

class FileSigner : public Signer {
public:
  explicit FileSigner(std::shared_ptr<const SecretKey> key) : key_(std::move(key)), did_(key_->did()) {}
  const Did& did() const override { return did_; }
  Signature sign(std::string_view name_space, std::string_view message) const override {
    return key_->sign(sshsig::signed_data(name_space, message));
  }

private:
  std::shared_ptr<const SecretKey> key_;
  Did did_;
};

class AgentSigner : public Signer {
public:
  AgentSigner(std::string socket, const Did& did) : socket_(std::move(socket)), did_(did) {}
  const Did& did() const override { return did_; }
  Signature sign(std::string_view name_space, std::string_view message) const override {
    const auto signature = ssh_agent::sign(socket_, did_, sshsig::signed_data(name_space, message));
    if (!signature) {
      throw Error(ErrorCode::refused,
                  "ssh-agent holds the key " + did_.short_id() + " but did not sign with it",
                  "confirm the request, or add the key again with ssh-add");
    }
    return *signature;
  }

private:
  std::string socket_;
  Did did_;
};

// ssh-keygen reads a passphrase from standard input where it has no terminal, no display and no agent.
Finished run_ssh_keygen(std::vector<std::string> arguments, std::string input) {
  Command command;
  command.arguments = std::move(arguments);
  command.arguments.insert(command.arguments.begin(), "ssh-keygen");
  command.environment = {{"SSH_ASKPASS_REQUIRE", "never"},
                         {"SSH_ASKPASS", std::nullopt},
                         {"SSH_AUTH_SOCK", std::nullopt},
                         {"DISPLAY", std::nullopt},
                         {"WAYLAND_DISPLAY", std::nullopt}};
  command.input = std::move(input);
  command.new_session = true;
  command.max_output = 64u << 10;
  command.patience = std::chrono::seconds(60);
  Finished finished = run(command);
  wipe(command.input);
  return finished;
}

[[noreturn]] void fail(const fs::path& key_file, const Finished& finished) {
  const std::string_view said = finished.error_output;
  if (said.find("incorrect passphrase") != std::string_view::npos) {
    throw Error(ErrorCode::refused, "wrong passphrase for the key " + key_file.string(), "try again");
  }
  if (said.find("UNPROTECTED PRIVATE KEY FILE") != std::string_view::npos) {
    throw Error(ErrorCode::cannot, "others can read the private key " + key_file.string(),
                "chmod 600 " + key_file.string());
  }
  throw Error(ErrorCode::cannot, "ssh-keygen failed on the key " + key_file.string() + ": " +
                                     printable(said.substr(0, 1000), false));
}

void require_usable(const std::string& passphrase) {
  if (passphrase.empty() || passphrase.size() > max_passphrase ||
      passphrase.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) {
    throw Error(ErrorCode::usage, "a passphrase is empty, longer than 1000 bytes, or of more than one line");
  }
}

class EncryptedFileSigner : public Signer {
public:
  EncryptedFileSigner(fs::path key_file, const Did& did, AskPassphrase ask)
      : key_file_(std::move(key_file)), did_(did), ask_(std::move(ask)) {}
  ~EncryptedFileSigner() override { forget(); }
  EncryptedFileSigner(const EncryptedFileSigner&) = delete;
  EncryptedFileSigner& operator=(const EncryptedFileSigner&) = delete;

  const Did& did() const override { return did_; }

  Signature sign(std::string_view name_space, std::string_view message) const override {
    if (!passphrase_) passphrase_ = asked();
    const TemporaryFolder folder;
    const fs::path message_file = folder.path() / "message";
    create_file(message_file, message, 0600);
    const Finished finished = run_ssh_keygen(
        {"-Y", "sign", "-n", std::string(name_space), "-f", key_file_.string(), message_file.string()},
        *passphrase_ + "\n");
    if (finished.status != 0) {
      forget();
      fail(key_file_, finished);
    }
    const auto made = sshsig::unarmor(read_file(folder.path() / "message.sig", 4096));
    if (!made || made->signer != did_ || made->name_space != name_space ||
        !sshsig::verify(did_, name_space, message, made->signature)) {
      throw Error(ErrorCode::cannot, "ssh-keygen made no good signature with the key " + key_file_.string(),
                  "is the file whole, and its public half that of the private key?");
    }
    return made->signature;
  }

private:
  std::string asked() const {
    auto passphrase = ask_ ? ask_(key_file_) : std::nullopt;
    if (!passphrase) {
      throw Error(
          ErrorCode::refused,
          "the key " + key_file_.string() + " is encrypted, and nobody can be asked for its passphrase",
          "give it to ssh-agent with `ssh-add " + key_file_.string() + "`, or run this on a terminal");
    }
    require_usable(*passphrase);
    return *std::move(passphrase);
  }

  void forget() const {
    if (passphrase_) wipe(*passphrase_);
    passphrase_.reset();
  }

  fs::path key_file_;
  Did did_;
  AskPassphrase ask_;
  mutable std::optional<std::string> passphrase_;  // once it was asked
};

template <class T>
T valid(const fs::path& path, Result<T> parsed) {
  if (parsed) return *std::move(parsed);
  throw Error(ErrorCode::invalid, path.string() + ": " + parsed.reason(),
              "an identity is an Ed25519 key in OpenSSH's format");
}

// Reads and wipes: the text may hold a secret.
std::optional<PrivateKeyFile> read_private_key(const fs::path& path) {
  auto text = read_file_if_exists(path, max_key_file);
  if (!text) return std::nullopt;
  auto parsed = parse_private_key_file(*text);
  wipe(*text);
  return valid(path, std::move(parsed));
}

}  // namespace

std::unique_ptr<Signer> open_signer(const fs::path& key_file, const std::string& agent_socket,
                                    AskPassphrase ask) {
  fs::path private_file = fs::absolute(key_file);
  if (private_file.extension() == ".pub") private_file.replace_extension();
  const auto key = read_private_key(private_file);
  const fs::path public_file = private_file.string() + ".pub";
  const auto public_line = key ? std::nullopt : read_file_if_exists(public_file, max_key_file);
  if (!key && !public_line) {
    throw Error(ErrorCode::cannot, "there is no key file " + private_file.string(),
                "`ssh-keygen -t ed25519` makes one");
  }
  const Did did = key ? key->did : valid(public_file, parse_public_key_line(*public_line));
  if (ssh_agent::holds(agent_socket, did)) return std::make_unique<AgentSigner>(agent_socket, did);
  if (!key) {
    throw Error(
        ErrorCode::cannot,
        "only the public half of the key is at " + public_file.string() + ", and ssh-agent does not hold it",
        "give the private key to ssh-agent with ssh-add");
  }
  if (key->secret) return make_signer(key->secret);
  return std::make_unique<EncryptedFileSigner>(private_file, did, std::move(ask));
}

std::unique_ptr<Signer> make_signer(std::shared_ptr<const SecretKey> key) {
  return std::make_unique<FileSigner>(std::move(key));
}

void encrypt_key_file(const fs::path& path, const std::string& passphrase) {
  require_usable(passphrase);
  const auto key = read_private_key(path);
  if (!key) throw Error(ErrorCode::cannot, "there is no key file " + path.string());
  const fs::path key_file = fs::canonical(path);  // replacing a symbolic link would leave the key in clear
  if (key->encrypted) {
    throw Error(ErrorCode::invalid, "the key " + key_file.string() + " is encrypted already",
                "`ssh-keygen -p -f " + key_file.string() + "` changes its passphrase");
  }
  // ssh-keygen writes over the file it is given, so it is given a copy; beside the original, because the
  // key in clear should not come to lie on another file system.
  const fs::path copy = key_file.string() + ".encrypting";
  struct Removed {
    const fs::path& path;
    ~Removed() {
      std::error_code ignored;
      fs::remove(path, ignored);
    }
  } const removed{copy};
  fs::remove(copy);  // what a crash left
  std::string text = read_file(key_file, max_key_file);
  create_file(copy, text, 0600);
  wipe(text);
  const Finished finished =
      run_ssh_keygen({"-q", "-p", "-f", copy.string()}, passphrase + "\n" + passphrase + "\n");
  if (finished.status != 0) fail(key_file, finished);
  const std::string encrypted = read_file(copy, max_key_file);
  const auto made = parse_private_key_file(encrypted);
  if (!made || !made->encrypted || made->did != key->did) {
    throw Error(ErrorCode::cannot, "ssh-keygen did not encrypt the key " + key_file.string());
  }
  write_file(key_file, encrypted, 0600);
}

}  // namespace bw
