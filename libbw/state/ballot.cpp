#include "state/ballot.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"

namespace bw {
namespace {

Decimal sound_total(const BallotRules& rules, const Electorate& electorate) {
  Decimal total;
  for (const auto& [voter, weight] : electorate.weights) {
    if (weight.is_negative()) throw Error(ErrorCode::invalid, "a voter has a weight below zero");
    if (rules.method == VotingMethod::one_person && weight != Decimal(1)) {
      throw Error(ErrorCode::invalid, "a voter has another weight than 1 where each person has one vote");
    }
    total += weight;
    if (total >= Decimal(1'000'000'000'000)) {
      throw Error(ErrorCode::invalid, "the weights of an electorate reach 10^12 together");
    }
  }
  return total;
}

}  // namespace

Digest commit_to_choice(std::string_view ballot_id, std::string_view voter_did, std::string_view salt,
                        const Choice& choice) {
  Sha256 hash;
  const auto part = [&](std::string_view bytes) { hash.add(big_endian_64(bytes.size())).add(bytes); };
  part("bw.ballot.v1");
  part(ballot_id);
  part(voter_did);
  part(salt);
  part(strict_json::text(json_of(choice)));
  return hash.finish();
}

Ballot::Ballot(std::string id, BallotRules rules, Electorate electorate)
    : id_(std::move(id)), rules_(std::move(rules)), electorate_(std::move(electorate)) {
  if (id_.empty() || id_.size() > max_ballot_id_bytes || !is_utf8(id_)) {
    throw Error(ErrorCode::invalid, "the id of a ballot is not a text of 1 to 100 bytes");
  }
  require_sound(rules_);
  total_weight_ = sound_total(rules_, electorate_);
}

Ballot::Refusal Ballot::objection_to_voting(PersonNumber voter, std::int64_t at) const {
  if (at < rules_.opens) return "voting has not begun";
  if (at >= rules_.closes) return "voting has ended";
  if (!electorate_.weights.contains(voter)) return "the voter is not in the electorate of this ballot";
  if (took_part(voter) && !rules_.may_change) return "the voter has voted, and here the first vote is final";
  return std::nullopt;
}

Result<Choice> Ballot::affordable_choice(PersonNumber voter, const Json& json) const {
  Result<Choice> choice = read_choice(rules_.method, rules_.options, json);
  if (!choice) return choice;
  if (const auto* votes = std::get_if<QuadraticVotes>(&*choice)) {
    const Decimal budget = electorate_.weights.at(voter);
    if (Decimal(votes->cost()) > budget) {
      return Reason{"these votes cost " + std::to_string(votes->cost()) + " credits, and the voter has " +
                    budget.text()};
    }
  }
  return choice;
}

Ballot::Refusal Ballot::vote(PersonNumber voter, const Json& choice, std::int64_t at) {
  if (rules_.is_secret()) return "this ballot is secret: cast a commitment to the choice";
  if (Refusal reason = objection_to_voting(voter, at)) return reason;
  Result<Choice> read = affordable_choice(voter, choice);
  if (!read) return read.reason();
  choices_.insert_or_assign(voter, *std::move(read));
  delegations_.erase(voter);
  return std::nullopt;
}

Ballot::Refusal Ballot::delegate(PersonNumber voter, PersonNumber to, std::int64_t at) {
  if (!rules_.delegation) return "votes in this ballot cannot be delegated";
  if (Refusal reason = objection_to_voting(voter, at)) return reason;
  if (took_part(voter)) return "the voter has voted, which stands above a delegation";
  if (to == voter) return "nobody is their own delegate";
  if (!electorate_.weights.contains(to)) return "the delegate is not in the electorate of this ballot";
  if (delegations_.contains(voter) && !rules_.may_change) {
    return "the voter has a delegate, and here the first one is final";
  }
  delegations_.insert_or_assign(voter, to);
  return std::nullopt;
}

Ballot::Refusal Ballot::commit(PersonNumber voter, const Digest& commitment, std::int64_t at) {
  if (!rules_.is_secret()) return "this ballot is open: cast the choice itself";
  if (Refusal reason = objection_to_voting(voter, at)) return reason;
  const auto [cast, fresh] = commitments_.emplace(commitment, voter);
  if (!fresh && cast->second != voter)
    return "another voter has cast this commitment: make one with another salt";
  sealed_.insert_or_assign(voter, commitment);
  delegations_.erase(voter);
  return std::nullopt;
}

Ballot::Refusal Ballot::reveal(PersonNumber voter, std::string_view did, const Json& choice,
                               std::string_view salt, std::int64_t at) {
  if (!rules_.is_secret()) return "this ballot is open: there is nothing to reveal";
  if (at < rules_.closes) return "voting has not ended: a choice revealed now would sway others";
  if (at >= rules_.ends()) return "the time for revealing choices is over";
  const auto sealed = sealed_.find(voter);
  if (sealed == sealed_.end()) return "the voter has cast no commitment in this ballot";
  if (choices_.contains(voter)) return "the voter has revealed the choice already";
  if (salt.size() != ballot_salt_bytes) return "a salt is not 32 bytes";
  Result<Choice> read = affordable_choice(voter, choice);
  if (!read) return read.reason();
  if (commit_to_choice(id_, did, salt, *read) != sealed->second) {
    return "choice and salt do not open the commitment that the voter cast";
  }
  choices_.emplace(voter, *std::move(read));
  return std::nullopt;
}

void Ballot::merge(PersonNumber from, PersonNumber into) {
  if (from == into) return;
  if (const auto weight = electorate_.weights.extract(from)) {
    const auto [joined, fresh] = electorate_.weights.emplace(into, weight.mapped());
    if (!fresh && rules_.method != VotingMethod::one_person) joined->second += weight.mapped();
    total_weight_ = sound_total(rules_, electorate_);
  }
  const bool voted = took_part(into);
  const auto choice = choices_.extract(from);
  const auto sealed = sealed_.extract(from);
  if (!voted && choice) choices_.emplace(into, choice.mapped());
  if (!voted && sealed) sealed_.emplace(into, sealed.mapped());
  for (auto& [commitment, voter] : commitments_)
    if (voter == from) voter = into;
  if (const auto given = delegations_.extract(from); given && !delegations_.contains(into))
    delegations_.emplace(into, given.mapped());
  for (auto& [voter, delegate] : delegations_)
    if (delegate == from) delegate = into;
  std::erase_if(delegations_,
                [&](const auto& each) { return each.first == each.second || took_part(each.first); });
}

std::set<PersonNumber> Ballot::direct_voters() const {
  std::set<PersonNumber> voters;
  for (const auto& [voter, choice] : choices_) voters.insert(voter);
  for (const auto& [voter, commitment] : sealed_) voters.insert(voter);
  return voters;
}

const std::map<PersonNumber, Choice>& Ballot::choices(std::int64_t now) const {
  if (rules_.is_secret() && now < rules_.ends()) {
    throw Error(ErrorCode::refused,
                "a secret ballot is not counted before the time for revealing choices is over");
  }
  return choices_;
}

}  // namespace bw
