#include "world/listed_history.h"

#include <fmt/format.h>

#include "base/error.h"
#include "stream/entry.h"
#include "stream/log_reader.h"
#include "stream/verification.h"
#include "tlog/checkpoint.h"

namespace bw {
namespace {

// What the commit claims to be covered; judged by verification later.
std::optional<Checkpoint> checkpoint_in(const git::Repository& repository, const git::Oid& tree) {
  try {
    const auto note = read_checkpoint_note(repository, tree);
    return note ? std::optional(*Checkpoint::parse(note->text)) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // a commit that no listing can mean
  }
}

}  // namespace

// From the head towards the root, until the checkpoint was met and left behind. Nothing is concluded from
// what else is met on the way, since nothing of it is verified.
std::optional<git::Oid> ListedHistory::first_commit_with(TreeSize size, const Digest& root) {
  const std::pair wanted(size, root);
  while (!walked_all_) {
    std::optional<git::Oid> next;
    if (!walked_) {
      next = repository_.ref(stream_ref);
    } else if (const auto parents = repository_.read_commit(*walked_).parents; !parents.empty()) {
      next = parents.front();
    }
    if (!next) {
      walked_all_ = true;
      break;
    }
    const auto checkpoint = checkpoint_in(repository_, repository_.read_commit(*next).tree);
    const auto present =
        checkpoint ? std::optional(std::pair(checkpoint->size, checkpoint->root)) : std::nullopt;
    if (present != wanted && places_.contains(wanted)) break;
    if (present) places_.insert_or_assign(*present, *next);
    walked_ = next;
  }
  const auto place = places_.find(wanted);
  return place == places_.end() ? std::nullopt : std::optional(place->second);
}

std::optional<std::string> ListedHistory::verify_up_to(const git::Oid& commit) {
  if (state_.head && repository_.has_object(*state_.head) && repository_.is_ancestor(commit, *state_.head)) {
    return std::nullopt;
  }
  StreamVerification verification = verify_stream(repository_, commit, state_, verify_options(environment_));
  if (!verification.ok()) {
    const StreamProblem& first = verification.problems.front();
    return fmt::format("its stream does not verify: {}: {}", first.where, first.what);
  }
  state_ = std::move(verification.state);
  return std::nullopt;
}

// The commit may hold entries beyond its checkpoint, and the state may be of a later commit.
Authority ListedHistory::authority_at(const git::Oid& commit, TreeSize size) const {
  if (state_.head == commit && state_.size() == size) return state_.authority;
  Authority authority;
  read_entries(repository_, repository_.read_commit(commit).tree, 0, size,
               [&](std::uint64_t index, std::string_view line) {
                 const auto entry = parse_entry(line);
                 if (!entry) throw Error(ErrorCode::invalid, entry.reason());
                 authority.apply(entry->event, index, entry->recorded);
                 return true;
               });
  return authority;
}

Result<ListingProof> ListedHistory::proof_of(const Listing& listing) {
  try {
    if (!repository_.ref(stream_ref)) return Reason{"its repository here holds no stream"};
    const auto place = first_commit_with(listing.size, listing.root);
    if (!place) {
      return Reason{
          fmt::format("its stream here has no checkpoint of size {} with the listed root", listing.size)};
    }
    const git::Oid commit = *place;
    if (auto problem = verify_up_to(commit)) return Reason{*std::move(problem)};
    const Authority authority = authority_at(commit, listing.size);
    if (!authority.exists() || authority.world() != listing.world)
      return Reason{"its repository here holds another world"};
    if (!authority.is_steward(listing.actor)) {
      return Reason{fmt::format("{} was no steward of it at size {}", listing.actor.text(), listing.size)};
    }
    const auto& adopted = authority.adopted();
    return ListingProof{commit, adopted ? std::optional(adopted->digest) : std::nullopt, authority.name()};
  } catch (const Error& error) {
    // Whatever is wrong with a copy that others can write to is wrong with that listing only.
    return Reason{error.what()};
  }
}

}  // namespace bw
