// The vectors of proofs, disclosures and tiled logs (tests/vectors/{proof,disclosure,tiles}.json): see
// stream/vectors_test.cpp. Proofs and disclosures are of the log that checkpoint.json holds.

#include <functional>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "stream/test_story.h"
#include "tlog/tiles.h"
#include "world/disclose.h"
#include "world/proof.h"

using namespace bw;
using namespace bw::testing;

namespace {

constexpr char witness_byte = 8;
constexpr std::int64_t cosigned_time = 1'795'000'000;
constexpr std::size_t deed_index = 4, table_index = 5;

Json base64_list(const std::vector<Digest>& hashes) {
  Json list = Json::array();
  for (const Digest& hash : hashes) list.push_back(to_base64(hash.view()));
  return list;
}

struct ToldProofs {
  Story story;
  std::vector<std::string> lines = story.entries();
  std::vector<Digest> leaves;
  Note cosigned_note = story.checkpoint();
  NoteSigner witness =
      NoteSigner::generate("witness.example/w1", always(witness_byte), NoteKeyType::cosignature);

  ToldProofs() {
    for (const std::string& line : lines) leaves.push_back(leaf_hash(line));
    cosign(cosigned_note, witness, {cosigned_time});
  }

  TlogProof of(std::size_t index) const {
    return {lines[index] + '\n', index, inclusion_proof(subtrees_of(leaves), index, leaves.size()),
            story.checkpoint()};
  }
  TlogProof cosigned_of(std::size_t index) const {
    TlogProof proof = of(index);
    proof.checkpoint = cosigned_note;
    return proof;
  }
  TlogProof of_row(std::uint64_t number) const {
    std::vector<std::string> rows;
    std::vector<Digest> row_leaves;
    for (const std::string_view row : split(story.table->content, '\n')) {
      if (row.empty()) continue;
      rows.emplace_back(row);
      row_leaves.push_back(leaf_hash(row));
    }
    TlogProof proof = of(table_index);
    proof.extra +=
        strict_json::text(
            {{"hashes", base64_list(inclusion_proof(subtrees_of(row_leaves), number - 1, rows.size()))},
             {"row", number},
             {"text", rows.at(number - 1)}}) +
        '\n';
    return proof;
  }

