// What OpenSSH writes: public and private keys, signatures. And what people type from paper.

#include "crypto/openssh_key.h"
#include "crypto/paper_key.h"
#include "crypto/personal_seed.h"
#include "crypto/sshsig.h"
#include "fuzz.h"

void fuzz(std::string_view input) {
  if (const auto did = bw::parse_public_key_line(input)) {
    MUST(bw::parse_public_key_line(bw::public_key_line(*did)));
    MUST(bw::Did::parse(did->text()));
  }
  if (const auto key = bw::parse_private_key_file(input)) {
    MUST(key->encrypted || key->secret);
    if (key->secret) MUST(key->secret->did() == key->did);
  }
  if (const auto signature = bw::sshsig::unarmor(input)) {
    MUST(bw::sshsig::unarmor(
        bw::sshsig::armor(signature->signer, signature->name_space, signature->signature)));
  }
  (void)bw::PaperKey::parse(input);
  (void)bw::PersonalSeed::parse_file(input, "");
}
