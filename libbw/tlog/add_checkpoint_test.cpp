#include "tlog/add_checkpoint.h"

#include <doctest/doctest.h>

#include "tlog/test_log.h"

using namespace bw;

namespace {

AddCheckpoint request_of(const SmallLog& log, TreeSize old_size) {
  return {old_size, consistency_proof(subtrees_of(log.leaves), old_size, log.leaves.size()),
          log.signed_checkpoint()};
}

// The signature lines that a witness answers with.
std::string answer_of(const Note& checkpoint, const NoteSigner& witness) {
  Note cosigned_note{checkpoint.text, {}};
  cosign(cosigned_note, witness, Timestamp{1'795'000'000});
  const std::string bytes = cosigned_note.bytes();
  return bytes.substr(checkpoint.text.size() + 1);
}

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

}  // namespace

TEST_CASE("the request of the specification's example is read and written again") {
  const auto request = AddCheckpoint::parse(example);
  REQUIRE_MESSAGE(request, request.reason());
  CHECK(request->old_size == 20852014);
  CHECK(request->proof.size() == 4);
  CHECK(request->checkpoint.signatures.size() == 2);
  CHECK(request->text() == example);
}

TEST_CASE("a request carries the proof that the log only grew") {
  const SmallLog log(13);
  for (TreeSize old_size = 0; old_size <= log.leaves.size(); ++old_size) {
    const auto request = AddCheckpoint::parse(request_of(log, old_size).text());
    REQUIRE_MESSAGE(request, request.reason());
    CHECK(extends(old_size, root_of(std::span(log.leaves).first(old_size)), 13, log.checkpoint().root,
                  request->proof));
  }
  CHECK(request_of(log, 0).proof.empty());
}

TEST_CASE("what is not exactly a request is refused with the reason") {
  const std::string good = request_of(SmallLog(13), 5).text();
  CHECK(AddCheckpoint::parse(good));
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = good;
    return changed.replace(changed.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), with("old 5", "old 05"), with("old 5", "old +5"), with("old 5", "old 14"),
        with("old 5", "old  5"), with("old 5", "size 5"), with("old 5\n", ""), with("old 5\n", "old 5\n!\n"),
        with("\n\n", "\n"), good.substr(0, good.size() - 1), good + "\n", "\n" + good}) {
    CAPTURE(bad);
    CHECK_FALSE(AddCheckpoint::parse(bad));
  }
  std::string many = "old 5\n";
  for (int i = 0; i < 64; ++i) many += "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
  CHECK(AddCheckpoint::parse(many + good.substr(good.find("\n\n") + 1)).reason() ==
        "a consistency proof has more than 63 hashes");
}

TEST_CASE("of an answer only what a known witness signed over this checkpoint is taken") {
  const Note checkpoint = SmallLog(13).signed_checkpoint();
  const NoteSigner known = fixed_witness("witness.example/w1", '1');
  const NoteSigner stranger = fixed_witness("witness.example/w2", '2');
  const std::string answer = answer_of(checkpoint, known) + answer_of(checkpoint, stranger);
  const auto taken = take_cosignatures(checkpoint, answer, {known.verifier()});
  REQUIRE_MESSAGE(taken, taken.reason());
  CHECK(taken->signatures.size() == 2);
  CHECK(cosigned_at(*taken, known.verifier()));
  CHECK_FALSE(cosigned_at(*taken, stranger.verifier()));

  CHECK(take_cosignatures(checkpoint, answer, {})->bytes() == checkpoint.bytes());
  CHECK_FALSE(
      take_cosignatures(SmallLog(12).signed_checkpoint(), answer_of(checkpoint, known), {known.verifier()}));
  for (const char* bad : {"", "words\n", "— witness.example/w1 AAAA"})
    CHECK_FALSE(take_cosignatures(checkpoint, bad, {known.verifier()}));
}

TEST_CASE("an answer cannot smuggle another checkpoint in before its signatures") {
  const Note checkpoint = SmallLog(13).signed_checkpoint();
  const NoteSigner known = fixed_witness("witness.example/w1", '1');
  const Note other = SmallLog(14).signed_checkpoint();
  CHECK_FALSE(take_cosignatures(checkpoint, other.text + "\n" + answer_of(other, known), {known.verifier()}));
}
