#include "tlog/note.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "base/error.h"

using namespace bw;

namespace {

struct Refused {
  std::string text;
  const char* reason;  // how it begins
};

// Every key a fixed one: the n-th signer's seed is n repeated.
NoteSigner signer(const std::string& name, char seed = 7) {
  return NoteSigner::generate(name, [seed](std::size_t size) { return std::string(size, seed); });
}

const std::string log_name = "bw/" + std::string(64, 'a');

// c2sp.org/signed-note, "Example"
const std::string example_vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const std::string example_note =
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

// golang.org/x/mod/sumdb/note, ExampleSign and ExampleOpen
const std::string go_signer =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const std::string go_vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const std::string go_text =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
const std::string go_note =
    go_text +
    "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

rc::Gen<std::string> any_text() {
  const auto line =
      rc::gen::element<std::string>("", "bw/o", "— not a signature", "急救 AED", "—", "a\u00a0b", "\x7f");
  return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(line)),
                      [](const std::vector<std::string>& lines) {
                        std::string text;
                        for (const std::string& each : lines) text += each + "\n";
                        return text;
                      });
}

}  // namespace

TEST_CASE("the key of the specification verifies its example") {
  const Result<NoteVerifier> verifier = NoteVerifier::parse(example_vkey);
  REQUIRE(verifier);
  CHECK(verifier->name == "example.com/foo");
  CHECK(verifier->key_id == 0x530d903a);
  CHECK(verifier->vkey() == example_vkey);
  CHECK(NoteVerifier::make("example.com/foo", verifier->public_key) == *verifier);

  const Result<Note> note = Note::parse(example_note);
  REQUIRE(note);
  CHECK(note->text == "This is an example message.\n");
  REQUIRE(note->signatures.size() == 1);
  CHECK(note->signatures[0].name == "example.com/foo");
  CHECK(note->signatures[0].key_id == 0x530d903a);
  CHECK(note->verified_by(*verifier));
  CHECK(note->bytes() == example_note);
}

TEST_CASE("Go's signing key signs the same bytes here") {
  const Result<NoteSigner> key = NoteSigner::parse(go_signer);
  REQUIRE(key);
  CHECK(key->text() == go_signer);
  CHECK(key->verifier().vkey() == go_vkey);
  Note note{go_text, {}};
  note.sign(*key);
  CHECK(note.bytes() == go_note);
}

TEST_CASE("a signed note reads back and verifies, for its signers only") {
  CHECK(rc::check("sign, write, parse, verify", [] {
    Note note{*any_text(), {}};
    const int count = *rc::gen::inRange(1, 5);
    for (int i = 0; i < count; ++i) note.sign(signer(log_name, static_cast<char>(i)));
    const std::string bytes = note.bytes();
    const Result<Note> again = Note::parse(bytes);
    RC_ASSERT(again);
    RC_ASSERT(again->text == note.text);
    RC_ASSERT(again->signatures == note.signatures);
    RC_ASSERT(again->bytes() == bytes);
    for (int i = 0; i < 5; ++i) {
      RC_ASSERT(again->verified_by(signer(log_name, static_cast<char>(i)).verifier()) == (i < count));
    }
  }));
}

TEST_CASE("any changed byte of a note fails") {
  Note note{"bw/o\n1\n急救\n\nmore\n", {}};
  note.sign(signer(log_name));
  const std::string bytes = note.bytes();
  const NoteVerifier verifier = signer(log_name).verifier();
  REQUIRE(Note::parse(bytes)->verified_by(verifier));
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = bytes;
      changed[place] = static_cast<char>(byte);
      if (changed == bytes) continue;
      const Result<Note> parsed = Note::parse(changed);
      if (parsed && parsed->verified_by(verifier)) FAIL("byte " << byte << " at " << place);
      if (parsed && parsed->bytes() != changed) FAIL("another text for byte " << byte << " at " << place);
    }
  }
}

TEST_CASE("a note cut off or with something after it is none") {
  for (std::size_t size = 0; size < example_note.size(); ++size)
    CHECK_FALSE(Note::parse(example_note.substr(0, size)));
  for (const char* garbage : {"\n", "x", "x\n", " ", "— a b\n", "\n\n", "\ntext\n"}) {
    CAPTURE(garbage);
    CHECK_FALSE(Note::parse(example_note + garbage));
  }
}

