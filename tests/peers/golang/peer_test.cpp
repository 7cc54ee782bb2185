// libbw/tlog against the Go project's packages for notes and transparency logs (main.go, build.sh).

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/files.h"
#include "base/process.h"
#include "base/text.h"
#include "tlog/checkpoint.h"
#include "tlog/merkle.h"
#include "tlog/note.h"
#include "tlog/test_log.h"
#include "tlog/tiles.h"
#include "tlog/witness_request.h"

using namespace bw;

namespace {

Finished go(const std::vector<std::string>& arguments, const std::string& input) {
  Command command;
  command.arguments = {BW_GOLANG_PEER};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.input = input;
  return run(command);
}

std::string go_answer(const std::vector<std::string>& arguments, const std::string& input) {
  const Finished finished = go(arguments, input);
  REQUIRE_MESSAGE(finished.status == 0, finished.error_output);
  return finished.output;
}

NoteSigner signer(const std::string& name) {
  return NoteSigner::generate(name, [](std::size_t size) { return std::string(size, 's'); });
}

const std::string log_name = "bw/" + std::string(64, 'a');

Note signed_checkpoint() {
  Note note{Checkpoint{log_name, 1234, leaf_hash("entry")}.text(), {}};
  note.sign(signer(log_name));
  return note;
}

std::string proof_line(const std::string& kind, TreeSize size, TreeSize other,
                       const std::vector<Digest>& hashes) {
  std::string line = kind + " " + std::to_string(size) + " " + std::to_string(other);
  for (const Digest& hash : hashes) line += " " + hash.hex();
  return line + "\n";
}

}  // namespace

TEST_CASE("the root at every size is the one that Go computes") {
  std::string lines;
  std::vector<std::string> ours;
  MerkleTree tree;
  for (int i = 0; i < 1000; ++i) {
    const std::string leaf = i % 100 == 0 ? "" : R"({"event":{"n":)" + std::to_string(i) + "}}";
    lines += leaf + "\n";
    tree.append(leaf_hash(leaf));
    ours.push_back(tree.root().hex());
  }
  const std::string theirs = go_answer({"roots"}, lines);
  std::string expected;
  for (const std::string& root : ours) expected += root + "\n";
  CHECK(theirs == expected);
}

TEST_CASE("Go opens the checkpoints that we sign") {
  const Note note = signed_checkpoint();
  CHECK(go_answer({"open", signer(log_name).verifier().vkey()}, note.bytes()) == note.text);
}

TEST_CASE("Go signs with our key, and finds our signature there already") {
  const Note note = signed_checkpoint();
  CHECK(go_answer({"cosign", signer(log_name).text()}, note.bytes()) == note.bytes());
}

TEST_CASE("we verify what Go signs with a key of its own") {
  for (const std::string text :
       {"text\n", "\n", "two\n\nparts\n", "急救 — AED\n", "— looks like a signature\n"}) {
    const std::string answer = go_answer({"sign", "急救.example/log"}, text);
    const std::vector<std::string_view> lines = split(answer, '\n');
    REQUIRE(lines.size() > 2);
    const Result<NoteSigner> key = NoteSigner::parse(lines[0]);
    const Result<NoteVerifier> verifier = NoteVerifier::parse(lines[1]);
    const Result<Note> note = Note::parse(answer.substr(lines[0].size() + lines[1].size() + 2));
    REQUIRE(key);
    REQUIRE(verifier);
    REQUIRE(note);
    CHECK(key->text() == lines[0]);
    CHECK(key->verifier() == *verifier);
    CHECK(verifier->vkey() == lines[1]);
    CHECK(note->text == text);
    CHECK(note->verified_by(*verifier));
    Note same{text, {}};
    same.sign(*key);
    CHECK(same.bytes() == note->bytes());
  }
}

TEST_CASE("a note cosigned by Go carries both signatures") {
  const NoteSigner witness = signer("witness.example");
  const Result<Note> cosigned =
      Note::parse(go_answer({"cosign", witness.text()}, signed_checkpoint().bytes()));
  REQUIRE(cosigned);
  CHECK(cosigned->signatures.size() == 2);
  CHECK(cosigned->verified_by(signer(log_name).verifier()));
  CHECK(cosigned->verified_by(witness.verifier()));
  Note ours = signed_checkpoint();
  ours.sign(witness);
  CHECK(ours.bytes() == cosigned->bytes());
}

