#include "tlog/tlog_proof.h"

#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "tlog/test_log.h"

using namespace bw;

namespace {

const Timestamp then{1679315147};

TlogProof proof_of(const SmallLog& log, TreeSize index) {
  TlogProof proof;
  proof.index = index;
  proof.hashes = inclusion_proof(subtrees_of(log.leaves), index, log.leaves.size());
  proof.checkpoint = log.signed_checkpoint();
  return proof;
}

ProofPolicy trust_in(const SmallLog& log) {
  return {log.key.verifier().name, {log.key.verifier()}, {}};
}

}  // namespace

TEST_CASE("a proof reads as C2SP lays it out") {
  const SmallLog log(3);
  TlogProof proof = proof_of(log, 2);
  const std::string hash = to_base64(subtrees_of(log.leaves)(0, 2).view());
  CHECK(proof.text() ==
        "c2sp.org/tlog-proof@v1\nindex 2\n" + hash + "\n\n" + log.signed_checkpoint().bytes());
  proof.extra = "急救";
  CHECK(proof.text() == "c2sp.org/tlog-proof@v1\nextra 5oCl5pWR\nindex 2\n" + hash + "\n\n" +
                            log.signed_checkpoint().bytes());
  CHECK(proof_of(SmallLog(1), 0).text() ==
        "c2sp.org/tlog-proof@v1\nindex 0\n\n" + SmallLog(1).signed_checkpoint().bytes());
}

TEST_CASE("every proof of every small log is read back and holds") {
  for (std::size_t size = 1; size < 20; ++size) {
    const SmallLog log(size);
    for (TreeSize index = 0; index < size; ++index) {
      const TlogProof proof = proof_of(log, index);
      const Result<TlogProof> read = TlogProof::parse(proof.text());
      REQUIRE(read);
      CHECK(read->text() == proof.text());
      const auto proven = check_proof(*read, log.leaves[index], trust_in(log));
      REQUIRE(proven);
      CHECK(proven->checkpoint == log.checkpoint());
      CHECK_FALSE(check_proof(*read, leaf_hash("another entry"), trust_in(log)));
    }
  }
}

TEST_CASE("a proof says why it proves nothing") {
  const SmallLog log(7);
  const TlogProof proof = proof_of(log, 3);
  const Digest& leaf = log.leaves[3];
  const auto reason = [&](const TlogProof& any, const ProofPolicy& policy) {
    return check_proof(any, leaf, policy).reason();
  };
  ProofPolicy policy = trust_in(log);
  policy.origin = "bw/another";
  CHECK(reason(proof, policy) == "the checkpoint is of the log example.com/log, not of bw/another");
  policy = trust_in(log);
  policy.logs = {fixed_signer("example.com/log", 'x').verifier()};
  CHECK(reason(proof, policy) == "no trusted key of the log signed the checkpoint");
  TlogProof wrong = proof;
  wrong.index = 4;
  CHECK(reason(wrong, trust_in(log)) ==
        "the hashes do not lead from the entry at index 4 to the checkpoint's root");
  policy = trust_in(log);
  const NoteSigner witness = fixed_witness("w1", 'w');
  policy.witnesses = WitnessRule::at_least(1, {witness.verifier()});
  CHECK(reason(proof, policy) == "too few witnesses cosigned the checkpoint: 0");
  TlogProof with_witness = proof;
  cosign(with_witness.checkpoint, witness, then);
  CHECK(check_proof(with_witness, leaf, policy)->cosigned.by.front().at == then);
}

TEST_CASE("other texts for the same proof, and texts for none, are refused") {
  const SmallLog log(7);
  const std::string good = proof_of(log, 3).text();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return TlogProof::parse(text);
  };
  REQUIRE(TlogProof::parse(good));
  CHECK_FALSE(with("@v1", "@v2"));
  CHECK_FALSE(with("index 3", "index 03"));
  CHECK_FALSE(with("index 3", "index +3"));
  CHECK_FALSE(with("index 3", "index 3 "));
  CHECK_FALSE(with("index 3", "index 18446744073709551616"));
  CHECK_FALSE(with("index 3", "extra \nindex 3"));
  CHECK_FALSE(with("index 3", "extra !\nindex 3"));
  CHECK_FALSE(with("index 3", "extra QQ==\nextra QQ==\nindex 3"));
  CHECK_FALSE(with("\n\n", "\n\n\n"));
  CHECK_FALSE(with("\n\n", "\r\n\n"));
  CHECK_FALSE(TlogProof::parse(""));
  CHECK_FALSE(TlogProof::parse("c2sp.org/tlog-proof@v1\nindex 0\n"));
  std::string many = "c2sp.org/tlog-proof@v1\nindex 0\n";
  for (int i = 0; i < 64; ++i) many += to_base64(log.leaves[0].view()) + "\n";
  CHECK(TlogProof::parse(many + "\n" + log.signed_checkpoint().bytes()).reason() ==
        "in a proof there are more than 63 hashes");
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    const auto truncated = TlogProof::parse(std::string_view(good).substr(0, cut));
    const bool proves = truncated && check_proof(*truncated, log.leaves[3], trust_in(log));
    CHECK_FALSE(proves);
  }
  CHECK(rc::check("a changed byte is refused or proves nothing", [&] {
    std::string text = good;
    text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    const auto read = TlogProof::parse(text);
    if (text != good && read) {
      RC_ASSERT(read->text() == text);
      RC_ASSERT(!check_proof(*read, log.leaves[3], trust_in(log)));
    }
  }));
}
