#pragma once
// Environment: everything that a use case needs from outside the repository: clock, randomness, the
// user's folders, how to ask for a passphrase. The library reads none of it by itself; a program fills
// it in once (cli/session.h), a test with what it likes.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/time.h"
#include "crypto/signer.h"

namespace bw {

struct Environment {
  Clock now = system_now;
  Random random = system_random;

  // The user's folders (BW_HOME/{config,data,state}, or those of XDG). Created when first written to.
  std::filesystem::path config_folder;  // config.json, identity/
  std::filesystem::path data_folder;    // journals/<world id>/, worlds.json
  std::filesystem::path state_folder;   // log-keys/<world id>/

  std::string agent_socket;  // SSH_AUTH_SOCK; empty where there is none
  AskPassphrase ask_passphrase;

  bool may_prompt = false;  // there is a terminal on which git and ssh may ask for a password

  unsigned threads = 1;
  // A line about long work ("fetching …", "verified 120000 entries"); may be empty.
  std::function<void(std::string_view)> progress;

  void report(std::string_view line) const {
    if (progress) progress(line);
  }
};

}  // namespace bw