TEST_CASE("what is not a note is refused with a fitting reason") {
  const std::string line = example_note.substr(example_note.find("—"));
  const std::string signature = line.substr(line.rfind(' ') + 1);
  const Refused refused[] = {
      {"", "a note has no empty line"},
      {"text\n", "a note has no empty line"},
      {"text\n" + line, "a note has no empty line"},
      {line, "a note has no empty line"},
      {"\n" + line, "a note has no empty line"},
      {"text\n\n", "a note has no signature"},
      {"text\n\n\n", "a note has no signature"},
      {"text\r\n\r\n" + line, "a note holds a control character"},
      {"te\txt\n\n" + line, "a note holds a control character"},
      {"te\x1bxt\n\n" + line, "a note holds a control character"},
      {std::string("te\0xt\n\n", 7) + line, "a note holds a control character"},
      {"te\xffxt\n\n" + line, "a note is not UTF-8"},
      {"te\xC0\xAFxt\n\n" + line, "a note is not UTF-8"},
      {"te\xED\xA0\x80xt\n\n" + line, "a note is not UTF-8"},
      {"text\n\n" + line.substr(0, line.size() - 1), "a note does not end with a line"},
      {"text\n\n- a " + signature, "a signature line of a note does not begin"},
      {"text\n\n—a " + signature, "a signature line of a note does not begin"},
      {"text\n\n " + line, "a signature line of a note does not begin"},
      {"text\n\n—  " + signature, "a signature line of a note lacks a key name"},
      {"text\n\n— " + signature, "a signature line of a note lacks a key name"},
      {"text\n\n— a+b " + signature, "a signature line of a note lacks a key name"},
      {"text\n\n— a\u00a0b " + signature, "a signature line of a note lacks a key name"},
      {"text\n\n— a\u2003b " + signature, "a signature line of a note lacks a key name"},
      {"text\n\n— a\u3000b " + signature, "a signature line of a note lacks a key name"},
      {"text\n\n— a\u0085b " + signature, "a signature line of a note lacks a key name"},
      {"text\n\n— a\u2028b " + signature, "a signature line of a note lacks a key name"},
      {"text\n\n— a b " + signature, "a signature of a note is not in base64"},
      {"text\n\n— a  " + signature, "a signature of a note is not in base64"},
      {"text\n\n— a Zm9vYg\n", "a signature of a note is not in base64"},
      {"text\n\n— a Zm9vYmFyZh==\n", "a signature of a note is not in base64"},
      {"text\n\n— a !\n", "a signature of a note is not in base64"},
      {"text\n\n— a \n", "a signature of a note is too short"},
      {"text\n\n— a Zm9vYg==\n", "a signature of a note is too short"},
  };
  for (const Refused& each : refused) {
    CAPTURE(each.text);
    CHECK_FALSE(Note::parse(each.text));
    CHECK(Note::parse(each.text).reason().starts_with(each.reason));
  }
}

TEST_CASE("a note is bounded, and holds what the specification asks readers to take") {
  const std::string post_quantum = to_base64(std::string(5000, 'q'));
  std::string sixteen = "text\n\n";
  for (int i = 0; i < 16; ++i)
    sixteen += "— witness.example/" + std::to_string(i) + " " + post_quantum + "\n";
  CHECK(Note::parse(sixteen));

  std::string many = "text\n\n";
  for (int i = 0; i < 32; ++i) many += "— w Zm9vYmE=\n";
  CHECK(Note::parse(many)->signatures.size() == 32);
  CHECK(Note::parse(many + "— w Zm9vYmE=\n").reason() == "a note has more than 32 signatures");

  const std::string signature = "\n— w Zm9vYmE=\n";
  const std::string longest = std::string(Note::max_bytes - signature.size() - 1, 'x') + "\n" + signature;
  CHECK(longest.size() == Note::max_bytes);
  CHECK(Note::parse(longest));
  CHECK(Note::parse("x" + longest).reason() == "a note is larger than 128 KiB");
}

TEST_CASE("the last empty line divides text from signatures") {
  const Result<Note> note = Note::parse("\n\n— a Zm9vYmE=\n\n\n— b Zm9vYmE=\n");
  REQUIRE(note);
  CHECK(note->text == "\n\n— a Zm9vYmE=\n\n");
  CHECK(note->signatures.size() == 1);
  CHECK(Note::parse("\n\n— b Zm9vYmE=\n")->text == "\n");
}

TEST_CASE("signatures of unknown keys and types are carried along and verify nothing") {
  Note note{"text\n", {}};
  note.sign(signer("a"));
  note.signatures.push_back({"cosigner", 1, std::string(2420, 'q')});
  note.signatures.push_back({"a", signer("a").verifier().key_id + 1, std::string(64, 'q')});  // the name only
  note.signatures.push_back({"b", signer("a").verifier().key_id, std::string(64, 'q')});      // the id only
  const Result<Note> again = Note::parse(note.bytes());
  REQUIRE(again);
  CHECK(again->signatures == note.signatures);
  CHECK(again->verified_by(signer("a").verifier()));
  CHECK_FALSE(again->verified_by(signer("a", 8).verifier()));
  CHECK_FALSE(again->verified_by(signer("b").verifier()));
}

