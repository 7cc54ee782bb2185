// bench_world HOME WORLD COUNT PER_APPEND [MEMBERS]: lets a world grow by COUNT signed events, so many in
// each append: of its steward, or, mixed, of so many members, who announce themselves first. What the
// commands would do in hours (a journal, a bundle and a receipt for each) is left out; appending and
// verifying are those of the product.

#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <thread>

#include "base/error.h"
#include "crypto/signer.h"
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

// Those who live in the world.
class Village {
public:
  Village(const bw::Environment& environment, bw::WorldId world) : environment_(environment), world_(world) {}

  // One more, and her announcement.
  bw::Event settle() {
    members_.push_back(bw::make_signer(std::make_shared<const bw::SecretKey>(environment_.random(32))));
    return say(*members_.back(), environment_.now(), "identity.announced", {{"keys", bw::Json::array()}});
  }

  // What somebody of them tells: mostly small deeds, spread over the last 20 days, now and then a word
  // about one, or thanks.
  bw::Event live(std::uint64_t number) {
    const std::size_t who = (number + number / 16 * 7) % members_.size();
    const bw::Signer& actor = *members_[who];
    const bw::Did next = members_[(who + 1) % members_.size()]->did();
    const bw::Timestamp at{environment_.now().seconds - static_cast<std::int64_t>(number % 20) * 86'400};
    switch (number % 16) {
      case 3:
        last_map_ = say(actor, at, "behaviour.logged", deed("map-aed", "1", "device"));
        return *last_map_;
      case 5:
        return say(actor, at, "behaviour.logged", deed("teach-cpr", "10", "minute"));
      case 7:
        return say(actor, at, "event.attested", {{"event", last_map_->id.text()}, {"verdict", "supports"}});
      case 11:
        return say(actor, at, "thanks.given", {{"event", nullptr}, {"to", next.text()}});
      default:
        return say(actor, at, "behaviour.logged", deed("spread-the-word", "1", "person"));
    }
  }

private:
  static bw::Json deed(const char* behaviour, const char* quantity, const char* unit) {
    return {{"behaviour", behaviour}, {"quantity", quantity}, {"unit", unit}};
  }
  bw::Event say(const bw::Signer& actor, bw::Timestamp at, const char* kind, bw::Json body) {
    return bw::sign_event({.at = at, .kind = kind, .body = std::move(body), .details = {}, .world = world_},
                          bw::make_nonce(environment_.random), actor);
  }

  const bw::Environment& environment_;
  bw::WorldId world_;
  std::vector<std::unique_ptr<bw::Signer>> members_;
  std::optional<bw::Event> last_map_;
};

bw::Event deed_of(const bw::Environment& environment, const bw::WorldId& world, const bw::Signer& signer) {
  const bw::EventDraft draft{.at = environment.now(),
                             .kind = "behaviour.logged",
                             .body = {{"behaviour", "import-aed"}, {"quantity", "1"}, {"unit", "device"}},
                             .details = {},
                             .world = world};
  return bw::sign_event(draft, bw::make_nonce(environment.random), signer);
}

void grow(const std::vector<std::string>& words) {
  if (words.size() != 4 && words.size() != 5)
    throw bw::Error(bw::ErrorCode::usage, "usage: bench_world HOME WORLD COUNT PER_APPEND [MEMBERS]");
  const bw::Environment environment = environment_in(words[0]);
  bw::World world = bw::open_world(environment, words[1]);
  const auto signer = bw::open_signer(environment, bw::require_identity(environment));
  const std::uint64_t count = number(words[2]), per_append = number(words[3]);
  const std::uint64_t members = words.size() == 5 ? number(words[4]) : 0;
  Village village(environment, world.id());
  for (std::uint64_t made = 0; made < count;) {
    bw::Composition composition;
    for (; made < count && composition.additions.events.size() < per_append; ++made) {
      composition.additions.events.push_back(members == 0     ? deed_of(environment, world.id(), *signer)
                                             : made < members ? village.settle()
                                                              : village.live(made));
    }
    bw::append_at_home(environment, world, *signer, [&](const bw::StreamState&) { return composition; });
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
