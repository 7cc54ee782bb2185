// bench_world HOME WORLD COUNT PER_APPEND: lets a world grow by COUNT signed events of its steward, so many
// in each append. What the commands would do in hours (a journal, a bundle and a receipt for each) is left
// out; appending and verifying are those of the product.

#include <charconv>
#include <cstdio>
#include <exception>
#include <thread>

#include "base/error.h"
#include "stream/event.h"
#include "world/appending.h"
#include "world/identity.h"
#include "world/world.h"

namespace {

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0)
    throw bw::Error(bw::ErrorCode::usage, "not a number: " + std::string(text));
  return value;
}

bw::Environment environment_in(const std::filesystem::path& home) {
  bw::Environment environment;
  environment.config_folder = home / "config";
  environment.data_folder = home / "data";
  environment.state_folder = home / "state";
  environment.threads = std::max(1U, std::thread::hardware_concurrency());
  return environment;
}

bw::Event event(const bw::Environment& environment, const bw::WorldId& world, const bw::Signer& signer) {
  const bw::EventDraft draft{.at = environment.now(),
                             .kind = "behaviour.logged",
                             .body = {{"behaviour", "import-aed"}, {"quantity", "1"}, {"unit", "device"}},
                             .details = {},
                             .world = world};
  return bw::sign_event(draft, bw::make_nonce(environment.random), signer);
}

void grow(const std::vector<std::string>& words) {
  if (words.size() != 4)
    throw bw::Error(bw::ErrorCode::usage, "usage: bench_world HOME WORLD COUNT PER_APPEND");
  const bw::Environment environment = environment_in(words[0]);
  bw::World world = bw::open_world(environment, words[1]);
  const auto signer = bw::open_signer(environment, bw::require_identity(environment));
  const std::uint64_t per_append = number(words[3]);
  for (std::uint64_t left = number(words[2]); left > 0;) {
    const std::uint64_t now = std::min(left, per_append);
    bw::Composition composition;
    for (std::uint64_t i = 0; i < now; ++i)
      composition.additions.events.push_back(event(environment, world.id(), *signer));
    bw::append_at_home(environment, world, *signer, [&](const bw::StreamState&) { return composition; });
    left -= now;
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    grow(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_world: %s\n", error.what());
    return 1;
  }
}
