// libbw/tlog against the Go project's packages for notes and transparency logs (main.go, build.sh).

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/process.h"
#include "base/text.h"
#include "tlog/checkpoint.h"
#include "tlog/merkle.h"
#include "tlog/note.h"

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
