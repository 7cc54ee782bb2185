#include "world/proof.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "stream/checkpoint_rules.h"
#include "stream/log_reader.h"
#include "stream/table.h"
#include "world/backing.h"

namespace bw {
namespace {

constexpr std::string_view tabled = "behaviour.tabled";

// The root and the count that a table's event commits to; nothing where it holds no table.
struct Commitment {
  Digest root;
  std::uint64_t count = 0;
};
std::optional<Commitment> commitment_of(const Event& event) {
  if (event.kind != tabled) return std::nullopt;
  const Json body = event.body();
  if (!body.contains("root") || !body["root"].is_string() || !body.contains("count") ||
      !body["count"].is_number_unsigned()) {
    return std::nullopt;
  }
  const auto root = Digest::from_hex(body["root"].get<std::string>());
  return root ? std::optional(Commitment{*root, body["count"].get<std::uint64_t>()}) : std::nullopt;
}

std::vector<std::string_view> rows_of(std::string_view content) {
  std::vector<std::string_view> rows = split(content, '\n');
  if (!rows.empty() && rows.back().empty()) rows.pop_back();
  return rows;
}

// The table's lines from the stream, or from my journal where they are private.
std::string table_content(const Environment& environment, const World& world, const git::Oid& tree,
                          const Digest& root) {
  if (const auto file = world.repository.find(tree, table_path(root)))
    return world.repository.read_blob(file->oid, max_table_bytes);
  if (auto mine = open_journal(environment, world.id()).table_rows(root)) return *std::move(mine);
  throw Error(ErrorCode::refused, "the rows of this table are private, and not in your journal",
              "whoever recorded them can prove one");
}

Json row_proof(const Environment& environment, const World& world, const git::Oid& tree, const Event& event,
               std::uint64_t number) {
  const auto commitment = commitment_of(event);
  if (!commitment)
    throw Error(ErrorCode::invalid, fmt::format("event {} holds no table", event.id.short_text()));
  if (number < 1 || number > commitment->count) {
    throw Error(ErrorCode::invalid,
                fmt::format("the table has no row {}: it has {}", number, commitment->count));
  }
  const std::string content = table_content(environment, world, tree, commitment->root);
  const std::vector<std::string_view> rows = rows_of(content);
  std::vector<Digest> leaves;
  leaves.reserve(rows.size());
  for (const std::string_view row : rows) leaves.push_back(leaf_hash(row));
  if (rows.size() != commitment->count || root_of(leaves) != commitment->root)
    throw Error(ErrorCode::invalid, "the rows are not those that the event committed to");
  Json hashes = Json::array();
  for (const Digest& hash : inclusion_proof(subtrees_of(leaves), number - 1, rows.size()))
    hashes.push_back(to_base64(hash.view()));
  return {{"hashes", hashes}, {"row", number}, {"text", std::string(rows[number - 1])}};
}

Result<ProvenRow> check_row(std::string_view text, const Event& event) {
  const auto commitment = commitment_of(event);
  if (!commitment) return Reason{"the proof is of a row, but the event holds no table"};
  const auto json = strict_json::parse(text);
  if (!json) return Reason{"the proof of the row: " + json.reason()};
  const bool formed = json->is_object() && json->size() == 3 && json->contains("hashes") &&
                      (*json)["hashes"].is_array() && json->contains("row") &&
                      (*json)["row"].is_number_unsigned() && json->contains("text") &&
                      (*json)["text"].is_string();
  if (!formed) return Reason{"the proof of the row lacks a member or has another"};
  std::vector<Digest> hashes;
  for (const Json& each : (*json)["hashes"]) {
    const auto bytes = each.is_string() ? from_base64(each.get<std::string>()) : std::nullopt;
    const auto hash = bytes ? Digest::from_bytes(*bytes) : std::nullopt;
    if (!hash || hashes.size() == max_proof_hashes)
      return Reason{"a hash of the row's proof is not 32 bytes in base64"};
    hashes.push_back(*hash);
  }
  ProvenRow row{(*json)["row"].get<std::uint64_t>(), commitment->count, (*json)["text"].get<std::string>()};
  if (row.number < 1 ||
      !includes(commitment->count, commitment->root, row.number - 1, leaf_hash(row.line), hashes)) {
    return Reason{fmt::format("the row does not lead to the table's root as row {}", row.number)};
  }
  if (const auto read = Row::parse(row.line); !read) return Reason{"the row: " + read.reason()};
  return row;
}

}  // namespace

TlogProof prove(const Environment& environment, const World& world, const ProofOf& what) {
  const auto index = world.stream.ids.find(what.event);
  if (!index)
    throw Error(ErrorCode::invalid, fmt::format("event {} is not in the log", what.event.short_text()));
  if (*index >= world.stream.covered()) {
    throw Error(ErrorCode::refused, fmt::format("no checkpoint covers event {} yet", what.event.short_text()),
                "a steward's next \"bw submit\" or \"bw merge\" signs one; then \"bw pull\" and try again");
  }
  const git::Oid tree = world.repository.read_commit(*world.stream.head).tree;
  TlogProof proof;
  proof.index = *index;
  const auto standing = cosigned_standing(world.repository, world.stream);
  const bool witnessed = standing && standing->behind.enough && *index < standing->checkpoint.size;
  const auto checkpoint = witnessed ? standing->note : read_checkpoint_note(world.repository, tree);
  if (!checkpoint) throw Error(ErrorCode::invalid, "the stream holds no checkpoint");
  proof.checkpoint = *checkpoint;
  const TreeSize size = witnessed ? standing->checkpoint.size : world.stream.covered();
  const std::vector<Digest> leaves = read_leaf_hashes(world.repository, tree, size);
  proof.hashes = inclusion_proof(subtrees_of(leaves), *index, leaves.size());
  std::string line;
  read_entries(world.repository, tree, *index, *index + 1, [&](std::uint64_t, std::string_view entry) {
    line = entry;
    return false;
  });
  proof.extra = line + '\n';
  if (what.row) {
    const auto entry = parse_entry(line);
    if (!entry) throw Error(ErrorCode::invalid, entry.reason());
    proof.extra += strict_json::text(row_proof(environment, world, tree, entry->event, *what.row)) + '\n';
  }
  return proof;
}

Result<CheckedProof> check_entry_proof(std::string_view bytes, const ProofPolicy& policy) {
  const Result<TlogProof> proof = TlogProof::parse(bytes);
  if (!proof) return Reason{proof.reason()};
  const std::vector<std::string_view> lines = split(proof->extra, '\n');
  if (lines.size() < 2 || lines.size() > 3 || !lines.back().empty())
    return Reason{"the proof does not carry its entry in its extra data"};
  Result<Entry> entry = parse_entry(lines[0]);
  if (!entry) return Reason{entry.reason()};
  const Result<ProvenEntry> proven = check_proof(*proof, leaf_hash(lines[0]), policy);
  if (!proven) return Reason{proven.reason()};
  // The log vouches that this line stands in it; that its actor signed it is looked at as well.
  if (!has_valid_signature(entry->event)) return Reason{"the event's signature is not that of its actor"};
  if (log_origin(entry->event.world_id()) != policy.origin) return Reason{"the event is of another world"};
  CheckedProof checked{*std::move(entry), proof->index, std::nullopt, proven->checkpoint, proven->cosigned};
  if (lines.size() == 3) {
    Result<ProvenRow> row = check_row(lines[1], checked.entry.event);
    if (!row) return Reason{row.reason()};
    checked.row = *std::move(row);
  }
  return checked;
}

ProofPolicy proof_policy(const World& world) {
  const Authority& authority = world.stream.authority;
  ProofPolicy policy;
  policy.origin = log_origin(authority.world());
  policy.logs = live_log_keys(authority);
  policy.witnesses = witness_rule(authority);
  return policy;
}

ProofPolicy proof_policy(const WorldId& world, const std::vector<std::string>& log_keys,
                         const std::optional<std::string>& tlog_policy) {
  ProofPolicy policy;
  policy.origin = log_origin(world);
  const auto trust = [&](const NoteVerifier& key) {
    if (key.name == policy.origin) policy.logs.push_back(key);
  };
  for (const std::string& vkey : log_keys) {
    const auto key = NoteVerifier::parse(vkey);
    if (!key) throw Error(ErrorCode::invalid, fmt::format("{}: {}", vkey, key.reason()));
    trust(*key);
  }
  if (tlog_policy) {
    const auto read = TlogPolicy::parse(*tlog_policy);
    if (!read) throw Error(ErrorCode::invalid, "the policy, " + read.reason());
    std::for_each(read->logs.begin(), read->logs.end(), trust);
    policy.witnesses = read->quorum;
  }
  if (policy.logs.empty()) {
    throw Error(ErrorCode::usage, "no key is given for the log " + policy.origin,
                "a steward finds it with \"bw checkpoint keys\"; its name is the log's");
  }
  return policy;
}

}  // namespace bw
