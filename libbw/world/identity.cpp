#include "world/identity.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/strict_json.h"
#include "base/text.h"
#include "crypto/openssh_key.h"
#include "stream/commit_author.h"
#include "world/decrypted_key.h"

namespace bw {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_identity_file = 16u << 10;
constexpr std::size_t max_key_file = 64u << 10;
constexpr std::size_t max_seed_file = 256;
constexpr std::size_t max_name = 200;

constexpr const char* next_folder = "identity.next";
constexpr const char* former_prefix = "identity.old-";
constexpr const char* identity_file = "identity.json";
constexpr const char* own_key = "id_ed25519";
constexpr const char* seed_file = "seed";

fs::path identity_folder(const Environment& environment) {
  return environment.config_folder / "identity";
}

bool has_identity(const Environment& environment) {
  std::error_code ignored;
  return fs::exists(identity_folder(environment) / identity_file, ignored);
}

FileLock lock_identity(const Environment& environment) {
  return FileLock(environment.config_folder / "identity.lock");
}

std::string usable_name(const std::string& name) {
  if (name.size() > max_name || printable(name) != name) {
    throw Error(ErrorCode::usage, "a name is UTF-8 text of at most 200 bytes without control characters",
                "`bw id name NAME` changes it later");
  }
  const std::size_t first = name.find_first_not_of(' ');
  return first == std::string::npos ? "" : name.substr(first, name.find_last_not_of(' ') - first + 1);
}

void refuse_second(const Environment& environment) {
  if (!has_identity(environment)) return;
  std::string who;
  try {
    const auto known = find_identity(environment);
    if (known) who = ": " + known->did.text() + (known->name.empty() ? "" : " (" + known->name + ")");
  } catch (const Error&) {
    who = ", which cannot be read";
  }
  throw Error(ErrorCode::refused, "there is an identity on this machine already" + who,
              "`bw id show` shows it; to take another, `bw id use` or `bw id restore` with --replace keeps "
              "the old one aside");
}

std::string text_of(const Identity& identity, const fs::path& key_file) {
  const Json json{{"did", identity.did.text()}, {"name", identity.name}, {"key_file", key_file.string()}};
  return json.dump(2) + "\n";
}

// A new identity folder under construction, beside the final one; gone again unless it was installed.
class Staging {
public:
  explicit Staging(const Environment& environment) : environment_(environment) {
    std::string name = (environment.config_folder / "identity.new-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error(ErrorCode::cannot, "cannot create a folder in " + environment.config_folder.string() +
                                         ": " + std::strerror(errno));
    }
    path_ = name;
  }
  // A folder that is complete already, and stays where it is not installed.
  Staging(const Environment& environment, fs::path complete)
      : environment_(environment), path_(std::move(complete)), is_complete_(true) {}
  ~Staging() {
    std::error_code ignored;
    if (!path_.empty() && !is_complete_) fs::remove_all(path_, ignored);
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  const fs::path& path() const { return path_; }

  // Leaves it for later under a name of its own.
  void set_aside(const fs::path& name) {
    fs::rename(path_, name);
    path_.clear();
    sync_folder();
  }

  // Puts it in place in one step; what was there is kept as `identity.old-<time>`.
  void install() {
    const fs::path from = std::exchange(path_, {});
    const fs::path to = identity_folder(environment_);
    const bool replaces = fs::exists(to);
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                    replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE) != 0) {
      const int error = errno;
      path_ = from;
      throw Error(ErrorCode::cannot, "cannot write " + to.string() + ": " + std::strerror(error));
    }
    if (replaces) fs::rename(from, free_name());
    sync_folder();
  }

private:
  void sync_folder() const {
    const int folder = ::open(environment_.config_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
      ::fsync(folder);
      ::close(folder);
    }
  }
  fs::path free_name() const {
    std::string time = environment_.now().text();
    std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
    fs::path name = environment_.config_folder / (former_prefix + time);
    for (int n = 2; fs::exists(name); ++n) {
      name = environment_.config_folder / (former_prefix + time + "-" + std::to_string(n));
    }
    return name;
  }

  const Environment& environment_;
  fs::path path_;
  bool is_complete_ = false;
};

Identity identity_with(const Did& did, std::string name, fs::path key_file) {
  return {did, std::move(name), std::move(key_file)};
}

// Key pair, seed and identity.json of a key that is a file of ours.
Identity write_own_key(const Environment& environment, const Staging& staging, const SecretKey& key,
                       const PersonalSeed& seed, const std::string& name, const std::string& passphrase) {
  Identity identity = identity_with(key.did(), usable_name(name), identity_folder(environment) / own_key);
  const std::string comment = identity.did.short_id();
  std::string private_text = private_key_file(key, comment, environment.random);
  create_file(staging.path() / own_key, private_text, 0600);
  sodium_memzero(private_text.data(), private_text.size());
  if (!passphrase.empty()) encrypt_key_file(staging.path() / own_key, passphrase);
  create_file(staging.path() / (std::string(own_key) + ".pub"),
              public_key_line(identity.did, comment) + "\n");
  create_file(staging.path() / seed_file, seed.file_text(passphrase, environment.random), 0600);
  create_file(staging.path() / identity_file, text_of(identity, own_key), 0600);
  return identity;
}

