#include "cli/verify_proof.h"

#include "base/error.h"
#include "base/files.h"
#include "cli/journal.h"
#include "cli/world_access.h"
#include "world/journal_proofs.h"
#include "world/proof.h"
#include "world/sentence.h"

namespace bw::cli {
namespace {

constexpr std::size_t max_policy_bytes = TlogPolicy::max_bytes;

Json proof_json(const CheckedProof& checked) {
  Json witnesses = Json::array();
  for (const Cosigned::By& by : checked.cosigned.by)
    witnesses.push_back({{"name", by.name}, {"at", by.at.text()}});
  const Event& event = checked.entry.event;
  return {{"ok", true},
          {"event", Json::parse(event.line)},
          {"id", event.id.text()},
          {"index", checked.index},
          {"recorded", Timestamp{checked.entry.recorded}.text()},
          {"row", checked.row ? Json{{"number", checked.row->number},
                                     {"count", checked.row->count},
                                     {"row", Json::parse(checked.row->line)}}
                              : Json(nullptr)},
          {"origin", checked.checkpoint.origin},
          {"size", checked.checkpoint.size},
          {"root", checked.checkpoint.root.hex()},
          {"witnesses", witnesses}};
}

void print_proof(Session& session, const CheckedProof& checked) {
  const Event& event = checked.entry.event;
  session.print("{}  entry {} of {}: {}\n", session.styled(Style::good, "ok"), checked.index,
                checked.checkpoint.size, session.shown(sentence_of(event)));
  session.print("  event     {}\n  actor     {}\n  at        {}\n  recorded  {}\n  log       {}\n",
                event.id.text(), event.actor.text(), event.at.text(),
                Timestamp{checked.entry.recorded}.text(), session.shown(checked.checkpoint.origin));
  if (checked.row) {
    session.print("  row       {} of {}: {}\n", checked.row->number, checked.row->count,
                  session.shown(checked.row->line));
  }
  for (const Cosigned::By& by : checked.cosigned.by)
    session.print("  witness   {} at {}\n", session.shown(by.name), by.at.text());
}

}  // namespace

ProofPolicy policy_of(Session& session, const ProofGiven& given) {
  if (!given.any_trust()) return proof_policy(open_world_of(session));
  if (!given.world) {
    throw Error(ErrorCode::usage, "--log-key and --policy need --world-id, since a key alone names no world",
                "the id of a world is in \"bw status --json\"");
  }
  const auto world = WorldId::parse(*given.world);
  if (!world) throw Error(ErrorCode::usage, "\"" + *given.world + "\" is not the id of a world");
  std::optional<std::string> policy;
  if (given.policy) policy = read_file(*given.policy, max_policy_bytes);
  return proof_policy(*world, given.log_keys, policy);
}

int verify_proof(Session& session, const ProofGiven& given) {
  const std::string bytes = read_file(*given.proof, TlogProof::max_bytes);
  if (const auto proof = TlogProof::parse(bytes); proof && is_journal_proof(*proof))
    return verify_journal_proof(session, given.proof->string(), *proof, given.log_keys, given.policy);
  const ProofPolicy policy = policy_of(session, given);
  const Result<CheckedProof> checked = check_entry_proof(bytes, policy);
  if (!checked) {
    if (session.json()) {
      session.print_json({{"ok", false}, {"reason", checked.reason()}});
    } else {
      session.print("{}  {}: {}\n", session.styled(Style::bad, "bad"), session.shown(given.proof->string()),
                    session.shown(checked.reason()));
    }
    return 1;
  }
  if (session.json()) {
    session.print_json(proof_json(*checked));
  } else {
    print_proof(session, *checked);
  }
  return 0;
}

}  // namespace bw::cli
