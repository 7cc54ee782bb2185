#include "tlog/witness_request.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "tlog/test_log.h"

using namespace bw;

namespace {

WitnessRequest request_of(const SmallLog& log, TreeSize old_size) {
  return {old_size, consistency_proof(subtrees_of(log.leaves), old_size, log.leaves.size()),
          log.signed_checkpoint()};
}

// The signature lines with which a witness answers.
std::string answer_of(const Note& checkpoint, const NoteSigner& witness) {
  Note cosigned{checkpoint.text, {}};
  cosign(cosigned, witness, Timestamp{1'795'000'000});
  return signature_lines(cosigned.signatures);
}

WitnessAnswer answer_to(const WitnessRequest& request, const std::vector<NoteVerifier>& logs,
                        const std::optional<Checkpoint>& latest) {
  return judge(request, logs, latest).answer;
}

}  // namespace

TEST_CASE("a request to a witness reads as C2SP lays it out") {
  const SmallLog log(3);
  const std::string note = log.signed_checkpoint().bytes();
  CHECK(request_of(log, 0).text() == "old 0\n\n" + note);
  const std::string leaf = to_base64(log.leaves[2].view());
  const std::string left = to_base64(subtrees_of(log.leaves)(0, 2).view());
  CHECK(request_of(log, 2).text() == "old 2\n" + leaf + "\n\n" + note);
  CHECK(request_of(log, 1).proof.size() == 2);
  // The example of the specification, whose signatures are of keys that nobody here knows.
  const std::string example =
      "old 20852014\n"
      "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
      "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
      "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
      "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
      "\n"
      "example.com/behind-the-sofa\n"
      "20852163\n"
      "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
      "\n"
      "— example.com/behind-the-sofa "
      "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
      "— example.com/behind-the-sofa "
      "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
  const auto read = WitnessRequest::parse(example);
  REQUIRE(read);
  CHECK(read->old_size == 20852014);
  CHECK(read->proof.size() == 4);
  CHECK(read->text() == example);
  CHECK(origin_of(read->checkpoint) == "example.com/behind-the-sofa");
}

TEST_CASE("every honest request of small logs is cosigned, from every size that was cosigned before") {
  for (std::size_t size = 0; size < 20; ++size) {
    const SmallLog log(size);
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      const auto read = WitnessRequest::parse(request_of(log, old_size).text());
      REQUIRE(read);
      const SmallLog before(old_size);
      const std::optional<Checkpoint> latest =
          old_size == 0 ? std::nullopt : std::optional(before.checkpoint());
      const auto judgement = judge(*read, std::vector{log.key.verifier()}, latest);
      CHECK(judgement.answer == WitnessAnswer::cosigned);
      CHECK(judgement.checkpoint == log.checkpoint());
    }
  }
}

TEST_CASE("what is wrong with a request is told by the number that the specification gives it") {
  const SmallLog log(7);
  const SmallLog seen(4);
  const std::vector<NoteVerifier> trusted = {log.key.verifier()};
  const WitnessRequest good = request_of(log, 4);
  REQUIRE(answer_to(good, trusted, seen.checkpoint()) == WitnessAnswer::cosigned);

  CHECK(answer_to(good, {}, seen.checkpoint()) == WitnessAnswer::unknown_log);
  CHECK(answer_to(good, {fixed_signer("example.com/other", 'l').verifier()}, {}) ==
        WitnessAnswer::unknown_log);
  CHECK(answer_to(good, {fixed_signer("example.com/log", 'x').verifier()}, {}) == WitnessAnswer::not_signed);
  // One key signed, the other one is said to have and did not.
  WitnessRequest bent = good;
  const NoteVerifier second = fixed_signer("example.com/log", 'x').verifier();
  bent.checkpoint.add({second.name, second.key_id, std::string(64, 's')});
  CHECK(answer_to(bent, {log.key.verifier(), second}, seen.checkpoint()) == WitnessAnswer::not_signed);
  CHECK(answer_to(bent, trusted, seen.checkpoint()) == WitnessAnswer::cosigned);  // unknown keys say nothing

  WitnessRequest request = good;
  request.old_size = 8;
  CHECK(answer_to(request, trusted, Checkpoint{"example.com/log", 8, {}}) == WitnessAnswer::malformed);
  CHECK(answer_to(request_of(log, 3), trusted, seen.checkpoint()) == WitnessAnswer::other_size);
  CHECK(answer_to(request_of(log, 0), trusted, seen.checkpoint()) == WitnessAnswer::other_size);
  CHECK(answer_to(good, trusted, std::nullopt) == WitnessAnswer::other_size);

  request = good;
  request.proof.pop_back();
  CHECK(answer_to(request, trusted, seen.checkpoint()) == WitnessAnswer::not_consistent);
  Checkpoint other = seen.checkpoint();
  other.root = leaf_hash("another history");
  CHECK(answer_to(good, trusted, other) == WitnessAnswer::not_consistent);
  request = request_of(log, 0);
  REQUIRE(answer_to(request, trusted, std::nullopt) == WitnessAnswer::cosigned);
  request.proof.push_back(log.leaves[0]);
  CHECK(answer_to(request, trusted, std::nullopt) == WitnessAnswer::not_consistent);
  // The same size: the root must be the same, and nothing is to be proved.
  request = request_of(log, 7);
  CHECK(answer_to(request, trusted, log.checkpoint()) == WitnessAnswer::cosigned);
  other.size = 7;
  CHECK(answer_to(request, trusted, other) == WitnessAnswer::not_consistent);

  const auto signed_text = [&](const std::string& text) {
    Note note{text, {}};
    note.sign(log.key);
    return WitnessRequest{0, {}, note};
  };
  const std::string root = to_base64(leaf_hash("x").view());
  CHECK(answer_to(signed_text("example.com/log\n0\n" + root + "\n"), trusted, {}) ==
        WitnessAnswer::not_consistent);
  CHECK(answer_to(signed_text("example.com/log\n07\n" + root + "\n"), trusted, {}) ==
        WitnessAnswer::malformed);
  CHECK(answer_to(signed_text("example.com/log\n7\n" + root + "\nmore\n"), trusted, {}) ==
        WitnessAnswer::malformed);
}

TEST_CASE("a request in any other form is refused") {
  const std::string good = request_of(SmallLog(3), 1).text();
  REQUIRE(WitnessRequest::parse(good));
  const auto reason = [](const std::string& text) { return WitnessRequest::parse(text).reason(); };
  CHECK(reason("") == "a request to a witness does not begin with \"old \"");
  CHECK(reason("Old 1" + good.substr(5)) == "a request to a witness does not begin with \"old \"");
  for (const char* size : {"01", "-1", "+1", " 1", "1 ", "0x1", "", "18446744073709551616"})
    CHECK(reason("old " + std::string(size) + good.substr(5)) ==
          "the old size of a request to a witness is not a plain number");
  CHECK(reason("old 1\nAAAA\n\n" + SmallLog(3).signed_checkpoint().bytes()) ==
        "in a request to a witness a hash is not 32 bytes in base64");
  CHECK(reason("old 1\n") == "in a request to a witness no empty line follows the hashes");
  std::string many = "old 1\n";
  for (int i = 0; i < 64; ++i) many += to_base64(leaf_hash("x").view()) + "\n";
  CHECK(reason(many + "\n" + SmallLog(3).signed_checkpoint().bytes()) ==
        "in a request to a witness there are more than 63 hashes");
  CHECK(rc::check("whatever is accepted is the one text of its value", [&] {
    std::string bent = good;
    const auto at = *rc::gen::inRange<std::size_t>(0, bent.size());
    bent[at] = static_cast<char>(bent[at] ^ (1 << *rc::gen::inRange(0, 8)));
    const auto read = WitnessRequest::parse(bent);
    if (read) RC_ASSERT(read->text() == bent);
    if (read)
      RC_ASSERT(judge(*read, std::vector{SmallLog(3).key.verifier()}, SmallLog(1).checkpoint()).answer !=
                WitnessAnswer::cosigned);
  }));
}

TEST_CASE("signature lines are read as they were written") {
  Note note = SmallLog(2).signed_checkpoint();
  cosign(note, fixed_witness("witness.example/w1", 'w'), Timestamp{1679315147});
  const std::string lines = signature_lines(note.signatures);
  CHECK(note.bytes() == note.text + "\n" + lines);
  const auto read = parse_signature_lines(lines);
  REQUIRE(read);
  CHECK(*read == note.signatures);
  for (const std::string& bad : {std::string(), lines + "\n", "\n" + lines, lines.substr(1), lines + "x",
                                 lines.substr(0, lines.size() - 1), "text\n\n" + lines}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_signature_lines(bad));
  }
}