Identity install_own_key(const Environment& environment, const SecretKey& key, const PersonalSeed& seed,
                         const std::string& name, const std::string& passphrase) {
  Staging staging(environment);
  Identity identity = write_own_key(environment, staging, key, seed, name, passphrase);
  staging.install();
  return identity;
}

std::string passphrase_for(const Environment& environment, const fs::path& path) {
  auto passphrase = environment.ask_passphrase ? environment.ask_passphrase(path) : std::nullopt;
  if (!passphrase) {
    throw Error(ErrorCode::refused,
                path.string() + " is encrypted, and nobody can be asked for its passphrase",
                "run this on a terminal, or set BW_PASSPHRASE");
  }
  return *std::move(passphrase);
}

PersonalSeed open_seed(const fs::path& path, const std::string& text, const std::string& passphrase) {
  auto seed = PersonalSeed::parse_file(text, passphrase);
  if (seed) return *std::move(seed);
  if (PersonalSeed::is_encrypted(text)) {
    throw Error(ErrorCode::refused, path.string() + ": " + seed.reason(), "try again");
  }
  throw Error(ErrorCode::invalid, path.string() + ": " + seed.reason(),
              "`bw id restore --replace` brings it back from paper");
}

fs::path private_half(const fs::path& key_file) {
  fs::path path = fs::absolute(key_file).lexically_normal();
  if (path.extension() == ".pub") path.replace_extension();
  return path;
}

bool is_encrypted_key(const fs::path& private_file) {
  const auto text = read_file_if_exists(private_file, max_key_file);
  const auto key = text ? parse_private_key_file(*text) : Result<PrivateKeyFile>(Reason{});
  return key && key->encrypted;
}

std::optional<Identity> read_identity(const fs::path& folder) {
  const fs::path path = folder / identity_file;
  const auto text = read_file_if_exists(path, max_identity_file);
  if (!text) return std::nullopt;
  const Json json = Json::parse(*text, nullptr, false);
  const auto member = [&](const char* name) {
    return json.is_object() && json.contains(name) && json[name].is_string() ? json[name].get<std::string>()
                                                                             : std::string();
  };
  const auto did = Did::parse(member("did"));
  const fs::path key_file = member("key_file");
  if (!did || key_file.empty()) {
    throw Error(ErrorCode::invalid, path.string() + " is damaged",
                "`bw id restore --replace` brings an identity back from paper; `bw id use KEYFILE --replace` "
                "takes a key file");
  }
  // A relative name, of a key of ours, so that the folder can be moved.
  return Identity{*did, printable(member("name")), folder / key_file};
}

}  // namespace

std::string Identity::public_key() const {
  return public_key_line(did, name.empty() ? did.short_id() : name);
}

std::string Identity::allowed_signers() const {
  std::string line = allowed_signers_line(did, "git,bw.event.v1,bw.bundle.v1,bw.receipt.v1");
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

std::optional<Identity> find_identity(const Environment& environment) {
  return read_identity(identity_folder(environment));
}

Identity require_identity(const Environment& environment) {
  auto identity = find_identity(environment);
  if (!identity) {
    throw Error(ErrorCode::refused, "no identity yet",
                "`bw id new` makes one; `bw id use KEYFILE` takes an Ed25519 SSH key that you have");
  }
  return *std::move(identity);
}

std::unique_ptr<Signer> open_signer(const Environment& environment, const Identity& identity) {
  auto signer = open_signer(identity.key_file, environment.agent_socket, environment.ask_passphrase);
  if (signer->did() != identity.did) {
    throw Error(ErrorCode::invalid,
                identity.key_file.string() + " holds another key (" + signer->did().text() +
                    ") than the identity " + identity.did.text(),
                "put the old key back, or `bw id use KEYFILE --replace` to become another actor");
  }
  return signer;
}

Identity create_identity(const Environment& environment, const std::string& name,
                         const std::string& passphrase) {
  const FileLock lock = lock_identity(environment);
  refuse_second(environment);
  return install_own_key(environment, SecretKey::generate(environment.random),
                         PersonalSeed::generate(environment.random), name, passphrase);
}

Identity use_key(const Environment& environment, const fs::path& key_file, const std::string& name,
                 bool replace) {
  const fs::path private_file = private_half(key_file);
  const Did did = open_signer(private_file, environment.agent_socket, {})->did();

  const FileLock lock = lock_identity(environment);
  std::optional<Identity> known;
  if (!replace) known = find_identity(environment);
  const bool same = known && known->did == did;
  if (!replace && !same) refuse_second(environment);

  Staging staging(environment);
  Identity identity = identity_with(did, usable_name(name), private_file);
  create_file(staging.path() / identity_file, text_of(identity, private_file), 0600);
  if (const fs::path seed = identity_folder(environment) / seed_file; same && fs::exists(seed)) {
    // The same person with the key in another place: other keys and badges must not change.
    create_file(staging.path() / seed_file, read_file(seed, max_seed_file), 0600);
  } else {
    std::string passphrase;
    if (is_encrypted_key(private_file)) {
      passphrase = passphrase_for(environment, private_file);
      decrypted_key(private_file, passphrase);  // a mistyped one would lock the seed for ever
    }
    create_file(staging.path() / seed_file,
                PersonalSeed::generate(environment.random).file_text(passphrase, environment.random), 0600);
  }
  staging.install();
  return identity;
}

Identity prepare_next_identity(const Environment& environment, const std::string& passphrase) {
  const FileLock lock = lock_identity(environment);
  const Identity present = require_identity(environment);
  const fs::path folder = environment.config_folder / next_folder;
  if (!fs::exists(folder)) {
    Staging staging(environment);
    write_own_key(environment, staging, SecretKey::generate(environment.random),
                  read_personal_seed(environment), present.name, passphrase);
    staging.set_aside(folder);
  }
  const auto next = read_identity(folder);
  if (!next)
    throw Error(ErrorCode::invalid, folder.string() + " holds no identity", "remove it and try again");
  return *next;
}

void install_next_identity(const Environment& environment) {
  const FileLock lock = lock_identity(environment);
  Staging(environment, environment.config_folder / next_folder).install();
}

std::vector<Identity> former_identities(const Environment& environment) {
  std::vector<fs::path> folders;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(environment.config_folder, none)) {
    if (entry.path().filename().string().starts_with(former_prefix)) folders.push_back(entry.path());
  }
  std::sort(folders.rbegin(), folders.rend());
  std::vector<Identity> former;
  for (const fs::path& folder : folders) {
    try {
      if (auto identity = read_identity(folder)) former.push_back(*std::move(identity));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid) throw;  // kept aside as it is
    }
  }
  return former;
}

