#pragma once
// Starting a program that outlives this one: in a session of its own, with nothing to read from and nowhere
// to write to, of low priority. Nobody learns how it ends.

#include "base/process.h"

namespace bw {

// Of `command`: arguments, folder, environment. `held`: a descriptor that stays open in the program and in
// what it starts, such as that of a lock; -1 for none. False where it could not be started.
bool start_detached(const Command& command, int held = -1);

}  // namespace bw
