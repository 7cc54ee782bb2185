#pragma once
// The two requests of the ssh-agent protocol (draft-ietf-sshm-ssh-agent) that signing needs.

#include <optional>
#include <string>
#include <string_view>

#include "crypto/did.h"
#include "crypto/sshsig.h"

namespace bw::ssh_agent {

// Whether the agent at that socket answers and holds the key; false for an empty or dead socket.
bool holds(const std::string& socket_path, const Did& did);

// The raw Ed25519 signature over `bytes`; nothing where the agent refuses.
std::optional<Signature> sign(const std::string& socket_path, const Did& did, std::string_view bytes);

}  // namespace bw::ssh_agent