TEST_CASE("of an answer only what a known witness signed over this checkpoint is taken") {
  const Note checkpoint = SmallLog(13).signed_checkpoint();
  const NoteSigner known = fixed_witness("witness.example/w1", '1');
  const NoteSigner stranger = fixed_witness("witness.example/w2", '2');
  const std::string answer = answer_of(checkpoint, known) + answer_of(checkpoint, stranger);
  const auto taken = with_answer(checkpoint, answer, {known.verifier()});
  REQUIRE_MESSAGE(taken, taken.reason());
  CHECK(taken->signatures.size() == 2);
  CHECK(cosigned_at(*taken, known.verifier()));
  CHECK_FALSE(cosigned_at(*taken, stranger.verifier()));

  CHECK(with_answer(checkpoint, answer, {})->bytes() == checkpoint.bytes());
  CHECK_FALSE(
      with_answer(SmallLog(12).signed_checkpoint(), answer_of(checkpoint, known), {known.verifier()}));
  for (const char* bad : {"", "words\n", "— witness.example/w1 AAAA"})
    CHECK_FALSE(with_answer(checkpoint, bad, {known.verifier()}));
}

TEST_CASE("an answer cannot smuggle another checkpoint in before its signatures") {
  const Note checkpoint = SmallLog(13).signed_checkpoint();
  const NoteSigner known = fixed_witness("witness.example/w1", '1');
  const Note other = SmallLog(14).signed_checkpoint();
  CHECK_FALSE(with_answer(checkpoint, other.text + "\n" + answer_of(other, known), {known.verifier()}));
}
