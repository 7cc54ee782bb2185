#include "world/backup_piece.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/bytes.h"
#include "stream/test_vectors.h"
#include "world/backup_chain.h"

namespace bw {
namespace {

const std::string world = sha256("world").hex();

BackupPart part(const std::string& path, std::uint64_t from, const std::string& bytes) {
  return {*BackupPath::parse(path), from, bytes, sha256(bytes)};
}
BackupPiece small_piece() {
  return {3,
          sha256("before"),
          {part("worlds.json", 0, "{}\n"), part("journals/" + world + "/journal.jsonl", 7, "line\n")}};
}

}  // namespace

TEST_CASE("a piece is read as it was written, and is refused where anything is missing, added or bent") {
  const std::string good = small_piece().content();
  const auto read = BackupPiece::parse(good);
  REQUIRE_MESSAGE(read, read.reason());
  CHECK(read->content() == good);
  CHECK(read->parts.at(1).bytes == "line\n");
  for (std::size_t end = 0; end < good.size(); ++end) CHECK_FALSE(BackupPiece::parse(good.substr(0, end)));
  CHECK_FALSE(BackupPiece::parse(good + "x"));
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = good;
    return changed.replace(changed.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {with("\"v\":1", "\"v\":2"), with("\"v\":1", "\"v\":1,\"w\":1"), with("\"number\":3", "\"number\":-3"),
        with("\"size\":3", "\"size\":9007199254740991"), with("\"from\":7", "\"from\":\"7\""),
        with("worlds.json", "../worlds.json"), with("\"previous\":\"", "\"previous\":\"0"),
        with("\"parts\":[{", "\"parts\":[5,{"), with("{\"number\"", " {\"number\"")}) {
    CAPTURE(bad);
    CHECK_FALSE(BackupPiece::parse(bad));
  }
}

TEST_CASE("a backup names the files that it may write, and no others") {
  const std::string hex = sha256("x").hex();
  for (const std::string& good :
       {std::string("worlds.json"), std::string("config.json"), "journals/" + world + "/journal.jsonl",
        "journals/" + world + "/checkpoints.jsonl", "journals/" + world + "/large/" + hex + ".jsonl",
        "journals/" + world + "/tables/" + hex + ".jsonl"}) {
    const auto path = BackupPath::parse(good);
    REQUIRE_MESSAGE(path, good);
    CHECK(path->text == good);
  }
  for (const std::string& bad :
       {std::string(), std::string("/worlds.json"), std::string("identity/seed"), std::string("journals"),
        "journals/" + world, "journals/" + world + "/", "journals/" + world + "/lock",
        "journals/../" + world + "/journal.jsonl", "journals/" + world + "/large/../../../x.jsonl",
        "journals/" + world + "/large/" + hex, "journals/" + world + "/small/" + hex + ".jsonl",
        "journals/" + world + "/large/" + hex + ".jsonl/x", std::string("journals/x/journal.jsonl"),
        "journals/" + world + "/large/" + hex.substr(1) + ".jsonl"}) {
    CHECK_FALSE_MESSAGE(BackupPath::parse(bad), bad);
  }
}

TEST_CASE("a manifest is read as it was written, and no other text is one") {
  const BackupManifest manifest{{1'795'000'000}, 4, sha256("last")};
  const std::string good = manifest.content();
  const auto read = BackupManifest::parse(good);
  REQUIRE_MESSAGE(read, read.reason());
  CHECK(read->content() == good);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    if (const auto other = BackupManifest::parse(bad)) CHECK(other->content() == bad);
    CHECK_FALSE(BackupManifest::parse(good.substr(0, at)));
  }
  CHECK_FALSE(BackupManifest::parse(BackupManifest{{0}, 0, sha256("last")}.content()));
  CHECK_FALSE(BackupManifest::parse(BackupManifest{{0}, max_pieces + 1, sha256("last")}.content()));
}

TEST_CASE("the vectors of backups come out exactly") {
  const BackupKeys keys(PersonalSeed::generate(testing::always(3)));
  const std::string name = make_backup_name(keys, testing::always(9));
  std::optional<Digest> previous;
  Json pieces = Json::array();
  for (std::uint64_t number = 0; number < 2; ++number) {
    BackupPiece piece{number, previous, {}};
    if (number == 0) {
      piece.parts = {part("worlds.json", 0, "{\"worlds\":[]}\n"),
                     part("journals/" + world + "/journal.jsonl", 0, std::string(70'000, 'j') + "\n")};
    } else {
      BackupPart more = part("journals/" + world + "/journal.jsonl", 70'001, "more\n");
      more.digest = sha256(std::string(70'000, 'j') + "\nmore\n");
      piece.parts = {more};
    }
    const std::string sealed = seal_piece(keys, piece_context(name, number), piece.content(),
                                          testing::always(static_cast<char>(20 + number)));
    CHECK(*open_piece(keys, piece_context(name, number), sealed) == piece.content());
    previous = sha256(sealed);
    // The long piece is told by its digest alone.
    pieces.push_back({{"content_sha256", sha256(piece.content()).hex()},
                      {"header", piece.content().substr(0, piece.content().find('\n'))},
                      {"number", number},
                      {"sealed", number == 0 ? Json(nullptr) : Json(to_base64(sealed))},
                      {"sealed_bytes", sealed.size()},
                      {"sealed_sha256", sha256(sealed).hex()},
                      {"stream_header", to_hex(sealed.substr(0, 24))}});
  }
  const BackupManifest manifest{{1'767'312'000}, 2, *previous};
  Json lengths = Json::object();
  for (const std::size_t size : {0u, 1022u, 1024u, 2000u, 70'000u, 262'143u, 1'000'000u, 4'194'304u})
    lengths[std::to_string(size)] = padded_piece_size(size);
  testing::check_file("backup.json",
                      {{"manifest",
                        {{"content", manifest.content()},
                         {"sealed", to_base64(seal_piece(keys, manifest_context(name), manifest.content(),
                                                         testing::always(30)))}}},
                       {"name", name},
                       {"name_key", to_hex(testing::view(keys.names))},
                       {"padded_lengths", lengths},
                       {"piece_key", to_hex(testing::view(keys.pieces))},
                       {"pieces", pieces},
                       {"ref", backup_ref(name)},
                       {"seed", to_hex(std::string(32, 3))}});
}

}  // namespace bw