TEST_CASE("a bad signature of a known key is not outweighed by a good one") {
  Note note{"text\n", {}};
  note.sign(signer("a"));
  const NoteVerifier verifier = signer("a").verifier();
  const NoteSignature good = note.signatures[0];
  NoteSignature bad = good;
  bad.signature[5] = static_cast<char>(bad.signature[5] ^ 1);
  for (const std::vector<NoteSignature>& signatures : {std::vector{bad},
                                                       {good, bad},
                                                       {bad, good},
                                                       {{good.name, good.key_id, good.signature.substr(1)}},
                                                       {{good.name, good.key_id, good.signature + "x"}},
                                                       {}}) {
    CHECK_FALSE(Note{note.text, signatures}.verified_by(verifier));
  }
  CHECK(Note{note.text, {good, good}}.verified_by(verifier));
  CHECK_FALSE(Note{"other\n", {good}}.verified_by(verifier));
}

TEST_CASE("signing twice with a key leaves one signature, the last") {
  Note note{"text\n", {}};
  note.sign(signer("a"));
  note.sign(signer("b"));
  note.sign(signer("a"));
  REQUIRE(note.signatures.size() == 2);
  CHECK(note.signatures[0].name == "b");
  CHECK(note.signatures[1].name == "a");
}

TEST_CASE("only a text that a note can hold is signed") {
  for (const std::string& text : {std::string(), std::string("no line end"), std::string("a\r\n"),
                                  std::string("\xff\n"), std::string("a\0\n", 3)}) {
    Note note{text, {}};
    CHECK_THROWS_AS(note.sign(signer("a")), Error);
    CHECK(note.signatures.empty());
  }
  Note full{"text\n", std::vector<NoteSignature>(32, {"w", 1, "x"})};
  CHECK_THROWS_AS(full.sign(signer("a")), Error);
}

TEST_CASE("a key has one text, in which name, id and key agree") {
  CHECK(rc::check("one changed byte is refused", [] {
    const std::string& original = *rc::gen::element(example_vkey, go_vkey, go_signer);
    std::string text = original;
    text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    RC_PRE(text != original);
    RC_ASSERT_FALSE(static_cast<bool>(NoteVerifier::parse(text)));
    RC_ASSERT_FALSE(static_cast<bool>(NoteSigner::parse(text)));
  }));
  for (std::size_t size = 0; size < go_signer.size(); ++size)
    CHECK_FALSE(NoteSigner::parse(go_signer.substr(0, size)));
  for (std::size_t size = 0; size < go_vkey.size(); ++size)
    CHECK_FALSE(NoteVerifier::parse(go_vkey.substr(0, size)));
}

TEST_CASE("what is not a key is refused with a fitting reason") {
  const Refused refused[] = {
      {"", "not a note key of the form NAME+ID+KEY"},
      {"name", "not a note key of the form NAME+ID+KEY"},
      {"name+12345678", "not a note key of the form NAME+ID+KEY"},
      {"name+1234567+AAAA", "not a note key of the form NAME+ID+KEY"},
      {"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "the name of a note key"},
      {"a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "the name of a note key"},
      {"a\n+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "the name of a note key"},
      {"\xff+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "the name of a note key"},
      {"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "the id of a note key"},
      {"example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "the id of a note key"},
      {"example.com/foo+530d903a+", "a note key is not in base64"},
      {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
       "a note key is not in base64"},
      {"example.com/foo+530d903a+" + to_base64("\x04" + std::string(32, 'k')),
       "a note key is not of the type Ed25519"},
      {"example.com/foo+530d903a+" + to_base64("\x01" + std::string(31, 'k')),
       "a note key is not 32 bytes long"},
  };
  for (const Refused& each : refused) {
    CAPTURE(each.text);
    CHECK_FALSE(NoteVerifier::parse(each.text));
    CHECK(NoteVerifier::parse(each.text).reason().starts_with(each.reason));
  }
  CHECK(NoteSigner::parse(go_vkey).reason() == "not a signing key for notes");
}

TEST_CASE("a key needs a name that fits into a signature line") {
  for (const char* name : {"", " ", "a b", "a+b", "a\n", "a\u2003", "\xff", "a\x01"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(signer(name), Error);
  }
  CHECK(signer("急救.example/日志").verifier().name == "急救.example/日志");
}

TEST_CASE("a raw signature is one over the bytes alone") {
  const NoteSigner key = signer(log_name);
  CHECK(verify_ed25519(key.verifier().public_key, "possession", key.sign_raw("possession")));
  CHECK_FALSE(verify_ed25519(key.verifier().public_key, "possession\n", key.sign_raw("possession")));
}