TEST_CASE("what we accept Go accepts, and reads alike") {
  const std::string bytes = signed_checkpoint().bytes();
  const NoteVerifier verifier = signer(log_name).verifier();
  CHECK(rc::check("mutated notes", [&] {
    std::string mutated = bytes;
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    const auto piece =
        *rc::gen::element<std::string>("\n", "\n\n", " ", "+", "\r", "\t", "\u2003", "\u00a0", "A", "=",
                                       "\xff", "— w Zm9vYmE=\n", "— ", std::string(1, '\0'));
    mutated.replace(at, *rc::gen::inRange<std::size_t>(0, 3), piece);
    const Result<Note> note = Note::parse(mutated);
    const Finished theirs = go({"open", verifier.vkey()}, mutated);
    const bool ours = note && note->verified_by(verifier);
    RC_ASSERT(ours == (theirs.status == 0));
    if (ours) RC_ASSERT(theirs.output == note->text);
  }));
}

TEST_CASE("Go makes the proofs that we make, of every entry and every beginning of every tree up to 70") {
  const SmallLog log(70);
  std::string lines;
  std::string ours;
  for (TreeSize size = 1; size <= log.leaves.size(); ++size) {
    lines += "leaf " + std::to_string(size - 1) + "\n";
    for (TreeSize index = 0; index < size; ++index) {
      ours += proof_line("record", size, index, inclusion_proof(subtrees_of(log.leaves), index, size));
      ours +=
          proof_line("tree", size, index + 1, consistency_proof(subtrees_of(log.leaves), index + 1, size));
    }
  }
  CHECK(go_answer({"proofs"}, lines) == ours);
}

TEST_CASE("what we think of a proof, true or bent, Go thinks as well") {
  const SmallLog log(200);
  std::string asked;
  std::string ours;
  CHECK(rc::check("bent in any way", [&] {
    const TreeSize size = *rc::gen::inRange<TreeSize>(1, 200);
    TreeSize other = *rc::gen::inRange<TreeSize>(1, size + 1);
    const bool record = *rc::gen::arbitrary<bool>();
    if (record) --other;
    Digest root = root_of(std::span(log.leaves).first(size));
    Digest claimed = record ? log.leaves[other] : root_of(std::span(log.leaves).first(other));
    auto hashes = record ? inclusion_proof(subtrees_of(log.leaves), other, size)
                         : consistency_proof(subtrees_of(log.leaves), other, size);
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
        root.bytes[3] ^= 1;
        break;
      case 1:
        claimed.bytes[3] ^= 1;
        break;
      case 2:
        hashes.push_back(root);
        break;
      case 3:
        if (!hashes.empty()) hashes.pop_back();
        break;
      case 4:
        if (!hashes.empty()) hashes[*rc::gen::inRange<std::size_t>(0, hashes.size())].bytes[0] ^= 1;
        break;
      default:
        break;  // true
    }
    const bool holds =
        record ? includes(size, root, other, claimed, hashes) : extends(other, claimed, size, root, hashes);
    hashes.insert(hashes.begin(), {root, claimed});
    asked += proof_line(record ? "record" : "tree", size, other, hashes);
    ours += holds ? "yes\n" : "no\n";
  }));
  CHECK(go_answer({"check"}, asked) == ours);
  CHECK(ours.find("yes") != std::string::npos);
  CHECK(ours.find("no") != std::string::npos);
}

