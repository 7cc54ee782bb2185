#include "world/transfers.h"

#include "world/world_state.h"

namespace bw {
namespace {

class MovesOf : public Listener {
public:
  explicit MovesOf(PersonNumber person) : account_(Account::of(person)) {}
  void judged(const Occurrence& /*entry*/, const Ruling& /*verdict*/) override {}
  void changed(const FigureChange& /*posting*/) override {}
  void moved(const Transfer& transfer, std::uint64_t index, std::int64_t recorded) override {
    if (transfer.from == account_ || transfer.to == account_) all.push_back({transfer, index, recorded});
  }

  std::vector<MovedAt> all;

private:
  Account account_;
};

}  // namespace

std::vector<MovedAt> transfers_of(const Environment& environment, const World& world, PersonNumber person) {
  MovesOf moves(person);
  fold_world(environment, world, world.stream.covered(), &moves);
  return std::move(moves.all);
}

}  // namespace bw
