// The vectors of witnesses (tests/vectors/witness.json): see vectors_test.cpp. The log is one of plain lines,
// since witnesses know nothing of worlds.

#include "base/bytes.h"
#include "stream/test_vectors.h"
#include "tlog/cosignature.h"
#include "tlog/witness_request.h"

using namespace bw;
using namespace bw::testing;

namespace {

constexpr char log_byte = 7;
constexpr char witness_byte = 8;
constexpr std::int64_t cosigned_time = 1'795'000'000;

struct VectorLog {
  NoteSigner key = NoteSigner::generate("example.com/log", always(log_byte));
  std::vector<std::string> lines;
  std::vector<Digest> leaves;

  explicit VectorLog(int size) {
    for (int i = 0; i < size; ++i) lines.push_back("line " + std::to_string(i));
    for (const std::string& line : lines) leaves.push_back(leaf_hash(line));
  }
  Checkpoint checkpoint(TreeSize size) const {
    return {key.verifier().name, size, root_of(std::span(leaves).first(size))};
  }
  Note note(TreeSize size) const {
    Note note{checkpoint(size).text(), {}};
    note.sign(key);
    return note;
  }
};

// What a witness who cosigned `seen` entries answers.
Json judged(const std::string& request, const VectorLog& log, std::optional<TreeSize> seen) {
  const auto parsed = WitnessRequest::parse(request);
  const auto latest = seen ? std::optional(log.checkpoint(*seen)) : std::nullopt;
  const auto answer =
      parsed ? judge(*parsed, std::vector{log.key.verifier()}, latest).answer : WitnessAnswer::malformed;
  return {{"cosigned_before", seen ? Json(*seen) : Json(nullptr)},
          {"request", request},
          {"status", static_cast<int>(answer)}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

Json witness_vectors() {
  const VectorLog log(13);
  const NoteSigner witness =
      NoteSigner::generate("witness.example/w1", always(witness_byte), NoteKeyType::cosignature);
  Note cosigned = log.note(13);
  cosign(cosigned, witness, {cosigned_time});

  Json requests = Json::array();
  const auto request = [&](TreeSize from, TreeSize to) {
    return WitnessRequest{from, consistency_proof(subtrees_of(std::span(log.leaves).first(to)), from, to),
                          log.note(to)}
        .text();
  };
  for (const TreeSize size : {1u, 2u, 3u, 7u, 8u, 12u, 13u}) {
    requests.push_back(judged(request(0, size), log, std::nullopt));
    for (TreeSize from = 1; from <= size; from += 2)
      requests.push_back(judged(request(from, size), log, from));
  }
  const std::string good = request(7, 13);
  requests.push_back(judged(good, log, std::nullopt));                           // another size
  requests.push_back(judged(request(0, 13), log, 7));                            // another size
  requests.push_back(judged(replaced(good, "old 7", "old 8"), log, 8));          // another proof
  requests.push_back(judged(replaced(good, "old 7", "old 14"), log, 7));         // beyond the checkpoint
  requests.push_back(judged(replaced(good, "old 7", "old 07"), log, 7));         // in another form
  requests.push_back(judged(replaced(good, "com/log\n", "com/dog\n"), log, 7));  // a log that nobody knows
  requests.push_back(judged(replaced(good, "\n13\n", "\n12\n"), log, 7));        // not what the log signed
  return {{"cosigned", cosigned.bytes()},
          {"lines", log.lines},
          {"log", {{"name", log.key.verifier().name}, {"seed", to_hex(std::string(32, log_byte))}}},
          {"requests", requests},
          {"signature_line", signature_lines({cosigned.signatures.back()})},
          {"time", cosigned_time},
          {"witness",
           {{"name", witness.verifier().name},
            {"seed", to_hex(std::string(32, witness_byte))},
            {"signing_key", witness.text()},
            {"vkey", witness.verifier().vkey()}}}};
}

}  // namespace

TEST_CASE("the vectors of witnesses come out exactly") {
  check_file("witness.json", witness_vectors());
}
