#pragma once
// The verbs of `bw id` that are about keys in a world: link, revoke, dispute, rotate, recover, endorse,
// announce.

#include "cli/command.h"

namespace bw::cli {

void declare_key_verbs(Command& id);

}  // namespace bw::cli