TEST_CASE("Go reads our tiles, and checks them against the root") {
  for (const TreeSize size : {1u, 255u, 256u, 257u, 66'000u}) {
    const TemporaryFolder folder;
    const SmallLog log(size);
    TileWriter writer([&](const std::string& path, std::string_view bytes) {
      std::filesystem::create_directories((folder.path() / path).parent_path());
      std::ofstream(folder.path() / path, std::ios::binary) << bytes;
    });
    std::string expected;
    for (TreeSize i = 0; i < size; ++i) {
      writer.append("leaf " + std::to_string(i));
      expected += log.leaves[i].hex() + "\n";
    }
    writer.finish();
    const std::string root = root_of(log.leaves).hex();
    CHECK(go_answer({"tiles", folder.path(), std::to_string(size), root}, "") == expected);
    CHECK(go({"tiles", folder.path(), std::to_string(size), log.leaves[0].hex()}, "").status ==
          (size == 1 ? 0 : 1));
  }
}

TEST_CASE("Go finds the time in our cosignatures, and none where a byte was changed") {
  const NoteSigner witness = fixed_witness("witness.example/急救", 'w');
  Note note = signed_checkpoint();
  cosign(note, witness, Timestamp{1679315147});
  CHECK(go_answer({"cosigned", witness.verifier().vkey()}, note.bytes()) == "1679315147\n");
  CHECK(go_answer({"open", signer(log_name).verifier().vkey()}, note.bytes()) == note.text);
  note.signatures.back().signature[7] ^= 1;
  CHECK(go({"cosigned", witness.verifier().vkey()}, note.bytes()).status == 1);
}

TEST_CASE("Go refuses the notes that we refuse") {
  const std::string bytes = signed_checkpoint().bytes();
  const std::string line = bytes.substr(bytes.find("—"));
  const std::string vkey = signer(log_name).verifier().vkey();
  for (const std::string& bad :
       {std::string(), bytes + "x", bytes + "\n", bytes.substr(0, bytes.size() - 1), line, "text\n" + line,
        "te\txt\n\n" + line, "text\r\n\r\n" + line, "te\xffxt\n\n" + line, "other text\n\n" + line}) {
    CAPTURE(bad);
    CHECK(go({"open", vkey}, bad).status == 1);
    const Result<Note> note = Note::parse(bad);
    CHECK_FALSE((note && note->verified_by(signer(log_name).verifier())));
  }
}

TEST_CASE("we count the cosignature of a witness that Go made") {
  const std::string answer =
      go_answer({"witness", "急救.example/w1", "1679315147"}, signed_checkpoint().bytes());
  const std::size_t end = answer.find('\n');
  const auto witness = NoteVerifier::parse(answer.substr(0, end), NoteKeyType::cosignature);
  const auto note = Note::parse(std::string_view(answer).substr(end + 1));
  REQUIRE(witness);
  REQUIRE(note);
  CHECK(note->verified_by(signer(log_name).verifier()));
  CHECK(cosigned_at(*note, *witness) == Timestamp{1679315147});
  CHECK(cosigned(*note, WitnessRule::at_least(1, {*witness})).enough);
  // The line alone, as the body of an answer.
  const auto lines = parse_signature_lines(signature_lines({note->signatures.back()}));
  REQUIRE(lines);
  Note taken = signed_checkpoint();
  taken.add(lines->front());
  CHECK(taken.bytes() == note->bytes());
}

TEST_CASE("a log that Go keeps asks our witness, from every size that it may have cosigned before") {
  const SmallLog ours(20);
  std::string leaves;
  for (std::size_t i = 0; i < ours.leaves.size(); ++i) leaves += "leaf " + std::to_string(i) + "\n";
  for (TreeSize old_size = 0; old_size <= ours.leaves.size(); ++old_size) {
    const std::string answer = go_answer({"ask", "go.example/log", std::to_string(old_size)}, leaves);
    const std::size_t end = answer.find('\n');
    const auto key = NoteVerifier::parse(answer.substr(0, end));
    const auto request = WitnessRequest::parse(std::string_view(answer).substr(end + 1));
    REQUIRE(key);
    REQUIRE_MESSAGE(request, request.reason());
    CHECK(request->text() == answer.substr(end + 1));
    CHECK(request->proof == consistency_proof(subtrees_of(ours.leaves), old_size, ours.leaves.size()));
    const auto seen = [&](const Digest& root) {
      return old_size == 0 ? std::nullopt : std::optional(Checkpoint{"go.example/log", old_size, root});
    };
    const auto leaves_seen = std::span(ours.leaves).first(old_size);
    CHECK(judge(*request, std::vector{*key}, seen(root_of(leaves_seen))).answer == WitnessAnswer::cosigned);
    if (old_size > 0) {
      CHECK(judge(*request, std::vector{*key}, seen(leaf_hash("another history"))).answer ==
            WitnessAnswer::not_consistent);
    }
  }
}
