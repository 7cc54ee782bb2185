// Requests to witnesses, and their answers.

#include "tlog/add_checkpoint.h"

#include "fuzz.h"

void fuzz(std::string_view input) {
  const auto witness = bw::NoteVerifier::make("witness.example/w1", {1, 2, 3}, bw::NoteKeyType::cosignature);
  if (const auto request = bw::AddCheckpoint::parse(input)) {
    MUST(request->text() == input);
    if (const auto taken = bw::take_cosignatures(request->checkpoint, input, {witness}))
      MUST(taken->text == request->checkpoint.text);
  }
  const bw::Note checkpoint{"example.com/log\n1\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n", {}};
  if (const auto taken = bw::take_cosignatures(checkpoint, input, {witness}))
    MUST(taken->text == checkpoint.text && taken->signatures.empty());
}
