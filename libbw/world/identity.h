#pragma once
// Identity: who I am on this machine: an actor key (a file of ours, or one of the user's own that `use`
// named), the personal seed behind my other keys, and the name I go by. Kept in
// `config_folder/identity/`: identity.json, id_ed25519(.pub), seed.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/did.h"
#include "crypto/paper_key.h"
#include "crypto/personal_seed.h"
#include "crypto/signer.h"
#include "world/environment.h"

namespace bw {

struct Identity {
  Did did;
  std::string name;  // may be empty
  std::filesystem::path key_file;

  std::string public_key() const;       // the line of a .pub file, without LF
  std::string allowed_signers() const;  // a line for every namespace that an actor signs in, without LF
};

// Nothing where none was made yet.
std::optional<Identity> find_identity(const Environment& environment);
// Error(refused) "no identity yet" with the hint `bw id new`.
Identity require_identity(const Environment& environment);
std::unique_ptr<Signer> open_signer(const Environment& environment, const Identity& identity);

// Error(refused) where one exists. An empty passphrase leaves the files unencrypted.
Identity create_identity(const Environment& environment, const std::string& name,
                         const std::string& passphrase);
// Uses an existing OpenSSH Ed25519 key (private or public half; the agent may hold it). The file stays
// where it is. The seed is encrypted where that file is, under the same passphrase, which is asked for
// and checked. The same key in another place keeps the seed; another key replaces the identity only
// where `replace`, and the old folder is kept aside.
Identity use_key(const Environment& environment, const std::filesystem::path& key_file,
                 const std::string& name, bool replace);
// The identity that shall take the place of the present one: a new key with the same name and seed, made in
// `config_folder/identity.next/` and found there again until it is installed. Both are encrypted with the
// passphrase; that of the seed is asked for.
Identity prepare_next_identity(const Environment& environment, const std::string& passphrase);
// Puts it in place; the old folder is kept aside.
void install_next_identity(const Environment& environment);
// Those that were replaced and kept aside (`identity.old-<time>/`), the newest first.
std::vector<Identity> former_identities(const Environment& environment);

void rename_identity(const Environment& environment, const std::string& name);

// Reads the seed, asking for the passphrase where it is encrypted.
PersonalSeed read_personal_seed(const Environment& environment);
// With the actor's own seed where the key is a file of ours.
PaperKey make_paper_key(const Environment& environment);
// Error(refused) where an identity exists, unless `replace`, which keeps the old folder aside. Where the
// paper does not hold the actor's key, only its public half is written: `use_key` or the agent completes it.
Identity restore_identity(const Environment& environment, const PaperKey& paper, const std::string& name,
                          const std::string& passphrase, bool replace);
// A new actor key for the person whose paper it is, beside her seed: where the old key was lost or stolen.
// Where this machine's identity has that seed and another key, as after an earlier call, it is that one.
// Error(refused) where it has another identity, unless `replace`.
Identity succeed_identity(const Environment& environment, const PaperKey& paper, const std::string& name,
                          const std::string& passphrase, bool replace);

}  // namespace bw
