// Signed notes, checkpoints, cosignatures, keys of both types, and trust policies.

#include "fuzz.h"
#include "tlog/cosignature.h"
#include "tlog/policy.h"

void fuzz(std::string_view input) {
  if (const auto note = bw::Note::parse(input)) {
    MUST(note->bytes() == input);
    if (const auto checkpoint = bw::Checkpoint::parse(note->text)) MUST(checkpoint->text() == note->text);
    for (const auto type : {bw::NoteKeyType::ed25519, bw::NoteKeyType::cosignature}) {
      const auto key = bw::NoteVerifier::make("witness.example/w1", {1, 2, 3}, type);
      MUST(!note->verified_by(key));
      MUST(!bw::cosigned_at(*note, key));
    }
  }
  for (const auto type : {bw::NoteKeyType::ed25519, bw::NoteKeyType::cosignature}) {
    if (const auto key = bw::NoteVerifier::parse(input, type)) MUST(key->vkey() == input);
    if (const auto key = bw::NoteSigner::parse(input, type)) MUST(key->text() == input);
  }
  (void)bw::TlogPolicy::parse(input);
}
