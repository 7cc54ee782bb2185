#include "world/transfers.h"

#include <algorithm>

#include "world/world_state.h"

namespace bw {
namespace {

struct Moves : Listener {
  std::vector<MovedAt> all;
  void judged(const Occurrence& /*entry*/, const Ruling& /*verdict*/) override {}
  void changed(const FigureChange& /*posting*/) override {}
  void moved(const Transfer& transfer, std::uint64_t index, std::int64_t recorded) override {
    all.push_back({transfer, index, recorded});
  }
};

}  // namespace

std::vector<MovedAt> transfers(const Environment& environment, const World& world) {
  Moves moves;
  fold_world(environment, world, world.stream.covered(), &moves);
  return std::move(moves.all);
}

std::vector<MovedAt> transfers_of(const Environment& environment, const World& world, PersonNumber person) {
  std::vector<MovedAt> moves = transfers(environment, world);
  std::erase_if(moves, [&](const MovedAt& each) {
    return each.transfer.from != Account::of(person) && each.transfer.to != Account::of(person);
  });
  return moves;
}

}  // namespace bw
