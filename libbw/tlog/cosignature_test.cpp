#include "tlog/cosignature.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"
#include "tlog/test_log.h"

using namespace bw;

namespace {

const Timestamp then{1679315147};

std::vector<NoteVerifier> verifiers(const std::vector<NoteSigner>& witnesses) {
  std::vector<NoteVerifier> result;
  for (const NoteSigner& each : witnesses) result.push_back(each.verifier());
  return result;
}

}  // namespace

TEST_CASE("a cosigned checkpoint is still the log's note, and says when the witness saw it") {
  const SmallLog log(9);
  const NoteSigner witness = fixed_witness("witness.example/w1", 'w');
  Note note = log.signed_checkpoint();
  CHECK_FALSE(cosigned_at(note, witness.verifier()));
  cosign(note, witness, then);
  const Result<Note> read = Note::parse(note.bytes());
  REQUIRE(read);
  CHECK(read->verified_by(log.key.verifier()));
  CHECK(cosigned_at(*read, witness.verifier()) == then);
  cosign(note, witness, Timestamp{then.seconds + 60});  // the later one takes the place of the first
  CHECK(note.signatures.size() == 2);
  CHECK(cosigned_at(note, witness.verifier()) == Timestamp{then.seconds + 60});
}

TEST_CASE("what is signed is what C2SP writes down") {
  const SmallLog log(3);
  const NoteSigner witness = fixed_witness("witness.example/w1", 'w');
  Note note = log.signed_checkpoint();
  cosign(note, witness, then);
  const std::string& bytes = note.signatures.back().signature;
  REQUIRE(bytes.size() == 72);
  CHECK(bytes.substr(0, 8) ==
        std::string("\0\0\0\0\x64\x18\x50\xcb", 8));  // as in the specification's example
  Signature signature{};
  std::copy(bytes.begin() + 8, bytes.end(), signature.begin());
  CHECK(verify_ed25519(witness.verifier().public_key, "cosignature/v1\ntime 1679315147\n" + note.text,
                       signature));
}

TEST_CASE("keys of logs and of witnesses do not stand in for each other") {
  const NoteSigner witness = fixed_witness("example.com/log", 'l');
  const NoteSigner log = fixed_signer("example.com/log", 'l');
  CHECK(witness.verifier().key_id != log.verifier().key_id);
  CHECK_FALSE(NoteVerifier::parse(witness.verifier().vkey()));
  CHECK_FALSE(NoteVerifier::parse(log.verifier().vkey(), NoteKeyType::cosignature));
  CHECK(*NoteVerifier::parse(witness.verifier().vkey(), NoteKeyType::cosignature) == witness.verifier());
  CHECK(NoteSigner::parse(witness.text(), NoteKeyType::cosignature)->text() == witness.text());
  CHECK_FALSE(NoteSigner::parse(witness.text()));
  Note note = SmallLog(2).signed_checkpoint();
  CHECK_THROWS_AS(note.sign(witness), Error);
  CHECK_THROWS_AS(cosign(note, log, then), Error);
  CHECK_FALSE(note.verified_by(witness.verifier()));
  CHECK_FALSE(cosigned_at(note, log.verifier()));
}

TEST_CASE("only checkpoints are cosigned") {
  Note note{"anything\n", {}};
  CHECK_THROWS_AS(cosign(note, fixed_witness("w", 'w'), then), Error);
}

TEST_CASE("a changed time, root, signature or length makes a cosignature worthless") {
  const NoteSigner witness = fixed_witness("witness.example/w1", 'w');
  Note note = SmallLog(5).signed_checkpoint();
  cosign(note, witness, then);
  CHECK(rc::check("any byte of the signature", [&] {
    Note changed = note;
    auto& bytes = changed.signatures.back().signature;
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= static_cast<char>(1 << *rc::gen::inRange(0, 8));
    RC_ASSERT(!cosigned_at(changed, witness.verifier()));
  }));
  Note longer = note;
  longer.signatures.back().signature += '\0';
  CHECK_FALSE(cosigned_at(longer, witness.verifier()));
  Note other = note;
  other.text = SmallLog(6).checkpoint().text();
  CHECK_FALSE(cosigned_at(other, witness.verifier()));
  Note twice = note;  // a bad line beside the good one is a malformed note
  twice.signatures.push_back(note.signatures.back());
  twice.signatures.back().signature[20] ^= 1;
  CHECK_FALSE(cosigned_at(twice, witness.verifier()));
}

TEST_CASE("a quorum counts witnesses, not signatures, names or types of keys") {
  const std::vector<NoteSigner> three = {fixed_witness("w1", '1'), fixed_witness("w2", '2'),
                                         fixed_witness("w3", '3')};
  Note note = SmallLog(5).signed_checkpoint();
  const WitnessRule two_of_three = WitnessRule::at_least(2, verifiers(three));
  CHECK_FALSE(cosigned(note, two_of_three).enough);
  cosign(note, three[2], then);
  cosign(note, fixed_witness("stranger", 's'), then);
  CHECK_FALSE(cosigned(note, two_of_three).enough);
  cosign(note, three[0], Timestamp{then.seconds + 1});
  const Cosigned both = cosigned(note, two_of_three);
  CHECK(both.enough);
  CHECK(both.by == std::vector<Cosigned::By>{{"w1", Timestamp{then.seconds + 1}}, {"w3", then}});
  CHECK(cosigned(note, {}).enough);

  // One key under two names is one witness.
  const NoteSigner again = fixed_witness("w1-again", '1');
  const WitnessRule doubled = WitnessRule::at_least(2, verifiers({three[0], again}));
  cosign(note, again, then);
  CHECK_FALSE(cosigned(note, doubled).enough);
}
