#include "crypto/backup_cipher.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/error.h"

using namespace bw;

namespace {

PersonalSeed seed_of(char byte) {
  return PersonalSeed::generate([byte](std::size_t size) { return std::string(size, byte); });
}
const BackupKeys keys(seed_of('s'));

std::string sealed(std::string_view content, std::string_view context = "here") {
  return seal_piece(keys, context, content, system_random);
}

}  // namespace

TEST_CASE("what was sealed opens again, whatever its length") {
  for (const std::size_t size :
       {0u, 1u, 1022u, 1023u, 1024u, 65'534u, 65'535u, 65'536u, 200'000u, 1'000'000u}) {
    const std::string content(size, 'x');
    const auto opened = open_piece(keys, "here", sealed(content));
    REQUIRE_MESSAGE(opened, opened.reason());
    CHECK(*opened == content);
  }
  CHECK(*open_piece(keys, "here", sealed(std::string("\x80\0\0", 3))) == std::string("\x80\0\0", 3));
  CHECK_THROWS_AS(sealed(std::string(max_piece_content + 1, 'x')), Error);
  CHECK(sealed(std::string(max_piece_content, 'x')).size() < max_sealed_piece);
}

TEST_CASE("a sealed piece with any bit flipped, cut or continued does not open") {
  const std::string good = sealed(std::string(70'000, 'x'));
  for (std::size_t at = 0; at < good.size(); at += at < 2000 ? 1 : 997) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    CHECK_FALSE(open_piece(keys, "here", bad));
    CHECK_FALSE(open_piece(keys, "here", std::string_view(good).substr(0, at)));
  }
  // Where one message ends and the next begins nothing but the tag says that there is more.
  CHECK(open_piece(keys, "here", std::string_view(good).substr(0, 24 + (64u << 10) + 17)).reason() ==
        "it is cut short");
  CHECK_FALSE(open_piece(keys, "here", good + "x"));
  CHECK_FALSE(open_piece(keys, "here", good + good.substr(24)));
}

TEST_CASE("a piece opens in its own place alone, and with its owner's key alone") {
  const std::string piece = sealed("mine");
  CHECK_FALSE(open_piece(keys, "there", piece));
  CHECK_FALSE(open_piece(BackupKeys(seed_of('t')), "here", piece));
  CHECK(sealed("mine") != piece);  // nor does it tell that the content is the same
}

TEST_CASE("padding hides all but the magnitude of a length, for an eighth more at most") {
  std::size_t before = 0;
  std::size_t lengths = 0;
  for (std::size_t size = 0; size < 300'000; ++size) {
    const std::size_t padded = padded_piece_size(size);
    CHECK_MESSAGE(padded > size, size);
    CHECK_MESSAGE(padded >= before, size);
    if (size > 1024) CHECK_MESSAGE(padded - size - 1 <= size / 8, size);
    lengths += padded != before ? 1 : 0;
    before = padded;
  }
  // Sixteen lengths between a power of two and the next up to 64 KiB, then thirty-two.
  CHECK(lengths == 6 * 16 + 2 * 32 + 6);
}

TEST_CASE("the name of a backup is recognised by its owner and tells nobody else anything") {
  const std::string name = make_backup_name(keys, system_random);
  CHECK(name.size() == 48);
  CHECK(is_backup_name(name));
  CHECK(is_own_backup_name(keys, name));
  CHECK_FALSE(is_own_backup_name(BackupKeys(seed_of('t')), name));
  CHECK(make_backup_name(keys, system_random) != name);
  for (std::size_t at = 0; at < name.size(); ++at) {
    std::string bad = name;
    bad[at] = bad[at] == '0' ? '1' : '0';
    CHECK_FALSE(is_own_backup_name(keys, bad));
  }
  for (const std::string& bad : {std::string(), name + "00", name.substr(2), std::string(48, 'A')})
    CHECK_FALSE(is_backup_name(bad));
}
