#pragma once
// The installed OpenSSH, as the outside implementation that tests compare with.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/process.h"
#include "crypto/did.h"
#include "crypto/openssh_key.h"
#include "crypto/sshsig.h"

namespace bw::openssh {

inline Finished run_openssh(std::vector<std::string> arguments, std::string input = {},
                            const std::string& agent_socket = {}) {
  Command command;
  command.arguments = std::move(arguments);
  command.environment = {{"SSH_AUTH_SOCK", agent_socket},
                         {"SSH_ASKPASS_REQUIRE", "never"},
                         {"DISPLAY", std::nullopt},
                         {"WAYLAND_DISPLAY", std::nullopt}};
  command.input = std::move(input);
  command.new_session = true;
  return run(command);
}

// A new key pair `name` and `name.pub`; one round of key stretching and a short RSA key, since tests have no
// time.
inline std::filesystem::path make_key(const TemporaryFolder& folder, const std::string& name,
                                      const std::string& type = "ed25519", const std::string& passphrase = {},
                                      const std::string& comment = "somebody@somewhere") {
  std::filesystem::path path = folder.path() / name;
  std::vector<std::string> command{"ssh-keygen", "-q",       "-t", type,    "-a", "1",
                                   "-N",         passphrase, "-C", comment, "-f", path.string()};
  if (type == "rsa") command.insert(command.end(), {"-b", "1024"});
  const Finished made = run_openssh(std::move(command));
  REQUIRE(made.status == 0);
  return path;
}

inline bool verifies(const Did& did, const std::string& name_space, const std::string& message,
                     const std::string& armored) {
  const TemporaryFolder folder;
  write_file(folder.path() / "allowed_signers", "me " + public_key_line(did) + "\n");
  write_file(folder.path() / "message.sig", armored);
  return run_openssh({"ssh-keygen", "-Y", "verify", "-f", (folder.path() / "allowed_signers").string(), "-I",
                      "me", "-n", name_space, "-s", (folder.path() / "message.sig").string()},
                     message)
             .status == 0;
}

}  // namespace bw::openssh
