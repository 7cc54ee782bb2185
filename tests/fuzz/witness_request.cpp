// Requests to a witness, and the signature lines with which one answers.

#include "tlog/witness_request.h"

#include "fuzz.h"

void fuzz(std::string_view input) {
  if (const auto request = bw::WitnessRequest::parse(input)) {
    MUST(request->text() == input);
    const auto key = bw::NoteVerifier::make(std::string("example.com/log"), {1, 2, 3});
    MUST(bw::judge(*request, std::vector{key}, std::nullopt).answer != bw::WitnessAnswer::cosigned);
  }
  if (const auto lines = bw::parse_signature_lines(input)) MUST(bw::signature_lines(*lines) == input);
  // Nobody can forge the word of this witness.
  const auto witness = bw::NoteVerifier::make("witness.example/w1", {1, 2, 3}, bw::NoteKeyType::cosignature);
  const bw::Note checkpoint{"example.com/log\n1\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n", {}};
  if (const auto taken = bw::with_answer(checkpoint, input, {witness}))
    MUST(taken->text == checkpoint.text && taken->signatures.empty());
}