void rename_identity(const Environment& environment, const std::string& name) {
  const FileLock lock = lock_identity(environment);
  Identity identity = require_identity(environment);
  identity.name = usable_name(name);
  const fs::path folder = identity_folder(environment);
  const bool ours = identity.key_file.parent_path() == folder;
  write_file(folder / identity_file,
             text_of(identity, ours ? identity.key_file.filename() : identity.key_file), 0600);
}

PersonalSeed read_personal_seed(const Environment& environment) {
  require_identity(environment);
  const fs::path path = identity_folder(environment) / seed_file;
  const std::string text = read_file(path, max_seed_file);
  return open_seed(path, text,
                   PersonalSeed::is_encrypted(text) ? passphrase_for(environment, path) : std::string());
}

PaperKey make_paper_key(const Environment& environment) {
  const Identity identity = require_identity(environment);
  const fs::path path = identity_folder(environment) / seed_file;
  const std::string text = read_file(path, max_seed_file);
  std::string passphrase;
  if (PersonalSeed::is_encrypted(text)) passphrase = passphrase_for(environment, path);
  PaperKey paper{identity.did, open_seed(path, text, passphrase), std::nullopt};

  const bool ours = identity.key_file.parent_path() == identity_folder(environment);
  std::error_code ignored;
  if (!ours || !fs::exists(identity.key_file, ignored)) return paper;
  if (is_encrypted_key(identity.key_file) && passphrase.empty()) {
    passphrase = passphrase_for(environment, identity.key_file);
  }
  const std::shared_ptr<const SecretKey> key = decrypted_key(identity.key_file, passphrase);
  std::array<std::uint8_t, 32> seed{};
  std::memcpy(seed.data(), key->seed().data(), seed.size());
  paper.actor_seed = seed;
  return paper;
}

Identity restore_identity(const Environment& environment, const PaperKey& paper, const std::string& name,
                          const std::string& passphrase, bool replace) {
  const FileLock lock = lock_identity(environment);
  if (!replace) refuse_second(environment);
  if (paper.actor_seed) {
    const SecretKey key({reinterpret_cast<const char*>(paper.actor_seed->data()), paper.actor_seed->size()});
    return install_own_key(environment, key, paper.personal_seed, name, passphrase);
  }
  // The paper names the key but does not hold it: its public half waits for the agent, or for
  // `use_key`, which then keeps the seed.
  Staging staging(environment);
  Identity identity = identity_with(paper.actor, usable_name(name), identity_folder(environment) / own_key);
  create_file(staging.path() / (std::string(own_key) + ".pub"),
              public_key_line(identity.did, identity.did.short_id()) + "\n");
  create_file(staging.path() / seed_file, paper.personal_seed.file_text(passphrase, environment.random),
              0600);
  create_file(staging.path() / identity_file, text_of(identity, own_key), 0600);
  staging.install();
  return identity;
}

Identity succeed_identity(const Environment& environment, const PaperKey& paper, const std::string& name,
                          const std::string& passphrase, bool replace) {
  const auto present = replace ? std::nullopt : find_identity(environment);
  if (present && present->did != paper.actor && read_personal_seed(environment) == paper.personal_seed) {
    return *present;
  }
  const FileLock lock = lock_identity(environment);
  if (!replace) refuse_second(environment);
  return install_own_key(environment, SecretKey::generate(environment.random), paper.personal_seed, name,
                         passphrase);
}

}  // namespace bw
