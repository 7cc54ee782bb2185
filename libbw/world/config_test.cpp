#include "world/config.h"

#include <functional>
#include <string>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/test_errors.h"

using namespace bw;

namespace {

using testing::error_from;

struct Machine {
  TemporaryFolder folder;
  Environment environment;
  Machine() { environment.config_folder = folder.path() / "config"; }
  std::filesystem::path file() const { return environment.config_folder / "config.json"; }
};

}  // namespace

TEST_CASE("a setting is its fallback until it is set, and again when it is unset") {
  const Machine machine;
  const ConfigKey& color = config_key("color");
  CHECK_FALSE(config_value(machine.environment, color));
  CHECK(effective_config_value(machine.environment, color) == "auto");
  set_config_value(machine.environment, color, "never");
  set_config_value(machine.environment, config_key("hub"), "/mnt/胡同 hub");
  CHECK(config_value(machine.environment, color) == "never");
  unset_config_value(machine.environment, color);
  unset_config_value(machine.environment, color);
  CHECK(effective_config_value(machine.environment, color) == "auto");
  CHECK(config_value(machine.environment, config_key("hub")) == "/mnt/胡同 hub");
}

TEST_CASE("an unknown setting is refused with the closest one") {
  const Error error = error_from([] { config_key("colour"); });
  CHECK(error.code() == ErrorCode::usage);
  CHECK(error.hint().find("color") != std::string::npos);
  CHECK(error_from([] { config_key("name"); }).hint().find("bw id name") != std::string::npos);
}

TEST_CASE("a value outside the choices, or with control characters, is refused") {
  const Machine machine;
  CHECK(error_from([&] { set_config_value(machine.environment, config_key("sync"), "often"); }).code() ==
        ErrorCode::usage);
  CHECK(error_from([&] { set_config_value(machine.environment, config_key("pager"), "a\nb"); }).code() ==
        ErrorCode::usage);
  CHECK_FALSE(std::filesystem::exists(machine.file()));
}

TEST_CASE("what another version wrote is kept, and a damaged file is named") {
  const Machine machine;
  write_file(machine.file(), R"({"future":{"a":1},"color":7})");
  CHECK_FALSE(config_value(machine.environment, config_key("color")));
  set_config_value(machine.environment, config_key("color"), "never");
  CHECK(read_file(machine.file(), 4096).find("future") != std::string::npos);

  write_file(machine.file(), "color=never");
  const Error error = error_from([&] { config_value(machine.environment, config_key("color")); });
  CHECK(error.code() == ErrorCode::invalid);
  CHECK(std::string(error.what()).find(machine.file().string()) != std::string::npos);
}
