#include "tlog/checkpoint.h"

#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace bw;

namespace {

struct Refused {
  std::string text;
  const char* reason;  // how it begins
};

const std::string root_text = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
const std::string empty_root_text = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

}  // namespace

TEST_CASE("the example of the specification is a checkpoint") {
  // c2sp.org/tlog-checkpoint
  const std::string example =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
      "— example.com/behind-the-sofa "
      "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
  const Result<Note> note = Note::parse(example);
  REQUIRE(note);
  CHECK(note->bytes() == example);
  const Result<Checkpoint> checkpoint = Checkpoint::parse(note->text);
  REQUIRE(checkpoint);
  CHECK(checkpoint->origin == "example.com/behind-the-sofa");
  CHECK(checkpoint->size == 20852163);
  CHECK(checkpoint->root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
  CHECK(checkpoint->text() == note->text);
}

TEST_CASE("a checkpoint reads back from its text") {
  CHECK(rc::check("round trip", [](TreeSize size, const std::string& seed) {
    const Checkpoint checkpoint{"bw/" + sha256(seed).hex(), size,
                                size == 0 ? MerkleTree().root() : leaf_hash(seed)};
    const Result<Checkpoint> again = Checkpoint::parse(checkpoint.text());
    RC_ASSERT(again);
    RC_ASSERT(*again == checkpoint);
  }));
  CHECK(Checkpoint::parse("o\n0\n" + empty_root_text + "\n"));
  CHECK(Checkpoint::parse("o\n18446744073709551615\n" + root_text + "\n")->size ==
        std::numeric_limits<TreeSize>::max());
}

TEST_CASE("a checkpoint has one text") {
  CHECK(rc::check("one changed byte is refused or another checkpoint", [] {
    std::string text =
        Checkpoint{"bw/o", *rc::gen::arbitrary<std::uint32_t>() + TreeSize{1}, leaf_hash("x")}.text();
    text[*rc::gen::inRange<std::size_t>(0, text.size())] =
        *rc::gen::element('0', '9', '\n', '+', '=', '/', 'A', ' ', '-', '\r', '\0');
    if (const Result<Checkpoint> checkpoint = Checkpoint::parse(text)) RC_ASSERT(checkpoint->text() == text);
  }));
}

TEST_CASE("what is not a checkpoint is refused with a fitting reason") {
  const Refused refused[] = {
      {"", "a checkpoint is not three lines"},
      {"\n", "a checkpoint is not three lines"},
      {"o\n1\n", "a checkpoint is not three lines"},
      {"o\n1\n" + root_text, "a checkpoint is not three lines"},
      {"o\n1\n" + root_text + "\nmore\n", "a checkpoint has extension lines"},
      {"o\n1\n" + root_text + "\n\n", "a checkpoint has extension lines"},
      {"o\n1\n" + root_text + "\n\n— o AAAA\n", "a checkpoint has extension lines"},
      {"\n1\n" + root_text + "\n", "the origin of a checkpoint is empty"},
      {"o\n\n" + root_text + "\n", "the tree size"},
      {"o\n01\n" + root_text + "\n", "the tree size"},
      {"o\n-1\n" + root_text + "\n", "the tree size"},
      {"o\n+1\n" + root_text + "\n", "the tree size"},
      {"o\n1 \n" + root_text + "\n", "the tree size"},
      {"o\n1.0\n" + root_text + "\n", "the tree size"},
      {"o\n0x1\n" + root_text + "\n", "the tree size"},
      {"o\n１\n" + root_text + "\n", "the tree size"},
      {"o\n18446744073709551616\n" + root_text + "\n", "the tree size"},
      {"o\n1\n\n", "the root hash"},
      {"o\n1\n" + root_text.substr(0, 43) + "\n", "the root hash"},
      {"o\n1\nAAAA\n", "the root hash"},
      {"o\n1\nAAAA" + root_text + "\n", "the root hash"},
      {"o\n1\n" + root_text + "\r\n", "the root hash"},
      {"o\r\n1\r\n" + root_text + "\r\n", "the tree size"},
      {"o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "the root hash"},  // spare bits set
      {"o\n0\n" + root_text + "\n", "the root hash of an empty checkpoint"},
  };
  for (const Refused& each : refused) {
    CAPTURE(each.text);
    CHECK_FALSE(Checkpoint::parse(each.text));
    CHECK(Checkpoint::parse(each.text).reason().starts_with(each.reason));
  }
}
