#pragma once
// The two requests of the ssh-agent protocol (draft-ietf-sshm-ssh-agent) that signing needs. An agent
// is another program and perhaps another machine's: what it answers is bounded, verified, and waited
// for no longer than `patience`.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/did.h"
#include "crypto/ed25519.h"

namespace bw::ssh_agent {

// Whether the agent at that socket answers and holds the key; false for an empty or dead socket.
bool holds(const std::string& socket_path, const Did& did,
           std::chrono::milliseconds patience = std::chrono::seconds(5));

// The raw Ed25519 signature over `bytes`, verified; nothing where the agent refuses or gives another.
// The default patience leaves a person time to confirm (`ssh-add -c`).
std::optional<Signature> sign(const std::string& socket_path, const Did& did, std::string_view bytes,
                              std::chrono::milliseconds patience = std::chrono::seconds(60));

}  // namespace bw::ssh_agent
