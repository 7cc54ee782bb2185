// The paths of the library that most of the time is spent in, beside the loops of libsodium and libcrypto
// alone, which are their limit. Google Benchmark; see docs/benchmarks.md.

#include <array>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/bytes.h"
#include "base/files.h"
#include "base/strict_json.h"
#include "state/graph_ranks.h"
#include "stream/entry.h"
#include "stream/event_index.h"
#include "stream/signed_line.h"
#include "stream/table.h"
#include "tlog/merkle.h"

using namespace bw;

namespace {

const Random random_bytes = [](std::size_t size) {
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
};

std::unique_ptr<Signer> new_key() {
  return make_signer(std::make_shared<const SecretKey>(SecretKey::generate(random_bytes)));
}

// Different ones, so that no cache makes the second time cheaper.
const std::vector<Event>& events() {
  static const std::vector<Event> made = [] {
    const auto key = new_key();
    std::vector<Event> list;
    for (int i = 0; i < 1000; ++i) {
      const EventDraft draft{.at = Timestamp{1'790'000'000 + i},
                             .kind = "behaviour.logged",
                             .body = {{"behaviour", "import-aed"}, {"quantity", "1"}, {"unit", "device"}},
                             .details = {},
                             .world = WorldId{sha256("a world")}};
      list.push_back(sign_event(draft, make_nonce(random_bytes), *key));
    }
    return list;
  }();
  return made;
}

Row row(int number) {
  Row result;
  result.at = Timestamp{1'790'000'000 + number};
  result.behaviour = "import-aed";
  result.quantity = Decimal(1);
  result.unit = "device";
  result.place = *parse_place("50." + std::to_string(100'000 + number) + ",6.9" + std::to_string(number));
  return result;
}

const std::vector<std::string>& row_lines() {
  static const std::vector<std::string> made = [] {
    std::vector<std::string> lines;
    for (int i = 0; i < 10'000; ++i) lines.push_back(row(i).line());
    return lines;
  }();
  return made;
}

// Runs `work(i)` for i going round below `count`, as many times as the library asks for.
template <class Work>
void rounds(benchmark::State& state, std::size_t count, const Work& work) {
  std::size_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    work(i);
    i = i + 1 == count ? 0 : i + 1;
  }
  state.SetItemsProcessed(state.iterations());
}

void sodium_verify(benchmark::State& state) {
  std::vector<std::string> data;
  std::vector<Signature> signatures;
  for (const Event& event : events()) {
    data.push_back(sshsig::signed_data(sshsig::event_namespace, signed_bytes_of(event.line)));
    signatures.push_back(signature_of(event.line));
  }
  const auto key = events().front().actor.public_key();
  rounds(state, data.size(), [&](std::size_t i) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(data[i].data());
    if (crypto_sign_verify_detached(signatures[i].data(), bytes, data[i].size(), key.data()) != 0)
      state.SkipWithError("a signature is wrong");
  });
}
BENCHMARK(sodium_verify);

void event_signature(benchmark::State& state) {
  rounds(state, events().size(),
         [](std::size_t i) { benchmark::DoNotOptimize(has_valid_signature(events()[i])); });
}
BENCHMARK(event_signature);

void event_form(benchmark::State& state) {
  std::vector<std::string> lines;
  for (const Event& event : events()) lines.push_back(entry_line(event.line, 1'790'000'000));
  rounds(state, lines.size(), [&](std::size_t i) { benchmark::DoNotOptimize(parse_entry(lines[i])); });
}
BENCHMARK(event_form);

void sodium_sign(benchmark::State& state) {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_key{};
  crypto_sign_keypair(public_key.data(), secret_key.data());
  const std::string message(100, 'x');
  rounds(state, 1, [&](std::size_t) {
    Signature signature{};
    crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(message.data()),
                         message.size(), secret_key.data());
    benchmark::DoNotOptimize(signature);
  });
}
BENCHMARK(sodium_sign);

void event_made_and_signed(benchmark::State& state) {
  const auto key = new_key();
  const EventDraft draft{.at = Timestamp{1'790'000'000},
                         .kind = "behaviour.logged",
                         .body = {{"behaviour", "import-aed"}, {"quantity", "1"}, {"unit", "device"}},
                         .details = {},
                         .world = WorldId{sha256("a world")}};
  rounds(state, 1,
         [&](std::size_t) { benchmark::DoNotOptimize(sign_event(draft, make_nonce(random_bytes), *key)); });
}
BENCHMARK(event_made_and_signed);

const std::string record_300(300, 'r');

void libcrypto_sha256_300_bytes(benchmark::State& state) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_MD* method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, 32> digest{};
  rounds(state, 1, [&](std::size_t) {
    EVP_DigestInit_ex(context, method, nullptr);
    EVP_DigestUpdate(context, record_300.data(), record_300.size());
    EVP_DigestFinal_ex(context, digest.data(), nullptr);
    benchmark::DoNotOptimize(digest);
  });
  EVP_MD_free(method);
  EVP_MD_CTX_free(context);
}
BENCHMARK(libcrypto_sha256_300_bytes);

void libsodium_sha256_300_bytes(benchmark::State& state) {
  std::array<unsigned char, 32> digest{};
  rounds(state, 1, [&](std::size_t) {
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(record_300.data()),
                       record_300.size());
    benchmark::DoNotOptimize(digest);
  });
}
BENCHMARK(libsodium_sha256_300_bytes);

void sha256_300_bytes(benchmark::State& state) {
  rounds(state, 1, [](std::size_t) { benchmark::DoNotOptimize(sha256(record_300)); });
}
BENCHMARK(sha256_300_bytes);

void leaf_of_a_row(benchmark::State& state) {
  rounds(state, row_lines().size(),
         [](std::size_t i) { benchmark::DoNotOptimize(leaf_hash(row_lines()[i])); });
}
BENCHMARK(leaf_of_a_row);

void row_written(benchmark::State& state) {
  std::vector<Row> rows;
  for (int i = 0; i < 1000; ++i) rows.push_back(row(i));
  rounds(state, rows.size(), [&](std::size_t i) { benchmark::DoNotOptimize(rows[i].line()); });
}
BENCHMARK(row_written);

void row_read(benchmark::State& state) {
  rounds(state, row_lines().size(),
         [](std::size_t i) { benchmark::DoNotOptimize(Row::parse(row_lines()[i])); });
}
BENCHMARK(row_read);

// Items are rows.
void table_checked(benchmark::State& state) {
  std::string content;
  for (const std::string& line : row_lines()) content += line + "\n";
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(parse_table(content));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(row_lines().size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(content.size()));
}
BENCHMARK(table_checked);

void strict_json_of_an_event(benchmark::State& state) {
  const std::string text = signed_bytes_of(events().front().line);
  rounds(state, 1, [&](std::size_t) { benchmark::DoNotOptimize(strict_json::problem(text)); });
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(strict_json_of_an_event);

// An index of a million ids, saved and opened again.
void event_looked_up_in_a_million(benchmark::State& state) {
  const TemporaryFolder folder;
  EventIndex index;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) index.push_back(EventId{sha256(big_endian_64(i))});
  index.settle(folder.path());
  index = EventIndex::restore(index.runs_json(), index.recent_bytes(), folder.path());
  rounds(state, 1'000'000,
         [&](std::size_t i) { benchmark::DoNotOptimize(index.find(EventId{sha256(big_endian_64(2 * i))})); });
}
BENCHMARK(event_looked_up_in_a_million);

void index_of_a_million_opened(benchmark::State& state) {
  const TemporaryFolder folder;
  EventIndex index;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) index.push_back(EventId{sha256(big_endian_64(i))});
  index.settle(folder.path());
  const Json runs = index.runs_json();
  const std::string recent = index.recent_bytes();
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(EventIndex::restore(runs, recent, folder.path()));
}
BENCHMARK(index_of_a_million_opened);

// PageRank of 100,000 persons who vouch for ten each.
void ranks_of_a_million_edges(benchmark::State& state) {
  constexpr PersonNumber people = 100'000;
  constexpr std::uint32_t each = 10;
  Graph graph;
  for (PersonNumber from = 0; from < people; ++from) {
    for (std::uint32_t i = 1; i <= each; ++i)
      graph.add(from, (from + i * i * 97 + from % 89) % people, one_edge_weight);
  }
  const std::size_t edges = graph.edges().size();
  RankRules rules;
  rules.seeds = {{0, one_edge_weight}, {people / 2, one_edge_weight}};
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(rank(graph, rules));
  state.SetItemsProcessed(static_cast<std::int64_t>(edges) * state.iterations());
}
BENCHMARK(ranks_of_a_million_edges)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