  ProofPolicy policy() const {
    return proof_policy(*story.world, {story.log_key->verifier().vkey()}, std::nullopt);
  }
  std::string policy_file() const {
    return fmt::format("log {}\nwitness w1 {}\nquorum w1\n", story.log_key->verifier().vkey(),
                       witness.verifier().vkey());
  }
  ProofPolicy witnessed_policy() const { return proof_policy(*story.world, {}, policy_file()); }
};

Json entry_proofs(const ToldProofs& told) {
  Json list = Json::array();
  for (std::size_t index = 0; index < told.lines.size(); ++index) {
    const std::string bytes = told.of(index).text();
    const auto checked = check_entry_proof(bytes, told.policy());
    REQUIRE_MESSAGE(checked, checked.reason());
    CHECK(checked->entry.event.id == told.story.events[index].id);
    list.push_back({{"bytes", bytes}, {"event", checked->entry.event.id.text()}, {"index", index}});
  }
  return list;
}

Json row_proofs(const ToldProofs& told) {
  Json list = Json::array();
  for (std::uint64_t row = 1; row <= told.story.table->count; ++row) {
    const std::string bytes = told.of_row(row).text();
    const auto checked = check_entry_proof(bytes, told.policy());
    REQUIRE_MESSAGE(checked, checked.reason());
    REQUIRE(checked->row);
    CHECK(checked->row->number == row);
    list.push_back({{"bytes", bytes}, {"row", row}, {"text", checked->row->line}});
  }
  return list;
}

Json refused_proofs(const ToldProofs& told) {
  Json list = Json::array();
  const auto refuse = [&](const char* why, const std::string& bytes) {
    CHECK_MESSAGE(!check_entry_proof(bytes, told.policy()), why);
    list.push_back({{"bytes", bytes}, {"why", why}});
  };
  const auto refuse_changed = [&](const char* why, TlogProof proof,
                                  const std::function<void(TlogProof&)>& change) {
    change(proof);
    refuse(why, proof.text());
  };
  const TlogProof good = told.of(deed_index);
  refuse_changed("another index", good, [](TlogProof& proof) { ++proof.index; });
  refuse_changed("an index beyond the tree", good,
                 [&](TlogProof& proof) { proof.index = told.lines.size(); });
  refuse_changed("a hash too few", good, [](TlogProof& proof) { proof.hashes.pop_back(); });
  refuse_changed("a hash too many", good, [](TlogProof& proof) { proof.hashes.push_back(proof.hashes[0]); });
  refuse_changed("two hashes in each other's place", good,
                 [](TlogProof& proof) { std::swap(proof.hashes[0], proof.hashes[1]); });
  refuse_changed("another entry", good, [&](TlogProof& proof) { proof.extra = told.lines[0] + '\n'; });
  refuse_changed("an entry without its LF", good, [](TlogProof& proof) { proof.extra.pop_back(); });
  refuse_changed("no entry", good, [](TlogProof& proof) { proof.extra.clear(); });
  refuse_changed("a checkpoint that nobody signed", good,
                 [](TlogProof& proof) { proof.checkpoint.text += "more\n"; });
  refuse_changed("a checkpoint by another key of that name", good, [&](TlogProof& proof) {
    proof.checkpoint = {told.story.checkpoint().text, {}};
    proof.checkpoint.sign(NoteSigner::generate(log_origin(*told.story.world), always(9)));
  });
  const std::string text = good.text();
  refuse("another version", "c2sp.org/tlog-proof@v2" + text.substr(text.find('\n')));
  refuse("an index in another form", [&] {
    std::string changed = text;
    return changed.replace(changed.find("index 4"), 7, "index 04");
  }());
  refuse("a space at the end of a line", [&] {
    std::string changed = text;
    return changed.replace(changed.find("index 4"), 7, "index 4 ");
  }());
  const TlogProof row = told.of_row(2);
  refuse_changed("another row's text", row, [](TlogProof& proof) {
    const auto at = proof.extra.find("1.25");
    proof.extra.replace(at, 4, "1.26");
  });
  refuse_changed("another row's number", row, [](TlogProof& proof) {
    const auto at = proof.extra.find("\"row\":2");
    proof.extra.replace(at, 7, "\"row\":3");
  });
  refuse_changed("a row of an event that holds no table", row, [&](TlogProof& proof) {
    const std::string line = proof.extra.substr(proof.extra.find('\n') + 1);
    proof = told.of(deed_index);
    proof.extra += line;
  });
  return list;
}

Json consistency(const ToldProofs& told) {
  Json list = Json::array();
  const SubtreeRoot subtree = subtrees_of(told.leaves);
  for (TreeSize now = 1; now <= told.leaves.size(); ++now) {
    for (TreeSize then = 1; then < now; ++then) {
      const auto hashes = consistency_proof(subtree, then, now);
      CHECK(extends(then, subtree(0, then), now, subtree(0, now), hashes));
      list.push_back({{"from", then}, {"hashes", base64_list(hashes)}, {"to", now}});
    }
  }
  return list;
}

Json proof_vectors(const ToldProofs& told) {
  const std::string witnessed = told.cosigned_of(deed_index).text();
  const auto checked = check_entry_proof(witnessed, told.witnessed_policy());
  REQUIRE_MESSAGE(checked, checked.reason());
  CHECK(checked->cosigned.by.size() == 1);
  CHECK_FALSE(check_entry_proof(told.of(deed_index).text(), told.witnessed_policy()));
  return {{"consistency", consistency(told)},
          {"entries", entry_proofs(told)},
          {"log_key", told.story.log_key->verifier().vkey()},
          {"refused", refused_proofs(told)},
          {"rows", row_proofs(told)},
          {"table_event", told.story.events[table_index].id.text()},
          {"witnessed",
           {{"bytes", witnessed},
            {"policy", told.policy_file()},
            {"time", cosigned_time},
            {"witness", told.witness.verifier().vkey()}}},
          {"world", told.story.world->text()}};
}

Json refused_disclosures(const ToldProofs& told, const Disclosure& good) {
  Json list = Json::array();
  const auto refuse = [&](const char* why, const std::string& bytes) {
    CHECK_MESSAGE(!check_disclosure(bytes, told.policy()), why);
    list.push_back({{"bytes", bytes}, {"why", why}});
  };
  const auto refuse_changed = [&](const char* why, const std::function<void(Disclosure&)>& change) {
    Disclosure changed = good;
    change(changed);
    refuse(why, changed.text());
  };
  refuse_changed("an opening of another event",
                 [](Disclosure& all) { all.events[1].openings = {all.events[0].openings[0]}; });
  refuse_changed("another salt", [](Disclosure& all) {
    Opening& first = all.events[0].openings[0];
    first = make_opening(first.field, Json::parse(first.value_text), always(9));
  });
  refuse_changed("another value", [](Disclosure& all) {
    Opening& first = all.events[0].openings[0];
    first = make_opening(first.field, "something else", always(5));
  });
  refuse_changed("an opening twice",
                 [](Disclosure& all) { all.events[0].openings.push_back(all.events[0].openings[0]); });
  refuse_changed("another world", [](Disclosure& all) { all.world = WorldId{sha256("another")}; });
  refuse_changed("no event", [](Disclosure& all) { all.events.clear(); });
  refuse_changed("a proof that is none", [](Disclosure& all) { all.events[1].proof.pop_back(); });
  const std::string text = good.text();
  refuse("an end without LF", text.substr(0, text.size() - 1));
  refuse("an empty line", text + "\n");
  refuse("an opening before any event",
         text.substr(0, text.find('\n') + 1) + text.substr(text.find("{\"field\"")));
  return list;
}

Json disclosure_vectors(const ToldProofs& told) {
  const Disclosure disclosure{
      *told.story.world,
      {{told.of(deed_index).text(), told.story.openings}, {told.cosigned_of(table_index).text(), {}}}};
  const auto checked = check_disclosure(disclosure.text(), told.policy());
  REQUIRE_MESSAGE(checked, checked.reason());
  Json events = Json::array();
  for (const CheckedDisclosure& event : *checked) {
    CHECK(event.notes.empty());
    Json openings = Json::object();
    for (const Opening& opening : event.openings) openings[opening.field] = Json::parse(opening.value_text);
    Json files = Json::object();
    for (const EvidenceFile& file : event.files) files[file.name] = file.content;
    events.push_back({{"files", files}, {"id", event.proof.entry.event.id.text()}, {"openings", openings}});
  }
  return {{"bytes", disclosure.text()},
          {"events", events},
          {"log_key", told.story.log_key->verifier().vkey()},
          {"refused", refused_disclosures(told, disclosure)},
          {"world", told.story.world->text()}};
}

// The files of a log whose entry n is "entry <n>".
std::map<std::string, std::string> tiles_of(TreeSize size) {
  std::map<std::string, std::string> files;
  TileWriter writer([&](const std::string& path, std::string_view bytes) {
    CHECK_MESSAGE(files.emplace(path, bytes).second, path << " was written twice");
  });
  for (TreeSize index = 0; index < size; ++index) writer.append(fmt::format("entry {}", index));
  writer.finish();
  return files;
}

Json tile_vectors() {
  Json logs = Json::array();
  for (const TreeSize size : {1u, 255u, 256u, 257u, 600u, 65'536u, 66'000u}) {
    const auto files = tiles_of(size);
    const TileSource source = [&](const std::string& path) -> std::optional<std::string> {
      const auto found = files.find(path);
      return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    // One line for each file, in the order of their paths: 66,000 entries have hundreds.
    std::string listing;
    for (const auto& [path, bytes] : files) listing += fmt::format("{}  {}\n", sha256(bytes).hex(), path);
    Json log = {{"files", files.size()},
                {"listing_sha256", sha256(listing).hex()},
                {"root", root_of_tiles(source, size).hex()},
                {"size", size}};
    if (size <= 600) log["listing"] = listing;
    logs.push_back(log);
  }
  Json numbers = Json::object();
  for (const std::uint64_t number : {0u, 7u, 999u, 1'000u, 1'234'067u})
    numbers[std::to_string(number)] = tile_number(number);
  Json refused = Json::array();
  const std::string two("\0\1a\0\2bc", 7);
  CHECK(parse_entry_bundle(two, 2));
  const std::vector<std::pair<const char*, std::string>> wrong = {
      {"an entry too few", two.substr(0, 3)},
      {"an entry that is cut short", two.substr(0, 6)},
      {"a byte too many", two + "x"},
      {"half a length", two.substr(0, 4)}};
  for (const auto& each : wrong) {
    CHECK_MESSAGE(!parse_entry_bundle(each.second, 2), each.first);
    refused.push_back({{"hex", to_hex(each.second)}, {"why", each.first}});
  }
  return {{"logs", logs},
          {"numbers", numbers},
          {"refused_bundles_of_two", refused},
          {"bundle_of_two", {{"entries", {"a", "bc"}}, {"hex", to_hex(two)}}}};
}

}  // namespace

TEST_CASE("the vectors of proofs come out exactly") {
  check_file("proof.json", proof_vectors(ToldProofs()));
}

TEST_CASE("the vectors of disclosures come out exactly") {
  check_file("disclosure.json", disclosure_vectors(ToldProofs()));
}

TEST_CASE("the vectors of tiled logs come out exactly") {
  check_file("tiles.json", tile_vectors());
}
