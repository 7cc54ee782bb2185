#include "world/repository_settings.h"

#include "base/error.h"
#include "base/files.h"
#include "stream/commit_author.h"
#include "world/identity.h"

namespace bw {
namespace {

constexpr std::size_t max_signers_file = std::size_t{1} << 30;

// Where bw is not on PATH, git's own merge leaves markers: without it git would keep only our side. A
// merge base of several bases is not merged by meaning, since that could put markers into it.
constexpr const char* merge_driver =
    "command -v bw >/dev/null 2>&1 || exec git merge-file %A %O %B; exec bw merge-driver %O %A %B %P";

using Settings = std::vector<std::pair<std::string, std::string>>;

void set_each(git::Repository& repository, const Settings& settings) {
  for (const auto& [key, value] : settings) {
    if (repository.config(key) != value) repository.set_config(key, value);
  }
}

std::filesystem::path signers_path(const World& world) {
  return std::filesystem::absolute(world.repository.git_folder() / "bw" / "allowed_signers");
}

std::string signers_file(const World& world) {
  std::string lines;
  for (const Did& did : world.stream.authority.known_keys())
    lines += allowed_signers_line(did, "git,bw.event.v1,bw.bundle.v1,bw.receipt.v1");
  return lines;
}

bool is_signers_file_right(const World& world) {
  return read_file_if_exists(signers_path(world), max_signers_file) == signers_file(world);
}

Settings settings_of(const World& world) {
  return {{"gpg.format", "ssh"},
          {"gpg.ssh.allowedSignersFile", signers_path(world).string()},
          {"merge.betterworld.name", "merge of world definitions by meaning"},
          {"merge.betterworld.driver", merge_driver},
          {"merge.betterworld.recursive", "binary"}};
}

}  // namespace

std::vector<std::string> wrong_settings(const World& world) {
  std::vector<std::string> names;
  if (!is_signers_file_right(world)) names.emplace_back("bw/allowed_signers");
  for (const auto& [name, value] : settings_of(world)) {
    if (world.repository.config(name) != value) names.push_back(name);
  }
  return names;
}

void configure_repository(World& world) {
  try {
    if (!is_signers_file_right(world)) write_file(signers_path(world), signers_file(world));
    set_each(world.repository, settings_of(world));
  } catch (const Error& error) {
    // Reading a world must work where nothing can be written.
    if (error.code() != ErrorCode::cannot) throw;
  }
}

void configure_identity(const Environment& environment, World& world) {
  const auto identity = find_identity(environment);
  if (!identity) return;
  Settings settings = {{"commit.gpgsign", "true"},
                       {"user.email", appender(identity->did).email},
                       {"user.name", appender(identity->did).name},
                       {"user.signingkey", identity->key_file.string()}};
  std::erase_if(settings,
                [&](const auto& setting) { return world.repository.config(setting.first).has_value(); });
  try {
    set_each(world.repository, settings);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cannot) throw;
  }
}

}  // namespace bw
